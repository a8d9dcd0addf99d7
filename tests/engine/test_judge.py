"""What a verdict says of whole projects: blocks, repeats, conditions, training, faults."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from app.engine.judge import Cancelled, Judge
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import apply_change, load
from graph_editor.document.model import Expr, Project
from tests.engine.drawings import chain, node, project, training, with_argument
from tests.first_examples import FIRST_EXAMPLES

EXAMPLES = FIRST_EXAMPLES


def judge(drawn: Project, **options: object) -> Verdict:
    return Judge().judge(drawn, **options)  # type: ignore[arg-type]


def codes(verdict: Verdict, severity: str = "error") -> list[tuple[str, str]]:
    return [(d.code, d.node) for d in verdict.diagnostics if d.severity == severity]


def texts(verdict: Verdict) -> dict[str, str]:
    return {key: kind.text() for key, kind in verdict.types.items()}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_examples_are_without_fault(path: Path) -> None:
    drawn = load(path).project
    verdict = judge(drawn)
    assert verdict.diagnostics == ()
    assert set(verdict.status.values()) == {"ok"}


def test_sizes_parameters_and_operations_are_those_of_torch() -> None:
    drawn = project(chain(
        node("nn.Conv2d", out_channels=4, kernel_size=3),
        node("nn.Flatten"),
        node("nn.Linear", out_features=5),
        shape=("=B", 1, 8, 8),
    ))  # fmt: skip
    verdict = judge(drawn, batch=10)
    assert texts(verdict)["n0.output"] == "B×4×6×6"
    assert texts(verdict)["y.output"] == "B×5"
    assert dict(verdict.inferred["n0"]) == {"in_channels": 1}
    module = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(144, 5))
    assert sum(verdict.parameters.values()) == sum(p.numel() for p in module.parameters())
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as count:
        module(torch.zeros(1, 1, 8, 8))
    assert sum(verdict.flops.values()) == count.get_total_flops()


def test_the_revision_comes_back() -> None:
    assert judge(project(chain(node("nn.ReLU"))), revision=17).revision == 17


def test_one_cause_makes_one_red_node_and_the_rest_waits() -> None:
    drawn = project(chain(
        node("nn.Linear", in_features=9, out_features=4),
        node("nn.ReLU"),
        node("nn.Linear", in_features=77, out_features=2),
    ))  # fmt: skip
    verdict = judge(drawn)
    assert [n for _, n in codes(verdict)] == ["n0"]
    assert dict(verdict.status) == {
        "x": "ok", "n0": "error", "n1": "waiting", "n2": "waiting", "y": "waiting",
    }  # fmt: skip
    assert "n1.output" not in verdict.types


def test_a_fix_is_a_patch_that_cures() -> None:
    drawn = project(chain(node("nn.Linear", in_features=9, out_features=4), node("nn.ReLU")))
    verdict = judge(drawn)
    (diagnostic,) = verdict.diagnostics
    assert diagnostic.fixes
    for fix in diagnostic.fixes:
        cured = apply_change(drawn, dict(fix.patch))
        assert not judge(cured).has_errors, fix.title


def test_no_two_fixes_share_an_id() -> None:
    step = node("nn.Linear", "x", in_features=9, out_features=4)
    nodes = {"x": node("io.input", shape=["=B", 8])}
    nodes |= {
        f"{k}{i}": n for i in range(3) for k, n in (("a", step), ("y", node("io.output", f"a{i}")))
    }
    ids = [f.id for d in judge(project(nodes)).diagnostics for f in d.fixes]
    assert len(ids) == len(set(ids)) >= 3


def test_no_fixes_are_tried_where_none_are_wanted() -> None:
    drawn = project(chain(node("nn.Linear", in_features=9, out_features=4)))
    assert judge(drawn, fixes=False).diagnostics[0].fixes == ()


def test_a_failure_that_no_diagnoser_knows_is_said_in_plain_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.engine.judge_report.diagnose", lambda *_: None)
    drawn = project(chain(node("nn.Linear", in_features=9, out_features=4)))
    (diagnostic,) = judge(drawn).diagnostics
    assert diagnostic.node == "n0"
    assert "input: B×8" in diagnostic.message
    assert diagnostic.detail


def test_what_is_missing_or_unknown_is_named() -> None:
    linear = {**node("nn.Linear", out_features=3), "in": {}}
    nodes = {
        "x": node("io.input", shape=["=B", 4]),
        "a": linear,
        "b": node("nn.Linear", "x"),
        "c": node("nn.Linear", "x", out_features=3, colour=2),
        "d": node("nn.Linear", "x", out_features="=unheard + 1"),
        "e": node("vendor.Magic", "x"),
        "f": node("nn.ReLU", "e"),
    }
    for id_ in "abcdf":
        nodes[f"y{id_}"] = node("io.output", id_)
    verdict = judge(project(nodes))
    assert set(codes(verdict)) == {
        ("missing-input", "a"),
        ("missing-argument", "b"),
        ("unknown-argument", "c"),
        ("expression", "d"),
        ("unknown-spec", "e"),
    }
    assert verdict.status["e"] == "unknown"
    assert verdict.status["f"] == "waiting"
    missing = next(d for d in verdict.diagnostics if d.code == "missing-input")
    assert (missing.port, missing.message) == (
        "input", "Linear needs an input: connect something to input."
    )  # fmt: skip


def test_an_idle_fault_is_no_error() -> None:
    nodes = {**chain(node("nn.ReLU")), "lonely": {"spec": "nn.ReLU"}}
    verdict = judge(project(nodes))
    assert not verdict.has_errors
    assert codes(verdict, "warning") == [("missing-input", "lonely")]
    assert judge(project({"lonely": {"spec": "nn.ReLU"}})).has_errors


def test_idle_nodes_are_judged_and_called_idle() -> None:
    verdict = judge(project({**chain(node("nn.ReLU")), "aside": node("nn.Tanh", "x")}))
    assert verdict.status["aside"] == "idle"
    assert texts(verdict)["aside.output"] == "B×8"


def test_a_circle_is_named_once() -> None:
    nodes = {
        "x": node("io.input", shape=["=B", 4]),
        "a": node("op.add", {"input": "x", "other": "b"}),
        "b": node("nn.ReLU", "a"),
        "c": node("nn.ReLU", "b"),
        "y": node("io.output", "c"),
    }
    verdict = judge(project(nodes))
    assert codes(verdict) == [("cycle", "a")]
    assert "“b” into other of “a”" in verdict.diagnostics[0].message
    assert [verdict.status[n] for n in "abcy"] == ["error", "waiting", "waiting", "waiting"]


RESIDUAL = {
    "parameters": [{"name": "dim", "type": "int"}, {"name": "wide", "type": "int", "default": 12}],
    "nodes": {
        "x": node("io.input", shape=["=B", "=dim"]),
        "up": node("nn.Linear", "x", out_features="=wide"),
        "norm": node("nn.BatchNorm1d", "up"),
        "down": node("nn.Linear", "norm", out_features="=dim"),
        "add": node("op.add", {"input": "x", "other": "down"}),
        "out": node("io.output", "add"),
    },
}


def test_blocks_are_entered_and_their_parameters_found() -> None:
    nodes = {
        "x": node("io.input", shape=["=B", 6]),
        "one": node("block.residual", {"x": "x"}),
        "widen": node("nn.Linear", "one.out", out_features=10),
        "two": node("block.residual", {"x": "widen"}, wide=20),
        "y": node("io.output", "two.out"),
    }
    verdict = judge(project(nodes, {"residual": RESIDUAL}))
    assert not verdict.has_errors
    assert texts(verdict)["one/norm.output"] == "B×12"
    assert texts(verdict)["two.out"] == "B×10"
    assert dict(verdict.inferred["one"]) == {"dim": 6}
    assert dict(verdict.inferred["two/down"]) == {"in_features": 20}
    inside = {k: dict(v) for k, v in verdict.block_inferred.items() if not k.endswith(".output")}
    assert inside == {
        "residual/up": {"in_features": Expr("dim")},
        "residual/norm": {"num_features": Expr("wide")},
        "residual/down": {"in_features": Expr("wide")},
    }
    assert "one" not in verdict.parameters
    assert verdict.parameters["one/up"] == 6 * 12 + 12


def test_an_error_in_a_block_is_placed_inside_and_said_once() -> None:
    broken = {"nodes": {**RESIDUAL["nodes"], "down": node("nn.Linear", "norm", out_features=5)}}
    nodes = {
        "x": node("io.input", shape=["=B", 6]),
        "one": node("block.residual", {"x": "x"}),
        "y": node("io.output", "one.out"),
    }
    verdict = judge(project(nodes, {"residual": {**RESIDUAL, **broken}}))
    errors = codes(verdict)
    assert len(errors) == 1
    assert errors[0][1].startswith("one/")
    assert verdict.status["y"] == "waiting"


def test_an_input_of_a_block_holds_what_it_declares() -> None:
    nodes = {
        "x": node("io.input", shape=["=B", 6]),
        "one": node("block.residual", {"x": "x"}, dim=7),
        "y": node("io.output", "one.out"),
    }
    verdict = judge(project(nodes, {"residual": RESIDUAL}))
    assert codes(verdict) == [("input-shape", "one")]
    assert "dim = 7" in verdict.diagnostics[0].message


def test_inferred_numbers_are_said_in_the_blocks_own_terms() -> None:
    block = {
        "parameters": [{"name": "a", "type": "int"}, {"name": "b", "type": "int"}],
        "nodes": {
            "x": node("io.input", shape=["=B", "=T"]),
            "up": node("nn.Linear", "x", out_features="=a * b"),
            "cut": node("torch.chunk", "up", chunks=2, dim=1),
            "fit": node("nn.Linear", "cut.chunks[0]", out_features="=a + 3"),
            "last": node("nn.Linear", "fit", out_features=9),
            "own": node("nn.Linear", "last", out_features=1),
            "out": node("io.output", "own"),
        },
    }
    nodes = {
        "x": node("io.input", shape=["=B", 6]),
        "one": node("block.net", {"x": "x"}, a=4, b=6),
        "two": node("block.net", {"x": "one.out"}, a=8, b=4),
        "y": node("io.output", "two.out"),
    }
    found = judge(project(nodes, {"net": block})).block_inferred
    assert dict(found["net/up"]) == {"in_features": Expr("T")}  # which no parameter says
    assert dict(found["net/last"]) == {"in_features": Expr("a + 3")}
    assert dict(found["net/own"]) == {"in_features": 9}


def test_repeats_chain_their_copies() -> None:
    nodes = chain(
        node("nn.Linear", out_features="=8 + i", repeat={"count": 3}),
        node("nn.ReLU"),
    )
    verdict = judge(project(nodes))
    assert [texts(verdict)[f"n0[{i}].output"] for i in range(3)] == ["B×8", "B×9", "B×10"]
    assert texts(verdict)["n0.output"] == "B×10"
    assert verdict.parameters["n0[1]"] == 8 * 9 + 9


def test_a_shared_repeat_owns_its_weights_once() -> None:
    nodes = chain(node("nn.Linear", out_features=8, repeat={"count": 3, "shared": True}))
    verdict = judge(project(nodes))
    assert sum(verdict.parameters.values()) == 72


@pytest.mark.parametrize("count", [0, 1, 4])
def test_a_block_is_repeated_as_often_as_an_expression_says(count: int) -> None:
    nodes = {
        "x": node("io.input", shape=["=B", 6]),
        "deep": node("block.residual", {"x": "x"}, repeat={"count": "=depth"}),
        "y": node("io.output", "deep.out"),
    }
    parameters = [{"name": "depth", "type": "int", "default": count}]
    verdict = judge(project(nodes, {"residual": RESIDUAL}, parameters=parameters))
    assert not verdict.has_errors
    assert texts(verdict)["y.output"] == "B×6"
    assert len([a for a in verdict.parameters if a.endswith("/up")]) == count


def test_a_module_called_twice_owns_its_weights_once() -> None:
    nodes = {
        "x": node("io.input", shape=["=B", 6]),
        "one": node("nn.Linear", "x", out_features=6),
        "two": node("nn.Linear", "one", weights={"same_as": "one"}),
        "y": node("io.output", "two"),
    }
    verdict = judge(project(nodes))
    assert not verdict.has_errors
    assert dict(verdict.parameters) == {"one": 42}


def test_tied_weights_are_counted_once_and_must_fit() -> None:
    nodes = {
        "x": node("io.input", shape=["=B", "=T"], dtype={"$name": "int64"}),
        "embed": node("nn.Embedding", "x", num_embeddings=11, embedding_dim=4),
        "head": node("nn.Linear", "embed", out_features=11, bias=False),
        "y": node("io.output", "head"),
    }
    ties = {"head.weight": "embed.weight"}
    verdict = judge(project(nodes, ties=ties))
    assert not verdict.has_errors
    assert sum(verdict.parameters.values()) == 44
    nodes["head"] = node("nn.Linear", "embed", out_features=12, bias=False)
    assert codes(judge(project(nodes, ties=ties))) == [("tie-mismatch", "head")]


def test_when_passes_the_first_input_through() -> None:
    nodes = chain(
        node("nn.Linear", out_features=3, when="=False"),
        node("nn.Linear", out_features=3, when="=wide"),
    )
    for wide, size in ((True, 3), (False, 8)):
        parameters = [{"name": "wide", "type": "bool", "default": wide}]
        verdict = judge(project(nodes, parameters=parameters))
        assert texts(verdict)["n0.output"] == "B×8"
        assert texts(verdict)["y.output"] == f"B×{size}"
        assert verdict.parameters.get("n1", 0) == (27 if wide else 0)


def test_both_ways_of_a_condition_on_training_are_tried() -> None:
    nodes = chain(
        node("nn.Linear", out_features=3, when="=training"),
        node("nn.Linear", in_features=3, out_features=2),
    )
    verdict = judge(project(nodes))
    assert [n for _, n in codes(verdict)] == ["n0"], "what is left out is the reason, not n1"


def test_the_last_batch_of_one_is_tried() -> None:
    data = node("data.random", ports={"x": ["=B", 4]}, samples=80, split={"train": 0.8, "val": 0.2})
    nodes = {
        "data": data,
        "x": node("io.input", {"input": "data.x"}, shape=["=B", 4]),
        "norm": node("nn.BatchNorm1d", "x"),
        "y": node("io.output", "norm"),
    }
    assert not judge(project(nodes, run={"batch_size": 16})).has_errors
    nodes["data"] = {**data, "args": {**data["args"], "samples": 81}}
    verdict = judge(project(nodes, run={"batch_size": 16}))
    assert [n for _, n in codes(verdict)] == ["norm"]


def test_free_sizes_are_names_in_the_result() -> None:
    nodes = chain(
        node("nn.Conv1d", out_channels=4, kernel_size=3),
        node("Tensor.flatten", start_dim=0, end_dim=1),
        node("nn.AvgPool1d", kernel_size=2),
        shape=("=B", 2, "=T"),
    )
    verdict = judge(project(nodes))
    assert texts(verdict)["n0.output"] == "B×4×T - 2"
    assert texts(verdict)["n1.output"] == "4*B×T - 2"
    assert texts(verdict)["n2.output"] == "4*B×(T - 2)/2"


@pytest.mark.parametrize("most", [16, 60])
def test_free_sizes_take_values_that_the_drawing_bears(most: int) -> None:
    positions = {
        "table": node("param.tensor", shape=[1, most, 4]),
        "cut": node("op.getitem", "table", index=[
            {"$slice": [None, None, None]}, {"$slice": [None, "=T", None]}]),
        "x": node("io.input", shape=["=B", "=T", 4]),
        "add": node("op.add", {"input": "x", "other": "cut"}),
        "y": node("io.output", "add"),
    }  # fmt: skip
    if most < 21:
        positions["table"]["args"]["shape"] = [1, 21, 4]
    assert not judge(project(positions)).has_errors
    pools = [node("nn.MaxPool1d", kernel_size=3) for _ in range(3)]
    assert not judge(project(chain(*pools, shape=("=B", 4, "=T")))).has_errors


def test_a_loss_must_be_one_number() -> None:
    nodes = training(chain(
        node("nn.Flatten"), node("nn.Linear", out_features=10), shape=("=B", 1, 8, 8)
    ))  # fmt: skip
    nodes["x"]["in"] = {"input": "data.image"}
    assert not judge(project(nodes)).has_errors
    nodes["loss"]["args"] = {"reduction": "none"}
    verdict = judge(project(nodes))
    assert len(codes(verdict)) == 1


def test_nothing_to_train_is_an_error() -> None:
    nodes = training(chain(
        node("nn.Flatten"), node("nn.Linear", out_features=10), shape=("=B", 1, 8, 8)
    ))  # fmt: skip
    nodes["x"]["in"] = {"input": "data.image"}
    nodes["n1"]["freeze"] = ["."]
    assert codes(judge(project(nodes))) == [("nothing-to-train", "adam")]


def test_weights_behind_a_detach_are_named() -> None:
    nodes = training(chain(
        node("nn.Flatten"), node("nn.Linear", out_features=16), node("Tensor.detach"),
        node("nn.Linear", out_features=10), shape=("=B", 1, 8, 8),
    ))  # fmt: skip
    nodes["x"]["in"] = {"input": "data.image"}
    verdict = judge(project(nodes))
    assert not verdict.has_errors
    (found,) = verdict.diagnostics
    assert (found.code, found.severity, found.node) == ("no-gradient", "warning", "n2")
    assert "1 layer before it (“n1”)" in found.message


def test_an_optimizer_that_cannot_be_made_is_red() -> None:
    nodes = training(chain(
        node("nn.Flatten"), node("nn.Linear", out_features=10), shape=("=B", 1, 8, 8)
    ))  # fmt: skip
    nodes["x"]["in"] = {"input": "data.image"}
    nodes["adam"]["args"] = {"lr": -1.0}
    verdict = judge(project(nodes))
    assert [n for _, n in codes(verdict)] == ["adam"]


def test_a_weight_can_be_read_as_a_value() -> None:
    nodes = {
        "x": node("io.input", shape=["=B", 6]),
        "enc": node("nn.Linear", "x", out_features=4),
        "w": node("param.of", of={"$at": "enc"}),
        "dec": node("op.matmul", {"input": "enc", "other": "w"}),
        "y": node("io.output", "dec"),
    }
    verdict = judge(project(nodes))
    assert not verdict.has_errors
    assert texts(verdict)["w.output"] == "4×6"
    assert texts(verdict)["y.output"] == "B×6"
    assert dict(verdict.parameters) == {"enc": 28}


def test_a_judgement_can_be_called_off() -> None:
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(Cancelled):
        Judge().judge(project(chain(*[node("nn.ReLU") for _ in range(9)])), cancelled=cancelled)
    assert len(asked) == 4


def test_an_edit_that_changes_no_shape_executes_one_node() -> None:
    judge_ = Judge()
    drawn = project(chain(
        node("nn.Linear", out_features=8), node("nn.ReLU"), node("nn.Dropout", p=0.1),
        node("nn.Linear", out_features=8), node("nn.Tanh"),
    ))  # fmt: skip
    assert judge_.judge(drawn).evaluated > 0
    assert judge_.judge(drawn).evaluated == 0
    edited = with_argument(drawn, "n2", "p", 0.3)
    verdict = judge_.judge(edited)
    assert verdict.evaluated == 3  # at n, at n + 1, and evaluating; no other node
    assert verdict == replace(Judge().judge(edited), evaluated=3)
    assert judge_.judge(drawn).evaluated == 0


def test_what_is_remembered_never_changes_a_verdict() -> None:
    """Judging edits one after the other gives what judging each afresh gives."""
    judge_ = Judge()
    base = load(next(p for p in EXAMPLES if p.stem == "digits_residual")).project
    changes = {"stem": ("out_channels", 24, 16), "pool": ("kernel_size", 9, 2)}
    changes["head"] = ("out_features", 11, 10)
    edits = [(n, argument, v) for n, (argument, *values) in changes.items() for v in values]
    for name, argument, value in edits:
        base = with_argument(base, name, argument, value)
        one, other = judge_.judge(base), Judge().judge(base)
        assert one == replace(other, evaluated=one.evaluated), (name, argument, value)


@pytest.mark.parametrize(("width", "learns"), [(8, False), (5, True)])
def test_a_condition_may_ask_for_the_shape_that_arrives(width: int, learns: bool) -> None:
    condition = f"=input.shape[-1] != {width}"
    drawn = project(chain(node("nn.Linear", out_features=width, when=condition)))
    verdict = judge(drawn)
    assert not verdict.has_errors
    assert texts(verdict)["y.output"] == f"B×{width}"
    assert ("n0" in verdict.parameters) == learns


def test_a_condition_on_what_nothing_feeds_is_told() -> None:
    drawn = project(chain(node("nn.Linear", out_features=3, when="=other.shape[0] > 2")))
    (found,) = judge(drawn).diagnostics
    assert (found.code, found.node, found.argument) == ("expression", "n0", "when")
    assert "other" in found.message


TIED = {
    "x": node("io.input", shape=["=B", "=T"], dtype={"$name": "int64"}),
    "embed": node("nn.Embedding", "x", num_embeddings=11, embedding_dim=4),
    "relu": node("nn.ReLU", "embed"),
    "head": node("nn.Linear", "relu", out_features=11, bias=False),
    "y": node("io.output", "head"),
}


@pytest.mark.parametrize(
    ("one", "other", "where", "says"),
    [
        ("relu.weight", "head.weight", "relu", "relu has no weight called weight"),
        ("head.weight", "relu.weight", "head", "relu has no weight called weight"),
        ("head.bias", "embed.weight", "head", "head has no weight called bias"),
        ("gone.weight", "head.weight", "head", "there is no node gone"),
        ("head.weight", "embed/deep.weight", "head", "there is no node embed/deep"),
    ],
)
def test_a_tie_to_what_is_no_weight_is_told(one: str, other: str, where: str, says: str) -> None:
    (found,) = judge(project(TIED, ties={one: other})).diagnostics
    assert (found.code, found.severity, found.node) == ("no-such-weight", "error", where)
    assert says in found.message
    assert one in found.message
    assert other in found.message


def test_a_tie_that_changes_is_judged_anew() -> None:
    remembering = Judge()
    wide = {**TIED, "embed": node("nn.Embedding", "x", num_embeddings=12, embedding_dim=4)}
    for nodes, ties in (
        (TIED, {"head.weight": "embed.weight"}), (TIED, {}), (TIED, {"head.weight": "gone.weight"}),
        (TIED, {"head.weight": "embed.weight"}), (wide, {"head.weight": "embed.weight"}),
        (TIED, {"head.weight": "embed.weight"}), (TIED, {"gone.weight": "nowhere.weight"}),
        (TIED, {}),
    ):  # fmt: skip
        drawn = project(nodes, ties=ties)
        one, other = remembering.judge(drawn), Judge().judge(drawn)
        assert one == replace(other, evaluated=one.evaluated), ties
        assert one.has_errors == (nodes is wide or "gone" in str(ties))
