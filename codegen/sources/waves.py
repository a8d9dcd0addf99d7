"""Noisy sums of two waves, for forecasts."""

from collections.abc import Mapping

from codegen.data_source import GENERATOR, SourceCode, whole
from graph_editor.document.model import Arg, FrozenMap

SPEC = "data.waves"
ARGUMENTS = ("horizon", "samples", "window")
HORIZON, SAMPLES, WINDOW = 8, 1000, 48


def write(args: Mapping[str, Arg]) -> SourceCode:
    """Return code for the past of a series and what comes after it."""
    window, horizon = whole(args, "window", WINDOW, 1), whole(args, "horizon", HORIZON, 1)
    samples = whole(args, "samples", SAMPLES)
    return SourceCode(
        title="made-up waves",
        summary=f"{samples:,} made-up series, each the noisy sum of two waves.",
        returns=f"past values (N, 1, {window}) and the {horizon} values that\n"
        f"follow (N, {horizon}), both float32",
        tensors=FrozenMap({"past": "past", "future": "future"}),
        read=(
            GENERATOR,
            f"periods = 8 + 16 * torch.rand({samples}, 2, 1, generator=generator)",
            "starts = torch.rand(periods.shape, generator=generator)",
            f"turns = starts + torch.arange({window + horizon}) / periods",
            "series = torch.sin(2 * torch.pi * turns).sum(dim=1, keepdim=True)",
            "series += 0.1 * torch.randn(series.shape, generator=generator)",
            f"past, future = series[:, :, :{window}], series[:, 0, {window}:]",
        ),
        drawn=samples,
    )
