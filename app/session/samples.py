"""A few real samples of each source of images, drawn on its node; fetched when all is quiet."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.engine.client import Engine, EngineError
from app.session.posting import deliver
from app.session.run_desk import RunDesk
from app.session.session import Session
from graph_editor.canvas.findings import Sample
from graph_editor.catalogue.load import catalogue
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import dumps
from graph_editor.document.model import Arg, FrozenMap, NodeId, Project

QUIET = 2500
"""Milliseconds without a change before a process is started for samples."""
PASSED_OVER = 10
"""How often a standby that is still to come goes first."""
PATIENCE = 60.0
"""Seconds that a source may take."""
COUNT, LARGEST = 4, 32
"""Samples of a node, and pixels of their longer side at most."""
Key = tuple[str, FrozenMap[str, Arg]]


class Samples(QObject):
    """Asks a job process for samples, one node after the other; never while a run goes on."""

    changed = Signal()
    """What there is now: ``found``."""
    _fetched = Signal(object, object)

    def __init__(self, session: Session, desk: RunDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session, self.desk = session, desk
        self.found: dict[NodeId, tuple[Sample, ...]] = {}
        self._known: dict[Key, tuple[Sample, ...]] = {}
        self._engine: Engine | None = None
        self._closed = False
        self._passed_over = 0
        self._soon = QTimer(self, singleShot=True, interval=QUIET)
        self._soon.timeout.connect(self._fetch)
        session.written_changed.connect(self._wait)
        desk.ready_changed.connect(self._wait)
        desk.runs_changed.connect(self._wait)
        desk.current_changed.connect(self._give_way)
        self._fetched.connect(self._take)

    def close(self) -> None:
        """End the process, if there is one; nothing is emitted any more."""
        self._closed = True
        self._soon.stop()
        self._end_engine()

    def _wait(self) -> None:
        """Begin again to wait for quiet, and show what is known already."""
        if self._closed:
            return
        self._show()
        self._soon.start()

    def _give_way(self) -> None:
        if self.desk.is_live:
            self._end_engine()

    def _fetch(self) -> None:
        """Fetch the next node's samples, if this is the time for it."""
        session = self.session
        if self._engine is not None or self.desk.is_live or not session.is_judged:
            return
        if not self.desk.is_ready and self._passed_over < PASSED_OVER:
            self._passed_over += 1  # the standby goes first
            self._soon.start()
            return
        wanted = self._wanted()
        if wanted:
            node, key = wanted[0]
            self._engine = Engine("job", timeout=PATIENCE)
            arguments = (self._engine, session.project, node, key)
            threading.Thread(target=self._ask, args=arguments, name="samples", daemon=True).start()

    def _wanted(self) -> list[tuple[NodeId, Key]]:
        """Return the sources of images whose samples are not known."""
        project, verdict = self.session.project, self.session.verdict
        keys = image_sources(project, verdict) if verdict is not None else {}
        return [(node, key) for node, key in keys.items() if key not in self._known]

    def _ask(self, engine: Engine, project: Project, node: NodeId, key: Key) -> None:
        question = {"type": "job", "job": "preview", "project": dumps(project), "node": node}
        samples: tuple[Sample, ...] | None = ()
        try:
            answer = engine.request({**question, "samples": COUNT})
            samples = samples_of(answer["result"]["train"])
        except EngineError:
            samples = () if not self.desk.is_live else None  # ended for a run: ask again later
        except (LookupError, TypeError, ValueError):
            samples = ()
        engine.close()
        if not self._closed:
            deliver(self._fetched, key, samples)

    def _take(self, key: Key, samples: tuple[Sample, ...] | None) -> None:
        self._engine = None
        if samples is not None:
            self._known[key] = samples
        self._wait()

    def _show(self) -> None:
        nodes = self.session.project.main.graph.nodes
        keys = {key: _key(node) for key, node in nodes.items() if node.kind == "data"}
        found = {node: self._known[key] for node, key in keys.items() if self._known.get(key)}
        if found != self.found:
            self.found = found
            self.changed.emit()

    def _end_engine(self) -> None:
        engine = self._engine
        if engine is not None:
            threading.Thread(target=engine.close, name="samples end", daemon=False).start()


def image_sources(project: Project, verdict: Verdict) -> dict[NodeId, Key]:
    """Return the data nodes of the main graph that give images, as far as the verdict knows.

    Only sources that ship with a library: how much another one would take, a file decides.
    """
    found = {}
    known = catalogue()
    for place, kind in verdict.types.items():
        address, _, _ = place.rpartition(".")
        node = project.main.graph.nodes.get(NodeId(address))
        whole = all(isinstance(size, int) for size in kind.shape[-2:])
        if node is None or node.kind != "data" or len(kind.shape) not in (3, 4) or not whole:
            continue
        spec = known.get(node.spec)
        if spec is not None and "samples" in spec.facts:
            found[NodeId(address)] = _key(node)
    return found


def samples_of(ports: Mapping[str, Any]) -> tuple[Sample, ...]:
    """Return what a preview says of the ports of a source as pictures with their labels."""
    images = next((p for p in ports.values() if len(p["shape"]) in (3, 4)), None)
    if images is None:
        return ()
    labels = next((p for p in ports.values() if "classes" in p), None)
    said = [str(label) for label in labels["first"]] if labels is not None else []
    low, high = float(images.get("low", 0.0)), float(images.get("high", 1.0))
    pictures = [_pixels(image, low, high) for image in images["first"]]
    return tuple(
        Sample(pixels, said[k] if k < len(said) else "") for k, pixels in enumerate(pictures)
    )


def _pixels(image: Sequence[Any], low: float, high: float) -> tuple[tuple[float, ...], ...]:
    """Return rows of grey values of an image (H, W) or (C, H, W), small enough for a node."""
    channels = image if _depth(image) == 3 else [image]
    rows, columns = len(channels[0]), len(channels[0][0])
    step = -(-max(rows, columns) // LARGEST)
    span = (high - low) or 1.0
    return tuple(
        tuple(
            min(1.0, max(0.0, (sum(c[y][x] for c in channels) / len(channels) - low) / span))
            for x in range(0, columns, step)
        )
        for y in range(0, rows, step)
    )


def _depth(value: object) -> int:
    return 1 + _depth(value[0]) if isinstance(value, list) and value else 0


def _key(node: Any) -> Key:
    return (node.spec, node.args)
