"""The document as a tree: everything that is done on the canvas, by keyboard and screen reader."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShowEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from app.panels.outline.connect_list import NO_OUTPUT, ConnectList
from app.panels.outline.connecting import choices, neighbours, sources, unwire, wire
from app.panels.outline.deleting import delete_rows
from app.panels.outline.items import Entrance, Exit, Item, wire_of
from app.panels.outline.model import OutlineModel
from app.panels.outline.reasons import why_not, words_for
from app.panels.outline.view import COMMANDS, OutlineView
from app.session.locating import address_of, first_use
from app.session.session import Session
from graph_editor.canvas.backdrop import Mark
from graph_editor.catalogue.ports import output_ports
from graph_editor.document.addresses import MAIN, block_of
from graph_editor.document.model import InPort, NodeId, OutPort

Wiring: TypeAlias = Callable[[str, OutPort, InPort], object]


class OutlinePanel(QWidget):
    """Follows document, verdict and selection of the session, and edits through it."""

    title = "Outline"
    glyph = "list"
    add_requested = Signal()
    """A new node is wanted: somebody opens the add-palette."""
    menu_made = Signal(object)
    """A QMenu of the current row that is about to open, for what else the window offers."""
    reveal_asked = Signal(object)
    """A Mark of the shown graph that is to be brought into view."""
    edit_asked = Signal(object)
    """A NodeId of the shown graph whose numbers, or whose code, are to be edited."""
    wire_pointed_at = Signal(object)
    """The InPort at which the wire of the current row ends; None where it is no wire's row."""
    typing_asked = Signal(object)
    """A Mark of the shown graph, a note, whose text is to be typed anew."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setAccessibleName("Outline")
        self.rows = OutlineModel(session, self)
        self.view = OutlineView(self.rows, self)
        self.wiring: Wiring = partial(wire, session, self.rows.facts)
        """Wires an output of a graph to an input; a window that shows the graph does it better."""
        self._taking = self._syncing = self._owes = False
        self._stale = True
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.setMinimumSize(160, 80)
        self.setFocusProxy(self.view)
        self._acts: dict[str, Callable[[], object]] = {
            "open": self.open_current,
            "rename": self.rename_current,
            "connect": self.connect_current,
            "forward": partial(self.follow, forward=True),
            "back": partial(self.follow, forward=False),
            "add": self.add_requested.emit,
            "delete": self.delete_selected,
        }
        self.view.asked.connect(lambda word: self._acts[word]())
        self.view.menu_asked.connect(self._offer)
        self.view.shortcut_pressed.connect(self._show_for)
        self.view.clicked.connect(self._clicked)
        self.view.selectionModel().selectionChanged.connect(self._give_selection)
        self.view.selectionModel().currentChanged.connect(self._point_at_wire)
        session.changed.connect(self._changed)
        session.verdict_changed.connect(self._renew)
        session.refusal_changed.connect(self._renew)
        session.graph_changed.connect(self._graph_changed)
        session.selection_changed.connect(self._take_selection)
        session.theme_changed.connect(self.rows.restyle)
        session.keys.changed.connect(self._take_keys)
        self._take_keys()

    # Following the session

    def _changed(self, *_: object) -> None:
        if not self.isVisible():
            self._stale = True
            return
        item = self.current
        held = (item.graph, item.node, item.key) if item is not None and item.depth == 3 else None
        if held is None:
            self._syncing = True
            self.rows.sync()
            self._syncing = False
            if self._owes:
                self._owes = False
                marks = self.session.marks
                self._take_selection(self.rows.still(self.session.graph_key, marks))
            return
        self._taking = True  # rows of ports come and go with their wires; the cursor stays
        self.rows.sync()
        self._return_to(*held)
        self._taking = False

    def _return_to(self, graph: str, node: NodeId | None, key: object) -> None:
        """Put the cursor on a port again, whatever is wired to it now."""
        if node is None or not isinstance(key, Entrance | Exit):
            return
        index = self.rows.node_index(graph, node)
        alike = [
            child
            for child in (self.rows.item(index).children if index.isValid() else ())
            if isinstance(child.key, Entrance | Exit) and child.key.port == key.port
        ]
        if alike:
            same = next((child for child in alike if child.key == key), alike[-1])
            self.view.setCurrentIndex(self.rows.index_of(same))

    def _renew(self) -> None:
        if self.isVisible():
            self.rows.renew()
        else:
            self._stale = True

    def _graph_changed(self) -> None:
        self._renew()
        self._take_selection()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._stale = False
            first = not self.rows.rowCount()
            self._taking = True  # rows that go select no other
            self.rows.sync()
            self._taking = False
            self.rows.renew()
            if first:
                self.view.expand(self.rows.graph_index(MAIN))
            self._take_selection()

    # Selection, both ways

    def _take_selection(self, marks: frozenset[Mark] | None = None) -> None:
        """Select what is selected on the canvas; marks as they are called now, where it is late."""
        session = self.session
        marks = session.marks if marks is None else marks
        if not self.isVisible():
            self._stale = True
            return
        if self._taking or self._selected() == (session.selection, marks):
            return
        wanted: list[NodeId | Mark] = [*session.selection, *marks]
        found = [self.rows.node_index(session.graph_key, each) for each in wanted]
        chosen = QItemSelection()
        for index in sorted(i for i in found if i.isValid()):
            chosen.select(index, index.siblingAtColumn(1))
        flag = QItemSelectionModel.SelectionFlag
        self._taking = True
        self.view.selectionModel().select(chosen, flag.ClearAndSelect)
        if not chosen.isEmpty():
            first = chosen.indexes()[0].siblingAtColumn(0)
            self.view.expand(first.parent())
            self.view.selectionModel().setCurrentIndex(first, flag.NoUpdate)
            self.view.scrollTo(first)
        self._taking = False

    def _give_selection(self) -> None:
        """Select on the canvas what is selected here, as far as its graph is shown."""
        if self._taking:
            return
        nodes, marks = self._selected()
        if self._syncing:  # the canvas, which follows later, knows marks by where they were
            self._owes, marks = True, self.session.marks
        self._taking = True
        self.session.select(nodes, marks)
        self._taking = False

    def _selected(self, graph: str = "") -> tuple[frozenset[NodeId], frozenset[Mark]]:
        """Return which nodes, frames and notes of a graph (the shown one) are selected here."""
        wanted = graph or self.session.graph_key
        items = [item for item in self._selected_items() if item.graph == wanted]
        marks = frozenset(item.mark for item in items if item.mark is not None)
        return frozenset(item.node for item in items if item.node is not None), marks

    def _selected_items(self) -> list[Item]:
        rows = self.view.selectionModel().selectedRows(0)
        return [self.rows.item(index) for index in rows]

    @property
    def current(self) -> Item | None:
        """The item that has the cursor."""
        index = self.view.currentIndex()
        return self.rows.item(index) if index.isValid() else None

    def _clicked(self, index: QModelIndex) -> None:
        """Show the graph of a row that was clicked, where it is not shown yet."""
        item = self.rows.item(index)
        if item.depth > 1 and item.graph != self.session.graph_key:
            self._show(item)

    def _show(self, item: Item) -> None:
        """Show the graph of a row, and select what that stands for."""
        prefix = first_use(self.session.project, item.graph)
        if item.graph != self.session.graph_key:
            self.session.show_graph(item.graph, prefix or "")
        if item.mark is not None:
            self.session.select((), [item.mark])
        elif item.node is not None:
            self.session.select([item.node])

    def _show_for(self, keys: QKeySequence) -> None:
        """Show the graph of the selected rows where a key of the canvas is about to act on them."""
        item, is_theirs = self.current, any(keys in act.shortcuts() for act in self.actions())
        if is_theirs and item is not None and item.depth > 1:
            chosen = self._selected(item.graph)
            if item.graph != self.session.graph_key:
                self._show(item)
                self.session.select(*chosen)

    def move_to(self, graph: str, node: NodeId) -> None:
        """Put the cursor on a node, and select it."""
        index = self.rows.node_index(graph, node)
        if index.isValid():
            self.view.expand(index.parent())
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index)

    # What can be done

    def open_current(self) -> None:
        """Enter a block, show a graph, go along a wire, edit numbers, or bring into view."""
        item = self.current
        if item is None:
            return
        if item.mark is not None:
            self._show(item)
            self.reveal_asked.emit(item.mark)
        elif item.node is None:
            self._show(item)
        elif isinstance(item.key, Entrance | Exit):
            other = item.key.source if isinstance(item.key, Entrance) else item.key.target
            if other is None:
                self.session.said.emit("Nothing is wired to this port.")
            else:
                self.move_to(item.graph, other.node)
        else:
            self._open_node(item, item.graph, item.node)

    def _open_node(self, item: Item, graph: str, node: NodeId) -> None:
        session = self.session
        self._show(item)
        block = block_of(self.rows.facts.held(graph, node))
        if block and block in session.project.blocks:
            session.show_graph(block, address_of(session.prefix, node))
            self.view.expand(self.rows.graph_index(block))
            self.view.setCurrentIndex(self.rows.graph_index(block))
        else:
            self.edit_asked.emit(node)

    def rename_current(self) -> None:
        """Let the name of the current row be typed anew; a note on the canvas, where it stands."""
        item = self.current
        if item is None or item.depth > 2:
            self.session.said.emit("A port cannot be renamed here.")
            return
        if item.mark is not None and item.mark.kind == "note":
            self._show(item)
            self.typing_asked.emit(item.mark)
        else:
            self.view.edit(self.rows.index_of(item))

    def delete_selected(self) -> None:
        """Delete the selected nodes, frames and notes; on the row of a wire, that wire."""
        item = self.current
        if item is not None and isinstance(item.key, Entrance | Exit):
            self._unwire(item)
            return
        items = [i for i in self._selected_items() if i.depth == 2]
        if not items:
            self.session.said.emit("Select nodes, frames or notes to delete them.")
            return
        graph = items[0].graph
        delete_rows(self.session, [i for i in items if i.graph == graph], self.rows.facts)

    def _point_at_wire(self) -> None:
        """Let the wire of the current row be the selected one, in the graph that is shown."""
        item = self.current
        if item is not None and item.graph == self.session.graph_key and not self._taking:
            self.wire_pointed_at.emit(wire_of(item))

    def _unwire(self, item: Item) -> None:
        target = wire_of(item)
        if target is None:
            self.session.said.emit("Nothing is wired to this port.")
            return
        unwire(self.session, item.graph, target, self.rows.facts)

    def follow(self, forward: bool) -> None:
        """Move along a wire: to the first node that the current one feeds, or that feeds it."""
        item = self.current
        if item is None or item.node is None:
            self.session.said.emit(self._why_not("forward", item))
            return
        found = neighbours(self.session.project.block(item.graph).graph, item.node, forward)
        rows = self.rows.item(self.rows.graph_index(item.graph)).children
        chosen = next((row.node for row in rows if row.key in found), None)
        if chosen is None:
            self.session.said.emit(f"No wire {'leaves' if forward else 'enters'} this node.")
        else:
            self.move_to(item.graph, chosen)

    def connect_current(self) -> None:
        """Offer the inputs that the current output may feed; on an input, the outputs for it."""
        item = self.current
        if item is not None and isinstance(item.key, Entrance):
            self._offer_sources(item, item.key.port)
            return
        source = self._output_of(item) if item is not None else None
        if item is None or source is None:
            self.session.said.emit("Go to a node with an output to connect it.")
            return
        graph, facts = item.graph, self.rows.facts
        name = facts.name(graph, source.node)
        port = "" if source.port == "output" else f" · {facts.port(graph, source)}"
        offered = ConnectList(
            f"Connect {name}{port} to", choices(self.session, graph, source, facts), self
        )
        offered.chosen.connect(lambda choice: self.wiring(graph, source, choice.port))
        self._open(offered, item)

    def _offer_sources(self, item: Item, target: InPort) -> None:
        graph, facts = item.graph, self.rows.facts
        title = f"Feed {facts.name(graph, target.node)} · {facts.port(graph, target)} from"
        found = sources(self.session, graph, target, facts)
        offered = ConnectList(title, found, self, NO_OUTPUT)
        offered.chosen.connect(lambda choice: self.wiring(graph, choice.port, target))
        self._open(offered, item)

    def _open(self, offered: ConnectList, item: Item) -> None:
        rect = self.view.visualRect(self.rows.index_of(item))
        offered.open_at(self.view.viewport().mapToGlobal(rect.bottomLeft()))

    def _output_of(self, item: Item) -> OutPort | None:
        if isinstance(item.key, Exit):
            return item.key.port
        node = self.rows.facts.held(item.graph, item.node) if item.node is not None else None
        spec = self.session.lookup(node.spec) if node is not None else None
        if node is None or spec is None or item.node is None:
            return None
        ports = output_ports(spec, node)
        return OutPort(item.node, ports[0]) if ports else None

    def _offer(self, place: QPoint) -> None:
        item = self.current
        if item is not None and item.depth > 1 and not self._is_at_hand(item):
            self._show(item)  # what is offered beside acts on what is selected in the shown graph
        menu = self.menu()
        if item is not None and item.depth > 1:
            menu.addSeparator()
            self.menu_made.emit(menu)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _is_at_hand(self, item: Item) -> bool:
        is_chosen = item.mark is None or item.mark in self.session.marks
        return is_chosen and item.graph == self.session.graph_key

    def menu(self) -> QMenu:
        """Return the menu of the current row."""
        menu, item = QMenu(self), self.current
        menu.setToolTipsVisible(True)
        for word, words in words_for(item).items():
            act = menu.addAction(words)
            act.setShortcut(self.view.shown_keys[word])
            reason = self._why_not(word, item)
            act.setEnabled(not reason)
            act.setToolTip(reason or words.rstrip("…"))
            act.triggered.connect(lambda _=False, act=self._acts[word]: act())
        return menu

    def _take_keys(self) -> None:
        found = {word: self.session.keys.given(name) for word, name in COMMANDS.items()}
        self.view.take_keys({word: keys for word, keys in found.items() if keys is not None})

    def _why_not(self, word: str, item: Item | None) -> str:
        """Return why something cannot be done with a row, as a sentence; empty where it can."""
        return why_not(word, item, item is not None and self._connects(item))

    def _connects(self, item: Item) -> bool:
        return isinstance(item.key, Entrance) or self._output_of(item) is not None
