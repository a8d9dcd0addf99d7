"""The dialog of custom code: what a node of it declares, its text, and whether it may run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.dialogs.code_editor import CodeEditor, Colouring
from app.dialogs.code_form import CodeForm, Unsaid
from app.dialogs.dialog import Dialog, Scroll, label
from app.session.custom_code import put_code
from app.session.trusting import is_trusted, trust_code, withdraw_trust
from graph_editor.catalogue.custom_code import read_code
from graph_editor.document.hidden import lines_with_hidden, where
from graph_editor.document.ids import is_id
from graph_editor.document.model import Code

if TYPE_CHECKING:
    from app.session.session import Session
    from graph_editor.document.edits import Point

ABOUT = (
    "A function or an nn.Module of your own, as a node. model.py has it as it stands here. Inputs "
    "come by position, parameters by name; several outputs are a tuple."
)
TRUST = "I have read this code and &trust it: let it run on this computer"
RIGHTS = (
    "Code runs with all your rights, as any program that you start; until you trust it, it does "
    "not run, not even to be checked. Trust covers all custom code of this project as it stands, "
    "and lapses when any of it changes."
)
LEAST_EDITOR = 120
REST = 300
"""Milliseconds without typing after which the text is read."""
EXAMPLE = """\
import torch


def {name}(x: torch.Tensor) -> torch.Tensor:
    return x
"""
FIRST = "my_code"


class CodeDialog(Dialog):
    """Edits one piece of custom code, or makes one; OK is one step of the history."""

    def __init__(
        self,
        session: Session,
        colouring: Colouring,
        place: Point,
        key: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """Edit the piece called key; without one, a new piece and a node of it at a place."""
        super().__init__("Custom code", ABOUT, parent)
        self.session, self.key, self._place = session, key, place
        self.before = session.project.code.get(key) or _example(self._free_name())
        self.form = CodeForm(key or self._free_name(), not key, self)
        self.editor = CodeEditor(session.theme, colouring, self)
        self.problem = label("", "secondary", wraps=True)
        self.problem.setAccessibleName("What is wrong with the code")
        self.trust = QCheckBox(TRUST, self)
        self._was_trusted = bool(key) and is_trusted(session.project)
        self._lay_out()
        self.form.show_code(self.before)
        self.editor.set_code(self.before.text)
        self.trust.setChecked(self._was_trusted)
        self.trust.setAccessibleDescription(RIGHTS)
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(REST)
        self._clock.timeout.connect(self.check)
        self.form.edited.connect(self._changed)
        self.editor.textChanged.connect(self._changed)
        self.check()
        self.fit(860, 720)
        (self.editor if key else self.form.name).setFocus()

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self.body)
        whole.setContentsMargins(0, 0, 0, 0)
        scroll = Scroll(parent=self.body)
        whole.addWidget(scroll)
        column = scroll.column
        column.addWidget(self.form)
        self.editor.setMinimumHeight(LEAST_EDITOR)
        column.addWidget(self.editor, 1)
        foot = QVBoxLayout()  # stays in sight however low the window is
        foot.setContentsMargins(16, 8, 16, 12)
        foot.addWidget(self.problem)
        foot.addWidget(self.trust)
        foot.addWidget(label(RIGHTS, "caption", wraps=True))
        whole.addLayout(foot)
        self.cancel_button = self.add_button("Cancel")
        self.cancel_button.clicked.connect(self.reject)
        self.ok_button = self.add_button("OK", "primary")
        self.ok_button.clicked.connect(self.accept)

    # What is typed

    def code(self) -> Code:
        """Return the piece as it stands in the fields. Raises Unsaid."""
        return self.form.code(self.editor.code(), self.before)

    def _changed(self) -> None:
        self._follow_name()
        if self._was_trusted or self.trust.isChecked():
            self.trust.setChecked(self._was_trusted and self._is_as_before())
        self._clock.start()

    def _is_as_before(self) -> bool:
        try:
            return self.code() == self.before
        except Unsaid:
            return False

    def _follow_name(self) -> None:
        """Let the example's function have the name that is typed, while it is untouched."""
        name = self.form.name.text().strip()
        is_example = self.editor.code() == self.before.text
        if not self.key and is_example and name.isidentifier():
            self.before = _example(name)
            if self.editor.code() != self.before.text:
                self.editor.set_code(self.before.text)

    def check(self) -> str:
        """Say what is wrong with what is typed, and return it; empty where nothing is."""
        self._clock.stop()
        words, line = self._fault()
        self.editor.mark(line)
        looks = "warning" if lines_with_hidden(self.editor.code()) else "secondary"
        self.problem.setProperty("role", "error" if words else looks)
        self.problem.setText(words or self._well())
        self.problem.style().unpolish(self.problem)
        self.problem.style().polish(self.problem)
        return words

    def _fault(self) -> tuple[str, int]:
        name = self.form.name.text().strip()
        if not is_id(name):
            return "The name begins with a small letter; then come small letters, digits and _.", 0
        if not self.key and name in self.session.project.code:
            return f"This project has code called {name} already; choose another name.", 0
        try:
            fault = read_code(name, self.code()).fault
        except Unsaid as unsaid:
            return str(unsaid), 0
        return (f"{fault.text}.", fault.line) if fault is not None else ("", 0)

    def _well(self) -> str:
        hidden = lines_with_hidden(self.editor.code())
        if not hidden:
            return "The code can be read. It is checked with PyTorch once it is trusted."
        badges = ", ".join(dict.fromkeys(b for found in hidden.values() for b in found))
        return f"Look closely: {where(hidden)} signs that do not show by themselves ({badges})."

    # What becomes of it

    def accept(self) -> None:
        """Put the code into the project as one step, and keep whether it is trusted.

        What has no name, or ports that cannot be, stays open; faults in the text may be mended
        later, and are problems until then.
        """
        name = self.form.name.text().strip()
        self.check()
        try:
            code = self.code()
        except Unsaid:
            return
        if not is_id(name) or (not self.key and name in self.session.project.code):
            self.form.name.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        is_same = bool(self.key) and code == self.before
        if not is_same and not put_code(self.session, name, code, self._at()):
            return
        if self.trust.isChecked() and not is_trusted(self.session.project):
            trust_code(self.session)
        elif is_same and self._was_trusted and not self.trust.isChecked():
            withdraw_trust(self.session)
        super().accept()

    def _at(self) -> Point | None:
        return None if self.key else self._place

    def _free_name(self) -> str:
        taken = self.session.project.code
        names = [FIRST, *(f"{FIRST}{number}" for number in range(2, len(taken) + 3))]
        return next(name for name in names if name not in taken)


def _example(name: str) -> Code:
    return Code(EXAMPLE.format(name=name), ("x",), ("y",))
