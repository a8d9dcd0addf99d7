"""What an argument may be by its type, and within which bounds where torch itself does not say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from graph_editor.catalogue.spec import Argument
from graph_editor.checking.bounds import Bounds, Wrong
from graph_editor.checking.failure import Site
from graph_editor.checking.per_site import per_site
from graph_editor.checking.words import either, value
from graph_editor.document.model import Arg, At, Expr, Hole, Name, Slice

_DTYPES = "float32 float64 float16 bfloat16 int64 int32 int16 int8 uint8 bool complex64 complex128"
DTYPES = frozenset(_DTYPES.split())


_COUNTS = (
    "kernel_size stride dilation groups in_channels out_channels in_features out_features "
    "in1_features in2_features num_features num_channels num_groups num_embeddings embedding_dim "
    "input_size hidden_size num_layers d_model nhead dim_feedforward embed_dim num_heads "
    "num_parameters upscale_factor downscale_factor"
)
PADDED = tuple(
    f"nn.{f}{n}d" for n in (1, 2, 3) for f in ("Conv", "ConvTranspose", "AvgPool", "MaxPool")
)
NORMS = tuple(f"nn.{f}{n}d" for n in (1, 2, 3) for f in ("BatchNorm", "InstanceNorm"))
OF_SPEC: dict[tuple[str, str], Bounds] = {
    **{(spec, "padding"): Bounds(0) for spec in PADDED},
    **{(spec, "momentum"): Bounds(0, 1) for spec in NORMS},
    ("nn.SmoothL1Loss", "beta"): Bounds(0),
    ("data.captions", "samples"): Bounds(2, 432),
    ("data.captions", "size"): Bounds(24),
    ("data.image_pairs", "size"): Bounds(4),
    ("data.shape_masks", "size"): Bounds(8),
    ("data.waves", "horizon"): Bounds(1),
    ("data.waves", "window"): Bounds(1),
    ("lr_scheduler.StepLR", "step_size"): Bounds(1),
    ("lr_scheduler.CosineAnnealingLR", "T_max"): Bounds(1),
}
OF_KIND: dict[tuple[str, str], Bounds] = {
    **{("nn", name): Bounds(1) for name in _COUNTS.split()},
    ("data", "frames"): Bounds(4),
    ("data", "length"): Bounds(4),
    ("data", "nodes"): Bounds(2),
    ("data", "samples"): Bounds(2),
    ("data", "size"): Bounds(12),
    ("optim", "accumulate"): Bounds(1),
    ("optim", "every"): Bounds(1),
    ("optim", "clip_norm"): Bounds(0, above=True),
}
"""Bounds that torch's dry run does not keep, or that are of our own arguments."""


@per_site
def wrong_arguments(site: Site) -> tuple[Wrong, ...]:
    """Return the arguments of a node that have the wrong type, or lie outside known bounds."""
    return tuple(_wrong(site)) if site.node.args and site.spec is not None else ()


def _wrong(site: Site) -> Iterator[Wrong]:
    assert site.spec is not None
    for name in site.node.args:
        argument = site.spec.argument(name)
        if argument is None or argument.port is not None:
            continue
        said = site.args.get(name, site.node.args[name])
        if _open(said) or (said is None and _may_be_none(argument)):
            continue
        if not fits(argument, said):
            yield Wrong(argument, said, legal_type(argument), _converted(argument, said))
            continue
        bounds = OF_SPEC.get((site.node.spec, name)) or OF_KIND.get((site.node.kind, name))
        if bounds is not None and not all(map(bounds.hold, numbers(said))):
            yield out_of_bounds(argument, said, bounds)


def out_of_bounds(argument: Argument, said: Arg, bounds: Bounds) -> Wrong:
    """Return what is wrong with an argument that lies outside its bounds."""
    several = argument.type == "numbers" and isinstance(argument.default, tuple)
    kind = legal_type(argument) if several else TESTS.get(argument.type, (None, ""))[1]
    legal = ", ".join(filter(None, (kind, f"{'each ' * several}{bounds.text()}")))
    low = bounds.least if not bounds.above else None
    better: Arg = None
    if argument.required and low is not None:
        better = int(low) if argument.type in ("int", "size", "sizes") else low
    share = _percent(argument, said)
    if share is not None and bounds.hold(share):
        return Wrong(argument, said, f"{legal} ({value(said)} % is {value(share)})", share)
    return Wrong(argument, said, legal, better)


