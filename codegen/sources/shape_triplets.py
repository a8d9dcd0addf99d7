"""Triplets of images: two of one shape and one of another."""

from collections.abc import Mapping

from codegen.data_source import GENERATOR, SourceCode, whole
from codegen.sources.shapes import drawn_shapes
from graph_editor.document.model import Arg, FrozenMap

SPEC = "data.shape_triplets"
ARGUMENTS = ("samples", "size")
SAMPLES, SIZE = 1000, 16


def write(args: Mapping[str, Arg]) -> SourceCode:
    """Return code for images of which the first two show the same shape."""
    samples, size = whole(args, "samples", SAMPLES), whole(args, "size", SIZE, 12)
    count = 3 * samples
    return SourceCode(
        title="made-up triplets of shapes",
        summary=f"{samples:,} made-up triplets of images: a shape, the same again, another one.",
        returns=f"anchors, positives and negatives, each\n(N, 1, {size}, {size}) float32 in 0..1",
        tensors=FrozenMap({"anchor": "anchors", "positive": "positives", "negative": "negatives"}),
        read=(
            GENERATOR,
            f"kinds = torch.randint(4, ({samples},), generator=generator)",
            "others = (kinds + torch.randint(1, 4, kinds.shape, generator=generator)) % 4",
            *drawn_shapes(count, size, "labels = torch.cat([kinds, kinds, others])"),
            "images = 0.2 + 0.6 * shapes.unsqueeze(1)",
            "images += 0.1 * torch.randn(images.shape, generator=generator)",
            "anchors, positives, negatives = images.clamp(0, 1).chunk(3)",
        ),
        drawn=samples,
    )
