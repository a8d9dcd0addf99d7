"""The scene: shows one graph of a project, and is kept equal to the document."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Literal, TypeVar

from PySide6.QtCore import QObject, QRectF

from graph_editor.canvas.afloat import MANY, NOWHERE, Afloat
from graph_editor.canvas.anatomy import Anatomy
from graph_editor.canvas.backdrop import Backdrop
from graph_editor.canvas.differing import all_of, bent, differing
from graph_editor.canvas.drawn_graph import DrawnGraph, Spot
from graph_editor.canvas.findings import Findings, Live, Sample
from graph_editor.canvas.leaving import Leaving
from graph_editor.canvas.narrowing import narrow
from graph_editor.canvas.paints import paints
from graph_editor.canvas.placement import missing_places
from graph_editor.canvas.theme import Theme
from graph_editor.canvas.tracing import Tracing
from graph_editor.catalogue.order import Lookup
from graph_editor.document.changes import Change
from graph_editor.document.edits import layout_of, positions_of, runs_down
from graph_editor.document.model import (
    Graph,
    InPort,
    NodeId,
    OutPort,
    Project,
)

Key = TypeVar("Key")
MOST_CASED = 60
"""Selected nodes up to which their wires are shown as theirs."""


class Scene(DrawnGraph):
    """Follows the document and what is told of it, touching only what differs."""

    def __init__(self, look: Theme, parent: QObject | None = None) -> None:
        super().__init__(look, parent)
        self.backdrop = Backdrop(self)
        self.tracing = Tracing(self)
        self._cased: frozenset[InPort] = frozenset()
        self._leaving = Leaving()

    def show_graph(self, project: Project, key: str, lookup: Lookup) -> None:
        """Draw a graph from nothing."""
        self._clear()
        self._leaving = Leaving()
        self.drawing.take(project.block(key).graph, key, lookup)
        self.layout_part = layout_of(project, key)
        self.drawing.runs_down = runs_down(project, key)
        graph = self.drawing.graph
        builds = {node: self.drawing.anatomy(node) for node in graph.nodes}
        known = positions_of(project, key)
        lost = self._missing(graph, known, builds) if len(known) < len(builds) else {}
        spots = {node: lost.get(node) or known.get(node) or (0.0, 0.0) for node in builds}
        self._cover(builds, spots)
        self.labels.is_all_stale = True
        for node, build in builds.items():
            self._add_node(node, build, spots[node])
        narrow(self, builds)
        for target, source in graph.wires.items():
            self._add_wire(target, source)
        self.labels.is_all_stale = False
        self.update()
        self._cased = frozenset()
        self.backdrop.forget()
        self.backdrop.follow(graph, self.layout_part)
        self.tracing.follow()
        self.stamp += 1

    def _missing(
        self, graph: Graph, known: Mapping[NodeId, Spot], builds: Mapping[NodeId, Anatomy]
    ) -> dict[NodeId, Spot]:
        direction: Literal["right", "down"] = "down" if self.drawing.runs_down else "right"
        return missing_places(graph, known, builds.__getitem__, direction)

    def follow(self, change: Change, lookup: Lookup) -> None:
        """Bring the scene after a change of the project, touching only what differs."""
        self._land()
        key = self.drawing.key
        before, after = change.before.block(key).graph, change.after.block(key).graph
        self.drawing.lookup = lookup
        dirty: set[NodeId] = set()
        wires: set[InPort] = set()
        part = change.graphs.get(key)
        if part is not None:
            gone = (self.nodes[n] for n in part.nodes.removed if n in self.nodes)
            self._leaving.note(gone, self.drawing)
            wires |= part.wires.added | part.wires.removed | part.wires.changed
            dirty |= part.nodes.changed
            for node in part.nodes.changed:  # where an output is depends on what reads it
                if before.nodes[node].kind != after.nodes[node].kind:
                    dirty |= {s.node for t, s in after.wires.items() if t.node == node}
            for target in wires:
                for source in (before.wires.get(target), after.wires.get(target)):
                    dirty |= {target.node} if source is None else {target.node, source.node}
            self.drawing.rewire(after, before, wires)
            if part.ties:
                dirty |= set(after.nodes)
        dirty |= self._uses_of(change)
        if self.drawing.runs_down != runs_down(change.after, key):
            self.drawing.runs_down = runs_down(change.after, key)
            dirty |= set(after.nodes)
        self._remove(part.nodes.removed if part else (), wires)
        fresh = set(part.nodes.added) if part else set()
        moved: set[NodeId] = set()
        for node in dirty:
            item = self.nodes.get(node)
            if item is not None and node in after.nodes:
                moved |= {node} if item.rebuild(self.drawing.anatomy(node)) else set()
                self._inform(item)
        moved |= self._follow_layout(change, fresh)
        moved |= narrow(self, moved | dirty | self.cut)
        for target in wires:
            source = after.wires.get(target)
            if source is not None:
                self._add_wire(target, source)
        self._follow_wires(moved | dirty)
        self.backdrop.follow(after, self.layout_part)
        framed = self.layout_part.get("frames") != layout_of(change.before, key).get("frames")
        self.labels.place_anew(None if framed else self.wires_at(moved | dirty))
        self._cased -= wires  # those are new items now
        self._case()
        self.moving = frozenset()
        self.tracing.follow()
        self.stamp += 1

    def _uses_of(self, change: Change) -> set[NodeId]:
        """Return the nodes whose spec has changed: uses of blocks and custom code."""
        blocks = {f"block.{key}" for key in all_of(change.blocks)}
        specs = blocks | {f"code.{key}" for key in all_of(change.code)}
        if not specs:
            return set()
        return {node for node, use in self.drawing.graph.nodes.items() if use.spec in specs}

    def _follow_layout(self, change: Change, fresh: set[NodeId]) -> set[NodeId]:
        """Put nodes where they lie now; return those that moved or whose wires bend otherwise."""
        key = self.drawing.key
        project = change.after
        old, self.layout_part = self.layout_part, layout_of(project, key)
        known = positions_of(project, key)
        graph = self.drawing.graph
        builds = {node: self.drawing.anatomy(node) for node in fresh}
        lost = [node for node in fresh if node not in known]
        places: dict[NodeId, Spot] = {}
        if lost:
            here = {n: (i.x0, i.y0) for n, i in self.nodes.items()}
            here |= {n: known[n] for n in fresh if n in known}
            every = {n: i.natural for n, i in self.nodes.items()} | builds
            places = self._missing(graph, here, every) | self._leaving.returned(lost, self.drawing)
        for node in fresh:
            self._add_node(node, builds[node], known.get(node) or places[node])
        moved = set()
        if old is not self.layout_part:
            was = positions_of(change.before, key)
            spots = {node: known[node] for node in known.changed_from(was)}
            if any(n in self.nodes and n not in known for n in was.changed_from(known)):
                every = {node: item.natural for node, item in self.nodes.items()}
                spots |= self._missing(graph, known, every)  # as it was before they had places
            for node, spot in spots.items():
                item = self.nodes.get(node)
                if item is not None and (item.x0, item.y0) != spot:
                    self._put(item, *spot)
                    moved.add(node)
            wired = bent(old.get("bends"), self.layout_part.get("bends"))
            moved |= {node for node in wired if node in self.nodes}
        self._grow(moved | fresh)
        return moved | fresh

    def _follow_wires(self, nodes: Iterable[NodeId]) -> None:
        wires = self.wires_at(nodes)
        self._lead_all(wires)
        for wire in wires:
            self._dress(wire)

    def as_directed(self, down: bool) -> tuple[dict[NodeId, Anatomy], dict[NodeId, Spot]]:
        """Return the build and place of each node where data runs down, or right."""
        places = {node: (item.x0, item.y0) for node, item in self.nodes.items()}
        if down == self.drawing.runs_down:
            return {node: item.natural for node, item in self.nodes.items()}, places
        other = replace(self.drawing, runs_down=down)
        builds = {node: other.anatomy(node) for node in self.nodes}
        return builds, {node: (y, x) for node, (x, y) in places.items()}

    def put(self, spots: Mapping[NodeId, Spot]) -> None:
        """Show nodes at other places while they are dragged; the document is not changed."""
        if not self.moving.issuperset(spots):
            self.moving = frozenset(spots)
            self.stamp += 1
        if not self._float(spots):
            self._land()
            for node, (x, y) in spots.items():
                item = self.nodes.get(node)
                if item is not None:
                    self._put(item, x, y)
            self._lead_all(self.wires_at(spots))
        self.backdrop.lie(spots.keys())

    def _float(self, spots: Mapping[NodeId, Spot]) -> bool:
        """Show many nodes elsewhere at once; return whether they could be."""
        if len(spots) < MANY or not spots.keys() <= self.nodes.keys():
            return False
        if self.afloat is None or self.afloat.nodes.keys() != spots.keys():
            self._land()
            nodes = {node: self.nodes[node] for node in spots}
            self.afloat = Afloat(self, nodes, self.wires_at(spots))
        step = self.afloat.step_to(spots)
        if step is None:
            return False
        self.afloat.go(step)
        self._lead_all(self.afloat.loose)
        if self.scope.is_full:
            self.labels.update()
        return True

    def _land(self) -> None:
        """Let each node stand for itself again, where it is."""
        if self.afloat is not None:
            afloat, self.afloat = self.afloat, None
            afloat.land(self)
            if afloat.step != NOWHERE:
                self._lead_all(afloat.inner)

    def extent(self, nodes: Iterable[NodeId] | None = None) -> QRectF:
        """Return the area that nodes take; with no word that of all there is."""
        area = super().extent(nodes)
        return area.united(self.backdrop.extent()) if nodes is None else area

    def choose(self, nodes: frozenset[NodeId]) -> None:
        """Show nodes as selected."""
        changed, self.chosen = self.chosen ^ nodes, nodes
        self._restate(changed)
        self._case()
        self.tracing.follow()

    def _case(self) -> None:
        """Show which wires the selected nodes have."""
        few = self.chosen if len(self.chosen) <= MOST_CASED else frozenset()
        cased = frozenset(wire.target for wire in self.wires_at(few))
        for target in cased ^ self._cased:
            if target in self.wires:
                self.wires[target].set_cased(target in cased)
        self._cased = cased

    def hover(self, node: NodeId | None) -> None:
        """Show a node as being under the pointer."""
        if node != self.hovered:
            changed = {n for n in (self.hovered, node) if n is not None}
            self.hovered = node
            self._restate(changed)

    def _restate(self, nodes: Iterable[NodeId]) -> None:
        for node in nodes:
            item = self.nodes.get(node)
            if item is not None:
                is_hovered = node == self.hovered
                item.set_state(self.drawing.state(node, node in self.chosen, is_hovered))
        self.stamp += 1

    def know(self, findings: Findings) -> None:
        """Show what the engine says."""
        old = self.drawing.findings
        self.drawing.know(findings)
        if bool(old.status) != bool(findings.status):
            self._refresh(set(self.nodes))
            return
        built = set(differing(old.inferred, findings.inferred))
        built |= {problem.node for problem in set(old.problems) ^ set(findings.problems)}
        self._refresh(self._concerned(old, findings) | built, built)

    def _concerned(self, old: Findings, new: Findings) -> set[NodeId]:
        """Return the nodes that are built alike with other findings, and look otherwise."""
        pairs = ((old.status, new.status), (old.parameters, new.parameters))
        found = {node for before, after in pairs for node in differing(before, after)}
        for port in differing(old.ports, new.ports):
            node = NodeId(port.partition(".")[0])
            found.add(node)
            found |= {target.node for target in self.drawing.out.get(node, ())}
        return found

    def set_live(self, live: Live) -> None:
        """Show a run on the nodes that it concerns."""
        old, self.drawing.live = self.drawing.live, live
        told = {*old.curves, *old.values, *live.curves, *live.values}
        if (old.progress is None) != (live.progress is None) or live.progress is not None:
            told |= {n for n, i in self.nodes.items() if i.anatomy.family == "loss"}
        self._refresh(told)

    def set_samples(self, samples: Mapping[NodeId, tuple[Sample, ...]]) -> None:
        """Show samples on data nodes."""
        told = {*self.samples, *samples}
        self.samples = samples
        for node in told:
            item = self.nodes.get(node)
            if item is not None:
                item.shown.samples = samples.get(node, ())
                item.update()

    def _refresh(self, nodes: Iterable[NodeId], built: Collection[NodeId] | None = None) -> None:
        """Draw nodes anew that look otherwise, and the wires there.

        Only those of ``built`` (all, with no word) may be built otherwise, too.
        """
        resized, rebuilt = set(), set()
        touched = [node for node in nodes if node in self.nodes]
        for node in touched:
            item = self.nodes[node]
            build = item.natural
            if built is None or node in built:
                build = self.drawing.anatomy(node)
            if build != item.natural:
                rebuilt.add(node)
                self.labels.stale_around(item.rect())
                if item.rebuild(build):
                    self.labels.stale_around(item.rect())
                    resized.add(node)
            before = item.shown.facts
            self._inform(item)
            if item.shown.facts != before or node in self.drawing.live.curves:
                item.update()
        resized |= narrow(self, rebuilt)
        self.labels.place_anew(self.wires_at(resized))
        self._lead_all(self.wires_at(resized))
        for wire in self.wires_at(touched):
            self._dress(wire)
        self.stamp += 1

    def set_theme(self, look: Theme) -> None:
        """Draw everything in another theme."""
        self.scope.paints = paints(look)
        self.backdrop.dress()
        for wire in self.wires.values():
            self._dress(wire)
        self.stamp += 1
        self.update()

    def set_wiring(self, wiring: bool) -> None:
        """Show or hide the ports that only a wire in the hand wants."""
        if wiring != self.scope.has_wire:
            self.scope.has_wire = wiring
            for item in self.nodes.values():
                if any(p.quiet for p in item.anatomy.inputs.values()):
                    item.update()

    def light(self, port: InPort | OutPort | None) -> None:
        """Show a port as the one that a wire would snap to."""
        old, self.scope.lit = self.scope.lit, port
        for one in (old, port):
            if old != port and isinstance(one, InPort | OutPort) and one.node in self.nodes:
                self.nodes[one.node].update()

    def light_wire(self, target: InPort | None) -> None:
        """Show a wire as the one under the pointer."""
        old, self._lit_wire = self._lit_wire, target
        for one in {old, target} if old != target else ():
            wire = self.wires.get(one) if one is not None else None
            if wire is not None:
                self._dress(wire)
        self._dot()

    def choose_wire(self, target: InPort | None, at: NodeId | None = None) -> None:
        """Show a wire as the selected one; none where the graph has no such wire.

        ``at`` is the node through whose wires a key goes.
        """
        old, self.chosen_wire = self.chosen_wire, target if target in self.wires else None
        self.wire_at = at
        if self.tracing.is_on:
            self.tracing.follow()
        for one in {old, target} - {None} if old != target else ():
            wire = self.wires.get(one) if one is not None else None
            if wire is not None:
                self._dress(wire)
        self._dot()

    def show_cuts(self, targets: frozenset[InPort]) -> None:
        """Show wires as those that would be cut; no others are shown so."""
        changed, self._cuts = self._cuts ^ targets, targets
        for target in changed:
            if target in self.wires:
                self._dress(self.wires[target])

    def show_bends(self, target: InPort, points: tuple[Spot, ...]) -> None:
        """Show a wire led past other points while one is dragged; the document is not changed."""
        wire = self.wires[target]
        self.labels.stale(wire)
        wire.lead(wire.start, wire.leaves, wire.end, wire.enters, points)
        self.labels.stale(wire)
        self._dot()
