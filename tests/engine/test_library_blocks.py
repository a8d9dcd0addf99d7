"""Every shipped block, placed as it is and with other values: judged, written and executed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.engine.judge import Judge
from graph_editor.catalogue.library import library
from graph_editor.document.model import FrozenMap, NodeId, Project
from tests.codegen.sameness import check

JUDGE = Judge()
OTHERS: dict[str, dict[str, int | float | bool]] = {
    "attention": {"num_heads": 8, "causal": True},
    "bottleneck": {"channels": 4, "stride": 1},
    "conv_norm_act": {"channels": 8, "kernel_size": 5, "stride": 2},
    "depthwise_separable": {"channels": 16, "stride": 2},
    "double_conv": {"channels": 8},
    "feed_forward": {"mlp_ratio": 2, "dropout": 0.0},
    "inverted_residual": {"channels": 16, "expand": 2},
    "mlp": {"hidden": 8, "features": 3, "dropout": 0.5},
    "patch_embedding": {"dim": 12, "patch_size": 2},
    "residual": {"channels": 16, "stride": 1},
    "squeeze_excitation": {"reduction": 32},
    "transformer_decoder": {"num_heads": 2, "mlp_ratio": 1},
    "transformer_encoder": {"num_heads": 2, "dropout": 0.0},
    "unet_down": {"channels": 8},
    "unet_up": {"channels": 8},
}
"""Values that lead elsewhere: no shortcut, a larger step, one head more."""


def use(name: str, args: FrozenMap[str, int | float | bool]) -> Project:
    """Return the drawing in which the file of a block shows its use, with other values."""
    project = library().entries()[name].project
    nodes, key = project.main.graph.nodes, NodeId("part")
    graph = replace(project.main.graph, nodes=nodes.set(key, replace(nodes[key], args=args)))  # type: ignore[arg-type]  # numbers are arguments
    return project.with_block("main", replace(project.main, graph=graph))


def test_all_that_ships_is_tried() -> None:
    assert set(OTHERS) == set(library().entries())


@pytest.mark.parametrize("name", sorted(OTHERS))
@pytest.mark.parametrize("changed", [False, True])
def test_a_shipped_block_is_without_fault_and_does_what_its_code_does(
    name: str, changed: bool
) -> None:
    project = use(name, FrozenMap(OTHERS[name] if changed else {}))
    verdict = JUDGE.judge(project)
    assert not verdict.diagnostics
    assert all(word == "ok" for word in verdict.status.values())
    text = check(project, verdict)
    assert project.blocks[library().entries()[name].key].doc.split(",")[0] in text.source.text
