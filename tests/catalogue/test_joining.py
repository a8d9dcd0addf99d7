"""Kinds of ports, circles, the port that a new node offers, and what is said of likely misfits."""

from __future__ import annotations

import pytest

from graph_editor.catalogue.choosing import entrance, exit_to
from graph_editor.catalogue.joining import (
    fits,
    kind_at,
    kind_refusal,
    leading_to,
    led_from,
    port_at,
)
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.misfits import misfit
from graph_editor.catalogue.ports import Port, input_ports
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import load
from graph_editor.document.model import InPort, Node, NodeId, OutPort, PortPath

DIGITS = load("assets/examples/digits_cnn.netwright").project
LOOKUP = specs_of(DIGITS)
SPECS = catalogue().specs


def port(spec: str, path: str = "") -> Port:
    found = input_ports(SPECS[spec], Node(spec))
    return next(p for p in found if not path or p.path == path)


def test_kinds_of_ports_in_a_drawing() -> None:
    graph = DIGITS.main.graph
    assert kind_at(graph, LOOKUP, OutPort(NodeId("conv1"), "output")) == "tensor"
    assert kind_at(graph, LOOKUP, OutPort(NodeId("optimizer"), "optimizer")) == "optimizer"
    found = port_at(graph, LOOKUP, InPort(NodeId("schedule"), PortPath("optimizer")))
    assert found is not None
    assert found.kind == "optimizer"
    assert port_at(graph, LOOKUP, InPort(NodeId("conv1"), PortPath("nowhere"))) is None


def test_only_fitting_kinds_may_be_wired() -> None:
    assert fits("tensor", port("nn.Linear"))
    assert not fits("optimizer", port("nn.Linear"))
    assert not fits("size", port("nn.Linear"))
    assert fits("size", port("op.add"))
    assert kind_refusal("optimizer", port("nn.Linear"), "Linear") == (
        "Linear takes a tensor here; this is an optimizer"
    )
    assert kind_refusal("tensor", port("nn.Linear"), "Linear") == ""


def test_what_leads_to_a_node_and_what_follows_it() -> None:
    graph = DIGITS.main.graph
    assert leading_to(graph, NodeId("bn1")) == {"bn1", "conv1", "image", "digits"}
    assert led_from(graph, NodeId("loss")) == {"loss", "optimizer", "schedule"}


@pytest.mark.parametrize(
    ("spec", "kind", "path"),
    [
        ("nn.Linear", "tensor", "input"),
        ("torch.cat", "tensor", "tensors[0]"),
        ("optim.AdamW", "tensor", "losses[0]"),
        ("lr_scheduler.StepLR", "optimizer", "optimizer"),
        ("nn.Linear", "optimizer", None),
        ("data.digits", "tensor", None),
    ],
)
def test_where_a_wire_enters_a_new_node(spec: str, kind: str, path: str | None) -> None:
    assert entrance(SPECS[spec], kind) == path  # type: ignore[arg-type]  # a literal


def test_where_a_wire_leaves_a_new_node() -> None:
    assert exit_to(SPECS["data.digits"], port("nn.Conv2d")) == "image"
    assert exit_to(SPECS["torch.chunk"], port("nn.Conv2d")) == "chunks[0]"
    assert exit_to(SPECS["optim.AdamW"], port("nn.Conv2d")) is None


@pytest.mark.parametrize(
    ("spec", "dtype", "rank", "what", "words"),
    [
        ("nn.Linear", "int64", 1, "labels", "Linear takes float32; these are int64 labels"),
        ("nn.Linear", "float32", 2, "", ""),
        ("nn.Linear", "", None, "", ""),
        ("nn.Embedding", "int64", 2, "", ""),
        (
            "nn.Embedding",
            "float32",
            2,
            "",
            "Embedding takes whole numbers; these are float32 values",
        ),
        ("nn.Conv2d", "float32", 2, "", "Conv2d takes B×C×H×W; a tensor of 2 axes arrives"),
        ("nn.Conv2d", "float32", 3, "", ""),
        (
            "nn.BatchNorm2d",
            "float32",
            3,
            "",
            "BatchNorm2d takes B×C×H×W; a tensor of 3 axes arrives",
        ),
        ("nn.BatchNorm1d", "float32", 2, "", ""),
        ("nn.ReLU", "int64", 1, "", ""),
        ("nn.CrossEntropyLoss", "float32", 2, "", ""),
        (
            "nn.CrossEntropyLoss",
            "int64",
            1,
            "labels",
            "CrossEntropyLoss takes float32; these are int64 labels",
        ),
    ],
)
def test_likely_misfits_are_said(
    spec: str, dtype: str, rank: int | None, what: str, words: str
) -> None:
    assert misfit(SPECS[spec], port(spec), dtype, rank, what) == words
