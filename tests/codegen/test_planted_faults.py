"""Faults that are planted in what is written: the proof finds each of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from app.engine.judge import Judge
from codegen.written import SourceText
from graph_editor.document.model import Expr, Project, Repeat
from tests.codegen import proof
from tests.codegen.drawings import INT64, Drawing


def drawing() -> Project:
    """Return a drawing in which much can be written wrongly."""
    main = Drawing().add("image", "io.input", shape=["=B", 2, 6])
    main.add("words", "io.input", shape=["=B", 6], dtype=INT64)
    main.add("embed", "nn.Embedding", "words", num_embeddings=9, embedding_dim=4)
    main.add("mean", "torch.mean", "embed", dim=1)
    main.add("narrow", "nn.Linear", "image", out_features=4)
    main.add("norm", "nn.BatchNorm1d", "narrow").add("flat", "Tensor.flatten", "norm", start_dim=1)
    main.add("wide", "nn.Linear", "flat", out_features=4, _freeze=(".",))
    main.add("deep", "nn.Linear", "wide", out_features=4, bias=False, _repeat=Repeat(3))
    main.add("drop", "nn.Dropout", "deep", p=0.3)
    main.add("chance", "torch.softmax", "drop", dim=1)
    main.add("less", "op.sub", {"input": "chance", "other": "mean"})
    main.add("still", "Tensor.detach", "less")
    main.add("more", "op.mul", {"input": "wide", "other": "still"}, _when=Expr("training"))
    main.add("scaled", "op.mul", "more", other="=0.3 * B")
    main.add("head", "nn.Linear", "less", out_features=9, bias=False)
    main.add("logits", "io.output", "head").add("aside", "io.output", "scaled")
    return main.project(ties={"head.weight": "embed.weight"})


PLANTED = {
    "arguments in another order": ("x = x - y ", "x = y - x "),
    "a bias too many": ("nn.Linear(4, 4, bias=False)", "nn.Linear(4, 4)"),
    "a bias too few": ("nn.Linear(8, 4)", "nn.Linear(8, 4, bias=False)"),
    "a layer built too early": (
        "        self.layers =",
        "        self.embedding = nn.Embedding(9, 4)\n        self.layers =",
    ),
    "a draw before the layers": ("__init__()\n", "__init__()\n        torch.rand(1)\n"),
    "another axis": ("torch.mean(self.embedding(x2), dim=1)", "self.embedding(x2).mean(2)[:, :4]"),
    "softmax over the batch": (", dim=1)  # (B, 4)\n        y", ", dim=0)  # (B, 4)\n        y"),
    "another chance, seen in training alone": ("nn.Dropout(0.3)", "nn.Dropout(0.4)"),
    "another momentum, seen in buffers alone": ("BatchNorm1d(2)", "BatchNorm1d(2, momentum=0.2)"),
    "the size of one batch": ("0.3 * batch", "0.3 * 4"),
    "the last digit of a number": ("0.3 * batch", "0.3000001 * batch"),
    "a gradient that stops": ("self.linear3(x)", "self.linear3(x.detach())"),
    "a gradient that goes on": ("x = x.detach()", "x = x + 0"),
    "weights that learn again": ("self.linear1.requires_grad_(False)", "pass"),
    "a tie that is not tied": ("self.linear3.weight = self.embedding.weight", "pass"),
    "a copy too few": ("in range(3)", "in range(2)"),
    "copies that share their weights": (
        "*[nn.Linear(4, 4, bias=False) for _ in range(3)]",
        "*[nn.Linear(4, 4, bias=False)] * 3",
    ),
    "the other mode": ("if self.training", "if not self.training"),
    "results in another order": ("return linear, (gate * x if self.training else gate) * ",
                                 "return (gate * x if self.training else gate), linear * "),
    "what arrives is written over": ("x = self.layers(x)", "x = self.layers(x.mul_(1.0))"),
}  # fmt: skip
"""What is written instead of what; each stands once in the text."""
UNSEEN = "what arrives is written over"
"""This one changes nothing that the proof looks at: it shows that the others do."""


def test_every_fault_is_found(tmp_path: Path) -> None:
    case = proof.case_of(drawing(), 7, Judge(), proof.Findings())
    assert case is not None
    whole = case.text.source.text
    cases = {"": case}
    for place, (fault, (old, new)) in enumerate(PLANTED.items()):
        assert whole.count(old) == 1, fault
        text = replace(case.text, source=SourceText(whole.replace(old, new)))
        cases[fault] = replace(case, module=f"planted_{place}", text=text)
    apart = proof.run_apart(cases.values(), tmp_path)
    found = {fault: proof.compared(each, apart[each.module]) for fault, each in cases.items()}
    assert [fault for fault, said in found.items() if not said] == ["", UNSEEN]


def test_a_gradient_may_differ_in_its_last_digits_only_where_a_value_is_used_twice() -> None:
    one = torch.tensor([1.0, 2.0])
    near, far = one * (1 + 3e-7), one * (1 + 3e-6)
    assert not proof.equal(one, near)
    assert proof.Closeness(is_allowed=True).allows(one, near)
    assert not proof.Closeness(is_allowed=True).allows(one, far)
    assert not proof.Closeness(is_allowed=False).allows(one, near)
    assert proof.is_shared(drawing())
    chain = Drawing().add("a", "io.input", shape=["=B", 3]).add("s", "torch.sin", "a")
    assert not proof.is_shared(chain.add("o", "io.output", "s").project())


def test_bits_are_compared() -> None:
    assert proof.equal(torch.tensor([0.0, torch.nan]), torch.tensor([0.0, torch.nan]))
    assert not proof.equal(torch.tensor([0.0]), torch.tensor([-0.0]))
    assert not proof.equal(torch.tensor([1.0]), torch.tensor([1.0], dtype=torch.float64))
    assert proof.equal(torch.tensor([1 + 2j]), torch.tensor([1 + 2j]))
