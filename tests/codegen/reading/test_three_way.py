"""What was typed and what the drawing changed meanwhile are joined, or told apart by line."""

from __future__ import annotations

from random import Random

import pytest

from codegen.reading.three_way import joined

BASE = "a\nb\nc  # (B, 8)\nd\ne\nf\n"
WIDER = BASE.replace("8", "16")
NEW = BASE.replace("b\n", "b\nnew\n")


@pytest.mark.parametrize(
    ("typed", "now", "wanted"),
    [
        (BASE.replace("b", "B"), BASE.replace("e", "E"), BASE.replace("b", "B").replace("e", "E")),
        (NEW, BASE.replace("8", "9").replace("e\n", ""), NEW.replace("8", "9").replace("e\n", "")),
        (BASE, "x\n", "x\n"),
        ("x\n", BASE, "x\n"),
        (BASE.replace("d", "D"), WIDER, WIDER.replace("d", "D")),
        (BASE.replace("b", "B"), BASE.replace("b", "B"), BASE.replace("b", "B")),
    ],
)  # fmt: skip
def test_changes_of_different_lines_are_joined(typed: str, now: str, wanted: str) -> None:
    found = joined(BASE, typed, now)
    assert found.clashes == ()
    assert found.text == wanted


def test_the_same_line_changed_twice_is_named_and_stays_as_typed() -> None:
    typed, now = BASE.replace("d\n", "mine\n"), BASE.replace("d\n", "theirs\n").replace("f", "F")
    found = joined(BASE, typed, now)
    assert found.text == "a\nb\nc  # (B, 8)\nmine\ne\nF\n"
    (clash,) = found.clashes
    assert clash.line == 4
    assert "theirs" in clash.words


def test_a_line_put_in_at_the_same_place_by_both_is_a_clash() -> None:
    found = joined(BASE, BASE.replace("d\n", "d\nmine\n"), BASE.replace("d\n", "d\ntheirs\n"))
    assert len(found.clashes) == 1
    assert "mine" in found.text


def test_what_was_typed_is_never_lost() -> None:
    chance = Random(0)
    for _ in range(2000):
        base = [f"line {n}" for n in range(chance.randint(1, 12))]
        sides = []
        for word in ("mine", "theirs"):
            side = list(base)
            for number in range(chance.randint(0, 4)):
                place = chance.randint(0, len(side))
                side[place : place + chance.randint(0, 2)] = [f"{word} {number}"]
            sides.append(side)
        mine, theirs = sides
        found = joined(*("\n".join(each) for each in (base, mine, theirs)))
        lines = found.text.split("\n")
        assert [line for line in mine if line.startswith("mine")] == [
            line for line in lines if line.startswith("mine")
        ]
        if not found.clashes:
            gone = (set(base) - set(mine)) | (set(base) - set(theirs))
            assert not gone & set(lines)
            assert {line for line in theirs if line.startswith("theirs")} <= set(lines)
