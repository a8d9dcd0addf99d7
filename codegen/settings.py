"""The Settings of a training script: what the command line may change, and its defaults."""

from __future__ import annotations

from dataclasses import dataclass

from codegen.run_features import Features, features_of
from codegen.train_phases import Learner
from codegen.training_plan import Plan
from codegen.written import CannotWrite
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.run_settings import DEFAULTS
from graph_editor.document.model import Address, Arg, Project

AS_KEYWORD = ("lr", "weight_decay", "momentum")
FROM_OPTIMIZER = (*AS_KEYWORD, "clip_norm", "every", "accumulate")
"""The optimizer's arguments that are settings; but for lr only where the drawing says them."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of Settings."""

    name: str
    default: str | int | float
    remark: str = ""
    node: Address | None = None

    @property
    def line(self) -> str:
        """Return the field as it stands in the class."""
        shown = f'"{self.default}"' if isinstance(self.default, str) else repr(self.default)
        return f"{self.name}: {type(self.default).__name__} = {shown}"


def settings_of(project: Project, plan: Plan, lookup: Lookup) -> tuple[Setting, ...]:
    """Return the settings of a project's training script. Raises CannotWrite."""
    run = {name: project.run.get(name, default) for name, default in DEFAULTS.items()}
    return (
        Setting("device", "cpu"),
        Setting("threads", 1, "another number changes the last bits of the result"),
        *[Setting(name, _count(run[name])) for name in ("seed", "epochs", "batch_size")],
        *_of_features(features_of(project, plan.metrics, plan.loss_names)),
        *[s for x in plan.learners for s in _of_optimizer(project, plan, x, lookup)],
    )


def _count(value: Arg) -> int:
    assert isinstance(value, int)  # training_limits.check_run has said so
    return value


def _of_features(features: Features) -> list[Setting]:
    found = []
    if features.checkpoint:
        found.append(Setting("checkpoint_every", features.checkpoint, "batches"))
        found.append(Setting("resume", False, "go on from checkpoint.pt"))
    if features.stop is not None:
        waits = f"epochs without a better {features.stop.metric}"
        found.append(Setting("patience", features.patience, waits))
    if features.averages:
        found.append(Setting("ema_decay", features.averages))
    return found


def _of_optimizer(project: Project, plan: Plan, x: Learner, lookup: Lookup) -> list[Setting]:
    node = project.main.graph.nodes[x.node]
    leads = any(phase.first == x for phase in plan.phases)
    spec = lookup(node.spec)
    assert spec is not None  # training_limits.check_node has said so
    found = []
    for name in FROM_OPTIMIZER:
        argument = spec.argument(name)
        value = node.args.get(name)
        if argument is None or (value is None and name != "lr"):
            continue
        number = argument.default if value is None else value
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise CannotWrite(x.node, f"{name} is not a plain number", f"Give {name} a number")
        if name in ("every", "accumulate"):
            if not isinstance(number, int) or number < 1:
                raise CannotWrite(x.node, f"{name} is not a count", "Give 1 or more")
            if number == 1 or not leads:
                continue
        else:
            number = float(number)
        found.append(Setting(x.called(name), number, "", Address(x.node)))
    return found
