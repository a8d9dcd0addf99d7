"""Of several ports the one is chosen that fits, as far as dtypes, ranks and data sources tell."""

from __future__ import annotations

import pytest

from graph_editor.catalogue.choosing import UNKNOWN, WRONG, Known, entrance, exit_to, given, way_in
from graph_editor.catalogue.library import with_library
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.misfits import misfit
from graph_editor.catalogue.ports import Port, input_ports
from graph_editor.document.model import Node, Project

SPECS = catalogue().specs
LABELS = Known("int64", (1,), "labels", is_goal=True)
LOGITS = Known("float32", (2,))


def port(spec: str, path: str) -> Port:
    return next(p for p in input_ports(SPECS[spec], Node(spec)) if p.path == path)


@pytest.mark.parametrize(
    ("spec", "known", "path"),
    [
        ("nn.CrossEntropyLoss", LABELS, "target"),
        ("nn.CrossEntropyLoss", LOGITS, "input"),
        ("nn.CrossEntropyLoss", UNKNOWN, "input"),
        ("nn.MSELoss", LABELS, "target"),
        ("nn.MSELoss", Known("float32", (2,), is_goal=True), "target"),
        ("nn.MSELoss", LOGITS, "input"),
        ("nn.BCEWithLogitsLoss", LABELS, "target"),
        ("metric.accuracy", LABELS, "target"),
        ("metric.accuracy", LOGITS, "input"),
        ("nn.Linear", LABELS, "input"),
        ("nn.EmbeddingBag", LABELS, "input"),
    ],
)
def test_where_a_known_value_enters_a_new_node(spec: str, known: Known, path: str) -> None:
    assert entrance(SPECS[spec], "tensor", known=known) == path


@pytest.mark.parametrize(
    ("source", "spec", "path", "leaf"),
    [
        ("data.digits", "nn.CrossEntropyLoss", "target", "label"),
        ("data.digits", "nn.CrossEntropyLoss", "input", "image"),
        ("data.digits", "metric.accuracy", "target", "label"),
        ("data.digits", "nn.Embedding", "input", "label"),
        ("data.digits", "nn.Conv2d", "input", "image"),
        ("data.shape_places", "nn.CrossEntropyLoss", "target", "label"),
        ("data.shape_places", "nn.MSELoss", "target", "place"),
        ("data.diabetes", "nn.MSELoss", "target", "target"),
        ("data.short_texts", "nn.Embedding", "input", "words"),
        ("nn.LSTM", "nn.Linear", "input", "output"),
    ],
)
def test_which_output_of_a_new_node_is_meant(source: str, spec: str, path: str, leaf: str) -> None:
    assert exit_to(SPECS[source], port(spec, path), into=SPECS[spec]) == leaf


def test_a_loss_is_a_scalar_and_a_layer_never_is() -> None:
    losses = port("optim.AdamW", "losses[0]")
    assert given(SPECS["nn.MSELoss"], Node("nn.MSELoss"), "output").ranks == (0,)
    assert 0 not in given(SPECS["nn.Linear"], Node("nn.Linear"), "output").ranks
    assert exit_to(SPECS["nn.MSELoss"], losses, into=SPECS["optim.AdamW"]) == "output"


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (Known("float32", (4,)), ""),
        (Known("float32"), ""),
        (UNKNOWN, ""),
        (LABELS, "Conv-norm-act takes float32; these are int64 labels"),
        (LOGITS, "Conv-norm-act takes B×C×H×W; a tensor of 2 axes arrives"),
    ],
)
def test_what_a_block_declares_of_its_input_is_asked(known: Known, words: str) -> None:
    spec = with_library(Project())("library.conv_norm_act")
    assert spec is not None
    (into,) = input_ports(spec, Node(spec.name))
    rank = known.ranks[0] if known.ranks else None
    assert misfit(spec, into, known.dtype, rank, known.what) == words
    found = way_in(spec, "tensor", known=known)
    assert found is not None
    assert (found[1] == WRONG) is bool(words)
