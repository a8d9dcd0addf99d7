"""Transposed convolutions that make maps not quite as many times larger as their stride says.

What it does: where a loss that goes number by number gets maps of another size than its target's,
looks whether they would fit if every transposed convolution made them `stride` times as large.

Why it matters: a transposed convolution gives `(n - 1)·stride - 2·padding + kernel_size +
output_padding` rows. With `kernel_size=3, stride=2` that is `2·n + 1`: two of them make 35 of 8.

Example: `ConvTranspose2d(kernel_size=3, stride=2)`.
Better: `ConvTranspose2d(kernel_size=2, stride=2)`, or a padding and an output_padding of 1.

Fix: sets the kernel to the stride, or padding and output_padding, of all that do not fit.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.paired_target import EQUAL, STRETCHED
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import set_to, together
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import label, per_axis, shape, sizes, title

CODE = "grown-otherwise"
RANK = 29  # before what only compares the two shapes
TRANSPOSED = {f"nn.ConvTranspose{n}d": n for n in (1, 2, 3)}
PLAIN = frozenset(f"nn.Conv{n}d" for n in (1, 2, 3))
THROUGH = ELEMENTWISE | PLAIN | frozenset(TRANSPOSED)


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the first transposed convolution whose result is not so many times as large."""
    site = failure.site
    given, target = sizes(site, "input"), sizes(site, "target")
    if site.node.spec not in (*EQUAL, *STRETCHED) or given is None or target is None:
        return None
    if given[:2] != target[:2] or len(given) != len(target) or given[2:] == target[2:]:
        return None
    odd = _odd(site, given[2:], target[2:], context)
    if not odd:
        return None
    first = odd[0]
    arriving, stride = sizes(first, "input") or (), _said(first, "stride")
    comes = context.types.get(f"{first.address}.output")
    message = (
        f"{title(first)} {label(first)} has kernel_size {_said(first, 'kernel_size')}, stride "
        f"{stride}, padding {_said(first, 'padding')} and output_padding "
        f"{_said(first, 'output_padding')}, and makes maps of "
        f"{shape(comes.shape[2:]) if comes is not None else '?'} of {shape(arriving[2:])}, not "
        f"{shape(n * (stride or 1) for n in arriving[2:])}, {stride} times as large. In the end "
        f"{site.shown('input')} reaches {title(site)} {label(site)}, and its target is "
        f"{site.shown('target')}."
    )
    found = tuple(_proposals(odd))
    return Diagnosis(CODE, "error", first.address, message, "kernel_size", "", found)


def _odd(
    site: Site, given: tuple[int, ...], target: tuple[int, ...], context: Context
) -> list[Site]:
    """Return those that do not fit, the first of the network first, if all else does."""
    odd: list[Site] = []
    after, times = given, 1
    for maker in chain_before(site, "input", context, THROUGH):
        before = sizes(maker, "input")
        if maker.node.spec not in THROUGH or before is None or len(before) != len(given) + 2:
            break
        stride = _said(maker, "stride") or 1
        if maker.node.spec in TRANSPOSED and stride > 1:
            times *= stride
            if after != tuple(n * stride for n in before[2:]):
                odd.insert(0, maker)
            if odd and tuple(n * times for n in before[2:]) == target:
                return odd
        elif before[2:] != after:
            break
        after = before[2:]
    return []


def _said(site: Site, name: str) -> int | None:
    """Return the one number that holds along all axes."""
    found = per_axis(site.value(name), TRANSPOSED.get(site.node.spec, 2))
    return found[0] if found is not None and len(set(found)) == 1 else None


def _proposals(odd: list[Site]) -> Iterator[Proposal]:
    """Yield what lets all that do not fit make maps of the right size, if they say the same."""
    names = ("kernel_size", "stride", "padding", "output_padding")
    said = {tuple(_said(site, name) for name in names) for site in odd}
    kernel, stride, padding, more = said.pop()
    dilated = any(s.value("dilation") not in (None, 1, (1, 1)) for s in odd)
    if said or kernel is None or stride is None or padding is None or dilated:
        return
    around = _padded(odd, (kernel, stride, padding, more or 0))
    if kernel % 2 == stride % 2:  # as 4 with a stride of 2, which a padding alone makes fit
        yield from around
    if not padding and not more:
        steps = [set_to(s, "kernel_size", stride, of=label(s)) for s in odd]
        yield together(*steps, title=f"Set kernel_size of {_names(odd)} to {stride}")
    if kernel % 2 != stride % 2:
        yield from around


def _padded(odd: list[Site], said: tuple[int, int, int, int]) -> tuple[Proposal, ...]:
    """Propose the padding at both ends, and the one at the end alone, that go with a kernel."""
    kernel, stride, padding, more = said
    less = padding
    if not 0 <= stride - kernel + 2 * padding < stride:
        less = max((kernel - stride + 1) // 2, 0)
    other = {"padding": (padding, less), "output_padding": (more, stride - kernel + 2 * less)}
    changed = {name: to for name, (now, to) in other.items() if now != to}
    steps = [set_to(s, name, to, of=label(s)) for s in odd for name, to in changed.items()]
    if not steps:
        return ()
    (name, to), *others = changed.items()
    beside = "".join(f" and {name} to {to}" for name, to in others)
    return (together(*steps, title=f"Set {name} of {_names(odd)} to {to}{beside}"),)


def _names(odd: list[Site]) -> str:
    names = [label(site) for site in odd]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
