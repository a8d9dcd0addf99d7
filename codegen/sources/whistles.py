"""Spectrograms of four whistled words: a pitch that rises, falls, or does both."""

from collections.abc import Mapping

from codegen.data_source import GENERATOR, SourceCode, whole
from graph_editor.document.model import Arg, FrozenMap

SPEC = "data.whistles"
ARGUMENTS = ("frames", "samples")
FRAMES, SAMPLES = 48, 800
HOP = 32


def write(args: Mapping[str, Arg]) -> SourceCode:
    """Return code for noisy sounds as the strength of 33 pitches over time."""
    frames, samples = whole(args, "frames", FRAMES, 4), whole(args, "samples", SAMPLES)
    sound = HOP * (frames - 1)
    return SourceCode(
        title="spectrograms of whistled signals",
        summary=f"{samples:,} made-up whistles whose pitch rises, falls, or does both in turn.",
        returns=f"spectrograms (N, 33, {frames}) float32, pitch by time, and\nlabels (N,) int64",
        tensors=FrozenMap({"spectrogram": "spectrograms", "label": "labels"}),
        read=(
            GENERATOR,
            f"labels = torch.randint(4, ({samples},), generator=generator)",
            f"time = torch.linspace(0, 1, {sound})",
            "hill = 1 - (2 * time - 1).abs()",
            "ways = torch.stack([time, 1 - time, hill, 1 - hill])[labels]",
            "lowest = 0.05 + 0.2 * torch.rand(len(labels), 1, generator=generator)",
            "sounds = torch.sin(2 * torch.pi * (lowest + 0.15 * ways).cumsum(dim=1))",
            "sounds += torch.randn(sounds.shape, generator=generator)",
            f"window = torch.hann_window({2 * HOP})",
            f"pitches = torch.stft(sounds, {2 * HOP}, {HOP}, window=window, return_complex=True)",
            "spectrograms = pitches.abs().log1p()",
        ),
        drawn=samples,
    )
