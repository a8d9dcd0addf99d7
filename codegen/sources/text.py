"""The characters of little sentences, for models of language."""

from collections.abc import Mapping

from codegen.data_source import GENERATOR, SourceCode, whole
from graph_editor.document.model import Arg, FrozenMap

SPEC = "data.text"
ARGUMENTS = ("length", "samples")
LENGTH, SAMPLES = 32, 1000
SHORTEST = 35
"""The letters of the shortest sentence, with the full stop and the blank behind it."""


def write(args: Mapping[str, Arg]) -> SourceCode:
    """Return code for pieces of a made-up text, each beside itself one character later."""
    length, samples = whole(args, "length", LENGTH, 4), whole(args, "samples", SAMPLES)
    sentences = samples * length // SHORTEST + 2
    return SourceCode(
        title="the characters of a made-up text",
        summary=f"A made-up text of plain sentences: {samples:,} pieces of {length} characters.",
        returns=f"tokens (N, {length}) and the tokens that follow\n"
        f"them (N, {length}), both int64: places in LETTERS",
        tensors=FrozenMap({"tokens": "tokens", "next": "following"}),
        read=(
            "parts = [",
            '    ["the cat", "a small bird", "the old man", "my sister"],',
            '    ["looks at", "sings to", "walks with", "waits for"],',
            '    ["the moon", "a friend", "the sea", "her dog"],',
            '    ["at night", "every day", "in the garden", "all summer"],',
            "]",
            GENERATOR,
            f"choices = torch.randint(4, ({sentences}, 4), generator=generator).tolist()",
            'text = "".join(',
            '    " ".join(part[k] for part, k in zip(parts, row, strict=True)) + ". " '
            "for row in choices",
            ")",
            "codes = torch.tensor([LETTERS.index(letter) for letter in text])",
            f"pieces = codes.unfold(0, {length + 1}, {length})[:{samples}]",
            "tokens, following = pieces[:, :-1], pieces[:, 1:]",
        ),
        drawn=samples,
        constants=('LETTERS = " .abcdefghijklmnopqrstuvwxyz"',),
        alphabet="LETTERS",
        follows=FrozenMap({"next": "tokens"}),
    )
