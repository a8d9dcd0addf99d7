"""Where gradients go on their way back from losses, and of which kind those of a weight are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from app.engine.evaluate_record import Record
from graph_editor.checking.gradient_flow import PARTED, is_led_to
from graph_editor.document.model import Address

LOOKED_UP = ("nn.Embedding", "nn.EmbeddingBag")
"""What gives sparse gradients with ``sparse``: of the rows that were looked up alone."""
Kind: TypeAlias = tuple[Record, bool]
"""A node that sends a gradient to a weight, and whether that is sparse."""


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways that gradients go from some outputs backwards."""

    passed: Mapping[Address, Record]
    """The nodes that they go through."""
    reached: frozenset[Address]
    """These, those whose layers they call, and those a weight of which they read or are tied to."""
    used: frozenset[Address]
    """The nodes whose layers gradients come to, in a call of their own or another's."""
    readers: Mapping[str, tuple[Record, ...]]
    """The nodes that have a weight ``address.name`` of another for their own, or read it whole."""

    @staticmethod
    def of(origins: Iterable[str], records: Mapping[Address, Record]) -> Ways:
        """Follow gradients from outputs ``address.port``.

        What comes to a weight alone goes no further, except to the weight that it is by a tie.
        """
        seen, used = set[str](), set[Address]()
        passed: dict[Address, Record] = {}
        entered: dict[Address, Record] = {}
        readers: dict[str, tuple[Record, ...]] = {}
        left = list(origins)
        while left:
            key = left.pop()
            address, _, port = key.partition(".")
            record = records.get(Address(address))
            if record is None or key in seen:
                continue
            seen.add(key)
            whole = [feed for feed in record.feeds if not _is_output(feed, records)]
            if record.site.address not in entered:
                entered[record.site.address] = record
                readers |= {weight: (*readers.get(weight, ()), record) for weight in whole}
            left += whole
            if port in record.outputs and record.site.address not in passed:
                passed[record.site.address] = record
                called = tuple(owners(record))
                used.update((record.site.address, *called))
                left += (f"{owner}." for owner in called)
            if port in record.outputs:
                left += _before(record, port)
        return Ways(passed, frozenset({*entered, *used}), frozenset(used), readers)

    def kinds(self, record: Record, name: str) -> Iterator[Kind]:
        """Yield what sends gradients to a weight of a node; their sum is sparse if all are."""
        if record.site.address in self.used:
            yield record, is_sparse(record)
        for reader in self.readers.get(f"{record.site.address}.{name}", ()):
            if reader.site.node.spec == "param.of":
                yield reader, False
            else:  # it is the weight of another layer too, and may be called otherwise there
                for own in self._tied(reader, name):
                    yield from self.kinds(reader, own)

    def _tied(self, reader: Record, name: str) -> list[str]:
        """Return what a layer may call a weight that it has of another: what it does not own."""
        start = f"{reader.site.address}."
        read = [key.removeprefix(start) for key in self.readers if key.startswith(start)]
        return [name, *(each for each in read if each != name and each not in reader.weights)]

    def stepped(self, record: Record) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield the names and shapes of a node's weights that get a gradient."""
        for name, shape in record.weights.items():
            if any(True for _ in self.kinds(record, name)):
                yield name, shape


def is_sparse(record: Record) -> bool:
    """Whether a layer gives sparse gradients."""
    return record.site.node.spec in LOOKED_UP and record.site.value("sparse") is True


def _before(record: Record, output: str) -> tuple[str, ...]:
    """Return the outputs to which a gradient goes on that comes to one of a node's own."""
    spec = record.site.node.spec
    if spec not in PARTED or record.given is None:
        return record.feeds
    led, aside = set[str](), set[str]()
    for port, signal in record.given.items():
        (led if is_led_to(spec, port, output) else aside).update(signal.origin)
    return tuple(feed for feed in record.feeds if feed in led or feed not in aside)


def _is_output(key: str, records: Mapping[Address, Record]) -> bool:
    address, _, port = key.partition(".")
    record = records.get(Address(address))
    return record is None or port in record.outputs


def owners(record: Record) -> Iterator[Address]:
    """Yield the node whose layer this one is another call of."""
    weights, address = record.site.node.weights, record.site.address
    if weights is not None and weights.same_as is not None:
        yield Address(f"{address[: address.rfind('/') + 1]}{weights.same_as}")
