"""An inspector on a shown widget, with a session that is judged here and documented by torch."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.engine.derive import documentation
from app.engine.protocol import Message
from app.panels.inspector_panel import InspectorPanel
from app.session.session import Session
from graph_editor.canvas.inspector.value_edit import ValueEdit
from graph_editor.document.document import Edit
from graph_editor.document.model import Arg, Node, NodeId, Project
from tests.panels.judged import JudgingHere, example

LEFT = Qt.MouseButton.LeftButton
NO_KEYS = Qt.KeyboardModifier.NoModifier


class Documented(JudgingHere):
    """Answers for the documentation as the engine does."""

    def request(self, message: Message) -> Future[Message]:
        done: Future[Message] = Future()
        done.set_result({"text": documentation(str(message["spec"]))})
        return done


class Desk:
    """A session and a panel on it that is shown and active."""

    def __init__(
        self,
        project: Project | None = None,
        panel: Callable[[Session], QWidget] = InspectorPanel,
        edit: Edit | None = None,
        width: int = 288,
    ) -> None:
        self.session = Session(project or example("digits_cnn"), judging=Documented())
        if edit is not None:
            self.session.apply(edit, "prepare")
        self.panel = panel(self.session)
        self.panel.resize(width, 900)
        self.panel.show()
        self.panel.activateWindow()
        assert QTest.qWaitForWindowActive(self.panel)
        self.judge()

    @property
    def inspector(self) -> InspectorPanel:
        assert isinstance(self.panel, InspectorPanel)
        return self.panel

    def judge(self) -> None:
        """Have the project judged as it is now."""
        self.session.judging.ask(self.session.project, self.session.document.revision)
        QApplication.processEvents()

    def select(self, *ids: str) -> None:
        self.session.select(NodeId(key) for key in ids)
        QApplication.processEvents()

    def node(self, key: str) -> Node:
        return self.session.project.main.graph.nodes[NodeId(key)]

    def said(self, key: str, name: str) -> Arg:
        return self.node(key).args.get(name, "nothing")

    def field(self, name: str) -> ValueEdit:
        editor = self.inspector.form.rows[name].editor
        assert isinstance(editor, ValueEdit)
        return editor

    def close(self) -> None:
        self.panel.close()
        self.panel.deleteLater()
        self.session.close()


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, LEFT)


def drag(widget: QWidget, by: int, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    """Press in the middle of a widget, move sideways in small moves, and let go."""
    middle = widget.rect().center()
    QTest.mousePress(widget, LEFT, keys, middle)
    step = 1 if by > 0 else -1
    for place in range(step, by + step, step):
        move(widget, middle + QPoint(place, 0), keys)
    QTest.mouseRelease(widget, LEFT, keys, middle + QPoint(by, 0))


def move(widget: QWidget, place: QPoint, keys: Qt.KeyboardModifier) -> None:
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent

    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        QPointF(widget.mapToGlobal(place)),
        Qt.MouseButton.NoButton,
        LEFT,
        keys,
    )
    QApplication.sendEvent(widget, event)
