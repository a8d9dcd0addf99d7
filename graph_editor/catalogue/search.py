"""Fuzzy search for what can be placed: pure, and fast enough for every key that is pressed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

from graph_editor.catalogue.popular import ALIASES, CALLED_IN_TORCH, KIND_ORDER, POPULAR
from graph_editor.catalogue.spec import Spec
from graph_editor.catalogue.typed import arguments_in, asked
from graph_editor.document.model import NOTHING, Arg, FrozenMap

Spans: TypeAlias = tuple[tuple[int, int], ...]
"""Start and length of the letters of a title that match."""

WHOLE, OTHER_NAME, START, WORD, INSIDE, FIRSTS, ALIAS, ABOUT, SCATTERED = (
    100, 90, 80, 77, 55, 50, 45, 30, 20
)  # fmt: skip
"""How well text matches: it is the title, is another word for it, begins it, begins one of its
words, is inside it, is the first letters of its words, begins another word for it, is in its
description, or its letters come one after another."""
RECENT_BONUS = 6.0
"""Lifts what was used last above others that match as well, not above a better match."""
MEANT_BONUS = 8.0
"""Lifts what is meant for the wire in the hand, also above what was used last."""
POPULAR_BONUS = 5.0
SPARE_LOSS, FEW_LOSS = 8.0, 1.0
"""What a spec loses for every typed value that has no place in it where none has one, and for all
together where some have: who types one number too many means the same spec."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One spec that matches, how well, where, and the arguments that were typed for it."""

    spec: Spec
    score: float
    spans: Spans = ()
    args: FrozenMap[str, Arg] = NOTHING
    spare: tuple[str, ...] = ()
    """Typed values that have no place in this spec."""


def search(
    specs: Iterable[Spec],
    text: str,
    recent: Sequence[str] = (),
    accepts: Callable[[Spec], int] | None = None,
) -> list[Hit]:
    """Return the specs that match text, the best first.

    Args:
        specs: what there is.
        text: a name in short or in part, then values: ``conv 64 3 p1``. Empty text matches all.
        recent: names of specs that were added last, the latest first.
        accepts: which specs come into question at all: 0 not, 1 it does, 2 before the others.

    """
    listed, line = list(specs), asked(text)
    strange: tuple[str, ...] = ()
    words = line.name.split()
    while len(words) > 1 and not any(_match(spec, " ".join(words)) for spec in listed):
        strange = (words.pop(), *strange)  # a name that is known, and a value that is none
    line = replace(line, name=" ".join(words))
    ranks = {name: 1 - place / max(len(recent), 8) for place, name in enumerate(recent)}
    hits = []
    for spec in listed:
        found = _match(spec, line.name)
        if found is None:
            continue
        fitting = 1 if accepts is None else accepts(spec)
        if not fitting:
            continue
        args, spare = arguments_in(line, spec)
        spare = (*spare, *strange)
        score = (
            found[0]
            + _weight(spec.name)
            - (FEW_LOSS if args else SPARE_LOSS * len(spare)) * bool(spare)
        )
        if fitting > 1:
            score += MEANT_BONUS * (1 if line.name else 10)
        if spec.name in ranks:
            score += RECENT_BONUS * (1 if line.name else 10) + ranks[spec.name]
        hits.append(Hit(spec, score, found[1], args, spare))
    hits.sort(key=lambda hit: (-hit.score, len(hit.spec.title), hit.spec.title, hit.spec.name))
    return hits


@lru_cache(maxsize=2048)
def _weight(name: str) -> float:
    """Return what a spec is worth before anything is typed: at most ``POPULAR_BONUS`` and a bit."""
    kind = name.partition(".")[0]
    place = KIND_ORDER.index(kind) if kind in KIND_ORDER else len(KIND_ORDER)
    worth = 1 - place / (len(KIND_ORDER) + 1)
    if name in POPULAR:
        worth += POPULAR_BONUS * (1 - POPULAR.index(name) / (2 * len(POPULAR)))
    return worth


@dataclass(frozen=True, slots=True)
class _Words:
    """A title made ready for searching."""

    low: str
    starts: tuple[int, ...]
    """Where its words begin: capitals, digits after letters, letters after signs."""
    firsts: str
    about: str


