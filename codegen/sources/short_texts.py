"""Short texts on one of four topics, as numbers of words."""

from collections.abc import Mapping

from codegen.data_source import GENERATOR, SourceCode, whole
from graph_editor.document.model import Arg, FrozenMap

SPEC = "data.short_texts"
ARGUMENTS = ("length", "samples")
LENGTH, SAMPLES = 20, 1500


def write(args: Mapping[str, Arg]) -> SourceCode:
    """Return code for texts that mix words of all topics with a few words of their own."""
    length, samples = whole(args, "length", LENGTH, 4), whole(args, "samples", SAMPLES)
    return SourceCode(
        title="made-up texts on four topics",
        summary=f"{samples:,} made-up texts on four topics: up to {length} of 64 words.",
        returns=f"words (N, {length}) int64, where 0 fills up the end, and\nlabels (N,) int64",
        tensors=FrozenMap({"words": "words", "label": "labels"}),
        read=(
            GENERATOR,
            f"samples, length = {samples}, {length}",
            "labels = torch.randint(4, (samples,), generator=generator)",
            "common = torch.randint(1, 24, (samples, length), generator=generator)",
            "own = torch.randint(24, 34, (samples, length), generator=generator)",
            "own += 10 * labels.unsqueeze(1)",
            "is_own = torch.rand(samples, length, generator=generator) < 0.3",
            "words = torch.where(is_own, own, common)",
            "lengths = torch.randint(length // 2, length + 1, (samples, 1), generator=generator)",
            "words = words.masked_fill(torch.arange(length) >= lengths, 0)",
        ),
        drawn=samples,
    )
