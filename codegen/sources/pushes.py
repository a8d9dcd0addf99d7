"""A control task: pushes that were tried to keep a body at a place, and what came of them."""

from collections.abc import Mapping

from codegen.data_source import GENERATOR, SourceCode, whole
from graph_editor.document.model import Arg, FrozenMap

SPEC = "data.pushes"
ARGUMENTS = ("samples",)
SAMPLES = 3000


def write(args: Mapping[str, Arg]) -> SourceCode:
    """Return code for one random push for each of many states, and its reward."""
    samples = whole(args, "samples", SAMPLES)
    return SourceCode(
        title="pushes that were tried on a sliding body",
        summary=f"{samples:,} pushes that were tried at random to bring a sliding body to a mark.",
        returns="states (N, 2) float32: place and speed; pushes (N,) int64:\n"
        "left, none or right; rewards (N, 1) float32: minus how far off it came to rest;\n"
        "and the best pushes (N,) int64",
        tensors=FrozenMap(
            {"state": "states", "action": "actions", "reward": "rewards", "best": "best_actions"}
        ),
        read=(
            GENERATOR,
            f"states = 2 * torch.rand({samples}, 2, generator=generator) - 1",
            "actions = torch.randint(3, (len(states),), generator=generator)",
            "place, speed = states[:, :1], states[:, 1:]",
            "pushes = torch.tensor([-1.0, 0.0, 1.0])",
            "outcomes = -(place + speed + pushes).abs()",
            "rewards = outcomes.gather(1, actions.unsqueeze(1))",
            "best_actions = outcomes.argmax(dim=1)",
        ),
        drawn=samples,
    )
