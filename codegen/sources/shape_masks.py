"""Images of a disc and a square, with the class of every pixel."""

from collections.abc import Mapping

from codegen.data_source import GENERATOR, SourceCode, whole
from graph_editor.document.model import Arg, FrozenMap

SPEC = "data.shape_masks"
ARGUMENTS = ("samples", "size")
SAMPLES, SIZE = 400, 32


def write(args: Mapping[str, Arg]) -> SourceCode:
    """Return code for grey images of two shapes, and their masks."""
    samples, size = whole(args, "samples", SAMPLES), whole(args, "size", SIZE, 8)
    return SourceCode(
        title="made-up images of a disc and a square",
        summary=f"{samples:,} made-up images of a disc and a square, with the class of each pixel.",
        returns=f"images (N, 1, {size}, {size}) float32 in 0..1 and masks\n"
        f"(N, {size}, {size}) int64: 0 the ground, 1 a disc, 2 a square",
        tensors=FrozenMap({"image": "images", "mask": "masks"}),
        read=(
            GENERATOR,
            f"samples, size = {samples}, {size}",
            "places = torch.randint(size // 8, size * 7 // 8, (4, samples, 1, 1), "
            "generator=generator)",
            "radii = torch.randint(size // 8, size // 4 + 1, (2, samples, 1, 1), "
            "generator=generator)",
            "rows, columns = torch.arange(size).view(-1, 1), torch.arange(size)",
            "discs = (rows - places[0]) ** 2 + (columns - places[1]) ** 2 <= radii[0] ** 2",
            "far = torch.maximum((rows - places[2]).abs(), (columns - places[3]).abs())",
            "masks = torch.where(far < radii[1], 2, 0).masked_fill(discs, 1)",
            "images = 0.2 + 0.6 * (masks > 0).unsqueeze(1)",
            "images += 0.1 * torch.randn(images.shape, generator=generator)",
            "images = images.clamp(0, 1)",
        ),
        drawn=samples,
    )
