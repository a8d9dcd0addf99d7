"""The page to start from: begin anew, recent files, examples with pictures, runs that go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.background import Background
from app.dialogs.dialog import Scroll, button, emptied, label, line
from app.dialogs.welcome_cards import GAP, TemplateCards
from app.dialogs.welcome_runs import LiveRun, RunBanner
from app.dialogs.welcome_side import WelcomeSide
from app.dialogs.welcome_templates import KINDS, Template, templates_in
from app.examples import EXAMPLES
from app.settings.store import Settings
from graph_editor.canvas.theme import Theme

WIDE, TALL = 900, 560
"""From which size on all is shown; below, the side is narrower and the description shorter."""
ROOMY = 720
"""From which width on there is room for the kinds; below, the search finds them."""
MOST_RUNS = 3


class WelcomePage(QWidget):
    """Says by signals what the user wants; opens nothing by itself."""

    open_path = Signal(object)
    """A Path of the user's own; None: ask which."""
    open_template = Signal(object)
    """The Path of an example, to be opened as an unsaved copy."""
    new_empty = Signal()
    watch_run = Signal(object)
    """The folder of a run."""

    def __init__(
        self,
        settings: Settings,
        look: Theme,
        live: Callable[[], Sequence[LiveRun]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName("Welcome")
        self.setProperty("role", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._look, self._live = look, live
        self._templates: list[Template] = []
        self._runs: list[LiveRun] = []
        self._watching = Background(self._show_runs, self)
        self._loading = QTimer(self, singleShot=True, interval=0)
        self._loading.timeout.connect(self._load)
        self.side = WelcomeSide(settings, look, self)
        self.side.setProperty("role", "panel")
        self.side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.side.new_empty.connect(self.new_empty)
        self.side.open_path.connect(self.open_path)
        right = QWidget(self)
        self._fill(right)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.side)
        row.addWidget(line(vertical=True))
        row.addWidget(right, 1)
        self.setFocusProxy(self.cards)

    def refresh(self) -> None:
        """Look anew at recent files and at the runs that go on."""
        self.side.refresh()
        if self._live is not None:
            self._watching.ask(self._live)

    def set_theme(self, look: Theme) -> None:
        """Show everything in another theme."""
        self._look = look
        self.side.set_theme(look)
        self.cards.set_theme(look)
        self._show_runs(self._runs)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._templates:
            self._loading.start()
        self.refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Down lead from the search to what it found."""
        pressed = isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress
        if not pressed or event.key() != Qt.Key.Key_Down:  # type: ignore[attr-defined]  # a key
            return super().eventFilter(watched, event)
        self.cards.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.side.setFixedWidth(288 if self.width() >= WIDE else 212)
        tall = self.height() >= TALL
        self.chain.setVisible(tall and self.width() >= WIDE)
        self.rule.setVisible(tall and self.width() >= WIDE)
        self.about.setVisible(self.height() >= 320)
        self.data.setVisible(tall)
        for each in self.kinds.buttons():
            each.setVisible(self.width() >= ROOMY)

    def _fill(self, right: QWidget) -> None:
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("images, table, lstm…")
        self.search.setAccessibleName("Search examples")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(240)
        self.search.textChanged.connect(self._show_matches)
        self.search.returnPressed.connect(self._open)
        self.search.installEventFilter(self)
        self.cards = TemplateCards(self._look, self)
        self.cards.currentItemChanged.connect(self._show_choice)
        self.cards.itemActivated.connect(self._open)
        self.nothing = label("No example has these words.", "secondary")
        self.nothing.hide()
        self.banners = QVBoxLayout()
        self.banners.setSpacing(8)
        self.banners.setContentsMargins(0, 0, GAP, 0)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, GAP, 0)
        head.addWidget(label("Start from an example", "heading"), 1)
        head.addWidget(self.search, 1)
        self.page = Scroll(24)
        self.page.column.setContentsMargins(24, 20, 24 - GAP, 12)
        self.page.column.setSpacing(12)
        self.page.content.setProperty("role", "window")
        self.page.column.addLayout(self.banners)
        self.page.column.addLayout(head)
        self.page.column.addLayout(self._made_kinds())
        self.page.column.addWidget(self.nothing)
        self.page.column.addWidget(self.cards)
        self.page.column.addStretch(1)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.page, 1)
        column.addWidget(self._made_description())

    def _made_kinds(self) -> QHBoxLayout:
        """Return the row of buttons of which one says what kind of examples is shown."""
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, GAP, 0)
        row.setSpacing(4)
        self.kinds = QButtonGroup(self)
        for kind in ("", *KINDS):
            made = button(kind or "All", "flat", self)
            made.setCheckable(True)
            made.setProperty("kind", kind)
            made.setAccessibleName(f"Examples: {kind or 'all'}")
            self.kinds.addButton(made)
            made.setChecked(not kind)  # now that it is one of several: Tab stops at this one
            row.addWidget(made)
        row.addStretch(1)
        self.kinds.buttonClicked.connect(self._show_matches)
        return row

    def _made_description(self) -> QFrame:
        """Return the card at the bottom: what the chosen example is, and the way in."""
        self.title = label("", "heading")
        self.about = label("", "secondary", wraps=True)
        self.data = label("", "caption", wraps=True)
        self.chain = label("", "mono", wraps=True)
        self.chain.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.rule = line(vertical=True)
        self.open_button = button("Open", "primary", self)
        self.open_button.clicked.connect(self._open)
        words = QVBoxLayout()
        words.setSpacing(3)
        for widget in (self.title, self.about, self.data):
            words.addWidget(widget)
        words.addStretch(1)
        card = QFrame(self)
        card.setProperty("role", "panel")
        row = QHBoxLayout(card)
        row.setContentsMargins(24, 12, 24, 12)
        row.setSpacing(20)
        row.addLayout(words, 2)
        row.addWidget(self.rule)
        row.addWidget(self.chain, 3)
        row.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignVCenter)
        return card

    def _load(self) -> None:
        self._templates = sorted(templates_in(EXAMPLES), key=lambda each: each.rank)
        self._show_matches()
        if self.window().focusWidget() in (None, self.side.new_row):
            self.cards.setFocus()

    def _show_matches(self) -> None:
        words = self.search.text().lower().split()
        chosen = self.kinds.checkedButton()
        kind = str(chosen.property("kind")) if chosen is not None else ""
        of_kind = [each for each in self._templates if each.is_of(kind)]
        found = [each for each in of_kind if all(word in each.words() for word in words)]
        self.cards.show_templates(found)
        self.cards.setVisible(bool(found))
        self.nothing.setVisible(not found and bool(self._templates))
        self._show_choice()

    def _show_choice(self) -> None:
        chosen = self.cards.template()
        self.open_button.setEnabled(chosen is not None)
        self.open_button.setToolTip("" if chosen is not None else "No example is chosen.")
        self.title.setText(chosen.title if chosen is not None else "")
        self.about.setText(chosen.doc if chosen is not None else "")
        self.data.setText(chosen.data if chosen is not None else "")
        self.chain.setText(f"{chosen.chain}\n{chosen.plan}" if chosen is not None else "")
        self.open_button.setAccessibleName(f"Open {chosen.title}" if chosen is not None else "Open")
        item = self.cards.currentItem()
        if item is not None:
            top = self.cards.mapTo(self.page.content, self.cards.visualItemRect(item).center())
            self.page.ensureVisible(top.x(), top.y(), 0, 90)

    def _open(self) -> None:
        chosen = self.cards.template()
        if chosen is not None:
            self.open_template.emit(chosen.path)

    def _show_runs(self, found: object) -> None:
        runs = found if isinstance(found, list | tuple) else ()
        self._runs = [run for run in runs if isinstance(run, LiveRun)]
        for old in emptied(self.banners):
            old.hide()
            old.deleteLater()
        for run in self._runs[:MOST_RUNS]:
            banner = RunBanner(run, self._look, self)
            banner.watched.connect(self.watch_run)
            self.banners.addWidget(banner)
