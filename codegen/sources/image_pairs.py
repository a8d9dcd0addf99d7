"""Small images and the same images twice as large, for super-resolution."""

from collections.abc import Mapping

from codegen.data_source import GENERATOR, SourceCode, whole
from graph_editor.document.model import Arg, FrozenMap

SPEC = "data.image_pairs"
ARGUMENTS = ("samples", "size")
SAMPLES, SIZE = 400, 16


def write(args: Mapping[str, Arg]) -> SourceCode:
    """Return code for striped images and the means of their 2x2 pixels."""
    samples, size = whole(args, "samples", SAMPLES), whole(args, "size", SIZE, 4)
    return SourceCode(
        title="made-up images in two sizes",
        summary=f"{samples:,} made-up images of bent stripes, small and twice as large.",
        returns=f"small images (N, 1, {size}, {size}) and large images\n"
        f"(N, 1, {2 * size}, {2 * size}), both float32 in 0..1",
        tensors=FrozenMap({"small": "small", "large": "large"}),
        read=(
            GENERATOR,
            f"line = torch.linspace(-1, 1, {2 * size})",
            f"bends = 4 * torch.randn(4, {samples}, 1, 1, generator=generator)",
            "waves = torch.sin(bends[0] * line + bends[1])",
            "waves = torch.sin(bends[2] * line.view(-1, 1) + bends[3] + 2 * waves)",
            "large = torch.sigmoid(8 * waves).unsqueeze(1)",
            f"small = large.view(-1, 1, {size}, 2, {size}, 2).mean(dim=(3, 5))",
        ),
        drawn=samples,
    )
