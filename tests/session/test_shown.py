"""What the canvas is told of one graph: own ports, sums of what lies below, the gravest state."""

from app.session.shown import findings_of
from graph_editor.checking.verdict import Diagnostic, Fix, TensorType, Verdict
from graph_editor.document.model import Address, FrozenMap, NodeId, RuleId

VERDICT = Verdict(
    types=FrozenMap(
        {
            "conv.output": TensorType(("B", 16, 8, 8)),
            "stage.y": TensorType(("B", 4)),
            "stage/fc.output": TensorType(("B", 10), "int64"),
            "stages[0]/fc.output": TensorType(("B", 3)),
            "stages[1]/fc.output": TensorType(("B", 3)),
            "loss.output": TensorType(()),
        }
    ),
    inferred=FrozenMap({Address("stage/fc"): FrozenMap({"in_features": 4})}),
    parameters=FrozenMap(
        {
            Address("conv"): 160,
            Address("stage/fc"): 50,
            Address("stage/bn"): 8,
            Address("stages[0]/fc"): 5,
            Address("stages[1]/fc"): 5,
        }
    ),
    status=FrozenMap(
        {
            Address("conv"): "ok",
            Address("stage"): "ok",
            Address("stage/fc"): "error",
            Address("stage/bn"): "waiting",
        }
    ),
    diagnostics=(
        Diagnostic(
            RuleId("linear-features"),
            "error",
            Address("stage/fc"),
            "4 expected",
            argument="in_features",
            fixes=(Fix("auto", "Set in_features to auto"),),
        ),
    ),
)


def test_main_graph_knows_its_own_ports_and_what_lies_below() -> None:
    found = findings_of(VERDICT)
    assert set(found.ports) == {"conv.output", "stage.y", "loss.output"}
    assert found.ports["conv.output"].label == "B×16×8×8"
    assert found.ports["conv.output"].rank == 4
    assert found.ports["loss.output"].label == "scalar"
    assert found.parameters == {"conv": 160, "stage": 58, "stages": 10}
    assert found.status == {"conv": "ok", "stage": "error"}
    assert [p.node for p in found.of(NodeId("stage"))] == ["stage"]
    assert found.problems[0].fixes == (("auto", "Set in_features to auto"),)


def test_the_inside_of_a_block_shows_the_use_it_was_entered_from() -> None:
    found = findings_of(VERDICT, "stage")
    assert set(found.ports) == {"fc.output"}
    assert found.ports["fc.output"].dtype == "int64"
    assert found.values(NodeId("fc")) == FrozenMap({"in_features": 4})
    assert found.parameters == {"fc": 50, "bn": 8}
    assert found.status == {"fc": "error", "bn": "waiting"}
    assert [p.argument for p in found.problems] == ["in_features"]


def test_copies_of_a_repeat_are_one_node() -> None:
    assert findings_of(VERDICT, "stages").parameters == {"fc": 10}
    assert findings_of(VERDICT, "stages[1]").ports["fc.output"].label == "B×3"


def test_another_block_with_the_same_beginning_is_not_meant() -> None:
    assert findings_of(VERDICT, "sta").ports == {}
