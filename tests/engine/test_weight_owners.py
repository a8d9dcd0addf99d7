"""The lint for networks without weights knows every module that has some."""

from __future__ import annotations

import pytest

from app.engine.execute import construct
from graph_editor.catalogue.load import catalogue
from graph_editor.checking.lints.nothing_to_train import AFFINE, OWNERS
from graph_editor.document.model import FrozenMap
from tests.catalogue.examples import MODULES
from tests.checking.drawings import B, drawing, judged

NAMES = sorted(name for name in MODULES if name.startswith("nn."))


@pytest.mark.parametrize("name", NAMES)
def test_what_has_weights_in_torch_has_them_for_the_lint(name: str) -> None:
    spec = catalogue().get(name)
    assert spec is not None
    made = construct(spec, FrozenMap(MODULES[name].args), "cpu")
    has_weights = any(True for _ in made.parameters())
    if has_weights:
        assert name in OWNERS or name in AFFINE
    elif name in AFFINE:
        assert made.weight is None, "its switch is off"
    else:
        assert name not in OWNERS


def test_a_single_number_into_a_sequence_layer_gets_its_verdict() -> None:
    recurrent = ("rnn", "nn.LSTM", {"input_size": 4, "hidden_size": 4})
    verdict = judged(drawing(("sum", "torch.sum", {}), recurrent, x=(B, 4)))
    assert verdict.stop == "rnn"
    assert verdict.status["sum"] == "error"  # type: ignore[index]  # an address is a string


def test_a_single_number_that_is_flattened_gets_its_verdict() -> None:
    norm = ("norm", "nn.RMSNorm", {"normalized_shape": 3})
    flat = ("flat", "torch.flatten", {"start_dim": 0})
    verdict = judged(drawing(("sum", "torch.sum", {}), flat, norm, x=(B, 4)))
    assert verdict.status["norm"] == "error"  # type: ignore[index]  # an address is a string
