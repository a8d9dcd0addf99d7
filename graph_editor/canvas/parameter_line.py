"""The line under a node's header: its arguments in words that a person would say."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from graph_editor.canvas.formulas import FORMULAS
from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.document.model import (
    NOTHING,
    Arg,
    At,
    Expr,
    FrozenMap,
    Hole,
    Name,
    Node,
    Slice,
    same,
)

AUTO = "auto"
ARROWS: dict[str, tuple[str, str]] = {
    "in_channels": ("in_channels", "out_channels"),
    "in_features": ("in_features", "out_features"),
    "input_size": ("input_size", "hidden_size"),
    "num_embeddings": ("num_embeddings", "embedding_dim"),
}
"""Argument -> the pair that is said as ``64→128``."""
LETTERS = {
    "kernel_size": "k",
    "stride": "s",
    "padding": "p",
    "output_padding": "op",
    "dilation": "d",
    "groups": "g",
}
"""Arguments that are said as a letter and a number: ``k3 s2 p1``."""
BARE = frozenset({
    "num_features", "normalized_shape", "embed_dim", "d_model", "output_size", "value", "shape",
    "dtype", "args", "size", "reduction", "approximate", "num_channels",
})  # fmt: skip
"""Arguments whose value says enough without their name."""
SHORT = {
    "weight_decay": "wd",
    "momentum": "m",
    "label_smoothing": "smoothing",
    "negative_slope": "slope",
    "batch_first": "batch first",
    "start_factor": "from",
    "end_factor": "to",
    "learning_rate": "lr",
    "clip_norm": "clip",
}
COUNTED = {"num_heads": "heads", "nhead": "heads", "num_groups": "groups", "num_layers": "layers"}
"""Arguments that are said after their number: ``8 heads``."""
ALWAYS = frozenset({"lr", "p", "reduction", "dim", "k", "approximate"})
"""Arguments that are said even at their default: what the node does hangs on them."""
NEVER = frozenset({"inplace", "ports", "split", "optional", "kind", "device"})
DIMS = (("start_dim", "end_dim"), ("dim0", "dim1"))
UNITS = ("k", "M", "B", "T")
MUCH = 28
"""Characters of one value that are shown; the inspector has the rest."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the line, and the argument that it tells of."""

    text: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class _Use:
    """One node's arguments, its own and the inferred ones."""

    spec: Spec
    args: FrozenMap[str, Arg]
    inferred: Mapping[str, Arg]
    wanted: Collection[str]

    def says(self, argument: Argument) -> bool:
        """Whether an argument is worth a word."""
        name = argument.name
        if name in self.wanted:
            return True
        if name in NEVER or name not in self.args:
            return name in ALWAYS and argument.default is not None
        return name in ALWAYS or not same(self.args[name], argument.default)

    def text(self, name: str) -> str:
        """Return the value of an argument as it is said."""
        if name in self.args:
            return value_text(self.args[name])
        if name in self.inferred:
            return value_text(self.inferred[name])
        argument = self.spec.argument(name)
        if argument is None or argument.infer or argument.required:
            return AUTO if argument is None or argument.infer else "?"
        return value_text(argument.default)


def parameter_line(
    spec: Spec | None,
    node: Node,
    inferred: Mapping[str, Arg] = NOTHING,
    wanted: Collection[str] = (),
) -> tuple[Piece, ...]:
    """Return what a node says of itself; wanted arguments are told of whatever their value is."""
    if spec is None:
        return (Piece("not known here"),)
    if inferred or wanted:
        return _line(spec, node.args, inferred, wanted)
    key = (spec.name, node.args)
    known = _LINES.get(key)
    if known is None or known[0] is not spec:
        if len(_LINES) > MOST_LINES:
            _LINES.clear()
        known = _LINES[key] = (spec, _line(spec, node.args, inferred, wanted))
    return known[1]


_LINES: dict[tuple[str, FrozenMap[str, Arg]], tuple[Spec, tuple[Piece, ...]]] = {}
"""What nodes say of which nothing is known yet: many of a drawing are alike."""
MOST_LINES = 10_000


def _line(
    spec: Spec, args: FrozenMap[str, Arg], inferred: Mapping[str, Arg], wanted: Collection[str]
) -> tuple[Piece, ...]:
    use = _Use(spec, args, inferred, wanted)
    groups = list(_groups(use))
    if not groups:
        return (Piece(_without_words(spec)),)
    line: list[Piece] = []
    for group in groups:
        if line:
            line.append(Piece(" · "))
        line.extend(group)
    return tuple(line)


def line_text(pieces: tuple[Piece, ...]) -> str:
    """Return the whole line."""
    return "".join(piece.text for piece in pieces)


