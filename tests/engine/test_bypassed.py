"""A bypassed node: the judge sees what passes it by, eager torch agrees, and code says the same."""

from __future__ import annotations

from app.engine.judge import Judge
from codegen.model import write_model
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.edits import in_block, switch_off, switch_on
from graph_editor.document.files import dumps, loads
from graph_editor.document.model import NodeId, Project
from tests.engine.differential import compare_project
from tests.engine.drawings import chain, node, project


def drawing() -> Project:
    """Return two layers of which the first makes 8 numbers 16, and one that keeps 8."""
    return project(
        chain(
            node("nn.Linear", in_features=8, out_features=8),
            node("nn.Linear", in_features=8, out_features=16),
            node("nn.Linear", in_features=16, out_features=4),
        )
    )


def bypassed(made: Project, *ids: str) -> Project:
    changed = in_block(made, "main", lambda graph: switch_off(graph, map(NodeId, ids)))
    return loads(dumps(changed)).project


def test_a_layer_that_keeps_the_shape_is_left_out_without_a_problem() -> None:
    made = bypassed(drawing(), "n0")
    verdict = Judge().judge(made, batch=4, fixes=False)
    assert not [d for d in verdict.diagnostics if d.severity == "error"]
    whole = Judge().judge(drawing(), batch=4, fixes=False)
    assert verdict.types["y.output"].text() == whole.types["y.output"].text() == "B×4"
    compared = compare_project(Judge(), made)
    assert (compared.crash, compared.stops, compared.refused) == ("", (), [])


def test_shapes_that_break_without_it_are_told_behind_it() -> None:
    made = bypassed(drawing(), "n1")
    verdict = Judge().judge(made, batch=4, fixes=False)
    stops = compare_project(Judge(), made).stops
    assert {stop.node for stop in stops} == {"n2"}
    errors = [d for d in verdict.diagnostics if d.severity == "error"]
    assert [d.node for d in errors] == ["n2"]
    assert verdict.types["n1.output"].text() == "B×8"


def test_switched_on_again_it_is_the_drawing_that_it_was() -> None:
    made = bypassed(drawing(), "n0", "n1")
    again = in_block(made, "main", lambda graph: switch_on(graph, [NodeId("n0"), NodeId("n1")]))
    assert dumps(again) == dumps(drawing())


def test_the_code_leaves_it_out() -> None:
    made = bypassed(drawing(), "n0")
    verdict = Judge().judge(made, batch=4, fixes=False)
    alone = project(
        chain(
            node("nn.Linear", in_features=8, out_features=16),
            node("nn.Linear", in_features=16, out_features=4),
        )
    )
    written = write_model(made, specs_of(made), verdict).source.text
    plain = write_model(alone, specs_of(alone), Judge().judge(alone, batch=4, fixes=False))
    assert written.replace("self.mlp", "self.layers") == plain.source.text  # named by what is drawn
    assert "Linear(8, 8)" not in written
