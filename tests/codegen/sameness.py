"""Holds a generated module against the drawing run directly, bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from app.engine.interpret import Interpreter
from codegen.model import ModelText, write_model
from graph_editor.catalogue.order import regions
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document import expressions
from graph_editor.document.model import Expr, Name, Project
from tests.codegen.probe import verdict_of

SIZES = {"T": 6, "S": 5, "N": 4, "H": 8, "W": 8, "F": 7}


def sample(project: Project, batch: int) -> dict[str, Any]:
    """Return tensors for the inputs of the main graph."""
    generator = torch.Generator().manual_seed(batch)
    parameters = {p.name: p.default for p in project.main.parameters}
    scope: dict[str, Any] = {**SIZES, **parameters, "B": batch}
    found: dict[str, Any] = {}
    for node in regions(project.main, specs_of(project)).model:
        declared = project.main.graph.nodes[node]
        if declared.spec != "io.input":
            continue
        dims = declared.args.get("shape") or ()
        assert isinstance(dims, tuple)
        shape = [_size(d.text, scope) if isinstance(d, Expr) else d for d in dims]
        dtype = declared.args.get("dtype")
        if isinstance(dtype, Name) and dtype.text == "int64":
            found[node] = torch.randint(0, 5, shape, generator=generator)
        else:
            found[node] = torch.randn(shape, generator=generator)
    return found


def _size(text: str, scope: dict[str, Any]) -> int:
    names = expressions.names(expressions.parse(text))
    return int(expressions.evaluate(expressions.parse(text), {**dict.fromkeys(names, 3), **scope}))


def built(text: ModelText) -> nn.Module:
    """Return the generated model, constructed after seed 0."""
    space: dict[str, Any] = {"__name__": "model"}
    exec(compile(text.source.text, "model.py", "exec"), space)  # noqa: S102  # what it is about
    torch.manual_seed(0)
    return space[text.class_name]()


def check(project: Project, verdict: Verdict | None = None) -> ModelText:
    """Assert that the generated module and the interpreter are the same model."""
    verdict = verdict or verdict_of(project, sample(project, 2))
    text = write_model(project, specs_of(project), verdict)
    model, direct = built(text), Interpreter(project, verdict, 0)
    assert_same_state(text, model.state_dict(), direct.module.state_dict())
    for batch in (2, 3):
        for training in (True, False):
            model.train(training)
            direct.module.train(training)
            _assert_same_results(text, model, direct, sample(project, batch))
    assert_same_state(text, model.state_dict(), direct.module.state_dict())
    return text


def assert_same_state(text: ModelText, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> None:
    """Assert that the state map links every key of one to the other's, with equal bits."""
    places = {key: f"{at}.{name}" if name else at for key, (at, name) in text.state_map.items()}
    assert set(places) == set(mine)
    assert set(places.values()) == set(theirs)
    for key, place in places.items():
        assert torch.equal(mine[key], theirs[place]), key


def _assert_same_results(
    text: ModelText, model: nn.Module, direct: Interpreter, inputs: dict[str, Any]
) -> None:
    torch.manual_seed(1)
    results = model(*[inputs[node] for _, node in text.inputs])
    results = results if isinstance(results, tuple) else (results,)
    torch.manual_seed(1)
    expected = direct.forward(inputs)
    pairs = [(a, expected[n]) for a, (_, n) in zip(results, text.outputs, strict=True)]
    for mine, theirs in pairs:
        assert torch.equal(mine, theirs)
    losses = [sum(_weighted(side[i]) for side in pairs if side[i].requires_grad) for i in (0, 1)]
    if not isinstance(losses[0], torch.Tensor):
        return
    for module, loss in ((model, losses[0]), (direct.module, losses[1])):
        module.zero_grad()
        loss.backward()
    mine_named = dict(model.named_parameters(remove_duplicate=False))
    theirs_named = dict(direct.module.named_parameters(remove_duplicate=False))
    for key, (at, name) in text.state_map.items():
        if key in mine_named:
            other = theirs_named[f"{at}.{name}" if name else at]
            assert mine_named[key].requires_grad == other.requires_grad, key
            grads = mine_named[key].grad, other.grad
            assert (grads[0] is None) == (grads[1] is None), key
            assert grads[0] is None or torch.equal(grads[0], grads[1]), key


def _weighted(result: torch.Tensor) -> torch.Tensor:
    weights = torch.linspace(-1, 1, result.numel()).reshape(result.shape)
    return (result * weights).sum()
