"""Values: immutable, compared with their types, and cheap to change."""

import copy
import pickle
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_editor.document.model import (
    NOTHING,
    Block,
    BlockId,
    Expr,
    FrozenMap,
    Graph,
    Hole,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
    Slice,
    same,
)

atoms = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.0, -0.0, 1.0, "1"])
maps = st.dictionaries(st.sampled_from("abcd"), atoms | st.tuples(atoms))


@pytest.mark.parametrize(("one", "two"), [(1, 1.0), (1, True), (0, False), (0.0, -0.0), (1, "1")])
def test_arguments_compare_with_their_types(one: object, two: object) -> None:
    assert not same(one, two)
    assert not same((one,), (two,))
    assert FrozenMap({"a": one}) != FrozenMap({"a": two})
    assert Node("op.add", args=FrozenMap({"a": one})) != Node("op.add", args=FrozenMap({"a": two}))
    assert Slice(one) != Slice(two)  # type: ignore[arg-type]
    assert same(one, copy.deepcopy(one))


@given(maps, maps)
def test_equal_maps_hash_alike_and_order_does_not_matter(one: dict, two: dict) -> None:
    left, right = FrozenMap(one), FrozenMap(reversed(one.items()))
    assert left == right
    assert hash(left) == hash(right)
    if FrozenMap(two) == left:
        assert hash(FrozenMap(two)) == hash(left)
        assert all(same(one[key], two[key]) for key in one)


@given(maps, st.sampled_from("abcd"), atoms)
def test_changes_of_a_map_are_those_of_a_dict_and_leave_it_alone(
    items: dict, key: str, value: object
) -> None:
    before = FrozenMap(items)
    assert dict(before.set(key, value)) == {**items, key: value}
    assert dict(before.merged({key: value})) == {**items, key: value}
    assert dict(before.without(key, "zz")) == {k: v for k, v in items.items() if k != key}
    assert before == FrozenMap(items)
    assert list(before.items()) == list(items.items())
    assert list(before.values()) == list(items.values())
    assert before.keys() == items.keys()


def test_a_map_does_not_follow_the_dict_it_was_made_from() -> None:
    source = {"a": 1}
    made = FrozenMap(source)
    own = made.thawed()
    source["a"] = own["a"] = 2
    assert made["a"] == 1
    assert FrozenMap(made) == made


def test_changed_from_names_what_is_another_object() -> None:
    old = FrozenMap({"a": (1, 2), "b": (3,), "c": (4,)})
    new = old.without("c").set("b", (5,)).set("d", (6,))
    assert new.changed_from(old) == ["b", "d"]
    assert old.changed_from(old) == []
    assert FrozenMap({"a": None}).changed_from(FrozenMap()) == ["a"]


def test_maps_and_values_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        NOTHING._items = {}  # type: ignore[misc]
    with pytest.raises(TypeError):
        NOTHING["a"] = 1  # type: ignore[index]
    with pytest.raises(AttributeError):
        Node("op.add").spec = "op.sub"  # type: ignore[misc]


def test_values_can_be_hashed_copied_and_pickled() -> None:
    node = Node("Tensor.view", args=FrozenMap({"args": (Hole(), -1, Expr("heads"))}))
    graph = Graph(
        FrozenMap({NodeId("view"): node}),
        FrozenMap({InPort(NodeId("view"), PortPath("args[0]")): OutPort(NodeId("x"), "output")}),
    )
    project = Project(Block(graph), FrozenMap({BlockId("b"): Block(graph)}))
    again = pickle.loads(pickle.dumps(project))
    assert again == project
    assert hash(again) == hash(project)
    assert copy.deepcopy(project) == project


def test_a_spec_says_its_kind() -> None:
    assert [Node(s).kind for s in ("nn.Conv2d", "call.torch.fft.fft")] == ["nn", "call"]


def test_a_block_is_found_and_replaced_by_its_key() -> None:
    block = Block(name="B")
    project = Project().with_block("b", block).with_block("main", Block(name="M"))
    assert project.block("b") is block
    assert project.block("main").name == "M"
    with pytest.raises(KeyError):
        project.block("c")


def test_changed_from_finds_every_difference_of_large_maps() -> None:
    random = Random(7)
    known: list[FrozenMap[int, tuple[int, ...]]] = [FrozenMap({n: (n,) for n in range(100)})]
    for step in range(300):
        before, key = random.choice(known), random.randrange(130)
        made = (
            before.set(key, (key, step)),
            before.without(key, key + 1),
            before.merged({key: (step,), key + 7: (step, step)}),
            FrozenMap({**before, step: (step,)}),
        )[random.randrange(4)]
        other = random.choice(known)
        plain = [k for k, v in made.items() if other.get(k) is not v]
        assert made.changed_from(other) == plain
        assert [k for k in other if k not in made] == [
            k for k in other.changed_from(made) if k not in made
        ]
        known.append(made)
