"""Changes: no larger than what they change, and checked like a file when they come from outside."""

import json

import pytest

from graph_editor.document.file_fields import freeze
from graph_editor.document.file_problems import Complaints
from graph_editor.document.files import FileProblem, apply_change, change_to_json, dumps, loads
from graph_editor.document.model import FrozenMap, Project

HEAD = '"format": "netwright", "format_version": 1, "min_reader": 1'
BASE = loads(
    f"""{{{HEAD}, "main": {{"name": "M", "inputs": ["x"], "nodes": {{
    "x": {{"spec": "io.input"}},
    "a": {{"spec": "nn.Linear", "args": {{"out_features": 1}}, "in": {{"input": "x.output"}}}},
    "b": {{"spec": "nn.ReLU", "in": {{"input": "a.output"}}}}}}}},
    "blocks": {{"one": {{"nodes": {{}}}}}}, "run": {{"epochs": 3, "seed": 1}},
    "layout": {{"main": {{"at": {{"a": [0, 0], "b": [9, 0]}}, "notes": []}}}}}}"""
).project


def _edited(old: str, new: str) -> Project:
    text = dumps(BASE)
    assert old in text
    return loads(text.replace(old, new)).project


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (
            '"out_features": 1',
            '"out_features": 1.0',
            {
                "main": {
                    "nodes": {
                        "a": {
                            "spec": "nn.Linear",
                            "args": {"out_features": 1.0},
                            "in": {"input": "x.output"},
                        }
                    }
                }
            },
        ),
        (
            '"in": {"input": "a.output"}',
            '"in": {"input": "x.output"}',
            {"main": {"nodes": {"b": {"spec": "nn.ReLU", "in": {"input": "x.output"}}}}},
        ),
        ('"b": [9, 0]', '"b": [9, 1]', {"layout": {"set": [[["main", "at", "b"], [9, 1]]]}}),
        (',\n    "b": [9, 0]', "", {"layout": {"drop": [["main", "at", "b"]]}}),
        ('"epochs": 3', '"epochs": "=3"', {"run": {"set": [[["epochs"], "=3"]]}}),
        ('"seed": 1', '"seed": true', {"run": {"set": [[["seed"], True]]}}),
        ('"name": "M"', '"doc": "D"', {"main": {"set": {"doc": "D"}, "drop": ["name"]}}),
        ('"one"', '"two"', {"blocks": {"one": None, "two": {}}}),
    ],
)
def test_a_change_says_what_changed_and_no_more(old: str, new: str, change: object) -> None:
    after = _edited(old, new)
    assert change_to_json(BASE, after) == change
    assert apply_change(BASE, change) == after  # type: ignore[arg-type]


def test_what_a_change_does_not_name_stays_the_same_object() -> None:
    after = apply_change(BASE, {"run": {"set": [[["epochs"], 4]]}})
    assert after.main == BASE.main
    assert after.layout is BASE.layout
    assert after.main.graph.nodes is BASE.main.graph.nodes


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        ([], "", "must be an object"),
        ({"wires": {}}, "wires", "no part of a change"),
        ({"main": {"edges": {}}}, "main.edges", "no part of a block's change"),
        ({"main": {"nodes": {"A": {"spec": "nn.ReLU"}}}}, "main.nodes.A", "an id is"),
        ({"main": {"nodes": {"a": None}}}, "main.nodes.b.in.input", "no node a"),
        ({"main": {"nodes": {"x": None, "a": None, "b": None}}}, "main.inputs", "no node x"),
        (
            {"main": {"nodes": {"c": {"spec": "nn.ReLU", "in": {"input": "d.output"}}}}},
            "main.nodes.c.in.input",
            "no node d",
        ),
        ({"main": {"set": {"inputs": ["y"]}}}, "main.inputs", "no node y"),
        ({"main": {"set": {"name": 1}}}, "main.name", "must be text"),
        ({"main": {"set": 1}}, "main", "must be an object"),
        ({"main": {"drop": "name"}}, "main.drop", "must be a list"),
        ({"blocks": {"main": {}}}, "blocks.main", "not main"),
        ({"blocks": []}, "blocks", "must be an object"),
        ({"code": {"f": {"text": 1}}}, "code.f.text", "must be a list"),
        ({"run": {"set": [[["a"], float("nan")]]}}, "run.a", "no finite number"),
        ({"run": {"set": [["a", 1]]}}, "run.set[0]", "must be a path"),
        ({"run": {"set": [1]}}, "run.set[0]", "a path and a value"),
        ({"run": {"drop": [[]]}}, "run.drop[0]", "must be a path"),
        ({"layout": {"set": [[["main", "at", "a"], 4]]}}, "layout.main.at.a", "two numbers"),
        ({"layout": {"set": [[["main"], {"at": {"a": float("inf")}}]]}}, "at.a", "finite"),
    ],
)
def test_a_wrong_change_is_refused_with_its_place(change: dict, place: str, reason: str) -> None:
    with pytest.raises(FileProblem) as caught:
        apply_change(BASE, change)
    found = [(problem.place, problem.reason) for problem in caught.value.problems]
    assert any(place in where and reason in why for where, why in found), found


def test_a_change_goes_through_json() -> None:
    change = change_to_json(Project(), BASE)
    assert apply_change(Project(), json.loads(json.dumps(change))) == BASE


def test_a_frozen_change_applies_as_well() -> None:
    frozen = freeze(change_to_json(BASE, Project()), "", Complaints(""))
    assert isinstance(frozen, FrozenMap)
    assert apply_change(BASE, frozen) == Project()
