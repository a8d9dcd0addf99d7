"""Messages call nodes what people call them, and say so too where a drawing has no code."""

from __future__ import annotations

from dataclasses import replace

from app.session.naming import Names, named
from graph_editor.checking.verdict import Diagnostic, Fix, Verdict
from graph_editor.document.model import (
    Address,
    Block,
    FrozenMap,
    Graph,
    Node,
    NodeId,
    Project,
    RuleId,
)


def project(**nodes: Node) -> Project:
    graph = Graph(nodes=FrozenMap({NodeId(key): node for key, node in nodes.items()}))
    return replace(Project(), main=Block(graph=graph))


def test_ids_that_were_made_become_names_or_titles() -> None:
    names = Names(project(linear_rudm=Node("nn.Linear"), conv_ab2c=Node("nn.Conv2d", name="Stem")))
    assert names.text("linear_rudm gets B×3 from conv_ab2c.") == "Linear gets B×3 from Stem."
    assert names.text("“linear_rudm”: in_features") == "“Linear”: in_features"
    assert names.label("linear_rudm") == "Linear"


def test_only_whole_ids_of_nodes_that_are_there_are_replaced() -> None:
    names = Names(
        project(linear_rudm=Node("nn.Linear"), input=Node("io.input"), gelu=Node("nn.GELU"))
    )
    for words in ("linear_rudx gets 3", "my_linear_rudm", "linear_rudm_2", "the input of gelu"):
        assert names.text(words) == words


def test_those_that_are_called_alike_are_numbered() -> None:
    names = Names(project(optimizer=Node("optim.AdamW"), optimizer_5yp7=Node("optim.AdamW")))
    assert names.text("Keep optimizer_5yp7") == "Keep AdamW 2"


def test_a_verdict_is_named_and_stays_the_same_where_nothing_is_to_be_named() -> None:
    drawn = project(linear_rudm=Node("nn.Linear"))
    fix = Fix("f", "Set in_features of linear_rudm", FrozenMap({"linear_rudm": 1}))
    wrong = Diagnostic(
        RuleId("x"), "error", Address("linear_rudm"), "linear_rudm gets 3", fixes=(fix,)
    )
    found = named(drawn, Verdict(diagnostics=(wrong,))).diagnostics[0]
    assert (found.node, found.message) == ("linear_rudm", "Linear gets 3")
    assert found.fixes[0].title == "Set in_features of Linear"
    assert found.fixes[0].patch is fix.patch
    plain = Verdict(diagnostics=(replace(wrong, message="It gets 3", fixes=()),))
    assert named(drawn, plain) is plain
