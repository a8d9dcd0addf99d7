"""Tables behave as dictionaries, and what was frozen or copied stays as it was."""

from __future__ import annotations

from random import Random

import pytest

from app.engine import table
from app.engine.table import Table
from graph_editor.document.model import FrozenMap


@pytest.mark.parametrize("most", [3, 256])
def test_a_table_is_a_dictionary_through_copies(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST", most)
    random, tables = Random(11), [(Table[int, int](), dict[int, int]())]
    frozen: list[tuple[FrozenMap[int, int], dict[int, int]]] = []
    for step in range(4000):
        ours, plain = random.choice(tables)
        key = random.randrange(40)
        match random.randrange(8):
            case 0 | 1 | 2:
                ours[key] = plain[key] = step
            case 3 | 4:
                assert ours.pop(key) == plain.pop(key, None)
            case 5:
                tables = [*tables[-4:], (ours.copy(), dict(plain))]
            case 6:
                frozen = [*frozen[-20:], (ours.frozen(), dict(plain))]
            case _:
                assert (key in ours, ours.get(key, "none")) == (
                    key in plain,
                    plain.get(key, "none"),
                )
                assert dict(ours) == plain
                assert len(ours) == len(plain)
        for kept, said in frozen:
            assert len(kept) == len(said)
            assert kept.get(key) == said.get(key)
            assert (key in kept) == (key in said)
    for kept, said in frozen:
        assert kept == FrozenMap(said)
        assert hash(kept) == hash(FrozenMap(said))
        assert kept.set(99, 1) == FrozenMap({**said, 99: 1})
        assert sorted(kept.values()) == sorted(said.values())


def test_what_is_not_there_is_a_key_error() -> None:
    ours: Table[str, int] = Table()
    ours["a"] = 1
    kept = ours.copy().frozen()
    for where in (ours, kept):
        with pytest.raises(KeyError):
            where["b"]
    del ours["a"]
    with pytest.raises(KeyError):
        del ours["a"]
    with pytest.raises(KeyError):
        ours["a"]
    assert kept["a"] == 1


def test_an_entry_that_is_changed_keeps_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST", 1)
    ours: Table[str, int] = Table()
    for place, key in enumerate("abcd"):
        ours[key] = place
    ours = ours.copy()
    ours.pop("b")
    ours["b"] = 7
    assert list(ours.frozen().items()) == [("a", 0), ("b", 7), ("c", 2), ("d", 3)]
