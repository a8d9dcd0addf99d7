"""Which calls torch makes with tensors of two devices: the rule against torch.

A drawing cannot put a node on a device: no argument names one, new tensors are made where the
others are, and the code moves model and data as a whole. So the judge never meets two devices
today. The rule stands for the day when it does, and is held against torch here: against its own
reckoning of devices, which needs no card, and against a card where there is one.
"""

from __future__ import annotations

import pytest
import torch

from graph_editor.catalogue.load import catalogue
from graph_editor.checking.rule_table import check_call
from graph_editor.checking.verdict import TensorType
from tests.engine.device_calls import as_if_there_were_a_card, is_allowed, is_legal, mixes, told


def agrees() -> int:
    """Compare rule and torch on every mix; return how many there were."""
    sound = [mix for mix in mixes() if is_legal(mix, mixed=False)]
    found = {mix: is_legal(mix) for mix in sound}
    assert told({mix: legal for mix, legal in found.items() if legal != is_allowed(mix)}) == []
    assert set(found.values()) == {True, False}
    return len(found)


def test_the_rule_is_what_torch_reckons() -> None:
    with as_if_there_were_a_card():
        assert agrees() > 300


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
def test_the_rule_is_what_torch_does_on_a_card() -> None:
    assert agrees() > 300


PLACES = [("cuda", "cpu"), ("cpu", "cuda"), ("cuda", "cuda")]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
@pytest.mark.parametrize(("main", "other"), PLACES)
@pytest.mark.parametrize("wired", ["index", "value", "value and index"])
def test_places_and_what_is_put_there_on_a_card(main: str, other: str, wired: str) -> None:
    given, index = torch.zeros(4, 3, device=main), torch.tensor([0, 2], device=other)
    value = torch.ones(3, device=other)
    types = {"input": given, "index": index} if "index" in wired else {"input": given}
    name = "op.getitem"
    if "value" in wired:
        name, types = "op.setitem", {**types, "value": value}
    spec = catalogue().get(name)
    assert spec is not None
    seen = {
        port: TensorType(tuple(t.shape), device="" if t.is_cuda else "cpu")
        for port, t in types.items()
    }
    allowed = check_call(spec, {"index": 0}, seen) is None
    at = index if "index" in types else 0
    try:
        if name == "op.getitem":
            given[at]
        else:
            given.clone()[at] = value
        legal = True
    except (RuntimeError, IndexError):
        legal = False
    assert allowed is legal
