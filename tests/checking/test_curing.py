"""All safe fixes at once, judged by torch: what is cured, what is left alone, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from app.engine.judge import Cancelled, Judge
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.curing import Cured, cure
from graph_editor.checking.doubtful import is_choice
from graph_editor.checking.safety import why_not_safe
from graph_editor.checking.verdict import Verdict
from graph_editor.document.edits import (
    add_node,
    connect,
    disconnect,
    in_block,
    insert_on_wire,
    remove_nodes,
    replace_node,
    set_argument,
    set_freeze,
    set_run,
    tie,
    untie,
)
from graph_editor.document.files import load
from graph_editor.document.model import (
    Address,
    Arg,
    Expr,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
    Slice,
)
from tests.checking.drawings import FLAT, HEAD, B, drawing
from tests.checking.numbered import more

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"


@cache
def judge() -> Judge:
    return Judge()


def judged(project: Project) -> Verdict:
    return judge().judge(project)


@cache
def digits() -> Project:
    return load(EXAMPLES / "digits_cnn.netwright").project


def told(node: str, name: str, value: Arg, project: Project | None = None) -> Project:
    return edited(lambda g: set_argument(g, NodeId(node), name, value), project)


def edited(edit: Callable[[Graph], Graph], project: Project | None = None) -> Project:
    return in_block(project or digits(), "main", edit)


def into(node: str, port: str = "input") -> InPort:
    return InPort(NodeId(node), PortPath(port))


def titles(done: Cured) -> list[str]:
    return [f"{step.problem.node}: {step.fix.title}" for step in done.steps]


def test_faults_behind_one_another_are_cured_in_a_row() -> None:
    broken = told("head", "in_features", 256, told("conv2", "in_channels", 3))
    told_of: list[tuple[int, str]] = []
    done = cure(broken, judged, lambda count, title: told_of.append((count, title)))
    assert titles(done) == ["conv2: Set in_channels to 16", "head: Set in_features to 512"]
    assert told_of == [(1, "Set in_channels to 16"), (2, "Set in_features to 512")]
    assert not done.left
    assert not judged(done.project).diagnostics
    assert done.project.main.graph.nodes.keys() == broken.main.graph.nodes.keys()


def test_a_sound_drawing_stays_the_very_same() -> None:
    done = cure(digits(), judged)
    assert done.project is digits()
    assert not done.steps
    assert not done.left


def test_what_has_no_fix_is_left_and_said() -> None:
    unknown = replace(digits().main.graph.nodes[NodeId("head")], spec="nn.Unheard")
    done = cure(edited(lambda g: replace_node(g, NodeId("head"), unknown)), judged)
    assert not done.steps
    assert [(each.problem.node, each.reason) for each in done.left] == [
        ("head", "no fix was found to cure it")
    ]


def test_a_fix_that_switches_a_node_off_is_left_to_the_user() -> None:
    softmax = Node("nn.Softmax", args=FrozenMap({"dim": 1}))
    broken = edited(lambda g: insert_on_wire(g, into("loss"), NodeId("softmax"), softmax))
    done = cure(broken, judged)
    assert done.project == broken
    (left,) = done.left
    assert left.problem.node == "softmax"
    assert "switches a node off" in left.reason
    assert left.reason.startswith("“")


def test_a_remark_is_left_as_a_matter_of_taste() -> None:
    second = Node("nn.Linear", args=FrozenMap({"out_features": 10}))
    broken = edited(lambda g: insert_on_wire(g, into("logits"), NodeId("second"), second))
    assert {d.severity for d in judged(broken).diagnostics} == {"info"}
    done = cure(broken, judged)
    assert done.project is broken
    assert all("matter of taste" in each.reason for each in done.left)


def test_the_work_ends_where_the_judge_is_called_back() -> None:
    broken = told("head", "in_features", 256)
    with pytest.raises(Cancelled):
        cure(broken, lambda project: judge().judge(project, cancelled=lambda: True))


def unsafe(after: Project, before: Project | None = None) -> str:
    return why_not_safe(before or digits(), after, specs_of(after))


def test_parameters_and_insertions_are_safe() -> None:
    relu = Node("nn.ReLU")
    assert not unsafe(digits())
    assert not unsafe(told("conv1", "out_channels", 8))
    assert not unsafe(edited(lambda g: insert_on_wire(g, into("conv1"), NodeId("new"), relu)))


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda g: remove_nodes(g, [NodeId("dropout")]), "takes a node away"),
        (lambda g: disconnect(g, into("loss", "target")), "takes a wire away"),
        (lambda g: set_argument(g, NodeId("loss"), "label_smoothing", 0.1), "changes a loss"),
        (lambda g: set_argument(g, NodeId("digits"), "split", 0.5), "changes data"),
        (lambda g: set_argument(g, NodeId("optimizer"), "lr", 0.1), "changes an optimizer"),
        (lambda g: set_freeze(g, NodeId("conv1"), (Address("."),)), "more of a node than"),
        (lambda g: add_node(g, NodeId("l2"), Node("nn.MSELoss")), "adds a loss"),
        (
            lambda g: replace_node(g, NodeId("conv1"), Node("nn.ReLU")),
            "more of a node|in the place",
        ),
        (
            lambda g: connect(g, OutPort(NodeId("relu1"), "output"), into("head")),
            "leads a wire elsewhere",
        ),
    ],
)
def test_what_is_not_safe_says_why(edit: Callable[[Graph], Graph], words: str) -> None:
    reason = unsafe(edited(edit))
    assert any(part in reason for part in words.split("|")), reason


@pytest.mark.parametrize(
    ("spec", "args", "words"),
    [
        ("op.getitem", {"index": (Slice(), Slice(None, 8))}, "leaves values out"),
        ("torch.mean", {"dim": 1}, "one value of several"),
        ("nn.Linear", {"out_features": 10}, "weights of its own"),
        ("F.interpolate", {"size": (8, 8)}, "a map of another size"),
    ],
)
def test_what_makes_any_sizes_fit_is_not_safe(spec: str, args: dict[str, Arg], words: str) -> None:
    new = Node(spec, args=FrozenMap(args))
    after = edited(lambda g: insert_on_wire(g, into("head"), NodeId("new"), new))
    assert words in unsafe(after)


def test_a_tie_is_never_taken_away() -> None:
    before = edited(lambda g: tie(g, "conv1.weight", "conv2.weight"))
    after = edited(lambda g: untie(g, "conv1.weight"), before)
    assert "tie of two weights" in unsafe(after, before)


def test_several_numbers_that_would_do_are_left_to_the_user() -> None:
    """A view asks for shares of 5 numbers, and 18 arrive: 20 fits as well as 15."""
    cut = Node("Tensor.view", args=FrozenMap({"args": (Expr("B"), -1, 5)}))
    first = told("conv1", "out_channels", 15)
    assert is_choice(digits(), first, told("conv1", "out_channels", 20))
    assert not is_choice(digits(), first, told("conv2", "out_channels", 20))
    inserted = edited(lambda g: insert_on_wire(g, into("conv1"), NodeId("new"), cut))
    assert not is_choice(digits(), first, inserted)


def test_run_settings_are_the_users() -> None:
    assert "run settings" in unsafe(set_run(digits(), "batch_size", 7))


def test_a_layer_of_the_same_group_may_stand_in_where_it_is_told_the_same() -> None:
    def swapped(spec: str, args: FrozenMap[str, Arg]) -> Project:
        return edited(lambda g: replace_node(g, NodeId("bn1"), Node(spec, args=args)), before)

    said = FrozenMap[str, Arg]({"eps": 0.01})
    before = edited(lambda g: replace_node(g, NodeId("bn1"), Node("nn.BatchNorm1d", args=said)))
    assert not unsafe(swapped("nn.BatchNorm2d", said), before)
    assert "in the place of BatchNorm1d" in unsafe(swapped("nn.BatchNorm2d", FrozenMap()), before)
    assert "in the place of BatchNorm1d" in unsafe(swapped("nn.Conv2d", said), before)


def test_steps_that_lay_bare_more_than_they_cure_are_taken_back() -> None:
    """A judge that finds two errors behind the first one, and no fix for them."""
    broken = told("head", "in_features", 256)
    first = judged(broken)
    (error,) = first.diagnostics
    behind = tuple(replace(error, node=Address(node), fixes=()) for node in ("logits", "loss"))
    assert {first.status[each.node] for each in behind} == {"waiting"}

    def twice(project: Project) -> Verdict:
        return first if project is broken else replace(first, diagnostics=behind)

    done = cure(broken, twice)
    assert done.project is broken
    assert not done.steps
    assert [each.reason for each in done.left] == ["another error stands behind its fix"]


def test_measurements_are_never_made_labels() -> None:
    broken = drawing(FLAT, HEAD, x=(B, 10), y=(B, 1), classes=None)
    renamed = FrozenMap(
        {"ports": FrozenMap({"x": (B, 10), "y": (B, 1)})}
    )  # of which nothing is known
    broken = more(broken, {"data": Node("data.diabetes", args=renamed)}, {"loss.target": "data.y"})
    (problem,) = judged(broken).diagnostics
    assert not any("int64" in fix.title for fix in problem.fixes)
    assert cure(broken, judged).project == broken


def test_small_whole_numbers_may_become_labels() -> None:
    done = cure(drawing(FLAT, HEAD, y_dtype="int32", classes=None), judged)
    assert [step.fix.title for step in done.steps] == ["Convert target to int64"]
    assert not judged(done.project).has_errors


@pytest.mark.parametrize("loss", ["nn.BCEWithLogitsLoss", "nn.BCELoss", "nn.MSELoss"])
@pytest.mark.parametrize("name", ["digits_mlp", "wine"])
def test_a_loss_that_does_not_suit_the_classes_costs_no_scores(name: str, loss: str) -> None:
    """The right fix changes the loss, and no later one is taken in its place unseen."""
    sound = load(EXAMPLES / f"{name}.netwright").project
    broken = edited(lambda g: replace_node(g, NodeId("loss"), Node(loss)), sound)
    done = cure(broken, judged)
    assert done.project is broken
    assert [fix.title for fix in done.left[0].problem.fixes] == ["Use CrossEntropyLoss instead"]


def test_a_fix_that_brings_a_warning_where_it_is_looked_for_is_not_safe() -> None:
    broken = drawing(FLAT, HEAD, y=(B,), x=(B, 8), loss="nn.BCEWithLogitsLoss", classes=None)
    broken = told("head", "out_features", 1, broken)
    done = cure(broken, judged)
    assert done.project is broken
    assert "brings another problem" in done.left[0].reason
    assert "normal numbers" in done.left[0].reason
