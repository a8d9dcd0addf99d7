"""Data that is drawn at random: it is what the judge says of it, for every argument it may have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest
import torch

from app.engine.judge import Judge
from codegen.data import write_data
from codegen.data_source import writers
from codegen.written import CannotWrite
from graph_editor.catalogue.data_ports import port_types
from graph_editor.catalogue.data_split import parts_of
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.arguments import OF_KIND, OF_SPEC
from graph_editor.checking.bounds import Bounds
from graph_editor.document.model import Address, Arg, Block, FrozenMap, Graph, Node, NodeId, Project
from tests.codegen.training_projects import executed

OWN = ("data.random",)
"""Sources that say their ports by arguments of their own, with tests of their own."""
Part = tuple[torch.Tensor, ...]


def _drawn() -> list[str]:
    names = [name for name in sorted(writers()) if name not in OWN]
    return [name for name in names if writers()[name](FrozenMap()).drawn]


DRAWN = _drawn()
SMALL: dict[str, dict[str, Arg]] = {
    "data.captions": {"samples": 40, "size": 27},
    "data.digit_strings": {"samples": 30, "length": 5, "order": "sorted"},
    "data.graphs": {"samples": 30, "nodes": 5},
    "data.image_pairs": {"samples": 30, "size": 6},
    "data.pushes": {"samples": 31},
    "data.ratings": {"samples": 33},
    "data.shape_masks": {"samples": 30, "size": 11},
    "data.shape_places": {"samples": 30, "size": 13},
    "data.shape_triplets": {"samples": 30, "size": 13},
    "data.shapes": {"samples": 30, "size": 14},
    "data.short_texts": {"samples": 30, "length": 7},
    "data.text": {"samples": 30, "length": 9},
    "data.waves": {"samples": 30, "window": 5, "horizon": 3},
    "data.whistles": {"samples": 30, "frames": 6},
}
"""Other arguments than the defaults, all of them."""


def known(spec: str) -> Spec:
    found = catalogue().get(spec)
    assert found is not None
    return found


def source(spec: str, args: Mapping[str, Arg]) -> Node:
    return Node(spec, args=FrozenMap(args))


@cache
def text_of(node: Node) -> str:
    return write_data("A title", Address("source"), node).text


def load(node: Node, seed: int = 0) -> tuple[Part, Part]:
    train, validation = executed(text_of(node), "data").load_data(seed)
    return train, validation


def assert_as_said(node: Node, seed: int) -> None:
    """Assert that both parts are what the catalogue says of the node's ports."""
    spec, parts = known(node.spec), load(node, seed)
    said = parts_of(spec, node)
    assert said is not None
    for count, part in zip((said.train, said.val), parts, strict=True):
        for kind, tensor in zip(port_types(spec, node).values(), part, strict=True):
            assert tuple(tensor.shape) == (count, *kind.shape[1:])
            assert str(tensor.dtype) == f"torch.{kind.dtype}"
            assert torch.isfinite(tensor).all()
            assert kind.low is not None
            assert kind.high is not None
            assert ((kind.low <= tensor) & (tensor <= kind.high)).all()
            assert kind.classes is None or kind.high == kind.classes - 1


def test_every_drawn_source_is_tried_with_all_its_arguments() -> None:
    assert sorted(SMALL) == DRAWN
    for spec, args in SMALL.items():
        assert {a.name for a in known(spec).arguments} == {*args, "split"}


@pytest.mark.parametrize("spec", DRAWN)
def test_the_tensors_are_what_the_catalogue_says(spec: str) -> None:
    for seed in (0, 1):
        assert_as_said(source(spec, {}), seed)
    assert_as_said(source(spec, SMALL[spec]), 2)


@pytest.mark.parametrize("spec", DRAWN)
def test_the_judge_says_the_types_that_come(spec: str) -> None:
    for args in ({}, SMALL[spec]):
        node = source(spec, args)
        project = Project(Block(Graph(FrozenMap({NodeId("source"): node})), "Data"))
        types = Judge().judge(project).types
        train, _ = load(node)
        for port, tensor in zip(port_types(known(spec), node), train, strict=True):
            judged = types[f"source.{port}"]
            assert judged.shape[1:] == tuple(tensor.shape[1:])
            assert judged.dtype == str(tensor.dtype).removeprefix("torch.")


