"""The manual, read in the window: its pages at the left, the chosen one at the right."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import (
    QDesktopServices,
    QImageReader,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextImageFormat,
)
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QTextBrowser, QVBoxLayout, QWidget

from app.dialogs.dialog import Dialog, button, line
from graph_editor.canvas.theme import Theme, text_font, theme

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = (
    ("Start", "manual/start.md"),
    ("Drawing", "manual/drawing.md"),
    ("Gestures", "gestures.md"),
    ("Custom code", "manual/custom_code.md"),
    ("Problems", "manual/problems.md"),
    ("Training and export", "manual/training.md"),
    ("Editing the code", "manual/reading_back.md"),
    ("Files and safety", "manual/files.md"),
    ("Settings", "manual/settings.md"),
    ("Keyboard", "manual/keyboard.md"),
    ("Diagnostics", "diagnostics.md"),
)
"""Title and file of every page, in the order in which one reads them."""
ABSENT = "This page did not come with the program; it is `docs/{}` in its repository."
PICTURE = r"!\[[^\]]*\]\(([^)]+)\)"
KEEP = QTextCursor.MoveMode.KeepAnchor
MARGIN, INDENT = 20, 18
LEADING = 130
"""Height of a line, in per cent of what the font asks for."""


class ManualDialog(Dialog):
    """Stays open beside the window; links lead from page to page."""

    def __init__(self, look: Theme | None = None, parent: QWidget | None = None) -> None:
        super().__init__("Manual", "", parent)
        self.setModal(False)
        self._visited: list[Path] = []
        look = look or theme("dark")
        self.pages = QListWidget(self)
        self.pages.setAccessibleName("Pages of the manual")
        self.pages.setFixedWidth(168)
        self.pages.addItems([title for title, _ in PAGES])
        self.text = QTextBrowser(self)
        self.text.setProperty("role", "pane")
        self.text.setAccessibleName("Page of the manual")
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._follow)
        self.text.document().setDefaultFont(text_font("body"))
        self.text.document().setDocumentMargin(MARGIN)
        self.text.document().setIndentWidth(INDENT)
        palette = self.text.palette()
        palette.setColor(palette.ColorRole.Link, look["link"])
        self.text.setPalette(palette)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        left = QVBoxLayout()
        left.setContentsMargins(8, 8, 8, 8)
        left.addWidget(self.pages)
        row.addLayout(left)
        row.addWidget(line(vertical=True))
        row.addWidget(self.text, 1)
        self.back_button = button("Back", "", self)
        self.back_button.clicked.connect(self.go_back)
        self._foot_row.insertWidget(0, self.back_button)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Back), self, self.go_back)
        self.close_button = self.add_button("Close", "primary")
        self.close_button.clicked.connect(self.accept)
        self.pages.currentRowChanged.connect(self._turn_to)
        self.pages.setCurrentRow(0)
        self.fit(860, 620)
        self.pages.setFocus()

    def open(self) -> None:
        """Show it beside the window, which stays in use."""
        self.show()
        self.raise_()

    @property
    def page(self) -> Path:
        """The file that is shown."""
        return self._visited[-1]

    def show_page(self, path: Path) -> None:
        """Show a page; remember where it was come from."""
        if not self._visited or self._visited[-1] != path:
            self._visited.append(path)
        self._show()

    def go_back(self) -> None:
        """Show the page before."""
        if len(self._visited) > 1:
            self._visited.pop()
            self._show()

    def _show(self) -> None:
        path = self.page
        try:
            text = path.read_text(encoding="utf-8")
        except OSError:
            text = ABSENT.format(path.name)
        self.text.document().setBaseUrl(QUrl.fromLocalFile(f"{path.parent}/"))
        self.text.setMarkdown(_with_pictures(text, path.parent))
        _set_apart(self.text.document())
        self._fit_pictures()
        files = [DOCS / name for _, name in PAGES]
        self.pages.blockSignals(True)
        self.pages.setCurrentRow(files.index(path) if path in files else -1)
        self.pages.blockSignals(False)
        first = len(self._visited) < 2
        self.back_button.setEnabled(not first)
        self.back_button.setToolTip("This is the first page that was opened." if first else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._visited:
            self._fit_pictures()

    def _fit_pictures(self) -> None:
        _fit_pictures(self.text.document(), self.text.viewport().width() - 2 * MARGIN)

    def _turn_to(self, row: int) -> None:
        if 0 <= row < len(PAGES):
            self.show_page(DOCS / PAGES[row][1])

    def _follow(self, link: QUrl) -> None:
        if link.scheme():
            QDesktopServices.openUrl(link)
            return
        path = (self.page.parent / link.path()).resolve()
        if path.suffix == ".md" and path.is_file():
            self.show_page(path)
        elif link.fragment():
            self.text.scrollToAnchor(link.fragment())


def _with_pictures(text: str, folder: Path) -> str:
    """Return a page without the pictures that did not come with the program."""

    def kept(found: re.Match[str]) -> str:
        return found[0] if (folder / found[1]).is_file() else ""

    return re.sub(PICTURE, kept, text)


def _fit_pictures(document: QTextDocument, width: float) -> None:
    """Let no picture be wider than the page, and have no more room than it takes."""
    block = document.begin()
    while block.isValid():
        places = block.begin()
        while not places.atEnd():
            piece = places.fragment()
            if piece.charFormat().isImageFormat():
                cursor = QTextCursor(block)
                form = block.blockFormat()
                form.setLineHeight(100, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
                cursor.setBlockFormat(form)
                cursor.setPosition(piece.position())
                cursor.setPosition(piece.position() + piece.length(), KEEP)
                cursor.setCharFormat(_fitted(document, piece.charFormat().toImageFormat(), width))
            places += 1
        block = block.next()


def _fitted(document: QTextDocument, form: QTextImageFormat, width: float) -> QTextImageFormat:
    where = document.baseUrl().resolved(QUrl(form.name())).toLocalFile()
    size = QImageReader(where).size()
    share = min(1.0, width / max(size.width(), 1))
    form.setWidth(size.width() * share)
    form.setHeight(size.height() * share)
    return form


def _set_apart(document: QTextDocument) -> None:
    """Give headings their size, and all parts the room around them that Markdown has not."""
    block = document.begin()
    while block.isValid():
        cursor = QTextCursor(block)
        form = block.blockFormat()
        level = form.headingLevel()
        if not cursor.currentTable():
            form.setTopMargin(16 if level and block.position() else 0)
            form.setBottomMargin(4 if level or block.textList() else 8)
        form.setLineHeight(LEADING, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.setBlockFormat(form)
        if level:
            cursor.movePosition(cursor.MoveOperation.EndOfBlock, cursor.MoveMode.KeepAnchor)
            letters = QTextCharFormat()
            letters.setFont(text_font("title" if level == 1 else "heading"))
            cursor.mergeCharFormat(letters)
        block = block.next()
