"""Generated tests/test_model.py: passes for what is written, and fails for what is broken."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest
import torch

from codegen import generate
from codegen.written import Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document.model import Address, Expr, FrozenMap, Project
from tests.codegen.training_projects import SIMPLE, executed, imported, project, simple

TYPES = {
    "x.output": TensorType(("B", 13)),
    "logits.output": TensorType(("B", 3), requires_grad=True),
}


def written(drawn: Project, **more: TensorType) -> Written:
    types = {**TYPES, **{port.replace("_", "."): known for port, known in more.items()}}
    counted = {Address("head"): 42}
    verdict = Verdict(types=FrozenMap(types), parameters=FrozenMap(counted))
    return generate(drawn, specs_of(drawn), verdict)


def text(drawn: Project, **more: TensorType) -> str:
    return written(drawn, **more).files["tests/test_model.py"].text


@pytest.fixture(autouse=True)
def same_threads() -> Iterator[None]:
    """Give the number of threads back, which a training sets."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@contextmanager
def checks_of(files: Written) -> Iterator[ModuleType]:
    """Make what is tested importable and hand over the tests."""
    with imported(files):
        yield executed(files.files["tests/test_model.py"].text, "test_model")


def test_what_is_written_passes(tmp_path: Path) -> None:
    with checks_of(written(simple())) as tests:
        for batch in (2, 3):
            tests.test_what_comes_out_follows_the_batch(batch)
        tests.test_the_loss_is_a_finite_number()
        tests.test_a_gradient_reaches_every_parameter_that_learns()
        tests.test_training_on_one_batch_lowers_its_loss()
        tests.test_the_weights_survive_a_file(tmp_path)


def test_another_shape_fails() -> None:
    with (
        checks_of(written(simple(), logits_output=TensorType(("B", 4)))) as tests,
        pytest.raises(AssertionError),
    ):
        tests.test_what_comes_out_follows_the_batch(2)


def test_a_loss_that_stays_or_is_no_number_fails() -> None:
    with checks_of(written(simple())) as tests:
        tests.learn = lambda: ([1.0, 1.0], set())
        with pytest.raises(AssertionError):
            tests.test_training_on_one_batch_lowers_its_loss()
        tests.learn = lambda: ([1.0, float("nan")], set())
        with pytest.raises(AssertionError):
            tests.test_the_loss_is_a_finite_number()


def test_a_layer_that_no_gradient_reaches_fails() -> None:
    with checks_of(written(simple())) as tests:
        model = sys.modules["train"].Small

        class Larger(model):  # type: ignore[misc,valid-type]  # the class that was written
            def __init__(self) -> None:
                super().__init__()
                self.idle = torch.nn.Linear(2, 2)

        sys.modules["train"].Small = Larger  # type: ignore[attr-defined]  # what it trains
        with pytest.raises(AssertionError):
            tests.test_a_gradient_reaches_every_parameter_that_learns()


def test_an_optimizer_that_waits_for_batches_gets_enough() -> None:
    assert "epochs=10," in text(simple())
    waits = simple(adam=("optim.AdamW", {"accumulate": 4}, {"losses[0]": "loss"}))
    assert "epochs=18," in text(waits)


def test_sizes_are_said_in_the_words_of_the_inputs() -> None:
    types = {
        "x_output": TensorType(("B", "T")),
        "logits_output": TensorType(("2*B", "T + 1", 4)),
    }
    assert "logits.shape == (2 * batch, features.shape[1] + 1, 4)" in text(simple(), **types)
    unknown = text(simple(), logits_output=TensorType(("B", "?")))
    assert "len(logits.shape) == 2" in unknown


def test_a_model_alone_is_given_made_up_inputs(tmp_path: Path) -> None:
    nodes = {k: v for k, v in SIMPLE.items() if k in ("x", "head", "logits")}
    nodes["x"] = ("io.input", {"shape": (Expr("B"), 13)}, {})
    files = written(project(nodes))
    said = files.files["tests/test_model.py"].text
    assert "x = torch.rand(batch, 13)" in said
    assert "train" not in said
    before = sys.modules.get("model")
    sys.modules["model"] = executed(files.files["model.py"].text, "model")
    try:
        tests = executed(said, "test_model")
        tests.test_what_comes_out_follows_the_batch(3)
        tests.test_a_gradient_reaches_every_parameter_that_learns()
        tests.test_the_weights_survive_a_file(tmp_path)
    finally:
        del sys.modules["model"]
        if before is not None:
            sys.modules["model"] = before