def _percent(argument: Argument, said: Arg) -> float | None:
    """Return the share that a dropout of so many percent is; None for any other number."""
    if argument.name not in ("p", "dropout", "dropout_p") or not _number(said):
        return None
    assert isinstance(said, int | float)
    return said / 100 if 2 <= said <= 100 else None


def numbers(arg: Arg) -> Iterator[float]:
    """Yield every number in an argument."""
    if isinstance(arg, tuple):
        for item in arg:
            yield from numbers(item)
    elif isinstance(arg, int | float) and not isinstance(arg, bool):
        yield arg


def _open(arg: Arg) -> bool:
    """Whether an argument is not known before the run, or said in terms of other things."""
    if isinstance(arg, tuple):
        return any(map(_open, arg))
    return isinstance(arg, Expr | Hole | Slice | At)


def _may_be_none(argument: Argument) -> bool:
    return argument.nullable or (not argument.required and argument.default is None)


def _whole(arg: Arg) -> bool:
    return isinstance(arg, int) and not isinstance(arg, bool)


def _number(arg: Arg) -> bool:
    return isinstance(arg, int | float) and not isinstance(arg, bool)


def _each(test: Callable[[Arg], bool]) -> Callable[[Arg], bool]:
    """Return a test of one value or of nested tuples of such values."""

    def tested(arg: Arg) -> bool:
        return all(map(tested, arg)) if isinstance(arg, tuple) else test(arg)

    return tested


def _dtype(arg: Arg) -> bool:
    return isinstance(arg, Name) and arg.text.removeprefix("torch.") in DTYPES


TESTS: dict[str, tuple[Callable[[Arg], bool], str]] = {
    "int": (_whole, "a whole number"),
    "float": (_number, "a number"),
    "number": (lambda arg: isinstance(arg, int | float), "a number"),
    "bool": (lambda arg: isinstance(arg, bool), "True or False"),
    "str": (lambda arg: isinstance(arg, str), "a word"),
    "size": (_each(lambda arg: arg is None or _whole(arg)), "a whole number"),
    "sizes": (_each(_whole), "whole numbers"),
    "shape": (_each(_whole), "whole numbers"),
    "numbers": (_each(lambda arg: arg is None or _number(arg)), "a number"),
    "tensor": (_each(lambda arg: isinstance(arg, int | float)), "numbers"),
    "dtype": (_dtype, "a dtype such as float32"),
    "expression": (_number, "a formula"),
}
"""By type: what a literal of it is, and what it is called."""


YES = {
    **dict.fromkeys(("true", "yes", "on", "1", "1.0"), True),
    **dict.fromkeys(("false", "no", "off", "0", "0.0"), False),
}
"""What is most likely meant where a word or a number stands for a yes or no."""


def fits(argument: Argument, said: Arg) -> bool:
    """Whether a literal is of an argument's type; words that torch may know are left to torch."""
    if argument.type not in TESTS:
        return True
    if argument.type == "numbers" and isinstance(argument.default, tuple):
        count = len(said) if isinstance(said, tuple) else 0
        return count == len(argument.default) and TESTS["numbers"][0](said)
    if argument.choices and isinstance(said, str):
        return argument.style != "pseudo" or said in argument.choices
    return TESTS[argument.type][0](said)


def legal_type(argument: Argument) -> str:
    """Return in words what an argument may be."""
    words = [value(choice) for choice in argument.choices]
    if argument.type == "str":
        return either(words) if words else TESTS["str"][1]
    kind = TESTS.get(argument.type, (None, ""))[1]
    if argument.variables:
        return f"a number or an expression over {', '.join(argument.variables)}"
    if argument.type == "numbers" and isinstance(argument.default, tuple):
        return f"{len(argument.default)} numbers"
    if argument.rank > 1 and argument.type in ("size", "numbers"):
        kind += f" or {argument.rank} of them"
    return either([kind, *words]) if words and kind else kind


def _converted(argument: Argument, said: Arg) -> Arg:
    """Return what was most likely meant, or None."""
    meant: Arg = None
    if isinstance(said, str) and argument.type == "dtype":
        meant = Name(said)
    elif argument.type == "bool":
        meant = YES.get(str(said).lower())
    elif isinstance(said, str):
        meant = _parsed(said)
    if isinstance(said, float) and argument.type in ("int", "size"):
        whole = said == said and abs(said) < 2**53
        exact = whole and said.is_integer()
        meant = round(said) if exact or (whole and argument.required) else None
    return meant if meant is not None and fits(argument, meant) else None


def _parsed(text: str) -> Arg:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None
