"""A node that sleeps, ends the process or fills the memory is named, and the rest is judged."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from app.engine.client import AnswerCancelled, Engine, EngineDied
from app.engine.protocol import Message
from app.engine.supervise import can_fork
from graph_editor.checking.verdict import Diagnostic, Verdict
from graph_editor.checking.wire import verdict_from_json
from graph_editor.document.model import FrozenMap, InPort, Node, NodeId, OutPort, PortPath, Project
from tests.checking.drawings import FLAT, HEAD, B, drawing, with_node
from tests.engine.planted import HARMS, MARK, MODULE, SPAWNS

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the constructions planted here are written for POSIX"
)


PATIENCE = 200.0
"""Seconds for judges that are programs of their own: each loads torch, on a busy machine too."""


def beside(*harms: str, width: int = 10) -> Project:
    """Return a sound drawing with harmful nodes beside its chain, each fed by the input."""
    sound = drawing(FLAT, ("head", "nn.Linear", {"out_features": width}), x=(B, 4, 8))
    graph = sound.main.graph
    nodes, wires = graph.nodes, graph.wires
    for number, harm in enumerate(harms):
        name = NodeId(f"bad{number}")
        nodes = nodes.set(name, Node("nn.Softshrink", args=FrozenMap({"lambd": HARMS[harm]})))
        wires = wires.set(InPort(name, PortPath("input")), OutPort(NodeId("x"), "output"))
    changed = type(graph)(nodes, wires)
    return sound.with_block("main", type(sound.main)(changed, "Main", (), *_ends(sound)))


def _ends(project: Project) -> tuple[tuple[NodeId, ...], tuple[NodeId, ...]]:
    return project.main.inputs, project.main.outputs


def within(harm: str) -> Project:
    """Return a drawing with a harmful node in the middle of its chain."""
    return drawing(("bad0", "nn.Softshrink", {"lambd": HARMS[harm]}), FLAT, HEAD, x=(B, 4, 8))


def named(verdict: Verdict, code: str) -> list[Diagnostic]:
    return [d for d in verdict.diagnostics if d.code in code.split(" or ")]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine("judge", module=MODULE) as found:
        yield found


CODES = {
    "exit": "ends-process",
    "quiet exit": "ends-process",
    "sys.exit": "ends-process",
    "abort": "ends-process",
    "segfault": "ends-process",
    "exit in forward": "ends-process",
    "8 GB": "too-much-memory",
}
SLOW = {
    "sleep": "too-long",
    "sleep in forward": "too-long",
    "loop in C": "too-long",
    "shared memory": "too-much-memory or too-long",  # whichever limit is met first
}


def is_named(engine: Engine, harm: str, code: str) -> None:
    verdict = engine.judge(beside(harm), 7)
    assert verdict.revision == 7
    assert [d.node for d in named(verdict, code)] == ["bad0"]
    assert verdict.status["bad0"] == "unknown"  # type: ignore[index]  # an address is a string
    assert verdict.types["head.output"].shape == ("B", 10)
    pid = engine.pid
    for width in (11, 12):  # an edit elsewhere, and one more
        after = engine.judge(beside(harm, width=width))
        assert [d.node for d in named(after, code)] == ["bad0"]
        assert after.types["head.output"].shape == ("B", width)
    assert engine.pid == pid, "what is known to do harm is not done again"
    assert not engine.judge(drawing(FLAT, HEAD)).has_errors


@pytest.mark.parametrize(("harm", "code"), CODES.items())
def test_what_brings_the_engine_down_is_named(engine: Engine, harm: str, code: str) -> None:
    is_named(engine, harm, code)


@pytest.mark.slow
@pytest.mark.parametrize(("harm", "code"), SLOW.items())
def test_what_stands_still_is_named(harm: str, code: str) -> None:
    with Engine("judge", module=MODULE) as engine:
        is_named(engine, harm, code)


def test_several_in_one_drawing_are_all_named(engine: Engine) -> None:
    verdict = engine.judge(beside("exit", "sleep", "8 GB", "sys.exit"))
    found = {d.node: d.code for d in verdict.diagnostics if d.code in {*CODES.values(), "too-long"}}
    assert found == {
        "bad0": "ends-process",
        "bad1": "too-long",
        "bad2": "too-much-memory",
        "bad3": "ends-process",
    }
    assert verdict.types["head.output"].shape == ("B", 10)


def test_what_follows_waits_and_what_ends_a_training_is_an_error(engine: Engine) -> None:
    verdict = engine.judge(within("exit"))
    (found,) = named(verdict, "ends-process")
    assert found.severity == "error"
    assert "ends the process" in found.message
    assert verdict.status["head"] == "waiting"  # type: ignore[index]  # an address is a string
    (found,) = named(engine.judge(within("8 GB")), "too-much-memory")
    assert found.severity == "warning"


def test_an_optimizer_that_does_harm_is_named(engine: Engine) -> None:
    sound = drawing(FLAT, HEAD)
    args = FrozenMap({"lr": HARMS["exit"]})
    verdict = engine.judge(with_node(sound, "adam", spec="optim.Adamax", args=args))
    (found,) = named(verdict, "ends-process")
    assert (found.node, found.severity) == ("adam", "error")
    assert verdict.types["head.output"].shape == ("B", 10)


def test_another_argument_is_tried_anew(engine: Engine) -> None:
    engine.judge(within("exit"))
    cured = with_node(within("exit"), "bad0", args=FrozenMap({"lambd": 0.5}))
    verdict = engine.judge(cured)
    assert not verdict.has_errors
    assert verdict.types["head.output"].shape == ("B", 10)


def test_edits_while_a_node_hangs_are_taken_and_only_the_last_is_judged() -> None:
    told: list[str] = []
    with Engine("judge", lambda what, _: told.append(what), module=MODULE) as engine:
        assert not engine.judge(drawing(FLAT, HEAD)).has_errors
        asked: list[Future[Message]] = [
            engine.send_judge(beside("sleep", width=width), width) for width in range(2, 30)
        ]
        info = engine.send({"type": "documentation", "spec": "nn.ReLU"})
        assert not asked[-1].done(), "asking does not wait for an answer"
        verdict = verdict_from_json(asked[-1].result(60)["verdict"])
        assert verdict.revision == 29
        assert verdict.types["head.output"].shape == ("B", 29)
        assert [d.node for d in named(verdict, "too-long")] == ["bad0"]
        assert "element-wise" in info.result(60)["text"]
        for older in asked[:-1]:
            with pytest.raises(AnswerCancelled):
                older.result(60)
    assert told == ["started"], "the window is not told of what it need not see"


@pytest.mark.slow
def test_a_question_can_be_called_off_while_a_node_hangs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(MARK, str(tmp_path / "hangs"))
    with Engine("judge", module=MODULE) as engine:
        engine.judge(drawing(FLAT, HEAD))
        hanging = engine.send_judge(beside("sleep"), 1)
        until_it_hangs(tmp_path)
        engine.cancel(hanging)
        with pytest.raises(AnswerCancelled):
            hanging.result(60)
        assert not engine.judge(drawing(FLAT, HEAD)).has_errors


def until_it_hangs(folder: Path) -> None:
    """Wait until the node has begun to sleep."""
    while not (folder / "hangs").exists():
        time.sleep(0.01)


@pytest.mark.slow
def test_an_engine_that_hangs_is_closed_and_leaves_no_process_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(MARK, str(tmp_path / "hangs"))
    engine = Engine("judge", module=MODULE)
    engine.judge(drawing(FLAT, HEAD))
    pid = engine.pid
    assert pid is not None
    waiting = engine.send_judge(beside("sleep"), 1)
    until_it_hangs(tmp_path)
    engine.close()
    assert engine.pid is None
    with pytest.raises(EngineDied):
        waiting.result(0)
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    assert told.stdout.strip()[:1] in ("", "Z"), "it may wait to be buried, but does not run"


@pytest.mark.slow
@pytest.mark.skipif(
    not can_fork(), reason="who is killed from outside is told apart where it forks"
)
def test_a_node_is_not_blamed_for_one_kill_from_outside(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(MARK, str(tmp_path / "killed"))
    with Engine("judge", module=MODULE) as engine:
        verdict = engine.judge(within("killed once"))
    assert (tmp_path / "killed").exists()
    assert not verdict.has_errors
    assert verdict.status["bad0"] == "ok"  # type: ignore[index]  # an address is a string


@pytest.mark.slow
def test_a_judge_that_is_a_program_of_its_own_is_replaced_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(SPAWNS, "1")
    with Engine("judge", module=MODULE, timeout=PATIENCE) as engine:
        is_named(engine, "exit", "ends-process")


@pytest.mark.slow
def test_a_judge_of_its_own_that_stands_still_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SPAWNS, "1")
    with Engine("judge", module=MODULE, timeout=PATIENCE) as engine:
        verdict = engine.judge(beside("exit", "sleep", "shared memory"))
        assert len(named(verdict, "ends-process")) == 1
        limits = [*named(verdict, "too-long"), *named(verdict, "too-much-memory")]
        assert sorted(d.node for d in limits) == ["bad1", "bad2"]  # a busy machine fills it slowly
        assert verdict.types["head.output"].shape == ("B", 10)


@pytest.mark.slow
def test_no_thread_is_left_of_an_engine_that_fell() -> None:
    before = threading.active_count()
    with Engine("judge", module=MODULE) as engine:
        engine.judge(beside("exit"))
    assert threading.active_count() == before


@pytest.mark.slow
def test_the_engine_of_the_product_knows_no_harmful_construction() -> None:
    with Engine("judge") as engine:
        verdict = engine.judge(within("exit"))
        assert verdict.status["bad0"] == "ok"  # type: ignore[index]  # an address is a string
