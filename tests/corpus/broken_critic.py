"""A generator and its critic, whose losses are kept from the wrong one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graph_editor.document.model import Address, At, NodeId, Project, Weights
from tests.corpus import nets
from tests.corpus.broken_silent import warned
from tests.corpus.form import Layer, drawn, linear, nn, op, relu


def again(layer: Layer, owner: str) -> Layer:
    """Return a layer that has the weights of another one."""
    return replace(layer, fields={"weights": Weights(same_as=NodeId(owner))})


def against_each_other(*, cut_off: bool = True) -> Project:
    """Return a critic that learns what is made, and a generator that learns from the critic."""

    def scored(name: str, at: str, wanted: str) -> tuple[Layer, ...]:
        loss: dict[str, Any] = {"input": f"{name}_score", "target": f"{name}_wanted"}
        hidden, score = linear(f"{name}_hidden", 8, at), linear(f"{name}_score", 1)
        if name != "real":
            hidden, score = again(hidden, "real_hidden"), again(score, "real_score")
        target = op(f"{name}_wanted", wanted, f"{name}_score")
        return hidden, score, target, nn(f"{name}_loss", "BCEWithLogitsLoss", loss)

    def trained(*names: str) -> tuple[At, ...]:
        return tuple(At(Address(name)) for name in names)

    cut = (op("cut", "Tensor.detach", "made"),) if cut_off else ()
    return drawn(
        op("data", "data.random", ports={"x": nets.TABLE}, samples=40),
        op("x", "io.input", "data.x", shape=nets.TABLE),
        op("noise", "torch.randn_like", "x"), linear("make", 16), relu("act"), linear("made", 13),
        op("kept", "Tensor.detach", "made"), *cut,
        *scored("real", "x", "torch.ones_like"), *scored("fake", "kept", "torch.zeros_like"),
        *scored("fooled", "cut" if cut_off else "made", "torch.ones_like"),
        op("out", "io.output", "real_score"),
        op("judging", "optim.Adam", {"losses[0]": "real_loss", "losses[1]": "fake_loss"},
           trains=trained("real_hidden", "real_score")),
        op("making", "optim.Adam", {"losses[0]": "fooled_loss"}, trains=trained("make", "made")),
    )  # fmt: skip


CASES = [
    warned("generator-kept-from-its-own-loss", "no-gradient", "cut", ("2 layers", "“make”"),
           "Switch “cut” off", against_each_other(), beside=("nothing-to-train",)),
]  # fmt: skip
