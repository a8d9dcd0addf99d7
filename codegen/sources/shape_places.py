"""Grey images of a shape, what it is and where: two tasks at once."""

from collections.abc import Mapping

from codegen.data_source import GENERATOR, SourceCode, whole
from codegen.sources.shapes import drawn_shapes
from graph_editor.document.model import Arg, FrozenMap

SPEC = "data.shape_places"
ARGUMENTS = ("samples", "size")
SAMPLES, SIZE = 1200, 24


def write(args: Mapping[str, Arg]) -> SourceCode:
    """Return code for images, the shapes that they show, and the middles of these."""
    samples, size = whole(args, "samples", SAMPLES), whole(args, "size", SIZE, 12)
    return SourceCode(
        title="made-up images of shapes and their places",
        summary=f"{samples:,} made-up grey images of a shape, which shape it is and where.",
        returns=f"images (N, 1, {size}, {size}) float32 in 0..1, labels (N,)\n"
        "int64, and places (N, 2) float32: down and across, in -1..1",
        tensors=FrozenMap({"image": "images", "label": "labels", "place": "places"}),
        read=(
            GENERATOR,
            *drawn_shapes(samples, size),
            "images = 0.2 + 0.6 * shapes.unsqueeze(1)",
            "images += 0.1 * torch.randn(images.shape, generator=generator)",
            "images, places = images.clamp(0, 1), 2 * places.T / (size - 1) - 1",
        ),
        drawn=samples,
    )
