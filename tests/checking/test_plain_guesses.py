"""What is offered for misspelt names and wires to nowhere: no guess that leaves a node unwhole."""

from __future__ import annotations

from typing import Any

import pytest

from graph_editor.document.files import apply_change
from graph_editor.document.model import Project
from tests.checking.drawings import B, judged, one
from tests.corpus.form import flat, linear, net, nn, op, two


def titles(project: Project, code: str) -> list[str]:
    return [fix.title for fix in one(judged(project), code).fixes]


def network(*layers: object) -> Project:
    return net(*layers, x=(B, 12, 8), classes=4)  # type: ignore[arg-type]  # layers


def test_a_name_of_another_room_is_led_to_it_and_to_nothing_that_only_sounds_alike() -> None:
    product = op("product", "torch.matmul", two("x", "x"))
    found = titles(network(product, flat(), linear("head", 4)), "unknown-spec")
    assert found == ["Use matmul instead"]
    assert titles(network(op("one", "Tensor.select"), linear("head", 4)), "unknown-spec") == []


def test_a_wire_to_nowhere_stays_where_the_node_would_have_none_left() -> None:
    layer = nn("layer", "TransformerEncoderLayer", d_model=8, nhead=2, batch_first=True)
    assert titles(network(layer, flat(), linear("head", 4)), "unknown-port") == []


def test_an_unknown_argument_stays_where_a_needed_one_would_be_missing() -> None:
    turn = op("turn", "Tensor.permute", dims=(0, 2, 1))
    assert titles(network(turn, flat(), linear("head", 4)), "unknown-argument") == []


def test_no_width_of_one_is_guessed() -> None:
    wide = network(flat(), linear("wide", -5), linear("head", 4))
    assert titles(wide, "wrong-argument") == ["Set out_features to 5"]


@pytest.mark.parametrize(
    ("spec", "args", "title"),
    [
        ("Tensor.double", {}, "Use Tensor.to with dtype float64 instead"),
        ("nn.max_pool1d", {"kernel_size": 2}, "Use MaxPool1d instead"),
        ("F.logsigmoid", {}, "Use LogSigmoid instead"),
        (
            "nn.TransformerEncoder",
            {"d_model": 8, "nhead": 2, "num_layers": 3, "batch_first": True},
            "Use TransformerEncoderLayer instead, and repeat it 3 times",
        ),
        ("torch.nothing_like_it", {}, None),
    ],
)
def test_a_name_in_torch_is_led_to_what_does_the_same(
    spec: str, args: dict[str, Any], title: str | None
) -> None:
    port = "src" if "Encoder" in spec else "input"
    layers = [
        op("it", spec, {port: "x"}, **args),
        op("back", "Tensor.float"),
        flat(),
        linear("head", 4),
    ]
    found = one(judged(network(*layers)), "unknown-spec").fixes
    assert [fix.title for fix in found][:1] == ([title] if title else [])
    for fix in found:
        assert not judged(apply_change(network(*layers), dict(fix.patch))).has_errors


def test_a_loss_by_its_function_is_led_to_the_module() -> None:
    loss = op("loss", "F.cross_entropy", {"input": "out", "target": "data.y"})
    project = net(flat(), linear("head", 4), x=(B, 12, 8), classes=4, loss=loss)
    assert titles(project, "unknown-spec") == ["Use CrossEntropyLoss instead"]
