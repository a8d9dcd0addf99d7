"""The canvas: a view of one graph of a document, through which it is drawn and changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget

from graph_editor.canvas.findings import Findings, Live, Sample
from graph_editor.canvas.theme import Theme
from graph_editor.catalogue.order import Lookup
from graph_editor.document.document import Document
from graph_editor.document.ids import IdSource
from graph_editor.document.model import InPort, NodeId, OutPort, Project


class Canvas(QGraphicsView):
    """Shows one graph and edits it through its document; told from outside what is known of it."""

    selection_changed = Signal()
    graph_entered = Signal(str, str)
    """Key and prefix of a graph that the user wants to see."""
    fix_chosen = Signal(str)
    """The id of a fix whose button was pressed."""
    more_chosen = Signal(str)
    """A node whose problems the user wants to see in the list."""
    said = Signal(str)
    """One sentence for the status line."""
    zoom_changed = Signal(float)

    def __init__(
        self,
        document: Document,
        lookup: Callable[[Project], Lookup],
        ids: IdSource,
        look: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.lookup = lookup
        self.ids = ids
        self.look = look
        self.key, self.prefix = "main", ""
        self.setScene(QGraphicsScene(self))

    def show_graph(self, key: str, prefix: str = "") -> None:
        """Show the main graph, or a block as it is used at an address."""

    def selected(self) -> frozenset[NodeId]:
        """Return the selected nodes."""
        return frozenset()

    def select(self, ids: Iterable[NodeId]) -> None:
        """Select exactly these nodes."""

    def set_findings(self, findings: Findings) -> None:
        """Show what the engine says of the shown graph."""

    def set_live(self, live: Live) -> None:
        """Show a run on its nodes while it goes on."""

    def set_samples(self, samples: Mapping[NodeId, tuple[Sample, ...]]) -> None:
        """Show samples on data nodes."""

    def set_theme(self, look: Theme) -> None:
        """Draw everything in another theme."""

    def fit_all(self) -> None:
        """Bring the whole graph into view."""

    def fit_selection(self) -> None:
        """Bring the selected nodes into view; all, where none is."""

    def reveal(self, node: NodeId) -> None:
        """Bring a node into view without changing the zoom more than it takes."""

    def zoom(self) -> float:
        """Return the zoom; 1.0 is 100 %."""
        return self.transform().m11()

    def node_place(self, node: NodeId) -> QPoint:
        """Return where the middle of a node's header is, in the viewport."""
        raise NotImplementedError

    def port_place(self, port: InPort | OutPort) -> QPoint:
        """Return where a port is, in the viewport."""
        raise NotImplementedError
