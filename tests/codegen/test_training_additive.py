"""Switching a feature on adds lines to train.py and changes none that does not name it."""

from __future__ import annotations

import difflib

import pytest

from codegen.train_file import write_train
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Arg, Project
from tests.codegen.training_projects import SIMPLE, Drawn, project, simple


def text_of(drawn: Project) -> str:
    return write_train(drawn, specs_of(drawn), Verdict(), "Small").text


def difference(before: Project, after: Project) -> tuple[list[str], list[str]]:
    """Return the lines that went and the lines that came."""
    lines = difflib.ndiff(text_of(before).splitlines(), text_of(after).splitlines())
    found = [line for line in lines if line[0] in "+-"]
    return [x[2:] for x in found if x[0] == "-"], [x[2:] for x in found if x[0] == "+"]


def optimizer(**args: Arg) -> Drawn:
    return ("optim.AdamW", args, {"losses[0]": "loss"})


def schedule(name: str, **args: Arg) -> Drawn:
    return (f"lr_scheduler.{name}", args, {"optimizer": "adam.optimizer"})


def metric(name: str, **args: Arg) -> Drawn:
    return (f"metric.{name}", args, {"input": "logits", "target": "wine.label"})


FEATURES: dict[str, dict[str, Drawn]] = {
    "a schedule per epoch": {"cosine": schedule("CosineAnnealingLR")},
    "a schedule per step": {"cycle": schedule("OneCycleLR", max_lr=0.01)},
    "a plateau": {"plateau": schedule("ReduceLROnPlateau", patience=3)},
    "clipping": {"adam": optimizer(clip_norm=1.0)},
    "accumulation": {"adam": optimizer(accumulate=4)},
    "accuracy": {"accuracy": metric("accuracy")},
    "a metric on a value of its own": {
        "soft": ("nn.Softmax", {"dim": 1}, {"input": "logits"}),
        "top": ("metric.top_k_accuracy", {"k": 2}, {"input": "soft", "target": "wine.label"}),
    },
}
NAMES_IT: dict[str, str] = {"a metric on a value of its own": "softmax"}
"""Words by which a line that changed shows that it is about the feature."""


@pytest.mark.parametrize("feature", list(FEATURES))
def test_a_feature_only_adds_lines(feature: str) -> None:
    gone, came = difference(simple(), simple(**FEATURES[feature]))
    assert came
    assert [line for line in gone if line not in allowed(feature, came)] == []


def allowed(feature: str, came: list[str]) -> list[str]:
    """Return old lines whose new form differs only by naming the feature."""
    word = NAMES_IT.get(feature)
    if word is None:
        return []
    return [line.replace(f", {word}", "") for line in came if word in line]


@pytest.mark.parametrize("feature", list(FEATURES))
def test_it_also_does_so_beside_all_other_features(feature: str) -> None:
    everything: dict[str, Drawn] = {
        "cosine": schedule("CosineAnnealingLR"),
        "accuracy": metric("accuracy"),
        "adam": optimizer(clip_norm=1.0, accumulate=2),
    }
    if feature.startswith("a metric"):
        gone, came = difference(simple(**everything), simple(**{**everything, **FEATURES[feature]}))
        assert came
        assert [line for line in gone if line not in allowed(feature, came)] == []
        return
    less = {"cosine": "schedule", "accuracy": "accuracy"}
    switch = next((k for k, word in less.items() if word in feature and "step" not in feature), "")
    without = {k: v for k, v in everything.items() if k != switch}
    if feature in ("clipping", "accumulation"):
        other = {"clip_norm": 1.0} if feature == "accumulation" else {"accumulate": 2}
        without["adam"] = optimizer(**other)  # type: ignore[arg-type]  # numbers both
    gone, _ = difference(simple(**without), simple(**everything))
    assert gone == []


def test_a_setting_of_the_run_changes_its_own_line_only() -> None:
    gone, came = difference(simple(), project(SIMPLE, epochs=33))
    assert (gone, came) == (["    epochs: int = 10"], ["    epochs: int = 33"])


def test_positions_and_ids_of_idle_nodes_change_nothing() -> None:
    gone, came = difference(simple(), simple(aaa=("nn.ReLU", {}, {}), zzz=("const.value", {}, {})))
    assert (gone, came) == ([], [])
