"""Two texts line by line: nothing is lost, nothing is made up, folds hide only what is the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.panels.code.comparison import (
    ADDED,
    AROUND,
    FOLD,
    REMOVED,
    SAME,
    Row,
    changes,
    compare,
    counts,
    folded,
)

LINES = st.lists(st.sampled_from(["a", "b", "", "    x = 1", "return x"]), max_size=40)


def text(lines: list[str]) -> str | None:
    return "\n".join(lines) + "\n" if lines else None


@given(LINES, LINES)
def test_a_comparison_has_every_line_of_both_texts_in_order(was: list[str], now: list[str]) -> None:
    rows = compare(text(was), text(now))
    assert [row.text for row in rows if row.sign != ADDED] == was
    assert [row.text for row in rows if row.sign != REMOVED] == now
    assert [row.old for row in rows if row.sign != ADDED] == list(range(1, len(was) + 1))
    assert [row.new for row in rows if row.sign != REMOVED] == list(range(1, len(now) + 1))
    assert (counts(rows) == (0, 0)) == (was == now)


@given(LINES, LINES)
def test_folds_hide_unchanged_lines_alone_and_open_to_the_whole(
    was: list[str], now: list[str]
) -> None:
    rows = compare(text(was), text(now))
    shown = folded(rows)
    hidden = sum(int(row.text.split()[0]) for row in shown if row.sign == FOLD)
    assert hidden + sum(row.sign != FOLD for row in shown) == len(rows)
    assert [row for row in shown if row.sign in (ADDED, REMOVED)] == [
        row for row in rows if row.sign in (ADDED, REMOVED)
    ]
    assert folded(rows, {row.old for row in shown if row.sign == FOLD}) == list(rows)
    assert len(changes(shown)) == len(changes(rows))


def test_a_changed_line_is_removed_before_it_is_added() -> None:
    rows = compare("a\nb\nc\n", "a\nB\nc\n")
    assert rows == (
        Row(SAME, "a", 1, 1),
        Row(REMOVED, "b", 2, 0),
        Row(ADDED, "B", 0, 2),
        Row(SAME, "c", 3, 3),
    )
    assert changes(rows) == [1]


def test_some_lines_stay_on_each_side_of_a_change() -> None:
    was = [f"x{n} = {n}" for n in range(40)]
    now = [*was[:20], "new = 1", *was[20:]]
    shown = folded(compare(text(was), text(now)))
    signs = [row.sign for row in shown]
    assert signs == [FOLD, *[SAME] * AROUND, ADDED, *[SAME] * AROUND, FOLD]
    assert [row.text for row in shown if row.sign == FOLD] == ["17 unchanged lines"] * 2
    assert [row.new for row in shown if row.sign == FOLD] == [1, 25]


def test_a_file_that_was_not_there_is_added_whole() -> None:
    assert counts(compare(None, "a\nb\n")) == (2, 0)
    assert counts(compare("a\nb\n", None)) == (0, 2)
    assert compare(None, None) == ()
