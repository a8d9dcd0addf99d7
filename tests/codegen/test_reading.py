"""Tests that generated code reads as a person would have written it: names, imports, outputs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from codegen.train_parts import LOSS_WORDS
from graph_editor.catalogue.load import catalogue
from graph_editor.document.model import Expr, InPort, NodeId, OutPort, Project, Slice
from tests.codegen.drawings import INT64, Drawing
from tests.codegen.sameness import check


def code(project: Project) -> str:
    """Return model.py, after it was found to be the model that is drawn."""
    return check(project).source.text


def attention(cut: str, **cut_args: Any) -> Drawing:
    """Return self-attention whose queries, keys and values are parts of one tensor."""
    drawing = Drawing().add("in", "io.input", shape=["=B", "=T", 16])
    drawing.add("w", "nn.Linear", "in", out_features=48).add("cut", cut, "w", **cut_args)
    for index in range(3):
        drawing.add(
            f"s{index}", "Tensor.view", f"cut.chunks[{index}]", args=["=B", "=T", 4, 4]
        ).add(f"t{index}", "Tensor.transpose", f"s{index}", dim0=1, dim1=2)
    wires = {"query": "t0", "key": "t1", "value": "t2"}
    drawing.add("a", "F.scaled_dot_product_attention", wires, is_causal=True)
    return drawing.add("out", "io.output", "a")


def test_parts_that_become_an_attention_are_q_k_and_v() -> None:
    text = code(attention("torch.chunk", chunks=3, dim=-1).project())
    assert "q, k, v = torch.chunk(self.linear(x), 3, dim=-1)" in text
    for letter in "qkv":
        line = f"{letter} = {letter}.view(batch, length, 4, 4).transpose(1, 2)"
        assert line in [each.partition("  #")[0].strip() for each in text.splitlines()]
    assert "F.scaled_dot_product_attention(q, k, v, is_causal=True)" in text


def test_projections_that_become_an_attention_are_q_k_and_v() -> None:
    drawing = Drawing().add("in", "io.input", shape=["=B", "=T", 8])
    for each in "abc":
        drawing.add(each, "nn.Linear", "in", out_features=8)
    drawing.add(
        "m", "nn.MultiheadAttention", {"query": "a", "key": "b", "value": "c"},
        num_heads=2, batch_first=True,
    )  # fmt: skip
    text = code(drawing.add("out", "io.output", "m.attn_output").project())
    assert "(q, k, v)" in text or "(self.linear1(x), self.linear2(x), self.linear3(x))" in text


def test_parts_are_called_by_their_place_or_by_the_result_that_they_are() -> None:
    drawing = Drawing().add("in", "io.input", shape=["=B", 6])
    drawing.add("cut", "torch.chunk", "in", chunks=2, dim=1)
    drawing.add("p", "op.mul", {"input": "cut.chunks[0]", "other": "cut.chunks[1]"})
    drawing.add("out", "io.output", "p")
    assert "first, second = torch.chunk(x, 2, dim=1)" in code(drawing.project())
    drawing = Drawing().add("in", "io.input", shape=["=B", 6])
    drawing.add("cut", "torch.chunk", "in", chunks=2, dim=1)
    drawing.add("o1", "io.output", "cut.chunks[0]", _name="mean")
    drawing.add("o2", "io.output", "cut.chunks[1]", _name="Log variance")
    assert "mean, log_variance = torch.chunk" in code(drawing.project())


def test_states_of_an_lstm_keep_their_names() -> None:
    drawing = Drawing().add("in", "io.input", shape=["=B", "=T", 3])
    drawing.add("e", "nn.LSTM", "in", hidden_size=4, batch_first=True)
    wires = {"input": "in", "hx[0]": "e.h_n", "hx[1]": "e.c_n"}
    drawing.add("d", "nn.LSTM", wires, hidden_size=4, batch_first=True)
    text = code(drawing.add("out", "io.output", "d.output").project())
    assert "_, (h_n, c_n) = self.lstm1(x)" in text
    assert "self.lstm2(x, (h_n, c_n))" in text


def test_no_variable_is_called_as_the_operation_that_made_it() -> None:
    drawing = Drawing().add("in", "io.input", shape=["=B", 4, 6])
    drawing.add("t", "Tensor.transpose", "in", dim0=1, dim1=2).add("f", "Tensor.flatten", "t")
    drawing.add("g", "op.getitem", "in", index=(Slice(), 0)).add(
        "u", "Tensor.unsqueeze", "g", dim=1
    )
    drawing.add("e", "torch.exp", "t").add("s", "op.add", {"input": "e", "other": "t"})
    drawing.add("o1", "io.output", "s").add("o2", "io.output", "u").add("o3", "io.output", "f")
    drawing.add("n", "op.mul", {"input": "u", "other": "u"}).add("o4", "io.output", "n")
    bound = [
        line.partition(" = ")[0].strip()
        for line in code(drawing.project()).splitlines()
        if " = " in line
    ]
    words = {"transpose", "flatten", "getitem", "unsqueeze", "exp", "add", "mul"}
    assert not words & set(bound)


def test_a_value_that_is_a_named_result_has_its_name() -> None:
    drawing = Drawing().add("in", "io.input", shape=["=B", 4])
    drawing.add("e", "nn.Linear", "in", out_features=2).add("d", "nn.Linear", "e", out_features=4)
    drawing.add("o1", "io.output", "d").add("o2", "io.output", "e", _name="Code")
    text = code(drawing.project())
    assert "code = self.linear1(x)" in text
    assert "return self.linear2(code), code" in text


def positions() -> Drawing:
    """Return the sum of an embedding and the first rows of a learned table."""
    drawing = Drawing().add("in", "io.input", shape=["=B", "=T"], dtype=INT64, _name="tokens")
    drawing.add("e", "nn.Embedding", "in", num_embeddings=9, embedding_dim=16)
    drawing.add("p", "param.tensor", shape=[1, 32, 16])
    drawing.add("cut", "op.getitem", "p", index=(Slice(), Slice(None, Expr("T"))))
    return drawing.add("s", "op.add", {"input": "e", "other": "cut"}).add("out", "io.output", "s")


def test_learned_positions_are_named_and_cut_where_they_are_added() -> None:
    text = code(positions().project())
    assert "self.position_embedding = nn.Parameter(" in text
    assert "self.embedding(tokens) + self.position_embedding[:, :length]" in text


def test_a_cut_of_a_weight_waits_for_its_reader() -> None:
    drawing = positions()
    drawing.add("k", "nn.LayerNorm", "s").add("m", "op.add", {"input": "k", "other": "s"})
    drawing.add("o2", "io.output", "m")
    assert "getitem" not in code(drawing.project())


def test_attributes_of_weights_say_what_they_are_for() -> None:
    drawing = Drawing().add("in", "io.input", shape=["=B", 4])
    drawing.add("w", "param.tensor", shape=[4, 3]).add("b", "param.tensor", shape=[3])
    drawing.add("m", "op.matmul", {"input": "in", "other": "w"})
    text = code(drawing.add("s", "op.add", {"input": "m", "other": "b"}).add(
        "out", "io.output", "s").project())  # fmt: skip
    assert "x @ self.weight + self.parameter" in text


def test_masks_are_passed_by_name() -> None:
    drawing = Drawing().add("in", "io.input", shape=["=B", "=T", 8])
    drawing.add("hide", "io.input", shape=["=T", "=T"], _name="mask")
    wires = {"query": "in", "key": "in", "value": "in", "attn_mask": "hide"}
    drawing.add("m", "nn.MultiheadAttention", wires, num_heads=2, batch_first=True)
    drawing.add("out", "io.output", "m.attn_output")
    assert "self.attention(x, x, x, attn_mask=mask)" in code(drawing.project())


@pytest.mark.parametrize("name", ["F", "nn", "torch"])
def test_imports_come_from_code_not_from_words(name: str) -> None:
    drawing = Drawing().add("in", "io.input", shape=["=B", 4], _name=name)
    drawing.add("l", "nn.Linear", "in", out_features=2, _name=name).add("out", "io.output", "l")
    project = drawing.project(name)
    doc = "See F.relu, torch.nn and nn.Linear."
    project = replace(project, main=replace(project.main, doc=doc))
    text = code(project)
    assert "functional" not in text.replace(doc, "")
    assert "import torch\nfrom torch import nn\n" in text


def test_a_model_without_parameters_has_no_constructor() -> None:
    drawing = Drawing().add("in", "io.input", shape=["=B", 4]).add("r", "F.relu", "in")
    text = code(drawing.add("out", "io.output", "r").project())
    assert "__init__" not in text
    assert "import torch.nn.functional as F" in text


def test_two_results_without_names_are_told_apart() -> None:
    drawing = Drawing().add("in", "io.input", shape=["=B", 4])
    drawing.add("a", "nn.Linear", "in", out_features=1).add("b", "nn.Linear", "in", out_features=3)
    drawing.add("z1", "io.output", "a").add("z2", "io.output", "b")
    found = check(drawing.project())
    assert re.search(r"Outputs: output1 \(.*\) float32, output2 \(", found.source.text)
    assert [name for name, _ in found.outputs] == ["output1", "output2"]


def test_names_do_not_depend_on_ids() -> None:
    drawing = attention("torch.chunk", chunks=3, dim=-1)
    expected = code(drawing.project())
    new = {old: NodeId(f"k{place}") for place, old in enumerate(drawing.nodes)}
    drawing.nodes = {new[key]: node for key, node in drawing.nodes.items()}
    drawing.wires = {
        InPort(new[to.node], to.port): OutPort(new[source.node], source.port)
        for to, source in drawing.wires.items()
    }
    drawing.inputs = [new[node] for node in drawing.inputs]
    drawing.outputs = [new[node] for node in drawing.outputs]
    assert code(drawing.project()) == expected


def test_the_words_of_losses_name_losses_of_the_catalogue() -> None:
    assert {f"nn.{name}" for name in LOSS_WORDS} <= set(catalogue().specs)
