"""The document as a tree for Qt: kept in step with it row by row, never built anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)
from PySide6.QtGui import QIcon

from app.panels.outline.facts import Facts
from app.panels.outline.items import Item, Key, node_order, ports_of
from app.panels.outline.marks import family, followed, listed, titled
from app.session.session import Session
from graph_editor.canvas.backdrop import Mark
from graph_editor.canvas.glyphs import glyph_icon
from graph_editor.canvas.theme import code_font
from graph_editor.document.addresses import MAIN
from graph_editor.document.changes import BlockChange, Change
from graph_editor.document.edits import keys_of, rename_block, rename_node
from graph_editor.document.edits.projects import in_block
from graph_editor.document.model import NodeId, Project

AT_ONCE = 200
"""A graph with more nodes is put in order after a while."""
LATER = 200
"""That while, in ms."""
COLUMNS = ("Name", "Output")
KIND = int(Qt.ItemDataRole.UserRole)
"""What a node is, or the other end of a port's wire: stands behind the name."""
QUIET = KIND + 1
"""Its colour."""
Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
STATES = {"error": "error", "waiting": "text3", "unknown": "warn", "idle": "text3"}
"""Colours of states that are no shape."""
GONE = Mark("note", -1)
"""The key of a row whose mark is no longer there."""