@lru_cache(maxsize=4096)
def _words(name: str, title: str, category: str, summary: str) -> _Words:
    low = title.lower()
    starts = tuple(
        i
        for i, sign in enumerate(title)
        if sign.isalnum()
        and (
            i == 0
            or not title[i - 1].isalnum()
            or (
                sign.isupper()
                and not (title[i - 1].isupper() and not title[i + 1 : i + 2].islower())
            )
        )
    )
    about = f"{name.partition('.')[2]} {category} {summary}".lower()
    return _Words(low, starts, "".join(low[i] for i in starts), about)


def _match(spec: Spec, wanted: str) -> tuple[float, Spans] | None:
    if not wanted:
        return 0.0, ()
    return _match_text(spec.name, spec.title, spec.category, spec.summary, wanted)


@lru_cache(maxsize=16384)
def _match_text(
    name: str, title: str, category: str, summary: str, wanted: str
) -> tuple[float, Spans] | None:
    words = _words(name, title, category, summary)
    joined = wanted.replace(" ", "")
    if words.low in (wanted, joined):
        return WHOLE, ((0, len(title)),)
    if name.lower() == wanted:
        return WHOLE, ((0, len(title)),)
    if wanted in ALIASES.get(name, ()) or is_called(name, wanted):
        return OTHER_NAME, ()
    found = _run(words, wanted) or (_run(words, joined) if joined != wanted else None)
    if found is not None:
        return found
    parts = wanted.split()
    if len(parts) > 1 and (spans := _all_parts(words.low, parts)):
        return INSIDE - 5, spans
    if len(joined) > 1 and words.firsts.startswith(joined):
        return FIRSTS, tuple((start, 1) for start in words.starts[: len(joined)])
    return _elsewhere(name, words, wanted, joined) or _in_code(words, wanted)


def _in_code(words: _Words, wanted: str) -> tuple[float, Spans] | None:
    """Return how well what stands in a title is written as code: ``max_pool2d``, ``nn.Conv2d``."""
    last = wanted.rpartition(".")[2]
    bare = last.replace("_", "")
    if not bare or (last == wanted and "_" not in wanted):
        return None
    return _run(words, last) or _run(words, bare)


@lru_cache(maxsize=16384)
def is_called(name: str, wanted: str) -> bool:
    """Whether torch has a name, in small letters, for what a spec does: ``f.cross_entropy``."""
    others, last = CALLED_IN_TORCH.get(name, ()), wanted.rpartition(".")[2]
    bare = last == wanted and len(wanted) > 3
    if wanted in others or (bare and any(other.endswith(f".{wanted}") for other in others)):
        return True
    kind, _, mine = name.lower().partition(".")
    as_code = "." in wanted or "_" in wanted
    return kind == "nn" and as_code and last.replace("_", "") in (mine, mine.removesuffix("loss"))


def _run(words: _Words, wanted: str) -> tuple[float, Spans] | None:
    """Return how well the title holds the wanted letters in one run."""
    if words.low.startswith(wanted):
        return START, ((0, len(wanted)),)
    at = next((s for s in words.starts if words.low.startswith(wanted, s)), -1)
    if at >= 0:
        return WORD, ((at, len(wanted)),)
    at = words.low.find(wanted)
    return (INSIDE, ((at, len(wanted)),)) if at >= 0 and len(wanted) > 1 else None


def _all_parts(low: str, parts: list[str]) -> Spans:
    """Return where all the words stand in a title, one after another; nothing if one does not."""
    spans, start = [], 0
    for part in parts:
        at = low.find(part, start)
        if at < 0:
            return ()
        spans.append((at, len(part)))
        start = at + len(part)
    return tuple(spans)


def _elsewhere(name: str, words: _Words, wanted: str, joined: str) -> tuple[float, Spans] | None:
    if any(other.startswith(wanted) for other in ALIASES.get(name, ())):
        return ALIAS, ()
    if len(joined) > 2 and all(part in words.about for part in wanted.split()):
        return ABOUT, ()
    spans = _scattered(words, joined) if len(joined) > 2 else ()
    return (SCATTERED - 0.1 * len(words.low), spans) if spans else None


def _scattered(words: _Words, wanted: str) -> Spans:
    """Return where the wanted letters come one after another, the first at a word's beginning."""
    for begin in words.starts:
        spans, at = [], begin
        if words.low[begin] != wanted[0]:
            continue
        for letter in wanted:
            at = words.low.find(letter, at)
            if at < 0:
                break
            spans.append((at, 1))
            at += 1
        if len(spans) == len(wanted):
            return tuple(spans)
    return ()
