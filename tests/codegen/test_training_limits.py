"""What training code refuses: each refusal names the node or setting, the reason and a way out."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from codegen.train_file import write_train
from codegen.written import CannotWrite
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import load
from graph_editor.document.model import (
    Address,
    Arg,
    At,
    Expr,
    FrozenMap,
    NodeId,
    Project,
    Repeat,
    Weights,
)
from tests.codegen.training_projects import SIMPLE, Drawn, project, simple

PROJECTS = Path(__file__).resolve().parents[1] / "projects"


def text_of(drawn: Project, verdict: Verdict | None = None) -> str:
    return write_train(drawn, specs_of(drawn), verdict or Verdict(), "Small").text


def refusal(drawn: Project, verdict: Verdict | None = None) -> CannotWrite:
    with pytest.raises(CannotWrite) as refused:
        text_of(drawn, verdict)
    assert refused.value.way_out
    return refused.value


def without(*nodes: str) -> Project:
    return project({key: drawn for key, drawn in SIMPLE.items() if key not in nodes})


def changed(node_id: str, **fields: object) -> Project:
    drawn = simple(
        flat=("Tensor.flatten", {"start_dim": 1}, {"input": "logits"}),
        loss=("nn.CrossEntropyLoss", {}, {"input": "flat", "target": "wine.label"}),
    )
    graph = drawn.main.graph
    node = dataclasses.replace(graph.nodes[NodeId(node_id)], **fields)  # type: ignore[arg-type]  # the test names true fields
    graph = dataclasses.replace(graph, nodes=graph.nodes.set(NodeId(node_id), node))
    return drawn.with_block("main", dataclasses.replace(drawn.main, graph=graph))


def test_the_simple_drawing_is_written() -> None:
    assert "loss = criterion(logits, labels[batch])" in text_of(simple())


REFUSED: dict[str, tuple[dict[str, Drawn], str, str]] = {
    "a transform of a result": (
        {
            "scale": ("transform.standardize", {}, {"input": "logits"}),
            "loss": ("nn.CrossEntropyLoss", {}, {"input": "scale", "target": "wine.label"}),
        },
        "scale",
        "a transform of what is no data",
    ),
    "an input without data": ({"x": ("io.input", {}, {})}, "x", "no data"),
    "an optimizer without loss": ({"adam": ("optim.AdamW", {}, {})}, "adam", "no loss"),
    "an optimizer of a part": (
        {"adam": ("optim.AdamW", {"trains": ("head",)}, {"losses[0]": "loss"})},
        "adam",
        "trains does not name parts",
    ),
    "an optimizer of every third step": (
        {"adam": ("optim.AdamW", {"every": 3}, {"losses[0]": "loss"})},
        "adam",
        "no optimizer acts in every step",
    ),
    "a loss weight over an unknown name": (
        {"adam": ("optim.AdamW", {"loss_weights": (Expr("1 / week"),)}, {"losses[0]": "loss"})},
        "adam",
        "loss_weights",
    ),
    "an optimizer of what is gone": (
        {"adam": ("optim.AdamW", {"trains": (At(Address("tail")),)}, {"losses[0]": "loss"})},
        "adam",
        "tail, which is gone",
    ),
    "too many loss weights": (
        {"adam": ("optim.AdamW", {"loss_weights": (1.0, 2.0)}, {"losses[0]": "loss"})},
        "adam",
        "2 factors for 1",
    ),
    "a learning rate that is no number": (
        {"adam": ("optim.AdamW", {"lr": Expr("epochs")}, {"losses[0]": "loss"})},
        "adam",
        "lr",
    ),
    "a value from inside the model": (
        {
            "relu": ("nn.ReLU", {}, {"input": "head"}),
            "soft": ("nn.Softmax", {"dim": 1}, {"input": "relu"}),
            "logits": ("io.output", {}, {"input": "soft"}),
            "loss": ("nn.CrossEntropyLoss", {}, {"input": "relu", "target": "wine.label"}),
        },
        "loss",
        "from inside the model",
    ),
    "an unknown node": (
        {
            "odd": ("nn.NoSuchThing", {}, {"input": "logits"}),
            "loss": ("nn.CrossEntropyLoss", {}, {"input": "odd", "target": "wine.label"}),
        },
        "odd",
        "unknown here",
    ),
    "two schedulers": (
        {
            "one": ("lr_scheduler.StepLR", {"step_size": 3}, {"optimizer": "adam.optimizer"}),
            "two": ("lr_scheduler.StepLR", {"step_size": 5}, {"optimizer": "adam.optimizer"}),
        },
        "two",
        "several schedulers",
    ),
    "a plateau each step": (
        {
            "plateau": (
                "lr_scheduler.ReduceLROnPlateau",
                {"interval": "step"},
                {"optimizer": "adam.optimizer"},
            )
        },
        "plateau",
        "plateau",
    ),
    "a schedule over an unknown name": (
        {
            "cosine": (
                "lr_scheduler.CosineAnnealingLR",
                {"T_max": Expr("weeks")},
                {"optimizer": "adam.optimizer"},
            )
        },
        "cosine",
        "weeks",
    ),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_what_is_not_supported_is_refused_by_name(case: str) -> None:
    nodes, node, words = REFUSED[case]
    refused = refusal(simple(**nodes))
    assert refused.node == node
    assert words in refused.feature


def test_a_loss_that_is_a_sum_is_not_shared_among_processes() -> None:
    summed: dict[str, Drawn] = {
        "loss": ("nn.CrossEntropyLoss", {"reduction": "sum"}, SIMPLE["loss"][2])
    }
    refused = refusal(project({**SIMPLE, **summed}, ddp=True))
    assert refused.node == "loss"
    assert "a loss that is a sum" in refused.feature


@pytest.mark.parametrize(
    ("missing", "words"),
    [(("adam",), "no optimizer"), (("logits", "head", "x"), "no output")],
)
def test_a_training_that_lacks_something_is_refused(missing: tuple[str, ...], words: str) -> None:
    drawn = {k: v for k, v in SIMPLE.items() if k not in missing}
    if "logits" in missing:
        drawn["loss"] = ("nn.MSELoss", {}, {"input": "wine.x", "target": "wine.x"})
    refused = refusal(project(drawn))
    assert words in refused.feature


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"weights": Weights(follows=Address("head"), decay=0.99)}, "follows"),
        ({"weights": Weights(start="file:old.pt")}, "start weights"),
        ({"repeat": Repeat(3)}, "repeat"),
        ({"when": Expr("depth > 2")}, "when"),
    ],
)
def test_shadows_starts_repeats_and_conditions_in_the_step_are_refused(
    fields: dict[str, object], words: str
) -> None:
    refused = refusal(changed("flat", **fields))
    assert refused.node == "flat"
    assert words in refused.feature


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("early_stop", -5),
        ("early_stop", FrozenMap({"metric": "val_loss"})),
        ("early_stop", FrozenMap({"metric": "val_f1", "patience": 3})),
        ("ema_decay", 1.0),
        ("keep_best", "val_accuracy"),
        ("precision", "bfloat16"),
        ("checkpoint", True),
        ("compile", "yes"),
        ("ddp", 2),
        ("flux", 1),
        ("epochs", 0),
        ("epochs", 2.5),
        ("batch_size", True),
        ("seed", "one"),
    ],
)
def test_run_settings_that_train_cannot_follow_are_refused(setting: str, value: Arg) -> None:
    refused = refusal(project(SIMPLE, **{setting: value}))
    assert refused.node == "run"
    assert setting in refused.feature


def test_run_settings_that_are_off_change_nothing() -> None:
    off = project(SIMPLE, precision="float32", early_stop=None, keep_best=False, ema_decay=None)
    assert text_of(off) == text_of(simple())


REFUSED_FILES = {
    "actor_critic": ("moves", "unknown here"),
    "run_settings": ("run", "deterministic"),
    "shadows": ("slow", "from inside the model"),
    "transfer": ("body", "weights of torchvision"),
    "transforms": ("noised", "unknown here"),
    "vae": ("code", "prediction alone"),
}


@pytest.mark.parametrize("name", list(REFUSED_FILES))
def test_whole_projects_beyond_it_are_refused_by_name(name: str) -> None:
    drawn = load(PROJECTS / f"{name}.netwright").project
    node, words = REFUSED_FILES[name]
    refused = refusal(drawn)
    assert refused.node == node
    assert words in refused.feature
