"""The features that a project's run settings switch on in train.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codegen.train_metrics import GROWING, metric_names
from codegen.written import CannotWrite
from graph_editor.catalogue.run_settings import SWITCHES
from graph_editor.document.model import Arg, NodeId, Project

LOSS = "val_loss"


@dataclass(frozen=True, slots=True)
class Watched:
    """A number of the validation that decides something, and which way it gets better."""

    metric: str
    grows: bool = False

    @property
    def sign(self) -> str:
        """Return how a better number compares with the best so far."""
        return ">" if self.grows else "<"

    @property
    def worst(self) -> str:
        """Return the number that any other is better than."""
        return "-math.inf" if self.grows else "math.inf"


@dataclass(frozen=True, slots=True)
class Features:
    """What the script does beyond the plain training; nothing of it where nothing is said."""

    precision: str = ""
    """The type that matrix products are computed in, where it is not float32: bf16 or fp16."""
    compiles: bool = False
    averages: float = 0.0
    """How much of the averaged weights stays at each step; 0 where none are kept."""
    best: Watched | None = None
    stop: Watched | None = None
    patience: int = 0
    checkpoint: int = 0
    """After how many batches a checkpoint is written; 0 where none is."""
    shares: bool = False
    """Whether torchrun may train with several processes."""

    @property
    def scales(self) -> bool:
        """Whether losses are scaled so that small gradients survive the type."""
        return self.precision == "fp16"

    @property
    def writes(self) -> bool:
        """Whether train itself writes files."""
        return self.checkpoint > 0 or self.best is not None


def features_of(project: Project, metrics: tuple[NodeId, ...], losses: tuple[str, ...]) -> Features:
    """Return the features of a project whose settings are legal. Raises CannotWrite.

    ``losses`` are the variables of the losses, of which each of several is validated, too.
    """
    said = {n: v for n, v in project.run.items() if n in SWITCHES and not SWITCHES[n].is_off(v)}
    labels = {f"val_{label}": n for n, label in metric_names(project.main, metrics).items()}

    def watched(setting: str, value: Arg) -> Watched:
        metric = value if isinstance(value, str) else LOSS
        plain = dict.fromkeys((LOSS, *(f"val_{loss}" for loss in losses)))
        if metric in plain:
            return Watched(metric)
        if metric not in labels:
            known = ", ".join((*plain, *labels))
            raise CannotWrite(
                "run", f"{setting} watches {metric}, which no run reports", f"Say one of {known}"
            )
        spec = project.main.graph.nodes[labels[metric]].spec
        return Watched(metric, spec.partition(".")[2] in GROWING)

    stop, best, decay = said.get("early_stop"), said.get("keep_best"), said.get("ema_decay")
    table = stop if isinstance(stop, Mapping) else {"patience": stop}
    return Features(
        precision=str(said.get("precision", "")),
        compiles="compile" in said,
        averages=decay if isinstance(decay, float) else 0.0,
        best=watched("keep_best", best) if best is not None else None,
        stop=watched("early_stop", table.get("metric")) if stop is not None else None,
        patience=_count(table["patience"]) if stop is not None else 0,
        checkpoint=_count(said.get("checkpoint", 0)),
        shares="ddp" in said,
    )


def _count(value: Arg) -> int:
    assert isinstance(value, int)  # training_limits.check_run has said so
    return value
