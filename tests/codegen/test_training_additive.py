"""Switching a feature on adds lines to train.py and changes none that does not name it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from codegen.train_file import write_train
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Address, Arg, At, FrozenMap, Project
from tests.codegen.training_projects import SIMPLE, Drawn, project, simple


def text_of(drawn: Project) -> str:
    return write_train(drawn, specs_of(drawn), Verdict(), "Small").text


def difference(
    before: Project, after: Project, *, indented: bool = True
) -> tuple[list[str], list[str]]:
    """Return the lines that went and the lines that came; as ``diff -w`` if not indented."""
    texts = [text_of(each).splitlines() for each in (before, after)]
    if not indented:
        texts = [[line.strip() for line in lines] for lines in texts]
    found = [line for line in difflib.ndiff(*texts) if line[0] in "+-"]
    return [x[2:] for x in found if x[0] == "-"], [x[2:] for x in found if x[0] == "+"]


@dataclass(frozen=True)
class Feature:
    """What a feature adds to a drawing, and the words by which a changed line shows it."""

    nodes: Mapping[str, Drawn] = field(default_factory=dict)
    optimizer: Mapping[str, Arg] = field(default_factory=dict)
    run: Mapping[str, Arg] = field(default_factory=dict)
    instead: tuple[tuple[str, str], ...] = ()
    """In a line that names the feature: these words stand where the others stood."""
    surrounds: bool = False
    """Whether it puts lines under a ``with``, which moves them to the right."""
    beside: str = ""
    """The feature whose place it takes, for there is one of a kind."""


DUE = 'due and math.isfinite(event["train_loss"])'


def schedule(name: str, **args: Arg) -> dict[str, Drawn]:
    return {"plan": (f"lr_scheduler.{name}", args, {"optimizer": "adam.optimizer"})}


def metric(name: str, **args: Arg) -> Drawn:
    return (f"metric.{name}", args, {"input": "logits", "target": "wine.label"})


SOFTMAX: dict[str, Drawn] = {
    "soft": ("nn.Softmax", {"dim": 1}, {"input": "logits"}),
    "top": ("metric.top_k_accuracy", {"k": 2}, {"input": "soft", "target": "wine.label"}),
}
EPOCHS = "a schedule per epoch"
FEATURES: dict[str, Feature] = {
    EPOCHS: Feature(schedule("CosineAnnealingLR")),
    "a schedule per step": Feature(schedule("OneCycleLR"), beside=EPOCHS),
    "a plateau": Feature(schedule("ReduceLROnPlateau", patience=3), beside=EPOCHS),
    "clipping": Feature(optimizer={"clip_norm": 1.0}),
    "a rate of its own": Feature(
        optimizer={"lr_factors": ((At(Address("head")), 0.1),)},
        instead=(("AdamW(param_groups", "AdamW(model.parameters()"),),
    ),
    "accumulation": Feature(optimizer={"accumulate": 4}),
    "accuracy": Feature({"accuracy": metric("accuracy")}),
    "a metric on a value of its own": Feature(SOFTMAX, instead=((", softmax", ""),)),
    "bf16": Feature(run={"precision": "bf16"}, surrounds=True),
    "fp16": Feature(
        run={"precision": "fp16"},
        surrounds=True,
        instead=(
            ("scaler.step(optimizer)", "optimizer.step()"),
            ("scaler.scale(loss).backward()", "loss.backward()"),
            ("train.py --device cuda", "train.py"),  # it runs on no other
        ),
        beside="bf16",
    ),
    "compiling": Feature(run={"compile": True}),
    "an average": Feature(run={"ema_decay": 0.99}, instead=(("ema", "model"),)),
    "the best": Feature(run={"keep_best": True}),
    "an early stop": Feature(run={"early_stop": 5}),
    "an early stop by a metric that grows": Feature(
        {"mine": metric("r2")},
        run={"early_stop": FrozenMap({"metric": "val_r2", "patience": 2})},
        beside="an early stop",
    ),
    "checkpoints": Feature(run={"checkpoint": 100}),
    "several processes": Feature(
        run={"ddp": True},
        instead=(
            ("join_processes(torch.device(settings.device))", "torch.device(settings.device)"),
            ("agreed(evaluate(", "evaluate("),
            ("alpha=share * whole", "alpha=len(batch)"),
            ("*validation))", "*validation)"),
            ("gathered(place)", "[place]"),
            ('places"][RANK]', 'places"][0]'),
            ('agreed(due and math.isfinite(event["train_loss"]))', DUE),
        ),
    ),
}
TOGETHER = tuple(name for name, feature in FEATURES.items() if not feature.beside)


def drawn(*names: str) -> Project:
    """Return the simple drawing with some features switched on."""
    features = [FEATURES[name] for name in names]
    nodes: dict[str, Drawn] = dict(SIMPLE)
    args: dict[str, Arg] = {}
    run: dict[str, Arg] = {}
    for feature in features:
        nodes |= feature.nodes
        args |= feature.optimizer
        run |= feature.run
    return project({**nodes, "adam": ("optim.AdamW", args, {"losses[0]": "loss"})}, **run)


def assert_added(before: Project, after: Project, feature: str) -> None:
    """Lines came, and those that went came back with the feature's words in them, if at all."""
    gone, came = difference(before, after, indented=not FEATURES[feature].surrounds)
    again = came
    for words, old in FEATURES[feature].instead:
        again = [line.replace(words, old) for line in again]
    again = [line for line in again if line not in came]
    assert [line for line in gone if line not in again] == []
    assert came


@pytest.mark.parametrize("feature", list(FEATURES))
def test_a_feature_only_adds_lines(feature: str) -> None:
    assert_added(drawn(), drawn(feature), feature)


@pytest.mark.parametrize("feature", list(FEATURES))
def test_it_also_does_so_beside_all_other_features(feature: str) -> None:
    others = [n for n in TOGETHER if n not in (feature, FEATURES[feature].beside)]
    assert_added(drawn(*others), drawn(*others, feature), feature)


def test_a_setting_of_the_run_changes_its_own_line_only() -> None:
    gone, came = difference(simple(), project(SIMPLE, epochs=33))
    assert (gone, came) == (["    epochs: int = 10"], ["    epochs: int = 33"])


def test_positions_and_ids_of_idle_nodes_change_nothing() -> None:
    gone, came = difference(simple(), simple(aaa=("nn.ReLU", {}, {}), zzz=("const.value", {}, {})))
    assert (gone, came) == ([], [])
