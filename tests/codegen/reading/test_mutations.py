"""Edits of every kind on every project: each arrives, and what it did not touch stays."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from random import Random

import pytest

from codegen.model import write_model
from codegen.reading.isomorphism import isomorphic
from codegen.reading.merge import merge
from codegen.reading.model import read_model
from codegen.reading.naming import main_class
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.edits import positions_of
from graph_editor.document.model import Project
from tests.codegen.reading.test_round_trip import FIRST, has_left_overs
from tests.codegen.reading.texts import SPECS, stripped
from tests.codegen.test_every_project import WRITTEN, judged, written

Edit = Callable[[ast.Module, Random], bool]


def _chains(tree: ast.Module) -> list[ast.Call]:
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    chains = [c for c in calls if ast.unparse(c.func) in ("nn.Sequential", "super().__init__")]
    return [c for c in chains if len(c.args) > 2]


def _modules(tree: ast.Module) -> Iterator[ast.Call]:
    """Yield the calls that make a layer."""
    for node in ast.walk(tree):
        is_layer = isinstance(node, ast.Call) and ast.unparse(node.func).startswith("nn.")
        if is_layer and ast.unparse(node.func) not in ("nn.Sequential", "nn.ModuleList"):
            assert isinstance(node, ast.Call)
            yield node


def an_argument(tree: ast.Module, chance: Random) -> bool:
    calls = list(_modules(tree))
    parts = [n for c in calls for n in ast.walk(c) if isinstance(n, ast.Constant)]
    numbers = [n for n in parts if type(n.value) is int and n.value > 2]
    if numbers:
        number = chance.choice(numbers)
        number.value = int(number.value) + 1  # type: ignore[arg-type]  # it is one
    return bool(numbers)


def a_layer_added(tree: ast.Module, chance: Random) -> bool:
    chains = _chains(tree)
    if chains:
        chain = chance.choice(chains)
        layer = ast.parse("nn.Hardswish()", mode="eval").body
        chain.args.insert(chance.randint(1, len(chain.args) - 1), layer)
    return bool(chains)


def a_layer_removed(tree: ast.Module, chance: Random) -> bool:
    chains = [c for c in _chains(tree) if len(c.args) > 3]
    if chains:
        chain = chance.choice(chains)
        chain.args.pop(chance.randint(1, len(chain.args) - 2))
    return bool(chains)


def an_attribute_renamed(tree: ast.Module, chance: Random) -> bool:
    found = []
    for each in tree.body:
        for node in ast.walk(each) if isinstance(each, ast.ClassDef) else ():
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
                text = ast.unparse(node.value)
                if text.startswith("nn.") and not text.startswith(("nn.Seq", "nn.Par")):
                    found.append((each, node.targets[0].attr))
    if not found:
        return False
    owner, name = chance.choice(found)
    for node in ast.walk(owner):
        if isinstance(node, ast.Attribute) and node.attr == name:
            node.attr = "another_one"
    return True


def a_call_around_the_result(tree: ast.Module, chance: Random) -> bool:
    returns = [n for n in ast.walk(tree) if isinstance(n, ast.Return) and n.value is not None]
    returns = [r for r in returns if not isinstance(r.value, ast.Tuple | ast.Name)]
    if not returns:
        return False
    chosen = chance.choice(returns)
    call = ast.parse("torch.tanh(x)", mode="eval").body
    assert isinstance(call, ast.Call)
    assert chosen.value is not None
    call.args = [chosen.value]
    chosen.value = call
    return ast.unparse(chosen.value.args[0]) != "self"


EDITS: list[Edit] = [
    an_argument, a_layer_added, a_layer_removed, an_attribute_renamed, a_call_around_the_result,
]  # fmt: skip
EXACT = (a_layer_added, an_attribute_renamed)
"""Edits after which the same verdict holds as far as the writer asks, and the text is the same."""
PROJECTS = [
    name if name in FIRST else pytest.param(name, marks=pytest.mark.slow) for name in WRITTEN
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda e: e.__name__)
@pytest.mark.parametrize("name", PROJECTS)
def test_an_edit_arrives_and_all_else_stays(name: str, edit: Edit) -> None:
    if name == "freeze" and edit in (a_layer_added, a_layer_removed):
        return  # what is frozen is named by its place in the chain, and would be another layer
    project, verdict = judged(name)
    text = written(name).files["model.py"].text
    tree = ast.parse(stripped(text))
    if not edit(tree, Random(name)):
        return
    edited = ast.unparse(tree) + "\n"
    if edited == stripped(text):
        return
    merged = merge(project, SPECS, text, edited)
    assert merged.problems == (), merged.problems[0].text()
    assert merged.changes
    read = read_model(edited, SPECS, main_class(merged.project))
    assert isomorphic(merged.project, read.project) == ""
    _assert_kept(project, merged.project)
    if edit in EXACT and name != "same_as" and not has_left_overs(project):
        # there a variable is called as the attribute is, and is renamed with it
        made = merged.project
        again = write_model(made, specs_of(made), verdict).source.text
        assert stripped(again) == edited


def _assert_kept(before: Project, after: Project) -> None:
    assert set(before.blocks) == set(after.blocks)
    differ = 0
    for key in ("main", *before.blocks):
        old, new = before.block(key).graph.nodes, after.block(key).graph.nodes
        kept = [n for n in old if n in new]
        assert len(old) - len(kept) <= 1
        assert len(new) - len(kept) <= 1
        differ += sum(old[n] != new[n] for n in kept)
        places, others = positions_of(before, key), positions_of(after, key)
        assert all(places.get(n) == others.get(n) for n in kept)
    assert differ <= 2
