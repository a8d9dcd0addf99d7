"""The search finds what people mean, reads their numbers, and is quick enough for every key."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.scope import specs_of
from graph_editor.catalogue.search import Hit, search
from graph_editor.catalogue.spec import Spec
from graph_editor.catalogue.starting import BETTER, placeable, starting_arguments
from graph_editor.catalogue.typed import complaint
from graph_editor.document.model import (
    Block,
    BlockId,
    Code,
    Expr,
    FrozenMap,
    Name,
    Project,
)

SPECS = tuple(catalogue())


def first(text: str) -> Hit:
    return search(SPECS, text)[0]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("conv", "nn.Conv2d"),
        ("Conv1d", "nn.Conv1d"),
        ("lin", "nn.Linear"),
        ("relu", "nn.ReLU"),
        ("bn", "nn.BatchNorm2d"),
        ("mha", "nn.MultiheadAttention"),
        ("max pool", "nn.MaxPool2d"),
        ("batchnorm1", "nn.BatchNorm1d"),
        ("layer norm", "nn.LayerNorm"),
        ("cross", "nn.CrossEntropyLoss"),
        ("ce", "nn.CrossEntropyLoss"),
        ("fc", "nn.Linear"),
        ("residual", "op.add"),
        ("+", "op.add"),
        ("concat", "torch.cat"),
        ("cosine", "lr_scheduler.CosineAnnealingLR"),
        ("digits", "data.digits"),
        ("accu", "metric.accuracy"),
        ("sgd", "optim.SGD"),
        ("adam", "optim.Adam"),
        ("fltn", "Tensor.flatten"),
        ("", "nn.Linear"),
        ("F.cross_entropy", "nn.CrossEntropyLoss"),
        ("mse_loss", "nn.MSELoss"),
        ("binary_cross_entropy", "nn.BCELoss"),
        ("max_pool2d", "nn.MaxPool2d"),
        ("F.log_softmax", "F.log_softmax"),
        ("torch.log_softmax", "nn.LogSoftmax"),
        ("double", "Tensor.to"),
        ("nn.TransformerEncoder", "nn.TransformerEncoderLayer"),
    ],
)
def test_finds_what_is_meant(text: str, name: str) -> None:
    assert first(text).spec.name == name


def squashed(title: str) -> str:
    return title.lower().replace(" ", "")


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_each_title_finds_its_spec_before_all_of_other_titles(spec: Spec) -> None:
    hits = search(SPECS, spec.title)
    same = [squashed(hit.spec.title) == squashed(spec.title) for hit in hits]
    assert spec in [hit.spec for hit in hits[: sum(same)]]


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("conv 64 3", {"out_channels": 64, "kernel_size": 3}),
        ("conv 64 3 p1", {"out_channels": 64, "kernel_size": 3, "padding": 1}),
        ("conv 64 padding=1 k5", {"out_channels": 64, "kernel_size": 5, "padding": 1}),
        (
            "conv2d 8 3x5 padding=same",
            {"out_channels": 8, "kernel_size": (3, 5), "padding": "same"},
        ),
        ("linear 10 bias=false", {"out_features": 10, "bias": False}),
        ("drop 0.3", {"p": 0.3}),
        ("dropout 1", {"p": 1.0}),
        ("adamw 1e-3", {"lr": 0.001}),
        ("lstm 128 2", {"hidden_size": 128, "num_layers": 2}),
        ("reshape -1 64", {"args": (-1, 64)}),
        ("permute 0 2 1", {"args": (0, 2, 1)}),
        ("cosine T_max==epochs", {"T_max": Expr("epochs")}),
        ("to dtype dtype=torch.int64", {"dtype": Name("int64")}),
        ("relu", {}),
        ("conv 64, 3", {"out_channels": 64, "kernel_size": 3}),
        ("Conv2d(64, 3)", {"out_channels": 64, "kernel_size": 3}),
        ("Conv2d(64,3", {"out_channels": 64, "kernel_size": 3}),
        (
            "nn.Conv2d(64, kernel_size=(3, 5), padding='same')",
            {"out_channels": 64, "kernel_size": (3, 5), "padding": "same"},
        ),
        ("conv 8 (3, 5)", {"out_channels": 8, "kernel_size": (3, 5)}),
        ("conv =2*dim 3", {"out_channels": Expr("2*dim"), "kernel_size": 3}),
        ("conv =max(2, dim) 3", {"out_channels": Expr("max(2,dim)"), "kernel_size": 3}),
        ("conv 64 3 -", {"out_channels": 64, "kernel_size": 3}),
        ("permute(0, 2, 1)", {"args": (0, 2, 1)}),
        ("F.relu()", {}),
    ],
)
def test_reads_values_for_the_main_parameters(text: str, args: dict[str, object]) -> None:
    assert first(text).args == FrozenMap(args)
    assert first(text).spare == ()


@pytest.mark.parametrize(
    ("text", "name", "spare"),
    [
        ("relu 64", "nn.ReLU", ("64",)),
        ("linear 0.5", "nn.Linear", ("0.5",)),
        ("linear q7", "nn.Linear", ("q=7",)),
        ("conv padding=wide", "nn.Conv2d", ("padding=wide",)),
    ],
)
def test_says_which_values_have_no_place(text: str, name: str, spare: tuple[str, ...]) -> None:
    found = next(hit for hit in search(SPECS, text) if hit.spec.name == name)
    assert found.spare == spare
    assert found.args == FrozenMap()


@pytest.mark.parametrize(
    ("text", "name", "args", "words"),
    [
        ("conv abc", "nn.Conv2d", {}, "Conv2d has no place for abc."),
        ("conv 64 abc", "nn.Conv2d", {"out_channels": 64}, "Conv2d has no place for abc."),
        (
            "conv 64 3 1 1 1 1 1 1",
            "nn.Conv2d",
            {
                "out_channels": 64,
                "kernel_size": 3,
                "stride": 1,
                "padding": 1,
                "dilation": 1,
                "groups": 1,
            },
            "Conv2d has no place for 1, 1.",
        ),
        ("dropout 50", "nn.Dropout", {}, "p of Dropout cannot be 50; it is 0 to 1."),
        (
            "conv -3 3",
            "nn.Conv2d",
            {"kernel_size": 3},
            "out_channels of Conv2d cannot be -3; it is 1 or more.",
        ),
        (
            "conv k0",
            "nn.Conv2d",
            {},
            "kernel_size of Conv2d cannot be 0; it is 1 or more.",
        ),
        ("conv padding=wide", "nn.Conv2d", {}, "padding of Conv2d cannot be wide."),
        ("PairwiseDistance 3", "nn.PairwiseDistance", {"p": 3.0}, ""),
    ],
)
def test_a_wrong_value_is_called_so_and_the_name_is_found(
    text: str, name: str, args: dict[str, object], words: str
) -> None:
    hit = first(text)
    assert hit.spec.name == name
    assert hit.args == FrozenMap(args)
    assert complaint(hit.spec, hit.spare) == words


@given(st.text(alphabet="conv linear(),;=[]'+-.123x×p", max_size=24))
@example("conv2d(((")
def test_no_line_is_too_strange(text: str) -> None:
    for hit in search(SPECS, text)[:5]:
        assert not hit.spare or complaint(hit.spec, hit.spare)


def test_an_inferred_parameter_is_never_filled_by_a_bare_number() -> None:
    for hit in search(SPECS, "o 1 2 3 4 5 6 7 8 9"):
        inferred = {a.name for a in hit.spec.arguments if a.infer}
        assert not inferred & set(hit.args)


def test_letters_that_match_are_where_it_says() -> None:
    for text in ("conv", "pool", "bn", "norm", "fltn", "max pool"):
        letters = text.replace(" ", "")
        for hit in search(SPECS, text):
            found = "".join(hit.spec.title[at : at + length] for at, length in hit.spans).lower()
            assert not hit.spans or found == letters, hit


def test_recent_specs_come_first_and_never_before_a_better_match() -> None:
    recent = ["nn.GRU", "nn.Hardtanh"]
    assert [hit.spec.name for hit in search(SPECS, "", recent)[:2]] == recent
    assert search(SPECS, "conv", ["nn.Conv3d"])[0].spec.name == "nn.Conv3d"
    assert search(SPECS, "linear", ["nn.Bilinear"])[0].spec.name == "nn.Linear"


def test_only_what_is_accepted_is_found() -> None:
    found = search(SPECS, "", accepts=lambda spec: spec.kind == "optim")
    assert {hit.spec.kind for hit in found} == {"optim"}
    assert len(found) == len([spec for spec in SPECS if spec.kind == "optim"])


def test_nonsense_finds_nothing() -> None:
    assert search(SPECS, "qqzx") == []


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=24), st.integers(0, 3))
@example("_", 0)
@example("nn.", 0)
@example("nn.__", 1)
def test_any_text_is_searched_without_a_fault(text: str, used: int) -> None:
    hits = search(SPECS, text, [spec.name for spec in SPECS[:used]])
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        assert all(hit.spec.argument(name) for name in hit.args)
        assert all(0 <= at < at + n <= len(hit.spec.title) for at, n in hit.spans)


def test_new_nodes_get_what_torch_demands_and_typed_values_win() -> None:
    conv = catalogue().specs["nn.Conv2d"]
    assert starting_arguments(conv) == FrozenMap({"out_channels": 32, "kernel_size": 3})
    typed = FrozenMap({"kernel_size": 5})
    assert starting_arguments(conv, typed) == FrozenMap({"out_channels": 32, "kernel_size": 5})
    pool = catalogue().specs["nn.MaxPool2d"]
    assert starting_arguments(pool) == FrozenMap({"kernel_size": 2})


def test_blocks_and_code_of_the_project_can_be_placed() -> None:
    project = replace(
        Project(),
        blocks=FrozenMap({BlockId("residual"): Block(name="Residual")}),
        code=FrozenMap({"swish": Code("")}),
    )
    specs = list(placeable(project, specs_of(project)))
    assert {"block.residual", "code.swish", "nn.Linear"} <= {spec.name for spec in specs}
    assert search(specs, "residual")[0].spec.name == "block.residual"


def test_a_better_start_names_arguments_that_the_spec_has() -> None:
    specs = catalogue().specs
    for name, args in BETTER.items():
        assert all(specs[name].argument(argument) for argument in args), name
    assert starting_arguments(specs["Tensor.flatten"]) == FrozenMap({"start_dim": 1})
    typed = FrozenMap({"start_dim": 2})
    assert starting_arguments(specs["Tensor.flatten"], typed) == typed
