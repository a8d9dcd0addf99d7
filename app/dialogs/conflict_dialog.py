"""Asks before a save replaces what somebody else wrote, and shows what the two files say."""

from __future__ import annotations

from itertools import groupby, islice

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from app.dialogs.dialog import label
from app.dialogs.question import CANCEL, WIDTH, Question
from app.session.differences import Difference, counts_of, differences
from app.session.saving import Conflict
from app.session.waiting import waited
from graph_editor.canvas.theme import Theme, code_font
from graph_editor.document.files import FileProblem, read

MOST_ROWS = 2_000
WIDE, HIGH = 860, 560
ABOVE_ROWS, ROW = 240, 28
COLUMNS = ("What", "Setting", "On disk", "Here")
SHOW, HIDE = "Show difference", "Hide difference"


class ConflictDialog(Question):
    """``answer`` is save_as, overwrite or cancel. The difference is looked for when it is asked."""

    def __init__(
        self, conflict: Conflict, look: Theme | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(conflict.heading, conflict.words, look, parent)
        self.conflict = conflict
        self.show_difference = self.add_left(SHOW)
        self.show_difference.clicked.connect(self._toggle)
        self.show_difference.setEnabled(conflict.disk is not None)
        if conflict.disk is None:
            self.show_difference.setToolTip(f"{conflict.path.name} on disk has not changed.")
        self.cancel = self.add_answer(CANCEL, "Cancel")
        self.overwrite = self.add_answer("overwrite", "Overwrite")
        self.save_as = self.add_answer("save_as", "Save as…", "primary")
        self.summary = label("", "secondary", wraps=True)
        self.summary.hide()
        self.column.addWidget(self.summary)
        self.tree = self._make_tree()
        self.tree.hide()
        self.column.addWidget(self.tree, 1)
        self.rows: list[Difference] | None = None
        self.fit_words()

    def _make_tree(self) -> QTreeWidget:
        tree = QTreeWidget(self)
        tree.setAccessibleName("Differences between the file on disk and this window")
        tree.setHeaderLabels(COLUMNS)
        tree.setUniformRowHeights(True)
        tree.setAllColumnsShowFocus(True)
        tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = tree.header()
        header.setSectionsMovable(False)
        header.setStretchLastSection(False)
        for column in (2, 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        return tree

    def _toggle(self) -> None:
        shown = self.summary.isHidden()
        if shown and self.rows is None:
            self._look_for_differences()
        self.summary.setVisible(shown)
        self.tree.setVisible(shown and bool(self.rows))
        self.show_difference.setText(HIDE if shown else SHOW)
        if shown and self.rows:
            self.fit(WIDE, min(HIGH, ABOVE_ROWS + ROW * (len(self.rows) + 1)))
        else:
            self.fit_words(WIDTH)

    def _look_for_differences(self) -> None:
        disk, here, name = self.conflict.disk or b"", self.conflict.here, self.conflict.path.name
        try:
            self.rows = waited(lambda: differences(read(disk, name).project, here))
        except FileProblem as problem:
            self.rows = []
            first = problem.problems[0]
            place = f" (at {first.place})" if first.place else ""
            self.summary.setText(
                f"What is on disk is no project that can be read: {first.reason}{place}."
            )
            return
        if not self.rows:
            self.summary.setText("Both say the same; only the way the text is written differs.")
            return
        more = len(self.rows) - MOST_ROWS
        cut = f" The first {MOST_ROWS:,} are shown." if more > 0 else ""
        self.summary.setText(f"{counts_of(self.rows)}.{cut}")
        self._fill(self.rows)

    def _fill(self, rows: list[Difference]) -> None:
        for graph, some in groupby(islice(rows, MOST_ROWS), key=lambda row: row.graph):
            head = QTreeWidgetItem(self.tree, [graph])
            head.setFirstColumnSpanned(True)
            font = head.font(0)
            font.setBold(True)
            head.setFont(0, font)
            for row in some:
                self._add(head, row)
        self.tree.expandAll()
        self.tree.setColumnWidth(0, 250)
        self.tree.setColumnWidth(1, 170)
        first = self.tree.topLevelItem(0)
        if first is not None:
            self.tree.setCurrentItem(first)

    def _add(self, head: QTreeWidgetItem, row: Difference) -> None:
        item = QTreeWidgetItem(head, [row.thing, row.what, row.disk, row.here])
        for column, text in ((2, row.disk), (3, row.here)):
            item.setFont(column, code_font(12))
            item.setToolTip(column, text)
        item.setToolTip(0, row.thing)
