"""The engine as a process: asked, overtaken, killed, closed, and handed a run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from app.engine.client import AnswerCancelled, Engine, EngineDied, EngineError, EngineSlow
from app.engine.judge import Judge
from app.engine.protocol import BadMessage, Message, decode, encode
from app.engine.roles import JudgeRole
from graph_editor.checking.wire import verdict_from_json
from graph_editor.document.model import Project
from tests.engine.drawings import chain, node, project, with_argument

ROOT = Path(__file__).resolve().parents[2]


def drawn(width: int = 8) -> Project:
    return project(chain(node("nn.Linear", out_features=width), node("nn.ReLU")))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine("judge") as found:
        yield found


def test_a_verdict_over_the_pipe_is_the_judges_own(engine: Engine) -> None:
    for width in (8, 9):  # whole, then as a change
        wrong = project(chain(node("nn.Linear", in_features=3, out_features=width)))
        ours = Judge().judge(wrong, 5)
        assert replace(engine.judge(wrong, 5), evaluated=ours.evaluated) == ours


def test_an_edit_sent_as_a_change_executes_one_node(engine: Engine) -> None:
    before = project(chain(*[node("nn.Linear", out_features=7) for _ in range(5)]))
    engine.judge(before)
    edited = with_argument(before, "n2", "bias", False)
    assert engine.judge(edited).evaluated == 2  # at n and at n + 1
    assert engine.judge(edited).evaluated == 0


def test_what_is_loaded_is_kept_out_of_collections_once(monkeypatch: pytest.MonkeyPatch) -> None:
    frozen: list[int] = []
    monkeypatch.setattr("app.engine.roles.gc.freeze", lambda: frozen.append(len(pipe.sent)))
    pipe = _Pipe([{"type": "dance"}, {"type": "info", "id": 1}, {"type": "info", "id": 2}])
    JudgeRole(pipe, pipe).serve()  # type: ignore[arg-type]  # both ends in one
    assert len(pipe.sent) == 3
    assert frozen == [2], "after the first answer, which is not made to wait"


class _Pipe:
    """Holds requests, and what was answered."""

    def __init__(self, requests: list[Message]) -> None:
        self.requests = requests
        self.sent: list[Message] = []

    def next(self) -> Message | None:
        return self.requests.pop(0) if self.requests else None

    def send(self, message: Message) -> None:
        self.sent.append(message)


def test_a_bad_request_is_answered_and_harms_nothing(engine: Engine) -> None:
    with pytest.raises(EngineError, match="unknown request 'dance'"):
        engine.request({"type": "dance"})
    with pytest.raises(EngineError):
        engine.request({"type": "judge", "project": "no project"})
    assert engine.request({"type": "info"})["devices"][0] == "cpu"
    assert "affine" in engine.request({"type": "documentation", "spec": "nn.Linear"})["text"]


def test_a_newer_question_calls_off_the_older(engine: Engine) -> None:
    long = project(chain(*[node("nn.Linear", out_features=k + 1) for k in range(400)]))
    first = engine.send_judge(long, 1)
    second = engine.send_judge(drawn(), 2)
    assert verdict_from_json(second.result(60)["verdict"]).revision == 2
    with pytest.raises(AnswerCancelled):
        first.result(60)


def test_shapes_come_before_fixes(engine: Engine) -> None:
    parts: list[dict[str, object]] = []
    wrong = project(chain(node("nn.Linear", in_features=3, out_features=4)))
    whole = engine.send_judge(wrong, 1, parts.append).result(60)
    assert [p["type"] for p in parts] == ["partial"]
    first, last = (verdict_from_json(m["verdict"]) for m in (parts[0], whole))  # type: ignore[arg-type]
    assert (first.status, first.types) == (last.status, last.types)
    assert not first.diagnostics[0].fixes
    assert last.diagnostics[0].fixes


def test_a_killed_engine_is_started_again_and_said_so() -> None:
    told: list[str] = []
    with Engine("judge", lambda what, _: told.append(what)) as engine:
        assert not engine.judge(drawn()).has_errors
        first = engine.pid
        assert first is not None
        waiting: Future[object] = engine.send({"type": "judge", "project": "x" * 5_000_000})  # type: ignore[assignment]
        os.kill(first, signal.SIGKILL)
        with pytest.raises(EngineError):
            waiting.result(30)
        assert not engine.judge(drawn(9)).has_errors
        assert engine.pid != first
    assert told[:3] == ["started", "died", "restarted"]
    assert told.count("died") == 1


def test_an_engine_that_never_lives_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.client.sys.executable", "/bin/false")
    with Engine("judge") as engine:
        for _ in range(6):
            with pytest.raises(EngineDied):
                engine.judge(drawn())
        with pytest.raises(EngineDied, match="times in a row"):
            engine.send({"type": "info"})


def test_no_answer_in_time_is_an_error_and_not_the_end(engine: Engine) -> None:
    engine.judge(drawn())
    with pytest.raises(EngineSlow):
        engine.request({"type": "info"}, timeout=1e-6)
    assert not engine.judge(drawn()).has_errors


def test_closing_ends_the_process_and_the_engine() -> None:
    engine = Engine("judge")
    engine.judge(drawn())
    process = engine._process
    assert process is not None
    engine.close()
    assert process.returncode == 0
    with pytest.raises(EngineError, match="closed"):
        engine.judge(drawn())


def test_closing_from_several_threads_at_once_ends_it_once() -> None:
    engine = Engine("job")
    future = engine.send({"type": "ping"})
    faults: list[BaseException] = []

    def close() -> None:
        try:
            engine.close()
            engine.cancel(future)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close()
    assert faults == []
    assert engine.pid is None


def test_the_engine_ends_with_its_owner() -> None:
    script = (
        "import os, sys; from app.engine.client import Engine; e = Engine('judge');"
        "e.request({'type': 'documentation', 'spec': 'nn.ReLU'}); print(e.pid, flush=True);"
        "os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    pid = int(done.stdout)
    for _ in range(200):
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return
        time.sleep(0.05)
    pytest.fail("the engine outlived its owner")


def test_the_clients_side_imports_no_torch() -> None:
    script = "import sys, app.engine.client; print('torch' in sys.modules, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"]


def test_jobs_tell_progress_and_answer() -> None:
    told: list[dict[str, object]] = []
    with Engine("job") as engine:
        found = engine.send({"type": "job", "job": "differences"}, told.append).result(60)
    assert found["result"] == []
    assert {m["type"] for m in told} == {"progress"}
    with Engine("job") as engine, pytest.raises(EngineError, match="no job 'nonsense'"):
        engine.request({"type": "job", "job": "nonsense"})


def test_a_standby_becomes_the_worker_of_a_folder(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "app.engine", "standby"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin as pipe, process.stdout as out:
        assert decode(out.readline())["type"] == "ready"
        pipe.write(json.dumps({"run": str(tmp_path)}).encode() + b"\n")
        pipe.close()  # the window may be gone; the run goes on
        process.wait(60)
    assert process.returncode == 1  # an empty folder cannot be trained in, and says so itself
    assert json.loads((tmp_path / "status.json").read_text())["state"] == "failed"


def test_a_standby_that_is_not_needed_ends_quietly() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.engine", "standby"], cwd=ROOT, input=b"", capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_unknown_roles_are_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.engine", "cook"], cwd=ROOT, capture_output=True
    )
    assert done.returncode == 2
    assert b"judge|standby|job" in done.stderr


def test_messages_are_lines_of_json() -> None:
    assert decode(encode({"a": [1, "é\n"]})) == {"a": [1, "é\n"]}
    assert encode({"a": "\n"}).count(b"\n") == 1
    for line in (b"[1]", b"{", b""):
        with pytest.raises(BadMessage):
            decode(line)


def test_what_is_printed_does_not_reach_the_pipe() -> None:
    script = (
        "import os, sys; from app.engine.pipe import Pipe; p = Pipe(); print('noise');"
        "os.write(1, b'more noise'); p.send({'clear': 1})"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True)
    assert done.stdout == b'{"clear":1}\n'
    assert b"noise" in done.stderr


def test_threads_do_not_outlive_an_engine() -> None:
    before = threading.active_count()
    with Engine("judge") as engine:
        engine.judge(drawn())
    assert threading.active_count() == before
