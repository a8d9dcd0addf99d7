"""The judge's process: answers questions about projects until the other side hangs up."""

from __future__ import annotations

import gc
import json
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import torch

from app.engine.beacon import Beacon
from app.engine.cure import cured
from app.engine.devices import devices
from app.engine.guard import GUARD
from app.engine.harm import Harm
from app.engine.judge import Cancelled, Judge
from app.engine.pipe import Inbox, Pipe
from app.engine.protocol import Message, answer, cancelled, failure, partial, progress, ready
from app.trust import is_trusted
from graph_editor.catalogue.load import catalogue
from graph_editor.checking.verdict import Verdict
from graph_editor.checking.wire import verdict_to_json
from graph_editor.document.files import apply_change, loads
from graph_editor.document.model import (
    NOTHING,
    Block,
    Expr,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)


class JudgeRole:
    """Holds the judge and the last project that came whole or as a change."""

    def __init__(self, pipe: Pipe, inbox: Inbox) -> None:
        self._pipe = pipe
        self._inbox = inbox
        self._judge = Judge(is_trusted)
        self._project: Project | None = None
        self._is_settled = False
        self._answers: dict[str, Callable[[Message], Message]] = {
            "judge": self.judge,
            "cure": self.cure,
            "info": self.info,
            "devices": self.devices,
            "documentation": self.documentation,
        }

    def serve(self) -> None:
        """Answer requests until there are no more."""
        while (message := self._inbox.next()) is not None:
            method = self._answers.get(str(message.get("type")))
            if method is None:
                self._pipe.send(failure(message, f"unknown request {message.get('type')!r}"))
                continue
            GUARD.begin()
            try:
                self._pipe.send(method(message))
                self._settle()
            except Cancelled:
                self._pipe.send(cancelled(message))
            except Exception as error:  # one bad request must not end the engine
                self._judge = Judge(is_trusted)  # what it leaves half done is not built upon
                words = f"{type(error).__name__}: {error}"
                self._pipe.send(failure(message, words, traceback.format_exc()))

    def _settle(self) -> None:
        """After the first answer, take it that what is loaded stays, garbage or not.

        A collection that walked through all of PyTorch would hold up an answer for 0.15 s.
        """
        if not self._is_settled:
            gc.freeze()
            self._is_settled = True

    def judge(self, message: Message) -> Message:
        """Judge a project that came as text, or as a change of the one before."""
        self._take(message)
        if self._inbox.is_cancelled(message):
            raise Cancelled
        assert self._project is not None

        def first(verdict: Verdict) -> None:
            self._pipe.send(partial(message, verdict=verdict_to_json(verdict)))

        verdict = self._judge.judge(
            self._project,
            int(message.get("revision", 0)),
            batch=message.get("batch"),
            sizes=message.get("sizes"),
            fixes=bool(message.get("fixes", True)),
            cancelled=lambda: self._inbox.is_cancelled(message),
            shapes_first=first if message.get("partial") else None,
        )
        return answer(message, verdict=verdict_to_json(verdict))

    def cure(self, message: Message) -> Message:
        """Apply all safe fixes to a project that came as text; the next judgement ends it."""
        project = loads(message["project"]).project

        def tell(count: int, title: str) -> None:
            self._pipe.send(progress(message, float(count), title))

        done = cured(self._judge, project, lambda: self._inbox.is_cancelled(message), tell)
        return answer(message, **done)

    def _take(self, message: Mapping[str, Any]) -> None:
        if "project" in message:
            self._project = loads(message["project"]).project
        elif self._project is None:
            raise ValueError("a change came before any project")
        else:
            self._project = apply_change(self._project, message["change"])

    def info(self, message: Message) -> Message:
        """Say which torch this is, where it computes, and how it differs from the catalogue."""
        return answer(message, **facts())

    def devices(self, message: Message) -> Message:
        """Say where it could compute, and how much memory is free there now."""
        return answer(message, torch=torch.__version__, devices=devices())

    def documentation(self, message: Message) -> Message:
        """Return torch's own documentation of a spec."""
        from app.engine.derive import documentation

        return answer(message, text=documentation(str(message.get("spec"))))


def facts() -> dict[str, object]:
    """Return what is worth knowing of the installed torch."""
    from app.engine.derive import FILE, derive, differences

    committed = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        "torch": torch.__version__,
        "devices": [device["id"] for device in devices()],
        "threads": torch.get_num_threads(),
        "catalogue": catalogue().torch_release,
        "differences": differences(derive(), committed),
    }


def settle() -> None:
    """Prepare this process to be copied: a collection in a copy would write to all they share."""
    gc.collect()
    gc.freeze()


def warm_up() -> None:
    """Judge a sum, which loads what PyTorch leaves to the first call of those it takes apart."""
    torch.set_num_threads(1)
    entry = Node("io.input", args=FrozenMap({"shape": (Expr("B"), 1)}))
    names = NodeId("x"), NodeId("sum")
    nodes = FrozenMap(zip(names, (entry, Node("op.add")), strict=True))
    sides = FrozenMap(
        {
            InPort(names[1], PortPath(side)): OutPort(names[0], "output")
            for side in ("input", "other")
        }
    )
    Judge().judge(Project(Block(Graph(nodes, sides), "Main", inputs=names[:1])))


def main(beacon: Beacon | None = None, avoid: Mapping[str, Harm] = NOTHING) -> int:
    """Serve the judge's role, and say on the beacon what is done; some calls are never made."""
    pipe = Pipe()
    torch.set_num_threads(1)
    GUARD.enable(beacon, avoid)
    pipe.send(ready("judge", torch.__version__))
    JudgeRole(pipe, Inbox(pipe)).serve()
    return 0
