"""The library of blocks: the user's own, to be renamed, deleted and put back, and the shipped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.dialog import Dialog, button, label, line
from app.dialogs.question import breakable
from app.session import block_shelf as shelf
from app.session.ago import ago, counted
from app.session.session import Session
from graph_editor.catalogue.library import EARLIER
from graph_editor.document.edits import EditError

ABOUT = "Blocks are copied into a project; what happens here changes no project."
COLUMNS = ("Name", "Version", "Put there", "Used here")
GROUPS: dict[shelf.Kind, str] = {
    "own": "Yours",
    "broken": "Files that cannot be used",
    "deleted": "Deleted",
    "shipped": "Shipped with Netwright",
}
NONE = "None yet: select a block, then Graph → Block → Add to my blocks."
DETAILS = 118
ITEM = Qt.ItemDataRole.UserRole


class BlocksTree(QTreeWidget):
    """The rows; F2 and Del ask for what the buttons do."""

    rename_asked = Signal()
    delete_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Blocks of the library")
        self.setHeaderLabels(COLUMNS)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setEditTriggers(QTreeWidget.EditTrigger.NoEditTriggers)
        header = self.header()
        header.setSectionsMovable(False)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate((70, 120, 150), 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(column, width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        asked = {Qt.Key.Key_F2: self.rename_asked, Qt.Key.Key_Delete: self.delete_asked}
        signal = asked.get(Qt.Key(event.key())) if not event.modifiers() else None
        if signal is None:
            super().keyPressEvent(event)
        else:
            signal.emit()


class BlocksDialog(Dialog):
    """Lists the blocks with what is known of each; a change is done at once and can be undone."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Block library", ABOUT, parent)
        self._session = session
        self._filling = False
        self.tree = BlocksTree(self)
        self.tree.currentItemChanged.connect(self._show)
        self.tree.itemChanged.connect(self._typed)
        self.tree.rename_asked.connect(self._rename)
        self.tree.delete_asked.connect(self._delete)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tree, 1)
        column.addWidget(line())
        column.addWidget(self._details())
        self.status = label("", "caption", wraps=True)
        self.set_foot_left(self.status)
        self.close_button = self.add_button("Close", "primary")
        self.close_button.clicked.connect(self.accept)
        self._fill()
        self.fit(760, 560)
        self.tree.setFocus()

    def _details(self) -> QWidget:
        self.doc = label("", wraps=True)
        self.facts = label("", "secondary", wraps=True)
        self.file = label("", "mono", wraps=True)
        selectable = Qt.TextInteractionFlag
        self.file.setTextInteractionFlags(
            selectable.TextSelectableByMouse | selectable.TextSelectableByKeyboard
        )
        self.rename_button = button("Rename", "", self)
        self.rename_button.clicked.connect(self._rename)
        self.delete_button = button("Delete", "", self)
        self.delete_button.clicked.connect(self._delete)
        self.back_button = button("Put back", "", self)
        self.back_button.clicked.connect(self._put_back)
        self.earlier_button = button("Bring back a version", "", self)
        self.earlier_menu = QMenu(self.earlier_button)
        self.earlier_button.setMenu(self.earlier_menu)
        self.folder_button = button("Show in its folder", "", self)
        self.folder_button.clicked.connect(self._show_folder)
        row = QHBoxLayout()
        row.setSpacing(8)
        for made in (self.rename_button, self.delete_button, self.back_button):
            row.addWidget(made)
        row.addWidget(self.earlier_button)
        row.addWidget(self.folder_button)
        row.addStretch(1)
        details = QFrame(self)
        details.setMinimumHeight(DETAILS)
        column = QVBoxLayout(details)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(4)
        for each in (self.doc, self.facts, self.file):
            column.addWidget(each)
        column.addStretch(1)
        column.addSpacing(4)
        column.addLayout(row)
        return details

    # What is shown

    def item(self) -> shelf.Item | None:
        """Return the block whose row is the current one."""
        row = self.tree.currentItem()
        found = row.data(0, ITEM) if row is not None else None
        return found if isinstance(found, shelf.Item) else None

    def choose(self, name: str) -> bool:
        """Make the row of a block the current one; return whether there is one."""
        found = (row for row in self._rows() if row.data(0, ITEM).mark.name == name)
        row = next(found, None)
        if row is not None:
            self.tree.setCurrentItem(row)
        return row is not None

    def _fill(self, chosen: str = "") -> None:
        """List what there is now; the row of the chosen name, else the first, is the current."""
        self._filling = True
        self.tree.clear()
        found = shelf.items()
        for kind, title in GROUPS.items():
            some = [each for each in found if each.kind == kind]
            if some or kind == "own":
                self._add_group(title, some)
        self.tree.expandAll()
        self._filling = False
        if not self.choose(chosen) and (rows := self._rows()):
            self.tree.setCurrentItem(rows[0])
        self._show()

    def _add_group(self, title: str, some: Sequence[shelf.Item]) -> None:
        head = QTreeWidgetItem(self.tree, [title])
        head.setFlags(Qt.ItemFlag.ItemIsEnabled)
        head.setFirstColumnSpanned(True)
        font = head.font(0)
        font.setBold(True)
        head.setFont(0, font)
        if not some:
            empty = QTreeWidgetItem(head, [NONE])
            empty.setFlags(Qt.ItemFlag.NoItemFlags)
            empty.setFirstColumnSpanned(True)
        for each in some:
            self._add(head, each)

    def _add(self, head: QTreeWidgetItem, item: shelf.Item) -> None:
        version = str(item.mark.version) if item.mark.version else "–"
        put_there = ago(item.when) if item.when and item.kind != "shipped" else "–"
        row = QTreeWidgetItem(head, [item.title, version, put_there, self._uses(item)])
        row.setData(0, ITEM, item)
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        row.setFlags(flags | Qt.ItemFlag.ItemIsEditable if item.kind == "own" else flags)
        row.setToolTip(0, item.doc or item.title)

    def _uses(self, item: shelf.Item) -> str:
        count, version = shelf.uses_in(self._session.project, item)
        if not version:
            return "–"
        other = "" if version == item.mark.version else f", version {version}"
        return f"{counted(count, 'time')}{other}" if count else f"nowhere{other}"

    def _rows(self) -> list[QTreeWidgetItem]:
        heads = [self.tree.topLevelItem(at) for at in range(self.tree.topLevelItemCount())]
        rows = [head.child(at) for head in heads if head for at in range(head.childCount())]
        return [row for row in rows if row and row.data(0, ITEM) is not None]

    def _show(self) -> None:
        """Show what is known of the current block, and what can be done with it."""
        item = self.item()
        if self._filling:
            return
        self.doc.setText("" if item is None else _doc(item))
        self.doc.setProperty("role", "error" if item is not None and item.problem else "")
        self.doc.style().unpolish(self.doc)
        self.doc.style().polish(self.doc)
        self.facts.setText("" if item is None else _facts(item))
        self.file.setText("" if item is None else breakable(str(item.path)))
        is_gone = item is not None and item.kind == "deleted"
        self.delete_button.setVisible(not is_gone)
        self.back_button.setVisible(is_gone)
        _allow(self.rename_button, shelf.cannot_rename(item), "Give it another name (F2)")
        _allow(self.delete_button, shelf.cannot_delete(item), "Its file is kept (Del)")
        tip = "Write an earlier version as the next one; those between stay"
        _allow(self.earlier_button, shelf.cannot_bring_back(item), tip)
        self._list_earlier(item)
        self.folder_button.setEnabled(item is not None)

    def _list_earlier(self, item: shelf.Item | None) -> None:
        """Offer the versions that a block had, the last first."""
        self.earlier_menu.clear()
        if item is None:
            return
        for version in reversed(item.earlier):
            action = self.earlier_menu.addAction(f"Version {version}")
            action.triggered.connect(partial(self._bring_back, item, version))

    # What is done

    def _rename(self) -> None:
        row, item = self.tree.currentItem(), self.item()
        if reason := shelf.cannot_rename(item):
            self._say(reason, "error")
        elif row is not None:
            self.tree.setFocus()
            self.tree.editItem(row, 0)

    def _typed(self, row: QTreeWidgetItem) -> None:
        item = row.data(0, ITEM)
        if self._filling or not isinstance(item, shelf.Item) or row.text(0) == item.title:
            return
        name = row.text(0)
        # Later: the line that is typed into goes on using its row until it is closed.
        QTimer.singleShot(0, self, lambda: self._do(lambda: shelf.rename(item, name), item))

    def _delete(self) -> None:
        item = self.item()
        if reason := shelf.cannot_delete(item):
            self._say(reason, "error")
        elif item is not None:
            self._do(lambda: shelf.delete(item), item)

    def _put_back(self) -> None:
        item = self.item()
        if item is not None:
            self._do(lambda: shelf.put_back(item), item)

    def _bring_back(self, item: shelf.Item, version: int) -> None:
        self._do(lambda: shelf.bring_back(item, version), item)

    def _do(self, act: Callable[[], str], item: shelf.Item) -> None:
        try:
            self._say(act())
        except EditError as refusal:
            self._say(str(refusal), "error")
        self._fill(item.mark.name)
        self.tree.setFocus()

    def _show_folder(self) -> None:
        item = self.item()
        if item is None:
            return
        place = item.path.parent
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(place))):
            self._say(f"No file manager answers; the folder is {place}", "error")

    def _say(self, words: str, role: str = "caption") -> None:
        self.status.setProperty("role", role)
        self.status.style().unpolish(self.status)
        self.status.style().polish(self.status)
        self.status.setText(breakable(words))


def _doc(item: shelf.Item) -> str:
    if item.problem:
        problem = f"it {item.problem}" if item.problem.startswith("is ") else item.problem
        return f"{item.path.name} cannot be used: {problem}."
    return item.doc or "It has no summary. Go into the block, and describe it in the inspector."


def _facts(item: shelf.Item) -> str:
    """Return what a block's list has no column for, and the way out where one is needed."""
    if item.kind == "broken" and item.earlier:
        return f"Delete it here, and put back version {item.earlier[-1]}. Both files are kept."
    words = {
        "broken": "Mend the file, bring it back from a copy, or delete it here: it is kept.",
        "deleted": "Its file is kept, and no project lost its copy.",
        "shipped": "It came with Netwright and stays as it is. Change a copy in a project.",
    }.get(item.kind, "")
    if not item.earlier:
        return words
    noun = "version" if len(item.earlier) == 1 else "versions"
    listed = ", ".join(map(str, item.earlier))
    return f"{words} Earlier {noun} in the folder {EARLIER}: {listed}.".strip()


def _allow(made: QWidget, reason: str, tip: str) -> None:
    made.setEnabled(not reason)
    made.setToolTip(reason or tip)
