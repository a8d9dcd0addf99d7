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
from graph_editor.document.model import Address, At, Expr, FrozenMap, Project
from tests.codegen.training_projects import SIMPLE, Drawn, executed, imported, project, simple

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
            tests.test_shapes(batch)
        tests.test_parameters()
        tests.test_samples_are_independent()
        tests.test_every_layer_is_used()
        tests.test_saving(tmp_path)
        tests.test_every_weight_learns()
        tests.test_the_loss_of_one_batch_falls()


def test_another_shape_fails() -> None:
    with (
        checks_of(written(simple(), logits_output=TensorType(("B", 4)))) as tests,
        pytest.raises(AssertionError),
    ):
        tests.test_shapes(2)


def test_a_loss_that_stays_or_is_no_number_fails() -> None:
    with checks_of(written(simple())) as tests:
        for losses in ([1.0, 1.0], [1.0, float("nan"), 0.5]):
            tests.learn = lambda losses=losses: (None, losses, [])
            with pytest.raises(AssertionError):
                tests.test_the_loss_of_one_batch_falls()


def test_a_layer_that_is_not_used_fails() -> None:
    with checks_of(written(simple())) as tests:
        model = sys.modules["train"].Small

        class Larger(model):  # type: ignore[misc,valid-type]  # the class that was written
            def __init__(self) -> None:
                super().__init__()
                self.idle = torch.nn.Linear(2, 2)

        tests.Small = sys.modules["train"].Small = Larger  # type: ignore[attr-defined]  # both
        for test in (tests.test_every_weight_learns, tests.test_every_layer_is_used):
            with pytest.raises(AssertionError):
                test()
        with pytest.raises(AssertionError):
            tests.test_parameters()


def test_a_model_that_mixes_samples_or_knows_none_fails() -> None:
    with checks_of(written(simple())) as tests:
        model = tests.learn()[0]
        ways = {"mixed": lambda y: y + y.sum(dim=0), "nothing": torch.zeros_like}
        for change in ways.values():
            model.forward = lambda x, change=change: change(type(model).forward(model, x))
            with pytest.raises(AssertionError):
                tests.test_samples_are_independent()


def test_what_works_across_the_batch_is_not_asked_to_keep_samples_apart() -> None:
    middle = ("torch.mean", {"dim": 0, "keepdim": True}, {"input": "x"})
    assert "samples_are_independent" in text(simple())
    mixed = simple(
        middle=middle,
        apart=("op.sub", {}, {"input": "x", "other": "middle"}),
        head=("nn.Linear", {"in_features": 13, "out_features": 3}, {"input": "apart"}),
    )
    assert "samples_are_independent" not in text(mixed)


def test_what_is_drawn_by_chance_is_not_asked_to_repeat_itself() -> None:
    said = text(
        simple(
            noise=("torch.randn_like", {}, {"input": "x"}),
            noisy=("op.add", {}, {"input": "x", "other": "noise"}),
            head=("nn.Linear", {"in_features": 13, "out_features": 3}, {"input": "noisy"}),
        )
    )
    assert "test_saving" not in said
    assert "samples_are_independent" not in said
    assert "import Path" not in said


def test_only_what_is_trained_has_to_learn() -> None:
    assert "weight.requires_grad" in text(simple())
    chosen = simple(adam=("optim.AdamW", {"trains": (At(Address("head")),)}, {"losses[0]": "loss"}))
    assert "id(weight) in trained" in text(chosen)


def test_what_no_loss_hears_of_need_not_learn() -> None:
    """An output that is for use alone has weights that nothing teaches."""
    more: dict[str, Drawn] = {
        "side": ("nn.Linear", {"in_features": 13, "out_features": 2}, {"input": "x"}),
        "extra": ("io.output", {}, {"input": "side"}),
    }
    drawn, counted = simple(**more), {Address("head"): 42, Address("side"): 28}
    types = {**TYPES, "extra.output": TensorType(("B", 2), requires_grad=True)}
    verdict = Verdict(types=FrozenMap(types), parameters=FrozenMap(counted))
    files = generate(drawn, specs_of(drawn), verdict)
    assert 'unread = "linear2."' in files.files["tests/test_model.py"].text
    with checks_of(files) as tests:
        tests.test_every_weight_learns()


def test_an_optimizer_that_waits_for_batches_gets_enough() -> None:
    assert "epochs=10," in text(simple())
    waits = simple(adam=("optim.AdamW", {"accumulate": 4}, {"losses[0]": "loss"}))
    assert "epochs=18," in text(waits)


def test_the_files_of_a_training_stay_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("checkpoint.pt").write_bytes(b"kept")
    drawn = project(SIMPLE, checkpoint=1, keep_best="val_loss", batch_size=50)
    with checks_of(written(drawn)) as tests:
        tests.test_the_loss_of_one_batch_falls()
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.pt"]
    assert Path("checkpoint.pt").read_bytes() == b"kept"


def test_half_floats_are_trained_where_there_is_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with checks_of(written(project(SIMPLE, precision="fp16", batch_size=50))) as tests:
        tests.test_shapes(2)
        with pytest.raises(pytest.skip.Exception, match="fp16 is trained on a CUDA device"):
            tests.test_the_loss_of_one_batch_falls()


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
        tests.test_shapes(3)
        tests.test_every_weight_gets_a_gradient()
        tests.test_every_layer_is_used()
        tests.test_saving(tmp_path)
    finally:
        del sys.modules["model"]
        if before is not None:
            sys.modules["model"] = before
