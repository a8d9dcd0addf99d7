"""The committed catalogue is what introspection of its torch release gives."""

import copy
import json
import sys

import pytest
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

from app.engine import derive
from graph_editor.catalogue.load import catalogue
from graph_editor.document.expressions import evaluate, parse
from tests.catalogue.examples import MODULES

COMMITTED = json.loads(derive.FILE.read_text(encoding="utf-8"))
SAME_RELEASE = COMMITTED["torch_release"] == derive.release()


def test_deriving_again_gives_the_committed_file() -> None:
    if not SAME_RELEASE:
        pytest.skip(f"derived from {COMMITTED['torch_release']}, this is {derive.release()}")
    assert derive.to_text(derive.derive()) == derive.FILE.read_text(encoding="utf-8")


def test_the_installed_release_differs_only_where_it_is_another() -> None:
    found = derive.differences(derive.derive(), COMMITTED)
    assert all(isinstance(line, str) and ": " in line for line in found)
    if SAME_RELEASE:
        assert found == []


def test_differences_are_told_in_words() -> None:
    changed = copy.deepcopy(COMMITTED)
    specs = changed["specs"]
    del specs["nn.Tanh"]
    specs["nn.Novel"] = {"arguments": [], "callee": "torch.nn.Novel", "category": "Layers"}
    linear = {a["name"]: a for a in specs["nn.Linear"]["arguments"]}
    linear["bias"]["default"] = 1
    specs["nn.ReLU"]["arguments"].insert(0, {"name": "slope", "type": "float"})
    specs["nn.GELU"]["callee"] = "torch.nn.Gelu"
    specs["optim.SGD"]["arguments"][:2] = reversed(specs["optim.SGD"]["arguments"][:2])
    del specs["nn.CELU"]["arguments"][0]
    assert derive.differences(changed, COMMITTED) == [
        "nn.Tanh: is gone",
        "nn.Novel: is new",
        "nn.CELU: argument alpha is gone",
        "nn.GELU: callee was 'torch.nn.GELU', is 'torch.nn.Gelu'",
        "nn.Linear: default of argument bias was True, is 1",
        "nn.ReLU: argument slope is new",
        "optim.SGD: order of arguments was "
        + ", ".join(a["name"] for a in COMMITTED["specs"]["optim.SGD"]["arguments"])
        + ", is "
        + ", ".join(a["name"] for a in specs["optim.SGD"]["arguments"]),
    ]


ROOMS = (
    ("nn", nn, nn.Module),
    ("optim", optim, optim.Optimizer),
    ("lr_scheduler", lr_scheduler, lr_scheduler.LRScheduler),
)


@pytest.mark.parametrize(("kind", "room", "base"), ROOMS, ids=[kind for kind, _, _ in ROOMS])
def test_all_that_torch_has_is_there_or_left_out_with_a_reason(
    kind: str, room: object, base: type
) -> None:
    known = set(catalogue().specs)
    for name in dir(room):
        value = getattr(room, name)
        if name[0] == "_" or not isinstance(value, type) or not issubclass(value, base):
            continue
        full = f"{kind}.{name}"
        lazy = kind == "nn" and name.startswith("Lazy")
        assert lazy or (full in known) != (full in derive.LEFT_OUT), full


def test_nothing_is_left_out_that_torch_does_not_have() -> None:
    rooms = {kind: room for kind, room, _ in ROOMS}
    for full in derive.LEFT_OUT:
        kind, _, name = full.partition(".")
        assert hasattr(rooms[kind], name), full


def test_every_callee_is_in_torch() -> None:
    for spec in catalogue():
        if spec.callee and spec.kind != "op":
            assert callable(derive.found(spec.callee)), spec.name


def test_documentation_comes_from_torch() -> None:
    assert "affine linear transformation" in derive.documentation("nn.Linear")
    assert derive.documentation("torch.cat").startswith("cat(tensors")
    assert derive.documentation("op.add") == ""
    assert derive.documentation("data.digits") == ""
    assert derive.documentation("nn.NoSuchThing") == ""


def test_summaries_are_our_own_words() -> None:
    for spec in catalogue():
        theirs = " ".join(derive.documentation(spec.name).split()).lower()
        assert spec.summary.rstrip(".").lower() not in theirs or not theirs, spec.name


INFERRED = [(s.name, a.name) for s in catalogue() for a in s.arguments if a.infer]


@pytest.mark.parametrize(("name", "argument"), INFERRED, ids=[".".join(i) for i in INFERRED])
def test_auto_parameters_are_what_the_example_says(name: str, argument: str) -> None:
    spec = catalogue().specs[name]
    known = spec.argument(argument)
    assert known is not None
    inputs = MODULES[name].inputs
    found = evaluate(parse(known.infer), {}, lambda port: inputs[port])
    assert found == MODULES[name].args[argument]


def test_there_are_auto_parameters_for_the_layers_people_use() -> None:
    assert len(INFERRED) >= 25
    assert ("nn.Conv2d", "in_channels") in INFERRED


def test_defaults_have_the_type_that_the_argument_says() -> None:
    types = {"int": int, "bool": bool, "str": str, "float": int | float}
    for spec in catalogue():
        for argument in spec.arguments:
            expected = types.get(argument.type)
            if expected is not None and argument.default is not None:
                assert isinstance(argument.default, expected), (spec.name, argument.name)
                if argument.choices and argument.type == "str":
                    assert argument.default in argument.choices, (spec.name, argument.name)


def test_required_and_nullable_defaults_agree() -> None:
    for spec in catalogue():
        for argument in spec.arguments:
            absent = argument.default is None and not argument.required
            assert not absent or argument.nullable, (spec.name, argument.name)


def test_torch_is_loaded_here_and_so_the_comparison_is_real() -> None:
    assert "torch" in sys.modules
    assert torch.__version__.startswith(derive.release())
