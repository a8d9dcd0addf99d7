"""The document: the project as it is now, its history, and those who want to know of changes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from graph_editor.document.changes import Change
from graph_editor.document.edits.error import EditError
from graph_editor.document.model import Project

Edit = Callable[[Project], Project]
Subscriber = Callable[[Change], None]

log = logging.getLogger(__name__)


class BusyError(RuntimeError):
    """A change was asked for while another one is being made or told."""


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the history: what it is called, and the projects on both sides of it."""

    title: str
    before: Project
    after: Project
    merge: str | None = None


class Document:
    """Holds the present project and every project before it, without a limit.

    Projects are immutable and share what they have in common, so a state costs what an edit
    changes. All calls belong to one thread. Subscribers are told after a change is complete; they
    may read the document, and must not change it.
    """

    def __init__(self, project: Project | None = None) -> None:
        self._present = Project() if project is None else project
        self._saved: Project | None = self._present
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._subscribers: dict[int, Subscriber] = {}
        self._next_subscriber = 0
        self._open: list[str] = []
        self._busy = ""
        self._merges = True
        self.last = ""
        """What was done last: ``Add Conv2d``, ``Undone: Add Conv2d``; "" where nothing was."""
        self.revision = 0
        """Grows with every change of the project, undo and redo included."""

    @property
    def project(self) -> Project:
        """The project as it is now."""
        return self._present

    @property
    def is_modified(self) -> bool:
        """Whether the project is not the very one that was saved last."""
        return self._present is not self._saved

    @property
    def saved(self) -> Project | None:
        """The project as it was saved last; None where no file holds a state of this history."""
        return self._saved

    def mark_saved(self) -> None:
        """Take the present project as the saved one; typing does not merge across this."""
        self._saved = self._present
        self._merges = False

    def mark_unsaved(self) -> None:
        """Take it that no state is saved: the file is gone, or the project was recovered."""
        self._saved = None

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to redo."""
        return bool(self._undone)

    @property
    def undo_title(self) -> str:
        """What undo would undo; "" where there is nothing."""
        return self._done[-1].title if self._done else ""

    @property
    def redo_title(self) -> str:
        """What redo would redo; "" where there is nothing."""
        return self._undone[-1].title if self._undone else ""

    @property
    def position(self) -> int:
        """How many steps of the history are done; the state before all of them is 0."""
        return len(self._done)

    @property
    def length(self) -> int:
        """How many steps the history has, those that are undone included."""
        return len(self._done) + len(self._undone)

    def step_title(self, position: int) -> str:
        """Return what the step is called that leads to a position from 1 on."""
        return self._step_to(position).title

    @property
    def saved_position(self) -> int | None:
        """Return the position whose state was saved last; None where it is not in the history."""
        if self._saved is self._present:
            return self.position
        for position in range(self.length):
            if self._step_to(position + 1).before is self._saved:
                return position
        at_end = self._undone and self._undone[0].after is self._saved
        return self.length if at_end else None

    def _step_to(self, position: int) -> Step:
        done = len(self._done)
        return self._done[position - 1] if position <= done else self._undone[done - position]

    def apply(self, edit: Edit, title: str, merge: str | None = None) -> Project:
        """Make an edit, as one step of the history.

        Steps in a row with the same merge key become one, until ``break_merge``, undo, redo, a save
        or any other step. An edit that gives back the same project makes no step, and steps that
        merge into nothing leave none. Where the edit raises, nothing has changed.
        """
        with self._alone("an edit is being made"):
            after = edit(self._present)
        if not isinstance(after, Project):
            raise TypeError(f"the edit {title!r} gave no project")
        before = self._present
        if after is before:
            return before
        if self._open:
            self._present = after
            return after
        self._record(Step(title, before, after, merge))
        self._tell(before)
        return self._present

    def _record(self, step: Step) -> None:
        last = self._done[-1] if self._done else None
        joins = last is not None and step.merge is not None and last.merge == step.merge
        self._present = step.after
        if last is None or not joins or not self._merges or self._undone:
            self._done.append(step)
        elif Change(last.before, step.after):
            self._done[-1] = Step(last.title, last.before, step.after, step.merge)
        else:
            self._done.pop()
            self._present = last.before
        self.last = "" if self._present is not step.after else self.undo_title
        self._undone.clear()
        self._merges = self._present is step.after

    def break_merge(self) -> None:
        """Let the next step be one of its own, whatever its merge key: the field was left."""
        self._merges = False

    @contextmanager
    def transaction(self, title: str) -> Iterator[Document]:
        """Make several edits one step: all of them, or none where something raises.

        Subscribers are told once, at the end. A transaction inside another is part of it; where it
        fails and the outer one goes on, only its own edits are taken back.
        """
        self._refuse_if_busy()
        start = self._present
        self._open.append(title)
        try:
            yield self
        except BaseException:
            self._present = start
            raise
        finally:
            self._open.pop()
        if self._open or self._present is start:
            return
        after, self._present = self._present, start
        self._record(Step(title, start, after))
        self._tell(start)

    def undo(self) -> None:
        """Go back by one step. Raises EditError where there is none."""
        self._refuse_in_transaction("undo")
        if not self._done:
            raise EditError("There is nothing to undo.")
        self.go_to(self.position - 1)

    def redo(self) -> None:
        """Go forward again by one step. Raises EditError where there is none."""
        self._refuse_in_transaction("redo")
        if not self._undone:
            raise EditError("There is nothing to redo.")
        self.go_to(self.position + 1)

    def go_to(self, position: int) -> None:
        """Go to a position of the history in one move. Raises EditError where there is none."""
        self._refuse_in_transaction("move through the history")
        if not 0 <= position <= self.length:
            raise EditError(f"The history has no step {position}.")
        before, steps = self._present, abs(position - self.position)
        if not steps:
            return
        did, title = "Redone", self.step_title(position) if position else ""
        if position < self.position:
            did, title = "Undone", self.step_title(position + 1)
        while len(self._done) > position:
            self._undone.append(self._done.pop())
        while len(self._done) < position:
            self._done.append(self._undone.pop())
        self.last = f"{did}: {title}" if steps == 1 else f"{did}: {steps} steps"
        self._go(before, self._done[-1].after if self._done else self._undone[-1].before)

    def _go(self, before: Project, after: Project) -> None:
        self._present = after
        self._merges = False
        self._tell(before)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Have a function called after every change; returns what ends that."""
        number = self._next_subscriber
        self._next_subscriber += 1
        self._subscribers[number] = subscriber

        def unsubscribe() -> None:
            self._subscribers.pop(number, None)

        return unsubscribe

    def _tell(self, before: Project) -> None:
        """Tell all subscribers; one that raises is logged, and the others are told too."""
        self.revision += 1
        change = Change(before, self._present)
        with self._alone("subscribers are being told of a change"):
            for number, subscriber in list(self._subscribers.items()):
                if number not in self._subscribers:
                    continue
                try:
                    subscriber(change)
                except Exception:
                    log.exception("A subscriber failed; the change stands")

    @contextmanager
    def _alone(self, reason: str) -> Iterator[None]:
        self._refuse_if_busy()
        self._busy = reason
        try:
            yield
        finally:
            self._busy = ""

    def _refuse_if_busy(self) -> None:
        if self._busy:
            raise BusyError(f"The document cannot be changed now: {self._busy}.")

    def _refuse_in_transaction(self, what: str) -> None:
        self._refuse_if_busy()
        if self._open:
            raise BusyError(f"No {what} inside the transaction {self._open[-1]!r}.")
