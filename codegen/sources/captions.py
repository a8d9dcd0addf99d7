"""Images of a coloured shape, with a caption of five words."""

from collections.abc import Mapping

from codegen.data_source import GENERATOR, SourceCode, whole
from graph_editor.document.model import Arg, FrozenMap

SPEC = "data.captions"
ARGUMENTS = ("samples", "size")
SAMPLES, SIZE = 432, 24
MOST = 432
"""So many captions there are, each of which is used once."""


def write(args: Mapping[str, Arg]) -> SourceCode:
    """Return code for images and captions of which no two are alike."""
    samples, size = whole(args, "samples", SAMPLES, 2, MOST), whole(args, "size", SIZE, 24)
    return SourceCode(
        title="made-up images and captions",
        summary=f"{samples:,} made-up images of a coloured shape, each with a caption of its own.",
        returns=f"images (N, 3, {size}, {size}) float32 in 0..1 and captions\n"
        "(N, 5) int64: words for size, colour, shape, row and column, 18 in all",
        tensors=FrozenMap({"image": "images", "caption": "captions"}),
        read=(
            GENERATOR,
            f"samples, size = {samples}, {size}",
            f"codes = torch.randperm({MOST}, generator=generator)[:samples].view(-1, 1, 1)",
            "large, colour, kind = codes % 2, codes // 2 % 6, codes // 12 % 4",
            "row, column = codes // 48 % 3, codes // 144",
            "words = [large, 2 + colour, 8 + kind, 12 + row, 15 + column]",
            "captions = torch.cat(words, dim=1).squeeze(2)",
            "line, third = torch.arange(size), size // 3",
            "down = (line.view(-1, 1) - third * row - third // 2).abs()",
            "across = (line - third * column - third // 2).abs()",
            "near, far = torch.minimum(down, across), torch.maximum(down, across)",
            "radius = 2 + large",
            "disc, square = down**2 + across**2 <= radius**2, far < radius",
            "cross, diamond = (near < 1) & (far <= radius), down + across <= radius",
            "shapes = torch.stack([disc, square, cross, diamond])",
            "shapes = shapes[kind.flatten(), torch.arange(samples)]",
            "paint = torch.tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], "
            "[0, 1, 1]])",
            "images = shapes.unsqueeze(1) * paint[colour.flatten()].view(-1, 3, 1, 1).float()",
        ),
        drawn=samples,
    )
