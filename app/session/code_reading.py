"""Takes an edited text of the code into the drawing: read in a thread, judged, then one step."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.session.posting import deliver
from graph_editor.document.changes import Change

if TYPE_CHECKING:
    from app.session.session import Session
    from codegen.reading.merge import Merged
    from codegen.reading.problems import Problem
    from graph_editor.checking.verdict import Verdict
    from graph_editor.document.ids import IdSource
    from graph_editor.document.model import Project

MOST_NAMED = 3
"""How many changes the name of a step tells."""
LONGEST = 60.0
"""Seconds after which a verdict is not waited for: another question took its place."""
MODEL = "model.py"


@dataclass(frozen=True, slots=True)
class Question:
    """A text that was edited, and what it was written from."""

    project: Project
    verdict: Verdict
    file: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of it."""

    project: Project | None = None
    """The drawing that says the text; None: nothing is to be changed."""
    title: str = ""
    problems: tuple[Problem, ...] = ()
    """What was not understood, by line."""
    remarks: tuple[Problem, ...] = ()
    """What has no place in the drawing."""
    errors: int = 0
    """How many errors the new drawing has."""
    words: str = ""
    """Why the text could not be read at all."""


class CodeReading(QObject):
    """Reads one text at a time. Nothing is changed here; the answer is a signal."""

    answered = Signal(object, object)
    """The Question and its Answer, in the window's thread."""
    _to_judge = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._asked: tuple[Project, Future[Verdict]] | None = None
        self._question: Question | None = None
        self._to_judge.connect(self._judge)
        self.answered.connect(self._ended)
        session.judging.judged.connect(self._judged)
        session.judging.judged_first.connect(self._judged)
        session.judging.failed.connect(self._failed)
        session.changed.connect(self._changed)

    @property
    def is_busy(self) -> bool:
        """Whether a text is being read."""
        return self._question is not None

    def start(self, question: Question) -> None:
        """Read a text; the session's drawing must be judged, and written as the text before."""
        self._question = question
        threading.Thread(
            target=self._read, args=(question, self._session.ids), name="code reading", daemon=True
        ).start()

    # In the thread

    def _read(self, question: Question, ids: IdSource) -> None:
        try:
            answer = self._answer(question, ids)
        except CancelledError:
            answer = Answer(words="The drawing changed while the text was read.")
        except TimeoutError:
            answer = Answer(words="PyTorch did not answer.")
        except Exception as fault:  # a fault of ours must not leave the panel waiting
            words = f"The text could not be read ({type(fault).__name__}: {fault})."
            answer = Answer(words=words)
        deliver(self.answered, question, answer)

    def _answer(self, question: Question, ids: IdSource) -> Answer:
        from codegen.reading.merge import at_first_edit
        from codegen.reading.settling import settle, written_otherwise

        made = _merged(question, ids)
        if made.problems or not made.changes:
            remarks = made.remarks
            if question.file == MODEL and not made.problems:
                remarks += tuple(written_otherwise(question.after, question.before))
            return Answer(
                problems=made.problems, remarks=tuple(_on_edited_lines(remarks, question))
            )
        text = question.after if question.file == MODEL else ""
        settled = settle(made, text, self._verdict)
        if settled.refusal and question.file == MODEL:
            problem = at_first_edit(question.before, question.after, settled.refusal)
            return Answer(problems=(problem,))
        errors = sum(each.severity == "error" for each in settled.verdict.diagnostics)
        remarks = tuple(_on_edited_lines(settled.remarks, question))
        return Answer(settled.project, titled(made.changes), (), remarks, errors)

    def _verdict(self, project: Project) -> Verdict:
        """Have a drawing judged by the session's engine, which the window's thread asks."""
        future: Future[Verdict] = Future()
        deliver(self._to_judge, (project, future))
        return future.result(LONGEST)

    # In the window's thread

    def _judge(self, asked: tuple[Project, Future[Verdict]]) -> None:
        if self._question is None or self._question.project is not self._session.project:
            asked[1].cancel()
            return
        self._asked = asked
        self._session.judging.ask(asked[0], self._session.document.revision)

    def _judged(self, project: Project, verdict: Verdict) -> None:
        if self._asked is not None and project is self._asked[0]:
            future, self._asked = self._asked[1], None
            future.set_result(verdict)

    def _failed(self, words: str) -> None:
        if self._asked is not None:
            future, self._asked = self._asked[1], None
            future.set_exception(RuntimeError(words))

    def _changed(self, _: Change) -> None:
        """Give up: another question of the session's takes the place of the one that was asked."""
        if self._asked is not None:
            future, self._asked = self._asked[1], None
            future.cancel()

    def _ended(self, _: Question, __: Answer) -> None:
        self._question = None
        session = self._session
        if session.seeking.is_on:  # our question took the place of the search for fixes
            session.judging.ask(session.project, session.document.revision)


def _merged(question: Question, ids: IdSource) -> Merged:
    from codegen.reading.merge import merge
    from codegen.reading.scripts import merge_script
    from graph_editor.catalogue.load import catalogue
    from graph_editor.catalogue.scope import specs_of

    project = question.project
    if question.file == MODEL:
        return merge(project, catalogue().get, question.before, question.after, ids)
    lookup = specs_of(project)
    return merge_script(project, lookup, question.verdict, question.file, question.after)


def _on_edited_lines(remarks: Sequence[Problem], question: Question) -> Iterator[Problem]:
    """Yield the remarks on what was typed; lines of ours, with their shapes, are written anew."""
    from codegen.reading.settling import OTHER_ORDER

    ours, lines = set(question.before.split("\n")), question.after.split("\n")
    for each in remarks:
        if lines[each.line - 1] not in ours or each.words.endswith(OTHER_ORDER):
            yield each


def titled(changes: Sequence[str]) -> str:
    """Return the name of a step that makes these changes: ``Set lr of adam, add ReLU``."""
    named = [_titled(change) for change in changes[:MOST_NAMED]]
    rest = len(changes) - len(named)
    words = ", ".join([*named, f"{rest} more"] if rest else named)
    return words[:1].upper() + words[1:]


def _titled(change: str) -> str:
    for ending, verb in ((" was added", "add"), (" was removed", "remove")):
        if change.endswith(ending):
            return f"{verb} {change.removesuffix(ending).removeprefix('the ')}"
    name, colon, _ = change.partition(": ")
    return f"set {name}" if colon else change
