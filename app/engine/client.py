"""The window's side of the pipe to an engine; imports no torch."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import IO, Any, Literal

from app.engine.protocol import VERSION, BadMessage, Message, decode, encode
from graph_editor.checking.verdict import Verdict
from graph_editor.checking.wire import verdict_from_json
from graph_editor.document.files import change_to_json, dumps
from graph_editor.document.model import Project

Role = Literal["judge", "standby", "job"]
ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 120.0
"""Seconds that a question may take, the start of the engine included."""
PATIENCE = 3.0
"""Seconds that an engine has to end by itself."""
REPLACED = "A newer question replaced this one."
RESTARTS = 3
"""How often in a row an engine that dies without an answer is started again."""


class EngineError(Exception):
    """The engine could not answer: what happened, in plain words."""


class EngineDied(EngineError):  # noqa: N818  # what happened
    """The engine ended before it answered."""


class EngineSlow(EngineError):  # noqa: N818  # what happened
    """The engine did not answer in time."""


class JudgingFailed(EngineError):  # noqa: N818  # what happened
    """A fault of ours met the judge at this project; the engine goes on."""


class AnswerCancelled(EngineError):  # noqa: N818  # what happened
    """A newer question made this one pointless."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What was asked and is not answered yet."""

    message: Mapping[str, Any]
    future: Future[Message]
    also: Callable[[Message], None] | None


Event = Callable[[str, str], None]
"""Told what happened to the engine (``started``, ``died``, ``restarted``) and the words for it."""


