"""What takes the judge too long is stopped and named, and keeps nothing else from its verdict."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator

import pytest

from app.engine.client import Engine
from app.engine.guard import Guard, TooLong
from graph_editor.document.model import NodeId
from tests.checking.drawings import FLAT, HEAD, B, drawing, project

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "SIGVTALRM"), reason="this system has no alarm of the processor's time"
)
MOMENT = 0.05


@pytest.fixture
def guard() -> Iterator[Guard]:
    before = signal.getsignal(signal.SIGVTALRM)
    made = Guard(MOMENT)
    made.enable()
    yield made
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


def endless() -> None:
    while True:
        with contextlib.suppress(Exception):  # as torch may do on the way
            sum(range(1000))


def test_what_does_not_end_is_stopped_and_not_begun_again(guard: Guard) -> None:
    with pytest.raises(TooLong), guard.over("slow"):
        endless()
    begun = []
    with pytest.raises(TooLong), guard.over("slow"):
        begun.append(1)
    assert begun == []
    with guard.over("quick"):
        begun.append(2)
    assert begun == [2]


def test_many_short_tries_of_one_node_are_counted_together(guard: Guard) -> None:
    tries = []

    def try_often() -> None:
        for _ in range(100_000):
            with guard.over("slow"):
                tries.append(1)
                sum(range(30_000))

    with pytest.raises(TooLong):
        try_often()
    assert len(tries) > 1


def test_what_ends_in_time_leaves_no_alarm_behind(guard: Guard) -> None:
    for number in range(200):
        with guard.over(number):
            pass
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_nothing_is_stopped_where_nobody_asked_for_it() -> None:
    with Guard(0.0).over("slow"):
        sum(range(100_000))


def test_a_node_that_takes_minutes_is_named_and_the_rest_is_judged() -> None:
    recurrent = {"input_size": 8, "hidden_size": 8, "num_layers": 10**7, "batch_first": True}
    slow = drawing(("rnn", "nn.LSTM", recurrent), FLAT, HEAD, x=(B, 4, 8))
    graph = slow.main.graph
    wires = {f"{t.node}.{t.port}": f"{s.node}.{s.port}" for t, s in graph.wires.items()}
    nodes = dict(graph.nodes) | {
        NodeId("side"): graph.nodes[NodeId("flat")],
        NodeId("other"): graph.nodes[NodeId("head")],
    }
    both = project(nodes, {**wires, "side.input": "x.output", "other.input": "side.output"}, {})  # type: ignore[arg-type]  # ids are strings
    with Engine("judge") as engine:
        verdict = engine.judge(both)
        found = {d.node: d for d in verdict.diagnostics}
        assert found["rnn"].code == "too-long"  # type: ignore[index]  # an address is a string
        assert found["rnn"].severity == "warning"  # type: ignore[index]  # as above
        assert "more than 2 s" in found["rnn"].message  # type: ignore[index]  # as above
        assert verdict.types["other.output"].shape == ("B", 10)
        assert verdict.status["head"] == "waiting"  # type: ignore[index]  # as above
        pid = engine.pid
        assert not engine.judge(drawing(FLAT, HEAD)).has_errors
        assert engine.pid == pid
