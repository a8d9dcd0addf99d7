"""What takes the judge too long is stopped and named, and keeps nothing else from its verdict."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from collections.abc import Iterator

import pytest
import torch

from app.engine.client import Engine
from app.engine.guard import Guard, Stopped, look_for_memory
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
    with pytest.raises(Stopped), guard.over("slow"):
        endless()
    begun = []
    with pytest.raises(Stopped), guard.over("slow"):
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

    with pytest.raises(Stopped):
        try_often()
    assert len(tries) > 1


def test_what_ends_in_time_leaves_no_alarm_behind(guard: Guard) -> None:
    for number in range(200):
        with guard.over(number):
            pass
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_a_new_judgement_gives_every_node_its_time_again(guard: Guard) -> None:
    def spend() -> None:
        with guard.over("slow"):
            begun = time.process_time()
            while time.process_time() < begun + MOMENT * 0.6:
                sum(range(10_000))

    def spend_twice_more() -> None:
        spend()
        spend()

    for _ in range(4):
        guard.begin()
        spend()
    with pytest.raises(Stopped) as stopped:
        spend_twice_more()
    assert stopped.value.harm == "too-long"
    guard.begin()
    with pytest.raises(Stopped), guard.over("slow"):
        pytest.fail("what was stopped is not begun again")


def test_two_nodes_that_do_the_same_have_each_their_own_time(guard: Guard) -> None:
    for number in range(40):
        guard.at = f"node{number}"
        with guard.over("same"):
            sum(range(100_000))


@pytest.mark.parametrize("way", [SystemExit, KeyboardInterrupt, BaseException])
def test_who_leaves_is_stopped_at_the_door(guard: Guard, way: type[BaseException]) -> None:
    for _ in range(2):
        with pytest.raises(Stopped) as stopped, guard.over("leaves"):
            raise way
        assert stopped.value.harm == "ends-process"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits what a process asks for")
def test_memory_is_refused_during_one_try_alone() -> None:
    made = Guard(allowed=1 << 26)
    made.enable()
    big = 1 << 28
    with made.over("small"):
        bytearray(1 << 20)
    with pytest.raises(MemoryError), made.over("big"):
        bytearray(big)
    assert len(bytearray(big)) == big


@pytest.mark.parametrize(
    ("error", "is_memory"),
    [
        (MemoryError(), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to ..."), True),
        (RuntimeError("std::bad_alloc"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("can't allocate memory"), False),
    ],
)
def test_want_of_memory_is_told_from_other_faults(error: Exception, is_memory: bool) -> None:
    with pytest.raises(Stopped) if is_memory else contextlib.nullcontext():
        look_for_memory(error)


def test_what_is_too_large_for_the_processor_is_named_as_such() -> None:
    with pytest.raises(RuntimeError) as refused:
        torch.empty(1 << 62, dtype=torch.uint8)
    with pytest.raises(Stopped) as stopped:
        look_for_memory(refused.value)
    assert stopped.value.harm == "too-much-memory"


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
