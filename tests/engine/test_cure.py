"""All safe fixes at once, asked of a real engine, and what makes the question pointless."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import pytest

from app.engine.client import Engine
from app.engine.pipe import Inbox, Pipe
from app.engine.protocol import Message, encode
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.files import apply_change, dumps, load
from graph_editor.document.model import Arg, NodeId, Project

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine("judge") as made:
        yield made


def broken() -> Project:
    project = load(EXAMPLES / "digits_cnn.netwright").project
    faults: tuple[tuple[str, str, Arg], ...] = (
        ("conv2", "in_channels", 3),
        ("head", "in_features", 256),
        ("dropout", "p", 50),
    )
    for node, name, value in faults:
        project = in_block(
            project, "main", lambda g, n=node, a=name, v=value: set_argument(g, NodeId(n), a, v)
        )
    return project


def test_the_engine_gives_a_patch_and_tells_how_far_it_is(engine: Engine) -> None:
    project, told = broken(), list[Message]()
    future = engine.send({"type": "cure", "project": dumps(project)}, told.append)
    answer = future.result(60)
    assert [(step["node"], step["title"]) for step in answer["steps"]] == [
        ("conv2", "Set in_channels to 16"),
        ("dropout", "Set p to 0.5"),
        ("head", "Set in_features to 512"),
    ]
    assert answer["left"] == []
    assert [message["fraction"] for message in told] == [1.0, 2.0, 3.0]
    assert not engine.judge(apply_change(project, answer["patch"])).diagnostics


def test_the_engine_still_knows_the_drawing_that_it_judged_before(engine: Engine) -> None:
    """A judgement after it comes as a change of the project before, not of the cured one."""
    project = broken()
    before = engine.judge(project)
    engine.request({"type": "cure", "project": dumps(project)})
    again = in_block(project, "main", lambda g: set_argument(g, NodeId("dropout"), "p", 0.1))
    found = engine.judge(again).diagnostics
    assert [d.code for d in found] == [d.code for d in before.diagnostics if d.node != "dropout"]


class Written(Pipe):
    """A pipe whose messages are all there already."""

    def __init__(self, *messages: Mapping[str, Any]) -> None:
        self._lines = BytesIO(b"".join(map(encode, messages)))

    def lines(self) -> IO[bytes]:
        return self._lines


def read(*kinds: str) -> list[bool]:
    """Return which of some requests are pointless once all of them have come in."""
    messages = [{"type": kind, "id": number} for number, kind in enumerate(kinds)]
    inbox = Inbox(Written(*messages))
    while inbox.next() is not None:
        pass
    return [inbox.is_cancelled(message) for message in messages]


@pytest.mark.parametrize(
    ("kinds", "pointless"),
    [
        (("judge", "cure"), [False, False]),
        (("cure", "judge"), [True, False]),
        (("judge", "cure", "judge", "cure"), [True, True, False, False]),
        (("cure", "devices"), [False, False]),
    ],
)
def test_a_newer_judgement_ends_it_and_it_ends_none(
    kinds: tuple[str, ...], pointless: list[bool]
) -> None:
    assert read(*kinds) == pointless
