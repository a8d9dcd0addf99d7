"""Ratings that users gave to items, for recommenders."""

from collections.abc import Mapping

from codegen.data_source import GENERATOR, SourceCode, whole
from graph_editor.document.model import Arg, FrozenMap

SPEC = "data.ratings"
ARGUMENTS = ("samples",)
SAMPLES = 4000


def write(args: Mapping[str, Arg]) -> SourceCode:
    """Return code for ratings that follow from hidden tastes, with a little whim."""
    samples = whole(args, "samples", SAMPLES)
    return SourceCode(
        title="made-up ratings",
        summary=f"{samples:,} made-up ratings from 1 to 5 that 100 users gave to 60 items.",
        returns="users (N,) int64, items (N,) int64, and ratings (N, 1)\nfloat32",
        tensors=FrozenMap({"user": "users", "item": "items", "rating": "ratings"}),
        read=(
            GENERATOR,
            "tastes = torch.randn(100, 3, generator=generator)",
            "traits = torch.randn(60, 3, generator=generator)",
            f"users = torch.randint(100, ({samples},), generator=generator)",
            "items = torch.randint(60, users.shape, generator=generator)",
            "liked = (tastes[users] * traits[items]).sum(dim=1, keepdim=True)",
            "whims = 0.2 * torch.randn(liked.shape, generator=generator)",
            "ratings = (3 + 0.7 * liked + whims).clamp(1, 5)",
        ),
        drawn=samples,
    )