def _groups(use: _Use) -> Iterator[list[Piece]]:
    """Yield what stands between the dots, in the order of torch's signature."""
    arguments = [a for a in use.spec.arguments if a.name in use.args or not a.port]
    said: set[str] = set()
    letters: list[Piece] = []
    for argument in arguments:
        name = argument.name
        if name in said or _is_port(argument, use):
            continue
        pair = ARROWS.get(name)
        if pair is not None and use.spec.argument(pair[1]) is not None:
            said.update(pair)
            yield [Piece(use.text(pair[0]), pair[0]), Piece("→"), Piece(use.text(pair[1]), pair[1])]
        elif any(name == first and use.spec.argument(last) for first, last in DIMS):
            yield from _dims(use, name, said)
        elif name in LETTERS:
            if use.says(argument) or argument.required:
                gap = " " if letters else ""
                letters.append(Piece(gap + _lettered(LETTERS[name], use.text(name)), name))
        elif use.says(argument) or argument.required or argument.infer:
            if letters:
                yield letters
                letters = []
            yield [Piece(_said(argument, use), name)]
    if letters:
        yield letters


def _lettered(letter: str, text: str) -> str:
    """Return ``k3``, or ``p same`` where the value is a word."""
    return f"{letter} {text}" if text[:1].isalpha() else letter + text


def _is_port(argument: Argument, use: _Use) -> bool:
    """Whether an argument is filled by a wire alone."""
    value = use.args.get(argument.name)
    return argument.many and argument.port is not None and not isinstance(value, tuple)


def _dims(use: _Use, name: str, said: set[str]) -> Iterator[list[Piece]]:
    last = dict(DIMS)[name]
    said.update((name, last))
    between = "…" if name == "start_dim" else "↔"
    yield [
        Piece("dims "),
        Piece(use.text(name), name),
        Piece(between),
        Piece(use.text(last), last),
    ]


def _said(argument: Argument, use: _Use) -> str:
    name, text = argument.name, use.text(argument.name)
    value = use.args.get(name, argument.default)
    if isinstance(value, bool):
        word = SHORT.get(name, name.replace("_", " "))
        return word if value else f"no {word}"
    if name in COUNTED:
        return f"{text} {COUNTED[name]}"
    if name in BARE or argument.infer:
        return text
    return f"{SHORT.get(name, name)} {text}"


def _without_words(spec: Spec) -> str:
    """Return what a node does that has nothing to say of its arguments."""
    if spec.name in FORMULAS:
        return FORMULAS[spec.name]
    samples = spec.facts.get("samples")
    if isinstance(samples, int):
        return f"{samples:,} samples"
    if spec.kind == "io":
        return spec.name.partition(".")[2]
    if spec.kind in ("block", "code"):
        return "block" if spec.kind == "block" else "custom code"
    short = spec.name.rpartition(".")[2]
    return f"{short}(x)" if spec.callee else spec.title.lower()


def value_text(value: Arg) -> str:
    """Return a value as short as a person would say it: ``3``, ``3×5``, ``1e-5``, ``4 * dim``."""
    text = _value_text(value)
    return text if len(text) <= MUCH else text[: MUCH - 1] + "…"


def python_text(value: Arg, most: int = MUCH) -> str:
    """Return a value in short, but ``True``, ``False`` and ``None`` as they stand in code."""
    if value is None or isinstance(value, bool):
        return str(value)
    text = _value_text(value)
    return text if len(text) <= most else text[: most - 1] + "…"


def _value_text(value: Arg) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, Expr | Name):
        return value.text
    if isinstance(value, At):
        return str(value.address)
    if isinstance(value, Hole):
        return "?"
    if isinstance(value, Slice):
        ends = [value.start, value.stop] + ([value.step] if value.step is not None else [])
        return ":".join("" if end is None else _value_text(end) for end in ends)
    if isinstance(value, FrozenMap):
        return ", ".join(f"{key} {_value_text(item)}" for key, item in value.items())
    if isinstance(value, tuple):
        return _tuple_text(value)
    return "none" if value is None else str(value)


def _tuple_text(value: tuple[Arg, ...]) -> str:
    if len(value) > 1 and all(same(item, value[0]) for item in value):
        return _value_text(value[0]) if isinstance(value[0], int) else _joined(value)
    return _joined(value)


def _joined(value: tuple[Arg, ...]) -> str:
    sizes = all(isinstance(item, int | Expr) and not isinstance(item, bool) for item in value)
    return ("×" if sizes else ", ").join(map(_value_text, value))


def number_text(value: float) -> str:
    """Return a number without what floats add: ``0.002``, ``1e-5``, ``3``."""
    text = f"{value:.6g}"
    mantissa, sign, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if sign else text


def count_text(count: int) -> str:
    """Return a count of parameters in three digits: ``320``, ``73.9 k``, ``1.20 M``."""
    if count < 1000:
        return str(count)
    power = 1
    while power < len(UNITS) and count / 1000**power >= 999.5:
        power += 1
    number, unit = count / 1000**power, UNITS[power - 1]
    digits = 2 if number < 9.995 else 1 if number < 99.95 else 0
    return f"{number:.{digits}f} {unit}"
