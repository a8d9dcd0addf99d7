"""One mistake in a template: one node is red, torch agrees, and the likeliest fix cures it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from app.engine.judge import Judge
from graph_editor.document.edits.wires import dissolve
from graph_editor.document.files import apply_change, load
from graph_editor.document.model import Graph, InPort, NodeId, OutPort, PortPath, Project
from tests.engine.differential import compare_project

EXAMPLES = Path(__file__).parents[2] / "assets/examples"
JUDGE = Judge()


@dataclass(frozen=True)
class Mistake:
    """A template, a block of it, what is done to a node there, and what is to be said."""

    template: str
    block: str
    node: str
    blamed: str
    fix: str
    """Empty where nothing in the drawing says what was meant."""
    args: tuple[tuple[str, Any], ...] = ()
    port: str = ""
    source: str = ""
    """The output that is led to the port by mistake. Without it and arguments it is dissolved."""

    def __str__(self) -> str:
        return f"{self.template}-{self.node}-{self.port or '-'.join(n for n, _ in self.args)}"

    def project(self) -> Project:
        """Return the template with the mistake."""
        before = load(EXAMPLES / f"{self.template}.netwright").project
        block = before.block(self.block)
        return before.with_block(self.block, replace(block, graph=self._graph(block.graph)))

    def _graph(self, graph: Graph) -> Graph:
        id_ = NodeId(self.node)
        if self.source:
            target, made = InPort(id_, PortPath(self.port)), self.source.split(".")
            return replace(graph, wires=graph.wires.set(target, OutPort(NodeId(made[0]), made[1])))
        if not self.args:
            return dissolve(graph, id_)
        node = graph.nodes[id_]
        node = replace(node, args=node.args.merged(dict(self.args)))
        return replace(graph, nodes=graph.nodes.set(id_, node))


HEADS = "Let the heads and the places of {} change places"
MISTAKES = [
    # --- several readers of one output, and metrics beside a loss ---------------------------------
    Mistake("text_cnn", "main", "turned", "pairs",
            "Let axes 1 and 2 of x change places, for “fours” and “triples” too"),
    Mistake("gan", "generator", "up1", "on_fake", "Resize image to 8×8", (("padding", 0),)),
    Mistake("gcn", "convolution", "mix", "loss", ""),
    Mistake("text_cnn", "ngram", "top", "loss", "", (("dim", 0),)),
    Mistake("autoencoder", "decoder", "up2", "loss", ""),
    Mistake("two_tasks", "body", "features", "kind", "Insert Flatten before it",
            port="input", source="relu2.output"),
    # --- a metric that compares something else ----------------------------------------------------
    Mistake("text_lstm", "main", "accuracy", "accuracy", "Compare what Cross entropy compares",
            port="target", source="dropout.output"),
    Mistake("digits_cnn", "main", "accuracy", "accuracy", "Compare what Cross entropy compares",
            port="input", source="bn1.output"),
    # --- numbers that a block is handed -----------------------------------------------------------
    Mistake("resnet18", "main", "layer1", "layer1", "Set stride to 1", (("stride", 0),)),
    Mistake("unet", "main", "down1", "down1", "Set channels to 8", (("channels", -8),)),
    Mistake("vgg", "main", "stage3", "stage3", "Set channels to 16", (("channels", 0),)),
    # --- heads, maps and sides --------------------------------------------------------------------
    Mistake("transformer", "attention", "q_heads", "encoder[0]/attention/attend",
            HEADS.format("query")),
    Mistake("transformer", "attention", "k_heads", "encoder[0]/attention/attend",
            HEADS.format("key")),
    Mistake("mini_gpt", "attention", "v_heads", "blocks[0]/attention/attend",
            HEADS.format("value")),
    Mistake("autoencoder", "encoder", "flat", "encoder/pack", "Insert Flatten before it"),
    Mistake("distillation", "teacher", "flat", "teacher/head", "Insert Flatten before it"),
    Mistake("vision_transformer", "main", "flat", "flat", "Set start_dim to 2",
            (("start_dim", 0),)),
    Mistake("unet", "up", "grow", "up2/join", "Make tensors[1] 2 times as large"),
]  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_one_node_is_red_and_its_fix_cures(mistake: Mistake) -> None:
    project = mistake.project()
    verdict = JUDGE.judge(project)
    errors = [d for d in verdict.diagnostics if d.severity == "error"]
    assert [d.node for d in errors] == [mistake.blamed]
    assert [a for a, word in verdict.status.items() if word == "error"] == [mistake.blamed]
    fixes = {fix.title: fix for fix in errors[0].fixes}
    assert mistake.fix in (fixes or {"": None}), list(fixes)
    if fixes:
        after = apply_change(project, dict(fixes[mistake.fix].patch))
        left = [d for d in JUDGE.judge(after).diagnostics if d.severity == "error"]
        assert not [d for d in left if (d.code, d.node) == (errors[0].code, errors[0].node)]


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_torch_refuses_it_too(mistake: Mistake) -> None:
    found = compare_project(JUDGE, mistake.project())
    if found.stop is not None and "is not known here" in found.stop.message:
        pytest.skip("its data name a size, which eager torch is not told here")
    assert found.word == "agreed", found.text()
