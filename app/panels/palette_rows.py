"""What the palette lists: families of specs with their numbers, or the best matches of a search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from graph_editor.catalogue.families import FAMILIES, Family, family_of
from graph_editor.catalogue.popular import POPULAR
from graph_editor.catalogue.search import Hit, search
from graph_editor.document.model import BlockId

if TYPE_CHECKING:
    from app.session.session import Session
    from graph_editor.catalogue.spec import Argument, Spec

MIME = "application/x-netwright-spec"
"""What a drag from the palette holds: the name of a spec, in UTF-8."""
ENTRY = Qt.ItemDataRole.UserRole
"""A Hit of a row, a Group of a heading."""
WIDE = 56
"""Letters in a line of a tooltip."""
FEW = 8
"""So many parameters are named in a tip."""
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Group:
    """A heading with its rows."""

    key: str
    title: str
    hits: tuple[Hit, ...]


def all_specs(session: Session) -> list[Spec]:
    """Return all that can be placed here: the catalogue's, own blocks and code, the library's."""
    from graph_editor.catalogue.library import offered
    from graph_editor.catalogue.load import catalogue

    project = session.project
    own = [f"block.{key}" for key in project.blocks if key != BlockId(session.graph_key)]
    own += [f"code.{key}" for key in project.code]
    made = (session.lookup(name) for name in own)
    return [*catalogue(), *(spec for spec in made if spec is not None), *offered(project)]


def groups_of(specs: Sequence[Spec], recent: Sequence[str]) -> list[Group]:
    """Return the families that have anything, what was used last before them."""
    by_family: dict[Family, list[Spec]] = {}
    for spec in specs:
        by_family.setdefault(family_of(spec), []).append(spec)
    groups = [
        Group(family, title, tuple(Hit(s, 0.0) for s in sorted(by_family[family], key=_order)))
        for family, title in FAMILIES.items()
        if family in by_family
    ]
    by_name = {spec.name: spec for spec in specs}
    last = tuple(Hit(by_name[name], 0.0) for name in recent if name in by_name)
    return [Group("recent", "Recent", last), *groups] if last else groups


def _order(spec: Spec) -> tuple[bool, str, str]:
    """Return by what specs are sorted: what is often used comes first."""
    return spec.name not in POPULAR, spec.title.casefold(), spec.name


def matches(specs: Iterable[Spec], text: str, recent: Sequence[str]) -> list[Group]:
    """Return the one group of what matches a search, the best first."""
    found = tuple(search(specs, text, recent))
    return [Group("found", "Best matches" if found else "Nothing matches", found)]


class Rows(QAbstractItemModel):
    """Groups and their rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.groups: Sequence[Group] = ()

    def show(self, groups: Sequence[Group]) -> None:
        """Show other groups."""
        self.beginResetModel()
        self.groups = groups
        self.endResetModel()

    def hit(self, index: Index) -> Hit | None:
        """Return what a row stands for; None for a heading."""
        group = index.internalId()
        if not index.isValid() or group == 0:
            return None
        return self.groups[group - 1].hits[index.row()]

    def index(self, row: int, column: int, parent: Index | None = None) -> QModelIndex:
        if parent is None or not parent.isValid():
            return self.createIndex(row, column, 0) if row < len(self.groups) else QModelIndex()
        return self.createIndex(row, column, parent.row() + 1)

    def parent(self, index: Index | None = None) -> Any:
        if index is None:
            return super().parent()
        if not index.isValid() or index.internalId() == 0:
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, 0)

    def rowCount(self, parent: Index | None = None) -> int:
        if parent is None or not parent.isValid():
            return len(self.groups)
        return len(self.groups[parent.row()].hits) if parent.internalId() == 0 else 0

    def columnCount(self, _: Index | None = None) -> int:
        return 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        hit = self.hit(index)
        return base if hit is None else base | Qt.ItemFlag.ItemIsDragEnabled

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        hit = self.hit(index)
        if hit is None:
            return _heading_data(self.groups[index.row()], role)
        if role == Qt.ItemDataRole.DisplayRole:
            return hit.spec.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{hit.spec.title}. {hit.spec.summary}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(hit.spec)
        return hit if role == ENTRY else None

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        hits = [hit for index in indexes if (hit := self.hit(index)) is not None]
        if hits:
            data.setData(MIME, hits[0].spec.name.encode())
        return data


def _heading_data(group: Group, role: int) -> Any:
    if role == Qt.ItemDataRole.DisplayRole:
        return group.title
    if role == Qt.ItemDataRole.AccessibleTextRole:
        return f"{group.title}, {len(group.hits)}"
    return group if role == ENTRY else None


def tip(spec: Spec) -> str:
    """Return a spec's documentation in short, as plain lines: summary and main parameters."""
    named = [a for a in spec.arguments if a.port is None and a.style != "pseudo"]
    first = ", ".join(_signature(a) for a in named[:FEW]) + (", …" if len(named) > FEW else "")
    ports = ", ".join(a.name for a in spec.arguments if a.port is not None)
    lines = [f"{spec.title}  ·  {spec.callee or spec.name}", *wrap(spec.summary, WIDE)]
    if first:
        lines += wrap(f"{spec.title}({first})", WIDE, subsequent_indent="    ")
    if ports:
        lines += wrap(f"Takes {ports}.", WIDE)
    return "\n".join(lines)


def _signature(argument: Argument) -> str:
    from graph_editor.canvas.inspector.values import shown

    if argument.infer or argument.required:
        return argument.name
    value = argument.default
    return f"{argument.name}={'None' if value is None else shown(argument, value)}"
