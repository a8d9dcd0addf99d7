"""Everything that can be placed has a colour and a heading."""

from collections import Counter

import pytest

from graph_editor.catalogue.families import FAMILIES, family_of
from graph_editor.catalogue.load import catalogue


@pytest.mark.parametrize(
    ("spec", "family"),
    [
        ("nn.Conv2d", "layer"),
        ("nn.ReLU", "act"),
        ("F.gelu", "act"),
        ("nn.BatchNorm2d", "norm"),
        ("Tensor.flatten", "op"),
        ("op.add", "op"),
        ("nn.CrossEntropyLoss", "loss"),
        ("optim.AdamW", "opt"),
        ("lr_scheduler.StepLR", "opt"),
        ("metric.accuracy", "metric"),
        ("data.digits", "data"),
        ("io.input", "data"),
    ],
)
def test_well_known_specs(spec: str, family: str) -> None:
    assert family_of(catalogue().get(spec)) == family


def test_every_spec_has_a_family_with_a_heading() -> None:
    count = Counter(family_of(spec) for spec in catalogue())
    assert set(count) == set(FAMILIES) - {"block", "code"}
    assert count["layer"] > 40


def test_unknown_specs_go_by_their_kind() -> None:
    assert family_of(None, "block") == "block"
    assert family_of(None, "nn") == "layer"
    assert family_of(None, "no_such_kind") == "code"
