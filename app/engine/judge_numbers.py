"""The numbers that a class has to be told, or tells: what is inferred, and sizes at its ends."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.evaluate_call import Args
from app.engine.evaluate_record import Record
from graph_editor.checking.copies import plain
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import Address, FrozenMap

ENDS = ("io.input", "io.output")
"""Nodes at which something enters a block, or leaves it."""


def numbers_below(records: Mapping[Address, Record]) -> dict[str, dict[str, Args]]:
    """Return the numbers in every instance of a block, at any depth, by address without copies.

    A size is called ``shape[1]``, at ``address.output``.
    """
    found: dict[str, dict[str, Args]] = {}
    for address, record in records.items():
        numbers, end = _numbers(record)
        if not numbers or "/" not in address:
            continue
        steps = address.split("/")
        for cut in range(1, len(steps)):
            inside = found.setdefault("/".join(steps[:cut]), {})
            inside.setdefault(plain("/".join(steps[cut:])) + end, numbers)
    return found


def numbers_in(records: Mapping[Address, Record]) -> dict[str, Args]:
    """Return the numbers of a whole graph, by address without copies, each of the first copy."""
    found: dict[str, Args] = {}
    for address, record in records.items():
        numbers, end = _numbers(record)
        if numbers:
            found.setdefault(plain(address) + end, numbers)
    return found


def _numbers(record: Record) -> tuple[Args, str]:
    """Return the numbers of one node, and what its address ends with."""
    if record.site.block == "main" or record.site.node.spec not in ENDS:
        return record.inferred, ""
    signal = record.outputs.get("output")
    value = signal.values[0] if signal is not None else None
    if not isinstance(value, TensorType):
        return record.inferred, ""
    sizes = {f"shape[{axis}]": size for axis, size in enumerate(value.shape)}
    return FrozenMap({name: size for name, size in sizes.items() if isinstance(size, int)}), (
        ".output"
    )
