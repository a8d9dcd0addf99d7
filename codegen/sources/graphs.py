"""Small graphs whose nodes fall into two groups, for networks on graphs."""

from collections.abc import Mapping

from codegen.data_source import GENERATOR, SourceCode, whole
from graph_editor.document.model import Arg, FrozenMap

SPEC = "data.graphs"
ARGUMENTS = ("nodes", "samples")
NODES, SAMPLES = 16, 600


def write(args: Mapping[str, Arg]) -> SourceCode:
    """Return code for graphs with dense adjacencies; of a few nodes the group is told."""
    nodes, samples = whole(args, "nodes", NODES), whole(args, "samples", SAMPLES)
    return SourceCode(
        title="made-up graphs of two groups",
        summary=f"{samples:,} made-up graphs: {nodes} nodes in two groups, of some it is known "
        "in which.",
        returns=f"features (N, {nodes}, 2) float32, 1 where it is known that a\n"
        f"node is in a group; adjacencies (N, {nodes}, {nodes}) float32, 1 between neighbours\n"
        f"and from each node to itself; labels (N, {nodes}) float32, the group of each: 0 or 1",
        tensors=FrozenMap({"features": "features", "adjacency": "adjacencies", "group": "labels"}),
        read=(
            GENERATOR,
            f"groups = torch.randint(2, ({samples}, {nodes}), generator=generator)",
            "chance = torch.where(groups.unsqueeze(1) == groups.unsqueeze(2), 0.6, 0.1)",
            "upper = (torch.rand(chance.shape, generator=generator) < chance).triu(1)",
            f"adjacencies = (upper | upper.mT).float() + torch.eye({nodes})",
            "known = torch.rand(groups.shape, generator=generator) < 0.3",
            "features = torch.stack([known & (groups == 0), known & (groups == 1)], dim=2).float()",
            "labels = groups.float()",
        ),
        drawn=samples,
    )
