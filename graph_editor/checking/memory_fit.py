"""Whether the memory of a training fits on a device, in words with the numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from graph_editor.checking.training_memory import SPARE, Range, count_of_nodes, in_units
from graph_editor.document.model import Address

OWN = {"cuda": 760 * 2**20}
"""Bytes that a device's libraries take for themselves up to the first step (757 MiB measured on an
H100: CUDA's context, and what cuBLAS and cuDNN keep); a training has to fit beside them."""
MOST = 0.5
"""The share of the whole from which on a node is named."""
Fit: TypeAlias = Literal["fits", "tight", "too_large", "unknown"]
"""``tight``: the upper end of the range is more than is free beside what the device's libraries
take; ``too_large``: the lower end is."""


@dataclass(frozen=True, slots=True)
class Room:
    """A device that a run would train on, and the bytes of its memory that are free and all."""

    device: str
    """As torch calls it: ``cpu``, ``cuda:0``, ``mps``."""
    free: int = 0
    """0 where that is not known."""
    total: int = 0

    @property
    def own(self) -> int:
        """Bytes that the device's own libraries will take."""
        return OWN.get(self.device.partition(":")[0], 0)

    @property
    def title(self) -> str:
        """What a sentence calls the device."""
        return "this machine" if self.device == "cpu" else self.device.upper()


def room_on(device: str, told: object) -> Room:
    """Return the room on a device, of the list that the engine gives as ``devices``."""
    wanted = f"{device}:0" if device == "cuda" else device
    for entry in told if isinstance(told, list | tuple) else ():
        if entry.get("id") == wanted:
            return Room(wanted, int(entry.get("free") or 0), int(entry.get("total") or 0))
    return Room(wanted)


def fit_of(need: Range, room: Room) -> Fit:
    """Return whether a training fits."""
    if not room.free or not need.high:
        return "unknown"
    if need.low + room.own > room.free:
        return "too_large"
    if need.unjudged:
        return "unknown"
    return "tight" if need.high + room.own > room.free else "fits"


def fit_words(
    need: Range, room: Room, batch: int, called: Callable[[Address], str] | None = None
) -> str:
    """Return a sentence or two: what is needed, what is there, and which batch would fit.

    A node that takes half of it or more is named, as ``called`` says it. Where nodes are not
    judged, nothing is said to fit.
    """
    fit, free = fit_of(need, room), in_units(room.free)
    if need.unjudged and room.free and fit == "unknown":
        left = count_of_nodes(need.unjudged)
        return (
            f"Whether it fits is not known, since {left} not judged: {room.title} has {free} free."
        )
    if fit == "unknown":
        return f"How much memory is free on {room.title} is not known."
    if fit == "fits":
        return f"It fits: {room.title} has {free} free."
    if fit == "too_large":
        words = f"It will not fit: training takes at least {in_units(need.low)}"
    else:
        words = f"It may not fit: training takes {in_units(need.low)} to {in_units(need.high)}"
    words += f", CUDA itself {in_units(room.own)}" if room.own else ""
    most = fitting_batch(need, room, batch)
    advice = f"Batches of {most} would fit." if most else "Not even a batch of one would."
    if need.unjudged and most:
        advice = ""
    if called is not None and need.largest and need.alone >= MOST * need.low:
        advice = f"“{called(need.largest)}” alone takes {in_units(need.alone)}. {advice}"
    return f"{words}, and {room.title} has {free} free. {advice}".rstrip()


def fitting_batch(need: Range, room: Room, batch: int) -> int:
    """Return the largest batch of which the upper end fits; 0 where none does.

    Activations, what passes, and the room for their gradient grow with the batch; weights, what
    is theirs, and what passes without the samples (positions, masks) stay.
    """
    fixed = round((need.together - need.activations + need.standing) * (1 + SPARE))
    each = (need.high - fixed) / batch if batch else 0.0
    return int(max(0, room.free - room.own - fixed) / each) if each > 0 else 0
