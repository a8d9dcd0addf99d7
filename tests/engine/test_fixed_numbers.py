"""Indices that the drawing alone fixes: the judge has an error exactly where torch stops."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from app.engine.judge import Judge
from graph_editor.document.model import Hole, Project, Slice
from tests.corpus.valid_sheet import B, Sheet, Wire, layer
from tests.engine.eager_run import all_stops

BATCH = 4
JUDGE = Judge()


def answers(project: Project) -> tuple[bool, bool]:
    """Return whether the judge has an error, and whether torch stops."""
    verdict = JUDGE.judge(project, fixes=False, batch=BATCH)
    wrong = [d for d in verdict.diagnostics if d.severity == "error"]
    return bool(wrong), bool(all_stops(project, BATCH))


def ended(sheet: Sheet, wire: Wire) -> Project:
    """Return the drawing with what is looked up added to a layer, and trained."""
    body = sheet.put("nn.Linear", sheet.input(4), out_features=1)
    found = sheet.put("torch.mean", sheet.put("Tensor.float", wire))
    sheet.regress(sheet.put("op.add", body, found), 1)
    return sheet.project()


def distances(sheet: Sheet, size: int = 6) -> Wire:
    """Return the table of differences of two places, from 1 - size to size - 1."""
    places = sheet.put("torch.arange", end=size)
    down = sheet.put("Tensor.unsqueeze", places, dim=1)
    return sheet.put("op.sub", down, sheet.put("Tensor.unsqueeze", places, dim=0))


def rows(count: int) -> Callable[[Sheet, Wire], Wire]:
    """Return what looks up in an embedding of so many rows."""
    return lambda s, at: s.line(at, layer("nn.Embedding", num_embeddings=count, embedding_dim=3))


def moved(number: int) -> Callable[[Sheet], Wire]:
    """Return distances that begin with a number."""
    return lambda s: s.put("op.add", distances(s), other=number)


PLACES: dict[str, Callable[[Sheet], Wire]] = {
    "distances": distances,
    "distances from 0": moved(5),
    "distances held to 0..3": lambda s: s.put("torch.clamp", distances(s), min=0, max=3),
    "how far apart": lambda s: s.put("torch.abs", distances(s)),
    "written down": lambda s: s.put("const.tensor", value=(0, 2, 5)),
    "two rows of places": lambda s: s.put("op.floordiv", s.put("torch.arange", end=8), other=2),
    "each place twice": lambda s: s.put(
        "torch.repeat_interleave", s.put("torch.arange", end=4), repeats=2
    ),
    "back to front": lambda s: s.put("torch.flip", s.put("torch.arange", end=6), dims=(0,)),
    "from a line": lambda s: s.put("Tensor.long", s.put("torch.linspace", start=0, end=6, steps=5)),
    "rest of a division": lambda s: s.put("op.mod", s.put("torch.arange", end=9), other=4),
    "a sum of ones": lambda s: s.put(
        "torch.cumsum", s.put("Tensor.long", s.put("torch.ones", size=(4,))), dim=0
    ),
    "an order": lambda s: s.put("torch.argsort", s.put("nn.Linear", s.input(3), out_features=5)),
    "one number for all": lambda s: s.put(
        "Tensor.long", s.put("torch.full_like", s.input(3), fill_value=4)
    ),
}


@pytest.mark.parametrize("count", [1, 4, 5, 6, 7, 11])
@pytest.mark.parametrize("name", PLACES)
def test_rows_of_an_embedding(name: str, count: int) -> None:
    sheet = Sheet()
    said, stops = answers(ended(sheet, rows(count)(sheet, PLACES[name](sheet))))
    assert said == stops


@pytest.mark.parametrize("count", [1, 3, 5, 6])
def test_places_of_the_batch(count: int) -> None:
    # as many rows as a batch has samples would do for it, and not for one more
    sheet = Sheet()
    said, stops = answers(ended(sheet, rows(count)(sheet, sheet.put("torch.arange", end=B))))
    assert said == stops == (count < BATCH)


@pytest.mark.parametrize("size", [3, 6, 8])
@pytest.mark.parametrize("name", ["distances", "written down", "back to front", "distances from 0"])
def test_what_is_picked_by_an_index_among_others(name: str, size: int) -> None:
    sheet = Sheet()
    whole = Slice(None, None, None)
    index = (whole, Hole())
    picked = sheet.put("op.getitem", sheet.input(size), PLACES[name](sheet), index=index)
    said, stops = answers(ended(sheet, picked))
    assert said == stops


@pytest.mark.parametrize("chance", [-0.5, 0.5, 1.5])
def test_chances_that_are_written_down(chance: float) -> None:
    sheet = Sheet()
    made = sheet.put("torch.full_like", sheet.input(3), fill_value=chance)
    said, stops = answers(ended(sheet, sheet.put("torch.bernoulli", made)))
    assert said == stops == (not 0 <= chance <= 1)


STEPS: tuple[tuple[str, dict[str, int]], ...] = (
    ("op.add", {"other": 3}),
    ("op.sub", {"other": 2}),
    ("op.mul", {"other": 2}),
    ("op.mod", {"other": 5}),
    ("op.floordiv", {"other": 2}),
    ("op.neg", {}),
    ("torch.abs", {}),
    ("torch.clamp", {"min": 0, "max": 6}),
    ("torch.cumsum", {"dim": 0}),
    ("torch.square", {}),
)
TWO = ("op.add", "op.sub", "op.mul", "torch.maximum", "torch.minimum")


def drawn(seed: int) -> Project:
    """Return an embedding of places that some operations in a row make of a few."""
    chance, sheet = random.Random(seed), Sheet()
    wires = [sheet.put("torch.arange", end=6), sheet.put("const.tensor", value=(1, 0, 2, 4, 3, 1))]
    for _ in range(chance.randrange(1, 5)):
        if chance.random() < 0.3:
            one, other = (chance.choice(wires) for _ in range(2))
            wires.append(sheet.put(chance.choice(TWO), one, other))
        else:
            spec, args = chance.choice(STEPS)
            wires.append(sheet.put(spec, wires[-1], **args))
    return ended(sheet, rows(chance.randrange(3, 20))(sheet, wires[-1]))


def test_random_sums_of_places() -> None:
    found = {seed: answers(drawn(seed)) for seed in range(60)}
    assert [seed for seed, (said, stops) in found.items() if said != stops] == []
    stopped = sum(stops for _, stops in found.values())
    assert 15 < stopped < 45
