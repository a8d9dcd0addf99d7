"""Schedulers are made as the catalogue describes them, and torch's own are the oracle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.optim import lr_scheduler

from app.engine.execute import CannotExecute, MissingArgument, MissingInput
from app.engine.schedulers import make_scheduler
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.ports import input_ports, output_kind, output_ports
from graph_editor.catalogue.spec import Spec
from graph_editor.document.expressions import ExpressionError
from graph_editor.document.model import Arg, Expr, FrozenMap, Node
from tests.catalogue.examples import SCHEDULERS

NAMES = sorted(spec.name for spec in catalogue() if spec.kind == "lr_scheduler")
COMPOSED = ("lr_scheduler.ChainedScheduler", "lr_scheduler.SequentialLR")


def spec_of(name: str) -> Spec:
    return catalogue().specs[f"lr_scheduler.{name.removeprefix('lr_scheduler.')}"]


def optimizer_of() -> torch.optim.Optimizer:
    return torch.optim.SGD([torch.nn.Parameter(torch.ones(2))], lr=0.1, momentum=0.9)


def rates(build: Callable[[torch.optim.Optimizer], Any], steps: int = 8) -> list[float]:
    optimizer = optimizer_of()
    scheduler = build(optimizer)
    found = []
    for _ in range(steps):
        found.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return found


def parts(optimizer: torch.optim.Optimizer) -> list[Any]:
    return [
        make_scheduler(spec_of("LinearLR"), {"total_iters": 2}, optimizer),
        make_scheduler(spec_of("ExponentialLR"), {"gamma": 0.5}, optimizer),
    ]


def torch_parts(optimizer: torch.optim.Optimizer) -> list[Any]:
    return [
        lr_scheduler.LinearLR(optimizer, total_iters=2),
        lr_scheduler.ExponentialLR(optimizer, 0.5),
    ]


def with_defaults(spec: Spec) -> dict[str, Arg]:
    own = [a for a in spec.arguments if a.stage == "constructor" and a.style != "pseudo"]
    said = {a.name: a.default for a in own if a.default is not None}
    given = SCHEDULERS.get(spec.name.partition(".")[2], {})
    assert set(given) <= {a.name for a in own}
    return {**said, **given}


@pytest.mark.parametrize("name", NAMES)
def test_every_scheduler_can_be_stepped_with_its_defaults_said(name: str) -> None:
    spec, optimizer = spec_of(name), optimizer_of()
    inner = parts(optimizer) if name in COMPOSED else []
    scheduler = make_scheduler(spec, with_defaults(spec), optimizer, inner)
    for _ in range(3):
        optimizer.step()
        scheduler.step(*([1.0] if spec.argument("metrics") else []))
    assert optimizer.param_groups[0]["lr"] > 0
    assert scheduler.optimizer is optimizer


def test_all_schedulers_of_torch_are_there() -> None:
    base = lr_scheduler.LRScheduler
    public = [n for n, c in vars(lr_scheduler).items() if isinstance(c, type) and n[0] != "_"]
    theirs = {
        n for n in public if issubclass(getattr(lr_scheduler, n), base) and n != base.__name__
    }
    assert {name.partition(".")[2] for name in NAMES} == theirs


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("0.95 ** epoch", lambda epoch: 0.95**epoch),
        ("min(1, (epoch + 1) / 4)", lambda epoch: min(1, (epoch + 1) / 4)),
        ("1 - epoch / epochs", lambda epoch: 1 - epoch / 10),
        (0.5, lambda epoch: 0.5),
    ],
)
def test_formulas_are_the_functions_that_one_would_write(
    text: str | float, function: Callable[[int], float]
) -> None:
    args: dict[str, Arg] = {"lr_lambda": Expr(text) if isinstance(text, str) else text}
    names = {"epochs": 10}
    ours = rates(lambda o: make_scheduler(spec_of("LambdaLR"), args, o, names=names))
    assert ours == rates(lambda o: lr_scheduler.LambdaLR(o, function))
    ours = rates(lambda o: make_scheduler(spec_of("MultiplicativeLR"), args, o, names=names))
    assert ours == rates(lambda o: lr_scheduler.MultiplicativeLR(o, function))


def test_a_factor_is_not_asked_for_before_the_first_step() -> None:
    args = {"lr_lambda": Expr("1 - 0.1 / epoch")}
    made = rates(lambda o: make_scheduler(spec_of("MultiplicativeLR"), args, o), 2)
    assert made == [0.1, 0.1 * 0.9]
    with pytest.raises(ExpressionError, match="divides by zero"):
        make_scheduler(spec_of("LambdaLR"), args, optimizer_of())


def test_schedulers_in_sequence_and_in_chain_are_those_of_torch() -> None:
    args: dict[str, Arg] = {"milestones": (3,)}
    sequential = spec_of("SequentialLR")
    ours = rates(lambda o: make_scheduler(sequential, args, o, parts(o)))
    assert ours == rates(lambda o: lr_scheduler.SequentialLR(o, torch_parts(o), [3]))
    chained = rates(lambda o: make_scheduler(spec_of("ChainedScheduler"), {}, o, parts(o)))
    assert chained == rates(lambda o: lr_scheduler.ChainedScheduler(torch_parts(o), o))
    assert ours != chained
    alone = rates(lambda o: make_scheduler(spec_of("ChainedScheduler"), {}, None, parts(o)))
    assert alone == chained


def test_they_can_be_nested() -> None:
    def ours(optimizer: torch.optim.Optimizer) -> Any:
        args: dict[str, Arg] = {"milestones": (4,)}
        first = make_scheduler(spec_of("SequentialLR"), args, optimizer, parts(optimizer))
        other = make_scheduler(spec_of("StepLR"), {"step_size": 2}, optimizer)
        return make_scheduler(spec_of("ChainedScheduler"), {}, optimizer, [first, other])

    def theirs(optimizer: torch.optim.Optimizer) -> Any:
        first = lr_scheduler.SequentialLR(optimizer, torch_parts(optimizer), milestones=[4])
        return lr_scheduler.ChainedScheduler([first, lr_scheduler.StepLR(optimizer, 2)])

    assert rates(ours) == rates(theirs)


def test_what_is_missing_or_wrong_is_told() -> None:
    optimizer = optimizer_of()
    with pytest.raises(MissingArgument, match="lr_lambda"):
        make_scheduler(spec_of("LambdaLR"), {}, optimizer)
    with pytest.raises(MissingArgument, match="milestones"):
        make_scheduler(spec_of("SequentialLR"), {}, optimizer, parts(optimizer))
    with pytest.raises(MissingInput, match=r"schedulers\[0\]"):
        make_scheduler(spec_of("ChainedScheduler"), {}, optimizer)
    with pytest.raises(MissingInput, match="optimizer"):
        make_scheduler(spec_of("StepLR"), {"step_size": 1})
    with pytest.raises(ValueError, match="milestone"):
        make_scheduler(spec_of("SequentialLR"), {"milestones": ()}, optimizer, parts(optimizer))
    for wrong in (True, "0.9", (0.9,)):
        with pytest.raises(CannotExecute, match="expression over epoch"):
            make_scheduler(spec_of("LambdaLR"), {"lr_lambda": wrong}, optimizer)
    with pytest.raises(ExpressionError, match="the name steps"):
        make_scheduler(spec_of("LambdaLR"), {"lr_lambda": Expr("steps")}, optimizer)


def test_a_plateau_gives_no_port_because_others_cannot_hold_it() -> None:
    optimizer = optimizer_of()
    plateau = make_scheduler(spec_of("ReduceLROnPlateau"), {}, optimizer)
    for name, args in (("SequentialLR", {"milestones": ()}), ("ChainedScheduler", {})):
        with pytest.raises(ValueError, match="does not support"):
            make_scheduler(spec_of(name), args, optimizer, [plateau])
    for name in NAMES:
        found = output_ports(spec_of(name), Node(name))
        assert found == (() if name.endswith("Plateau") else ("scheduler",))
        assert output_kind(spec_of(name), Node(name)) == "scheduler"


def test_variables_are_said_for_formulas_alone() -> None:
    for spec in catalogue():
        for argument in spec.arguments:
            assert bool(argument.variables) == (argument.type == "expression"), spec.name


def test_ports_follow_the_wires() -> None:
    node = Node("lr_scheduler.SequentialLR", args=FrozenMap({"milestones": (3,)}))
    found = input_ports(spec_of("SequentialLR"), node, ["optimizer", "schedulers[0]"])
    assert [(p.path, p.kind, p.optional) for p in found] == [
        ("optimizer", "optimizer", False),
        ("schedulers[0]", "scheduler", False),
        ("schedulers[1]", "scheduler", True),
    ]
