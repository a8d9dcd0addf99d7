"""Colour images of a disc, a square, a cross or a diamond."""

from collections.abc import Mapping

from codegen.data_source import GENERATOR, SourceCode, whole
from graph_editor.document.model import Arg, FrozenMap

SPEC = "data.shapes"
ARGUMENTS = ("samples", "size")
SAMPLES, SIZE = 1200, 32


def write(args: Mapping[str, Arg]) -> SourceCode:
    """Return code for bright shapes of any colour on a dark ground."""
    samples, size = whole(args, "samples", SAMPLES), whole(args, "size", SIZE, 12)
    return SourceCode(
        title="made-up images of shapes",
        summary=f"{samples:,} made-up colour images of a disc, a square, a cross or a diamond.",
        returns=f"images (N, 3, {size}, {size}) float32 in 0..1 and labels (N,)\nint64",
        tensors=FrozenMap({"image": "images", "label": "labels"}),
        read=(
            GENERATOR,
            *drawn_shapes(samples, size),
            "dark, bright = torch.rand(2, samples, 3, 1, 1, generator=generator)",
            "images = torch.where(shapes.unsqueeze(1), 0.4 + 0.6 * bright, 0.4 * dark)",
            "images += 0.05 * torch.randn(images.shape, generator=generator)",
            "images = images.clamp(0, 1)",
        ),
        drawn=samples,
    )


LABELS = "labels = torch.randint(4, (samples,), generator=generator)"


def drawn_shapes(samples: int, size: int, labels: str = LABELS) -> tuple[str, ...]:
    """Return statements that bind labels, their places (y and x) and ``shapes`` (N, size, size)."""
    return (
        f"samples, size = {samples}, {size}",
        labels,
        "places = torch.randint(size // 4, size - size // 4, (2, samples), generator=generator)",
        "radii = torch.randint(size // 5, size // 4 + 1, (samples, 1, 1), generator=generator)",
        "down = (torch.arange(size).view(-1, 1) - places[0].view(-1, 1, 1)).abs()",
        "across = (torch.arange(size) - places[1].view(-1, 1, 1)).abs()",
        "near, far = torch.minimum(down, across), torch.maximum(down, across)",
        "disc, square = down**2 + across**2 <= radii**2, far < radii",
        "cross, diamond = (near <= radii // 4) & (far <= radii), down + across <= radii",
        "shapes = torch.stack([disc, square, cross, diamond])[labels, torch.arange(samples)]",
    )