class OutlineModel(QAbstractItemModel):
    """Graphs, nodes, ports, frames, notes. ``sync`` follows the document, ``renew`` the verdict."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.facts = Facts(session)
        self._root = Item("", None)
        self._items: dict[int, Item] = {}
        self._seen = Project()
        self._became: dict[str, dict[Mark, Mark]] = {}
        self._late: set[str] = set()
        self._ordering = QTimer(self, singleShot=True, interval=LATER)
        self._ordering.timeout.connect(self._order_late)

    # Following the document

    def sync(self) -> None:
        """Make the rows those of the document as it is now."""
        project = self._session.project
        change, self._seen = Change(self._seen, project), project
        self._became = {}
        self._children(self._root, list(keys_of(project)), fetched=True)
        for item in self._root.children:
            key = str(item.key)
            found = change.graphs.get(key, BlockChange())
            if not item.children or found:
                self._sync_graph(item, key, found)
            self._sync_marks(item, key)
        if any(found.labels or found.interface for found in change.graphs.values()):
            self._tell_all()

    def _sync_graph(self, item: Item, key: str, change: BlockChange) -> None:
        project, lookup = self._seen, self._session.lookup
        if change.wires or change.nodes or not item.children:
            self._sync_nodes(item, key)
        touched = {str(n) for n in change.nodes.changed}
        ends = {end for part in (change.wires.added, change.wires.removed) for end in part}
        moved = {*ends, *change.wires.changed}
        for child in item.children:
            looked_up = child.fetched and child.mark is None
            if looked_up and (moved or str(child.key) in touched):
                node = NodeId(str(child.key))
                wanted = ports_of(project.block(key).graph, node, lookup)
                self._children(child, list(wanted), fetched=True)
        for child in item.children:
            if str(child.key) in touched:
                self._tell(child)
        if change.nodes.added or change.nodes.removed:
            self._tell(item)

    def _sync_marks(self, item: Item, key: str) -> None:
        """Make the last rows of a graph its frames and notes; each row stays that of its mark."""
        now = listed(self._seen, key)
        if now == item.listed:
            return
        became = self._became[key] = followed(item.listed, now)
        item.listed = now
        nodes = [row.key for row in item.nodes]
        for row in item.marks:
            row.key = became.get(row.mark or GONE, GONE)
        self._children(item, [*nodes, *now.marks()], fetched=True)
        for row in item.marks:
            self._tell(row)
        self._tell(item)

    def _sync_nodes(self, item: Item, key: str) -> None:
        """Make the rows of a graph its nodes; those of a large graph find their order a bit later.

        The canonical order of a thousand nodes takes 25 ms, too long for a drag of a number.
        """
        nodes = self._seen.block(key).graph.nodes
        if len(nodes) <= AT_ONCE or not item.children:
            order = node_order(self._seen, key, self._session.lookup)
        else:
            keys = [NodeId(str(child.key)) for child in item.nodes]
            kept = [key for key in keys if key in nodes]
            order = [*kept, *sorted(nodes.keys() - set(kept))]
            self._late.add(key)
            self._ordering.start()
        self._put_in_order(item, order)

    def _order_late(self) -> None:
        late, self._late = self._late, set()
        for item in self._root.children:
            if item.key in late:
                key = str(item.key)
                self._put_in_order(item, node_order(self._seen, key, self._session.lookup))

    def _put_in_order(self, item: Item, order: Sequence[NodeId]) -> None:
        """Make the rows of a graph these nodes, and behind them its marks."""
        self._children(item, [*order, *(row.key for row in item.marks)], fetched=False)

    def renew(self) -> None:
        """Show the present verdict: rows that say the same are left alone."""
        changed = self.facts.renew()
        for item in self._root.children:
            nodes = {str(n) for n in changed.get(str(item.key), ())}
            for child in item.children if nodes else ():
                if str(child.key) in nodes:
                    self._tell(child)
                    if child.children:
                        first, last = child.children[0], child.children[-1]
                        self.dataChanged.emit(self.index_of(first), self.index_of(last, 1))

    def restyle(self) -> None:
        """Paint everything in another theme."""
        self._tell_all()

    def _tell_all(self) -> None:
        for item in self._root.children:
            self._tell(item)
            if item.children:
                last = self.index_of(item.children[-1], 1)
                self.dataChanged.emit(self.index_of(item.children[0]), last)

    def _tell(self, item: Item) -> None:
        self.dataChanged.emit(self.index_of(item), self.index_of(item, len(COLUMNS) - 1))

    def _children(self, parent: Item, wanted: Sequence[Key], fetched: bool) -> None:
        """Make the children of an item those with the wanted keys, in their order."""
        have = [child.key for child in parent.children]
        if have == list(wanted):
            return
        index, keep = self.index_of(parent), set(wanted)
        self._remove(parent, index, lambda child: child.key not in keep)
        place = {key: number for number, key in enumerate(wanted)}
        if any(
            place[one.key] > place[other.key]
            for one, other in zip(parent.children, parent.children[1:], strict=False)
        ):
            self._reorder(parent, place)
        self._insert(parent, index, wanted, fetched)

    def _remove(self, parent: Item, index: QModelIndex, gone: Callable[[Item], bool]) -> None:
        last = len(parent.children) - 1
        while last >= 0:
            if not gone(parent.children[last]):
                last -= 1
                continue
            first = last
            while first > 0 and gone(parent.children[first - 1]):
                first -= 1
            self.beginRemoveRows(index, first, last)
            for child in parent.children[first : last + 1]:
                self._forget(child)
            del parent.children[first : last + 1]
            parent.renumber()
            self.endRemoveRows()
            last = first - 1

    def _forget(self, item: Item) -> None:
        self._items.pop(item.number, None)
        for child in item.children:
            self._forget(child)

    def _reorder(self, parent: Item, place: dict[Key, int]) -> None:
        self.layoutAboutToBeChanged.emit()
        held = [(i, self._items.get(i.internalId())) for i in self.persistentIndexList()]
        parent.children.sort(key=lambda child: place[child.key])
        parent.renumber()
        for old, item in held:
            if item is not None and item.parent is parent:
                self.changePersistentIndex(old, self.index_of(item, old.column()))
        self.layoutChanged.emit()

    def _insert(
        self, parent: Item, index: QModelIndex, wanted: Sequence[Key], fetched: bool
    ) -> None:
        at, children = 0, parent.children
        while at < len(wanted):
            if at < len(children) and children[at].key == wanted[at]:
                at += 1
                continue
            known = children[at].key if at < len(children) else None
            end = at
            while end < len(wanted) and wanted[end] != known:
                end += 1
            made = [Item(key, parent, fetched or isinstance(key, Mark)) for key in wanted[at:end]]
            self.beginInsertRows(index, at, end - 1)
            children[at:at] = made
            self._items.update((item.number, item) for item in made)
            parent.renumber()
            self.endInsertRows()
            at = end

    # Finding rows

    def item(self, index: Index) -> Item:
        """Return the item of an index; the root for an invalid one."""
        return self._items.get(index.internalId(), self._root) if index.isValid() else self._root

    def index_of(self, item: Item, column: int = 0) -> QModelIndex:
        """Return the index of an item."""
        if item is self._root:
            return QModelIndex()
        return self.createIndex(item.row, column, item.number)

    def graph_index(self, graph: str) -> QModelIndex:
        """Return the index of a graph."""
        found = next((i for i in self._root.children if i.key == graph), self._root)
        return self.index_of(found)

    def node_index(self, graph: str, node: NodeId | Mark) -> QModelIndex:
        """Return the index of a node, frame or note; an invalid one where there is none."""
        parent = self.item(self.graph_index(graph))
        rows = parent.marks if isinstance(node, Mark) else parent.nodes
        found = next((c for c in rows if c.key == node), None)
        return (
            self.index_of(found)
            if found is not None and parent is not self._root
            else QModelIndex()
        )

    def still(self, graph: str, marks: frozenset[Mark]) -> frozenset[Mark]:
        """Return what marks from before the last ``sync`` are called since then."""
        became = self._became.get(graph)
        return marks if became is None else frozenset(became[m] for m in marks if m in became)

    def _above(self, parent: Index | None) -> Item:
        return self.item(parent) if parent is not None else self._root

    # Qt's side

    def index(self, row: int, column: int, parent: Index | None = None) -> QModelIndex:
        above = self._above(parent)
        if 0 <= row < len(above.children) and 0 <= column < len(COLUMNS):
            return self.createIndex(row, column, above.children[row].number)
        return QModelIndex()

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]  # QObject's is another
        above = self.item(index).parent
        return self.index_of(above) if above is not None else QModelIndex()

    def rowCount(self, parent: Index | None = None) -> int:
        if parent is not None and parent.column() > 0:
            return 0  # the first column alone has children
        return len(self._above(parent).children)

    def columnCount(self, parent: Index | None = None) -> int:
        del parent
        return len(COLUMNS)

    def hasChildren(self, parent: Index | None = None) -> bool:
        item = self._above(parent)
        first = parent is None or parent.column() <= 0
        return first and (bool(item.children) or not item.fetched)

    def canFetchMore(self, parent: Index) -> bool:
        return not self.item(parent).fetched

    def fetchMore(self, parent: Index) -> None:
        item = self.item(parent)
        if item.fetched or item.node is None:
            return
        item.fetched = True
        graph = self._seen.block(item.graph).graph
        if item.node in graph.nodes:
            found = ports_of(graph, item.node, self._session.lookup)
            self._children(item, list(found), fetched=True)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(_Role.DisplayRole)
    ) -> Any:
        del orientation
        return COLUMNS[section] if role == _Role.DisplayRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags, item = super().flags(index), self.item(index)
        is_note = item.mark is not None and item.mark.kind == "note"
        if index.isValid() and index.column() == 0 and item.depth < 3 and not is_note:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = int(_Role.DisplayRole)) -> Any:
        item = self.item(index)
        if item is self._root:
            return None
        column = index.column()
        if role == _Role.DisplayRole:
            return self.facts.texts(item)[2 if column else 0]
        if role == KIND:
            return self.facts.texts(item)[1]
        if role == QUIET:
            return self._session.theme["text3"]
        if role == _Role.EditRole and column == 0:
            is_mark = item.mark is not None  # of which a title that is none stands as its kind
            return self.facts.entry(item).get("title", "") if is_mark else self.facts.texts(item)[0]
        if role == _Role.AccessibleTextRole:
            return self.facts.texts(item)[2] if column else self.facts.spoken(item)
        if role == _Role.ToolTipRole:
            return self.facts.spoken(item)
        if role == _Role.DecorationRole:
            return self._icon(item, column)
        if role == _Role.ForegroundRole:
            return self._session.theme[self._colour(item, column)]
        if role == _Role.FontRole and column and item.depth > 1 and item.mark is None:
            return code_font(11)
        return None

    def _state(self, item: Item) -> str:
        node = item.node
        if node is None or item.depth != 2:
            return ""
        shown = self.facts.of(item.graph).nodes.get(node)
        return shown.state if shown is not None else ""

    def _colour(self, item: Item, column: int) -> str:
        if column:
            return STATES.get(self._state(item), "text2")
        return "text2" if item.depth == 3 else "text"

    def _icon(self, item: Item, column: int) -> QIcon | None:
        look, state = self._session.theme, self._state(item)
        if column and state in ("error", "waiting"):
            name = "clock" if state == "waiting" else state
            return glyph_icon(name, look[STATES[state]])
        if column or item.depth == 3:
            return None
        if item.mark is not None:
            name = "frame" if item.mark.kind == "frame" else "note"
            return glyph_icon(name, look.glyph(family(item.mark, self.facts.entry(item))))
        if item.node is None:
            return glyph_icon("home" if item.key == MAIN else "block", look["text2"])
        name = self.facts.family(item.graph, item.node)
        return glyph_icon(name, look.glyph(name))

    def setData(self, index: Index, value: Any, role: int = int(_Role.EditRole)) -> bool:
        """Rename a node, a graph or a frame."""
        item, words = self.item(index), str(value).strip()
        if role != _Role.EditRole or item.depth not in (1, 2) or words == self.data(index, role):
            return False
        graph, node, session = item.graph, item.node, self._session
        if item.mark is not None:
            return session.apply(titled(graph, item.mark, words), "Rename the frame")
        if node is None:
            return session.apply(lambda p: rename_block(p, graph, words), f"Rename to {words}")
        chosen = node

        def edit(project: Project) -> Project:
            return in_block(project, graph, lambda g: rename_node(g, chosen, words))

        return session.apply(edit, f"Rename {self.facts.name(graph, node)} to {words}")
