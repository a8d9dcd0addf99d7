"""Calls with one of their tensors on another device than the rest: what torch and the rule say."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from app.engine.execute import call, construct
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.rule_table import check_call
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import FrozenMap
from tests.catalogue.examples import MODULES, Example, Mask, Signs, Whole
from tests.catalogue.operation_examples import OPERATIONS

EXAMPLES = {**MODULES, **OPERATIONS}


@dataclass(frozen=True, eq=False)
class Mix:
    """A call: what arrives at which port, whether on the card, and of which ports a lone number."""

    name: str
    example: Example
    away: str
    """The port whose tensor lies elsewhere."""
    away_on_card: bool
    lone: bool
    """Whether that tensor is a single number, of no axes."""

    @property
    def spec(self) -> Spec:
        """What is called."""
        found = catalogue().get(self.name)
        assert found is not None
        return found

    def on_card(self, port: str) -> bool:
        """Whether the tensor at a port lies on the card."""
        return self.away_on_card if port == self.away else not self.away_on_card


def tensors(example: Example) -> dict[str, Any]:
    """Return what arrives at the ports that take a tensor."""
    return {p: v for p, v in example.inputs.items() if not isinstance(v, int | float)}


def mixes() -> Iterator[Mix]:
    """Yield each call of the catalogue with each of its tensors elsewhere, both ways."""
    for name, example in EXAMPLES.items():
        ports = tensors(example)
        spec = catalogue().get(name)
        if spec is None or len(ports) < 2:
            continue
        for port in ports:
            for card in (True, False):
                yield Mix(name, example, port, card, lone=False)
                yield Mix(name, example, port, card, lone=True)


def made(given: Any, device: str, lone: bool) -> torch.Tensor:
    """Return the tensor that an example means."""
    shape = given if isinstance(given, tuple) else given.shape
    shape = () if lone else shape
    if isinstance(given, Whole):
        return torch.zeros(shape, dtype=torch.int64, device=device)
    if isinstance(given, Mask):
        return torch.ones(shape, dtype=torch.bool, device=device)
    if isinstance(given, Signs):
        return torch.ones(shape, device=device)
    return torch.full(shape, 0.5, device=device)


def is_legal(mix: Mix, mixed: bool = True) -> bool:
    """Whether torch makes a call; not mixed, all its tensors lie on the card."""
    places = {p: "cuda" if not mixed or mix.on_card(p) else "cpu" for p in tensors(mix.example)}
    given = dict(mix.example.inputs)
    for port, device in places.items():
        given[port] = made(given[port], device, mix.lone and port == mix.away)
    main = "cuda" if not mixed or not mix.away_on_card else "cpu"
    try:
        with warnings.catch_warnings(), torch.device(main):
            warnings.simplefilter("ignore")
            target = construct(mix.spec, FrozenMap(mix.example.args), main)
            call(mix.spec, target, FrozenMap(mix.example.args), given)
    except Exception:
        return False
    return True


def is_allowed(mix: Mix) -> bool:
    """Whether the rule lets a call pass in a run on the card."""
    types = {
        port: TensorType(
            () if mix.lone and port == mix.away else tuple(made(value, "meta", False).shape),
            device="" if mix.on_card(port) else "cpu",
        )
        for port, value in tensors(mix.example).items()
    }
    refused = check_call(mix.spec, mix.example.args, types)
    return refused is None or "two devices" not in refused.message


@contextlib.contextmanager
def as_if_there_were_a_card() -> Iterator[None]:
    """Let torch say where results would lie, without a card and without any number."""
    log = logging.getLogger("torch._subclasses.fake_tensor")
    log.disabled = True
    try:
        with FakeTensorMode():
            yield
    finally:
        log.disabled = False


def told(found: Mapping[Mix, bool]) -> list[str]:
    """Return mixes in words, for messages."""
    return [
        f"{m.name}: {m.away} {'on the card' if m.away_on_card else 'on the CPU'}"
        f"{', a lone number' if m.lone else ''}: torch {'takes' if legal else 'refuses'} it"
        for m, legal in found.items()
    ]