@pytest.mark.parametrize("spec", DRAWN)
def test_one_seed_gives_the_same_bits_and_another_other_ones(spec: str) -> None:
    node = source(spec, SMALL[spec])
    first, again, other = load(node, 3), load(node, 3), load(node, 4)
    for one, two in zip((*first[0], *first[1]), (*again[0], *again[1]), strict=True):
        assert torch.equal(one, two)
    assert not torch.equal(first[0][0], other[0][0])
    assert not torch.equal(first[1][0][:5], first[0][0][:5])


@pytest.mark.parametrize("spec", DRAWN)
def test_the_writer_keeps_the_bounds_of_the_judge(spec: str) -> None:
    for argument in known(spec).arguments:
        if argument.type != "int":
            continue
        bounds = OF_SPEC.get((spec, argument.name)) or OF_KIND[("data", argument.name)]
        assert bounds.least is not None
        least = int(bounds.least)
        assert_as_said(source(spec, {**SMALL[spec], argument.name: least}), 0)
        wrongs: tuple[Arg, ...] = (least - 1, *_beyond(bounds), True, 2.5, "many")
        for wrong in wrongs:
            with pytest.raises(CannotWrite, match=argument.name):
                text_of(source(spec, {**SMALL[spec], argument.name: wrong}))


def _beyond(bounds: Bounds) -> tuple[int, ...]:
    return () if bounds.greatest is None else (int(bounds.greatest) + 1,)


def test_an_order_that_there_is_not_is_refused() -> None:
    with pytest.raises(CannotWrite, match="reversed, sorted"):
        text_of(source("data.digit_strings", {"order": "shuffled"}))


def test_digit_strings_are_reversed_or_sorted_one_place_later() -> None:
    for order in ("reversed", "sorted"):
        (sources, so_far, targets), _ = load(source("data.digit_strings", {"order": order}))
        wanted = sources.flip(1) if order == "reversed" else sources.sort(dim=1).values
        assert torch.equal(targets, wanted)
        assert torch.equal(so_far[:, 1:], targets[:, :-1])
        assert (so_far[:, 0] == 10).all()


def test_the_text_goes_on_from_piece_to_piece() -> None:
    (tokens, following), _ = load(source("data.text", {}))
    assert torch.equal(tokens[:, 1:], following[:, :-1])
    assert torch.equal(tokens[1:, 0], following[:-1, -1])
    letters = " .abcdefghijklmnopqrstuvwxyz"
    written = "".join(letters[code] for code in tokens.flatten().tolist())
    assert " the moon " in written
    assert ". my sister " in written


def test_texts_end_in_padding_and_hold_words_of_their_topic_alone() -> None:
    (words, labels), _ = load(source("data.short_texts", {}))
    filled = (words != 0).long()
    assert (filled.diff(dim=1) <= 0).all()
    assert filled.sum(dim=1).min() >= 10
    topics = (words - 24).div(10, rounding_mode="floor")
    assert ((topics < 0) | (topics == labels.unsqueeze(1))).all()


def test_no_two_captions_are_alike() -> None:
    (_, train), (_, validation) = load(source("data.captions", {}))
    captions = {tuple(row) for row in (*train.tolist(), *validation.tolist())}
    assert len(captions) == 432


def test_small_images_are_the_large_ones_in_less_detail() -> None:
    (small, large), _ = load(source("data.image_pairs", {}))
    assert torch.allclose(small, torch.nn.functional.avg_pool2d(large, 2), atol=1e-6)


def test_graphs_are_symmetric_with_every_node_beside_itself() -> None:
    (features, adjacency, group), _ = load(source("data.graphs", {}))
    assert torch.equal(adjacency, adjacency.mT)
    assert (adjacency.diagonal(dim1=1, dim2=2) == 1).all()
    told = features.sum(dim=2) == 1
    assert torch.equal(features[..., 1][told], group[told])


def test_a_best_push_earns_the_most() -> None:
    (states, actions, rewards, best), _ = load(source("data.pushes", {}))
    chosen = actions == best
    assert (rewards[chosen] >= -states[chosen].sum(dim=1, keepdim=True).abs()).all()
    assert rewards[chosen].mean() > rewards[~chosen].mean()
