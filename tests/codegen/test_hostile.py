"""Texts of a file never run and never break what is written, wherever they stand."""

from __future__ import annotations

import sys

import pytest

from graph_editor.catalogue.load import catalogue
from tests.codegen import hostile


def outcome_of(each: int, among: list[tuple[hostile.Place, ...]]) -> hostile.Outcome:
    """Return what becomes of some texts for every place."""
    hostile.listen()
    sys.audit(hostile.EVENT)
    assert hostile.HEARD  # who listens hears it
    outcome = hostile.Outcome()
    for some, text in hostile.spread(each, among):
        hostile.tried_at_once(some, text, outcome)
    return outcome


def assert_harmless(outcome: hostile.Outcome) -> None:
    assert outcome.executed == []
    assert outcome.broken == []
    assert outcome.counts["written"] > 0.15 * outcome.counts.total()


def test_a_text_in_every_place() -> None:
    assert len(hostile.texts()) >= 2_000
    assert_harmless(outcome_of(1, [(place,) for place in hostile.places()]))


@pytest.mark.slow
def test_a_hundred_texts_in_every_place_of_each_kind_of_node() -> None:
    portions = hostile.portions()
    outcome = outcome_of(100, portions)
    assert_harmless(outcome)
    assert set(outcome.per_place) == {place.name for some in portions for place in some}
    assert min(outcome.per_place.values()) >= 100


def test_the_drawings_have_nodes_of_every_kind() -> None:
    kinds = set()
    for drawing in hostile.DRAWINGS:
        whole = hostile.project(drawing)
        blocks = [whole["main"], *whole.get("blocks", {}).values()]
        kinds |= {n["spec"].partition(".")[0] for block in blocks for n in block["nodes"].values()}
    assert kinds == {"block", "code", *(spec.kind for spec in catalogue())}


def test_what_runs_is_noticed() -> None:
    hostile.listen()
    hostile.HEARD.clear()
    exec(hostile.PAYLOADS[0])  # noqa: S102  # a test of the alarm
    assert hostile.HEARD == [hostile.EVENT]