class Engine:
    """An engine process that is started at the first question and again when it has died."""

    def __init__(
        self,
        role: Role,
        on_event: Event | None = None,
        timeout: float = TIMEOUT,
        module: str = "app.engine",
    ) -> None:
        """Prepare one; ``module`` is the program that is run by name."""
        self.role = role
        self._module = module
        self._tell = on_event or (lambda *_: None)
        self._timeout = timeout
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._waiting: dict[int, Question] = {}
        self._serving: int | None = None
        self._serial = 0
        self._deaths = 0
        self._closing = False
        self._sent: Project | None = None
        self._outbox: SimpleQueue[bytes | None] = SimpleQueue()
        """What the running process is still to be told; a thread of its own writes it."""

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process that answers, where there is one; it may be a child of the one started."""
        return self._serving or (self._process.pid if self._process else None)

    def send(
        self, message: Mapping[str, Any], also: Callable[[Message], None] | None = None
    ) -> Future[Message]:
        """Ask, and return what will be the answer; ``also`` is given progress and first parts.

        Both are called from a thread of the engine's own.
        """
        with self._lock:
            if self._closing:
                raise EngineError("The engine has been closed.")
            self._started()
            future: Future[Message] = Future()
            self._ask(Question(message, future, also))
            return future

    def _ask(self, question: Question) -> None:
        self._serial += 1
        self._waiting[self._serial] = question
        question.future.number = self._serial  # type: ignore[attr-defined]  # to cancel it by
        self._outbox.put(encode({"version": VERSION, **question.message, "id": self._serial}))

    def request(self, message: Mapping[str, Any], timeout: float | None = None) -> Message:
        """Ask and wait for the answer. Raises EngineError."""
        future = self.send(message)
        try:
            return future.result(timeout or self._timeout)
        except FutureTimeout:
            self.cancel(future)
            seconds = timeout or self._timeout
            raise EngineSlow(f"The engine gave no answer in {seconds:g} s.") from None

    def cancel(self, future: Future[Message]) -> None:
        """Say that an answer is not wanted any more. It waits for nothing, not even for a lock."""
        future.called_off = True  # type: ignore[attr-defined]  # so that it is not asked again
        self._outbox.put(encode({"type": "cancel", "id": future.number}))  # type: ignore[attr-defined]  # set by _ask

    def judge(
        self, project: Project, revision: int = 0, *, timeout: float | None = None, **options: Any
    ) -> Verdict:
        """Return the verdict on a project; an engine that dies over it is asked once more.

        Options are those of ``Judge.judge``: batch, sizes, fixes. Raises EngineError.
        """
        for attempt in (1, 2):
            future = self.send_judge(project, revision, **options)
            try:
                answer = future.result(timeout or self._timeout)
                return verdict_from_json(answer["verdict"])
            except FutureTimeout:
                self.cancel(future)
                raise EngineSlow("The engine took too long to judge this project.") from None
            except EngineDied:
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def send_judge(
        self,
        project: Project,
        revision: int = 0,
        also: Callable[[Message], None] | None = None,
        **options: Any,
    ) -> Future[Message]:
        """Ask for a verdict; an older question of the kind is given up by the engine."""
        with self._lock:
            self._started()
            whole = self._sent is None
            body: Message = (
                {"project": dumps(project)}
                if whole
                else {"change": change_to_json(self._sent, project)}  # type: ignore[arg-type]  # not None here
            )
            self._sent = project
            message = {"type": "judge", "revision": revision, **options, **body}
            return self.send({**message, "partial": also is not None}, also)

    def close(self) -> None:
        """End the engine: it is asked first, and killed if it does not listen.

        It may be called again, and from several threads at once: each returns after the end.
        """
        with self._lock:
            self._closing = True
            process = self._process
            if process is None:
                return
            reader, writer = self._reader, self._writer
            self._outbox.put(encode({"type": "quit"}))
            self._outbox.put(None)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._kill(process)
        reader.join(PATIENCE)
        writer.join(PATIENCE)

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        """End a process that does not listen, and first the one that answers for it."""
        serving = self._serving
        if serving is not None and serving != process.pid:
            with contextlib.suppress(OSError):
                os.kill(serving, getattr(signal, "SIGKILL", signal.SIGTERM))
        process.kill()
        process.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        """Return the running process, starting one where there is none."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        if self._process is not None:
            self._buried(self._process)
        if self._deaths > RESTARTS:
            raise EngineDied(
                f"The engine ended {self._deaths} times in a row. {self._last_words()}"
            )
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # it lives as long as the process
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(
            [sys.executable, "-m", self._module, self.role],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "PYTHONPATH": path},
            creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
        )
        self._sent = None
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._outbox = SimpleQueue()
        self._writer = threading.Thread(
            target=_write, args=(self._process.stdin, self._outbox), daemon=True
        )
        self._reader.start()
        self._writer.start()
        self._tell("restarted" if self._deaths else "started", f"process {self._process.pid}")
        return self._process

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                if line == b"\n":  # it ends what a process that has fallen did not write to its end
                    continue
                try:
                    self._received(decode(line))
                except BadMessage as problem:
                    self._tell("noise", str(problem))
        process.wait()
        with self._lock:
            self._buried(process)

    def _received(self, message: Message) -> None:
        kind = message.get("type")
        if kind == "ready":
            if message.get("version") != VERSION:
                self._tell("noise", f"the engine speaks version {message.get('version')}")
            self._serving = message.get("pid")
            return
        if kind == "fallen":
            self._fallen()
            return
        number = message.get("id")
        with self._lock:
            question = self._waiting.get(number) if isinstance(number, int) else None
            if question is not None and kind not in ("progress", "partial"):
                del self._waiting[number]  # type: ignore[arg-type]  # an int, as it was found
                self._deaths = 0
        if question is None:
            return
        future, also = question.future, question.also
        if kind in ("progress", "partial"):
            if also is not None:
                also(message)
        elif kind == "answer":
            future.set_result(message)
        elif kind == "cancelled":
            future.set_exception(AnswerCancelled(REPLACED))
        else:
            self._failed(question, str(message.get("error")))

    def _failed(self, question: Question, words: str) -> None:
        """Say that a question has no answer; the next project goes whole, whatever came of it."""
        error = EngineError
        if question.message.get("type") == "judge":
            error = JudgingFailed
            with self._lock:
                self._sent = None
        question.future.set_exception(error(words))

    def _fallen(self) -> None:
        """Ask everything again, since another process answers now; of judgements the newest."""
        with self._lock:
            if self._closing or self._process is None:  # nobody is to answer any more
                return
            waiting, self._waiting = list(self._waiting.values()), {}
            project, self._sent = self._sent, None
            wanted = [q for q in waiting if not hasattr(q.future, "called_off")]
            judging = [q for q in wanted if q.message.get("type") == "judge"]
            if judging and project is not None:
                message = {k: v for k, v in judging[-1].message.items() if k != "change"}
                self._sent = project
                self._ask(replace(judging.pop(), message={**message, "project": dumps(project)}))
            again = [q for q in wanted if q.message.get("type") != "judge"]
            for question in again:
                self._ask(question)
        for question in waiting:
            if question in judging or question not in wanted:
                question.future.set_exception(AnswerCancelled(REPLACED))

    def _buried(self, process: subprocess.Popen[bytes]) -> None:
        """Tell everybody who waits that the process has ended."""
        if process is not self._process:
            return
        self._process, self._sent, self._serving = None, None, None
        waiting, self._waiting = self._waiting, {}
        words = self._last_words()
        self._outbox.put(None)
        if self._errors is not None:
            self._errors.close()
            self._errors = None
        if not self._closing or waiting:
            self._deaths += 1
            self._tell(
                "died", f"The engine ended (exit code {process.returncode}). {words}".strip()
            )
        for question in waiting.values():
            question.future.set_exception(
                EngineDied(f"The engine ended before it answered. {words}".strip())
            )

    def _last_words(self) -> str:
        """Return the last line that the engine wrote to standard error."""
        if self._errors is None or self._errors.closed:
            return ""
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""


def _write(pipe: IO[bytes], outbox: SimpleQueue[bytes | None]) -> None:
    """Write what is put into an outbox until nothing is, so that a full pipe holds up nobody else.

    That the reader has died is for the reading thread to see.
    """
    with contextlib.suppress(OSError), pipe:
        while (line := outbox.get()) is not None:
            pipe.write(line)
            pipe.flush()
