"""Frames when nodes go into a block and come out again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from graph_editor.document.model import FrozenMap, NodeId

Frame: TypeAlias = FrozenMap[str, Any]
Frames: TypeAlias = tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Parted:
    """The frames of a graph after some of its nodes have gone into a block."""

    outside: Frames
    inside: Frames
    before: Frames
    """Those that the border has touched, each as ``{"index": 0, "frame": {…}}``: the order of
    frames and of their members cannot be told from what is left of them."""


def members(frame: Frame) -> tuple[NodeId, ...]:
    """Return the nodes that a frame stands around."""
    found: tuple[NodeId, ...] = frame.get("nodes") or ()
    return found


def parted(frames: Frames, chosen: Collection[NodeId], instance: NodeId) -> Parted:
    """Let frames around chosen nodes alone go with them; in others the instance stands for them."""
    outside, inside, before = [], [], []
    for index, frame in enumerate(frames):
        if not any(member in chosen for member in members(frame)):
            outside.append(frame)
            continue
        before.append(FrozenMap({"index": index, "frame": frame}))
        if all(member in chosen for member in members(frame)):
            inside.append(frame)
        else:
            outside.append(_around_instance(frame, chosen, instance))
    return Parted(tuple(outside), tuple(inside), tuple(before))


def _around_instance(frame: Frame, chosen: Collection[NodeId], instance: NodeId) -> Frame:
    named = (instance if member in chosen else member for member in members(frame))
    return frame.set("nodes", tuple(dict.fromkeys(named)))


def joined_frames(
    parts: Parted, names: Mapping[NodeId, NodeId], instance: NodeId, nodes: Collection[NodeId]
) -> Frames:
    """Return the frames when the block's nodes stand under their new names beside outer nodes.

    A frame that is still as ``parted`` left it becomes what it was before. Else one around the
    instance comes to stand around all that was in it, and one inside comes out, the last.
    """
    outside, inside = list(parts.outside), list(parts.inside)
    restored: list[tuple[int, Frame]] = []
    for entry in parts.before:
        frame = entry["frame"]
        within = [member for member in members(frame) if member in names and member not in nodes]
        whole = len(within) == len(members(frame))
        if not all(member in names or member in nodes for member in members(frame)):
            continue
        left = frame if whole else _around_instance(frame, within, instance)
        place = inside if whole else outside
        if left in place:
            place.remove(left)
            named = tuple(names[m] if m in within else m for m in members(frame))
            restored.append((entry["index"], frame.set("nodes", named)))
    made = [_around_parts(frame, names, instance) for frame in outside]
    for index, frame in sorted(restored, key=lambda entry: entry[0]):
        made.insert(index, frame)
    return (*made, *_lifted(inside, names))


def _around_parts(frame: Frame, names: Mapping[NodeId, NodeId], instance: NodeId) -> Frame:
    listed = members(frame)
    if instance not in listed:
        return frame
    at = listed.index(instance)
    parts = tuple(names[member] for member in sorted(names))
    return frame.set("nodes", (*listed[:at], *parts, *listed[at + 1 :]))


def _lifted(frames: Iterable[Frame], names: Mapping[NodeId, NodeId]) -> Iterable[Frame]:
    for frame in frames:
        named = tuple(names[member] for member in members(frame) if member in names)
        if named:
            yield frame.set("nodes", named)
