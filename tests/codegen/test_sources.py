"""The data that generated data.py files return: shapes, splits, statistics and their constancy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
import sklearn.datasets
import torch

from codegen.data import write_data
from codegen.data_source import writers
from codegen.written import CannotWrite
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.ports import output_ports
from graph_editor.document.model import Address, Arg, Expr, FrozenMap, Name, Node
from tests.codegen.training_projects import executed

READ = [name for name in sorted(writers()) if not writers()[name](FrozenMap()).drawn]
"""Sources that read a table; those that draw their samples have tests of their own."""
SOURCES = [*READ, "data.random"]
CLASSIFIED = ["data.breast_cancer", "data.digits", "data.iris", "data.wine"]
TABLES = ["data.breast_cancer", "data.diabetes", "data.iris", "data.wine"]
LOADERS = {spec: f"load_{spec.partition('.')[2]}" for spec in READ}
SAMPLES = {
    "data.breast_cancer": 569,
    "data.diabetes": 442,
    "data.digits": 1797,
    "data.iris": 150,
    "data.random": 256,
    "data.wine": 178,
}
Part = tuple[torch.Tensor, ...]


def text_of(spec: str, args: Mapping[str, Arg] | None = None) -> str:
    return write_data("A title", Address("source"), Node(spec, args=FrozenMap(args or {}))).text


def load(spec: str, seed: int = 0, args: Mapping[str, Arg] | None = None) -> tuple[Part, Part]:
    module = executed(text_of(spec, args), "data")
    train, validation = module.load_data(seed)
    return train, validation


def test_every_source_of_the_catalogue_has_code_and_no_other_has() -> None:
    assert sorted(spec.name for spec in catalogue() if spec.kind == "data") == sorted(writers())


@pytest.mark.parametrize("spec", SOURCES)
def test_shapes_and_types_are_those_of_the_catalogue(spec: str) -> None:
    known = catalogue().get(spec)
    assert known is not None
    train, validation = load(spec)
    assert len(train[0]) + len(validation[0]) == SAMPLES[spec]
    ports = output_ports(known, Node(spec))
    assert list(writers()[spec](FrozenMap()).tensors) == list(ports)
    for port, one, other in zip(ports, train, validation, strict=True):
        if port in known.types:
            kind = known.types[port]
            assert (*one.shape[1:],) == tuple(kind.shape[1:]) == (*other.shape[1:],)
            assert str(one.dtype) == str(other.dtype) == f"torch.{kind.dtype}"
            assert kind.low is None or min(one.min(), other.min()) >= kind.low
            assert kind.high is None or max(one.max(), other.max()) <= kind.high


@pytest.mark.parametrize("spec", SOURCES)
def test_the_same_seed_gives_the_same_bits_and_another_seed_another_split(spec: str) -> None:
    first, again, other = load(spec, 3), load(spec, 3), load(spec, 4)
    for one, two in zip((*first[0], *first[1]), (*again[0], *again[1]), strict=True):
        assert torch.equal(one, two)
    assert not torch.equal(first[1][0], other[1][0])


@pytest.mark.parametrize("spec", CLASSIFIED)
def test_the_split_keeps_the_share_of_every_class(spec: str) -> None:
    (_, train), (_, validation) = load(spec, 1)
    whole = Counter([*train.tolist(), *validation.tolist()])
    held = Counter(validation.tolist())
    assert len(validation) == pytest.approx(0.2 * SAMPLES[spec], abs=1)
    for label, count in whole.items():
        assert held[label] == pytest.approx(0.2 * count, abs=1)


def test_no_sample_is_in_both_parts() -> None:
    (train, _), (validation, _) = load("data.diabetes")
    rows = {tuple(row) for row in train.tolist()}
    assert not rows & {tuple(row) for row in validation.tolist()}


@pytest.mark.parametrize("spec", TABLES)
def test_the_training_part_is_standardised_exactly(spec: str) -> None:
    train, validation = load(spec)
    names = writers()[spec](FrozenMap()).names
    for tensor, held, name in zip(train, validation, names, strict=True):
        if name != "labels":
            assert tensor.mean(dim=0).abs().max() < 1e-5
            torch.testing.assert_close(tensor.std(dim=0), torch.ones(tensor.shape[1]))
            assert (held.std(dim=0) - 1).abs().max() > 1e-4


@pytest.mark.parametrize("spec", TABLES)
def test_what_the_validation_part_holds_never_reaches_the_training_part(
    spec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load(spec)
    loader = getattr(sklearn.datasets, LOADERS[spec])
    bunch = loader()
    rows = torch.arange(len(bunch.data))
    taken = executed(text_of(spec), "data")
    _, validation = taken.train_test_split(
        rows.tolist(),
        test_size=0.2,
        random_state=0,
        stratify=bunch.target if spec != "data.diabetes" else None,
    )
    bunch.data[validation] = bunch.data[validation] * 100 + 7
    monkeypatch.setattr(sklearn.datasets, LOADERS[spec], lambda: bunch)
    after = load(spec)
    assert torch.equal(before[0][0], after[0][0])
    assert not torch.equal(before[1][0], after[1][0])


def test_a_test_part_is_kept_aside() -> None:
    split = FrozenMap({"train": 0.6, "val": 0.2, "test": 0.2})
    train, validation = load("data.iris", args={"split": split})
    assert (len(train[0]), len(validation[0])) == (90, 30)
    drawn = load("data.random", args={"split": split, "samples": 100})
    assert (len(drawn[0][0]), len(drawn[1][0])) == (60, 20)


@pytest.mark.parametrize(
    "split",
    [
        FrozenMap({"train": 0.8}),
        FrozenMap({"train": 0.9, "val": 0.2}),
        FrozenMap({"train": 1.0, "val": 0.0}),
        FrozenMap({"train": "a.csv", "val": "b.csv"}),
        FrozenMap({"train": 0.5, "val": 0.2, "extra": 0.3}),
        0.8,
    ],
)
def test_a_split_that_cannot_be_is_refused_by_name(split: Arg) -> None:
    with pytest.raises(CannotWrite, match="source: the split") as refusal:
        text_of("data.iris", {"split": split})
    assert "0.8" in refusal.value.way_out


def test_random_tensors_have_the_shapes_types_and_classes_asked_for() -> None:
    args: dict[str, Arg] = {
        "samples": 50,
        "ports": FrozenMap({"image": (Expr("B"), 3, 4), "kind": (Expr("B"),), "z": (Expr("B"), 2)}),
        "classes": FrozenMap({"kind": 5}),
        "dtypes": FrozenMap({"z": Name("float64")}),
    }
    (image, kind, z), (held, _, _) = load("data.random", args=args)
    assert (image.shape, held.shape) == ((40, 3, 4), (10, 3, 4))
    assert kind.dtype == torch.int64
    assert set(kind.tolist()) <= set(range(5))
    assert z.dtype == torch.float64
    assert image.std() > 0.5


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"samples": 1}, "samples"),
        ({"ports": FrozenMap({"x": (8, 2)})}, "does not begin with =B"),
        ({"ports": FrozenMap({"x": (Expr("B"), Expr("T"))})}, "plain number"),
        ({"ports": FrozenMap({"x); import os": (Expr("B"),)})}, "no name"),
        ({"dtypes": FrozenMap({"x": Name("int64")})}, "classes"),
        ({"classes": FrozenMap({"x": "10); import os"})}, "classes"),
    ],
)
def test_random_tensors_that_cannot_be_are_refused(args: dict[str, Arg], words: str) -> None:
    with pytest.raises(CannotWrite, match=words):
        text_of("data.random", args)


def test_a_hostile_title_stays_a_comment() -> None:
    node = Node("data.iris")
    text = write_data('x"\n# -*- coding: utf-7 -*-\nimport os', Address("source"), node).text
    first = text.splitlines()[0]
    assert first.startswith("#")
    assert len(first) <= 100
    assert "coding:" not in first
    assert "import os" not in text.splitlines()[1:]


def test_reading_data_touches_no_network_and_no_file_of_ours(tmp_path: Path) -> None:
    for spec in writers():
        text = text_of(spec)
        assert "netwright" not in text.lower().replace("# written by netwright", "", 1)
        assert "fetch_" not in text
        assert "http" not in text
