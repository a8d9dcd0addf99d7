"""What is remembered of a site is what would be found again, and no more than that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph_editor.checking import per_site as room
from graph_editor.checking.failure import Site
from graph_editor.checking.per_site import per_site
from graph_editor.document.model import Address, FrozenMap, Node, NodeId


def site(address: str, **args: int) -> Site:
    node = Node("nn.Linear", args=FrozenMap(args))
    return Site(Address(address), "main", NodeId(address), node, None)


def test_a_site_is_asked_once_and_again_when_it_is_another() -> None:
    asked = []

    @per_site
    def arguments(at: Site) -> tuple[str, ...]:
        asked.append(at)
        return tuple(at.node.args)

    first = site("a", width=1)
    assert [arguments(first) for _ in range(3)] == [("width",)] * 3
    assert len(asked) == 1
    assert arguments(site("b")) == ()
    assert arguments(first) == ("width",)
    assert len(asked) == 2
    changed = replace(first, node=Node("nn.Linear", args=FrozenMap({"height": 1})))
    assert arguments(changed) == ("height",)
    assert arguments(first) == ("width",)
    assert len(asked) == 4


def test_memory_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST", 10)
    asked = []

    @per_site
    def seen(at: Site) -> Address:
        asked.append(at)
        return at.address

    sites = [site(f"n{k}") for k in range(25)]
    for _ in range(2):
        assert [seen(at) for at in sites] == [at.address for at in sites]
    assert len(asked) > 25
