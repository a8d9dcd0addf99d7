"""Whose fault an exception is, without torch: lines, modules, and words for people."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.training.blame import explain, find_node
from app.training.script import Refused, imported, settings_of

CODE = """\
def outer():
    inner()


def inner():
    raise ValueError("first line\\nsecond line")


def through(call):
    call()
"""


class Layer:
    """A layer whose code lies elsewhere, as torch's own does."""

    def forward(self) -> None:
        raise RuntimeError("torch says no")


class Model:
    """Knows its layers by path, as nn.Module does."""

    def __init__(self) -> None:
        self.layers = [Layer(), Layer()]

    def named_modules(self) -> Iterator[tuple[str, Any]]:
        yield "", self
        yield from ((f"body.{k}", layer) for k, layer in enumerate(self.layers))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(CODE)
    lines = [None, "caller", None, None, None, "raiser", None, None, None, "body"]
    (tmp_path / "source_map.json").write_text(json.dumps({"files": {"train.py": lines}}))
    state = {"body.1.weight": {"node": "conv2", "parameter": "weight"}}
    (tmp_path / "state_map.json").write_text(json.dumps({"state": state}))
    return tmp_path


def raised(folder: Path, name: str, *arguments: Any) -> BaseException:
    with imported(folder) as script, pytest.raises((ValueError, RuntimeError)) as caught:
        getattr(script, name)(*arguments)
    return caught.value


def test_the_innermost_known_line_counts(folder: Path) -> None:
    error = raised(folder, "outer")
    assert find_node(error.__traceback__, folder) == ("raiser", "train.py line 6")


def test_a_line_of_no_node_leaves_the_caller(folder: Path) -> None:
    (folder / "source_map.json").write_text(json.dumps({"files": {"train.py": [None, "caller"]}}))
    error = raised(folder, "outer")
    assert find_node(error.__traceback__, folder)[0] == "caller"


def test_a_layer_with_weights_is_known_by_itself(folder: Path) -> None:
    model = Model()
    for k, node in enumerate(["body", "conv2"]):  # layer 0 is not in the state map
        error = raised(folder, "through", model.layers[k].forward)
        assert find_node(error.__traceback__, folder, model)[0] == node


@pytest.mark.parametrize("text", [None, "", "[]", '{"files": 3}', '{"state": {"a": 3}}'])
def test_spoilt_maps_name_no_node(folder: Path, text: str | None) -> None:
    for name in ("source_map.json", "state_map.json"):
        (folder / name).unlink()
        if text is not None:
            (folder / name).write_text(text)
    error = raised(folder, "outer")
    assert find_node(error.__traceback__, folder, Model()) == ("", "train.py line 6")


def test_a_fault_is_told_plainly(folder: Path) -> None:
    fault = explain(raised(folder, "outer"), folder, None, "after 2 epochs and 9 steps")
    assert fault.node == "raiser"
    assert fault.error == "ValueError: first line\nsecond line"
    assert fault.reason == (
        "Training failed at raiser (train.py line 6) after 2 epochs and 9 steps: "
        "ValueError: first line"
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "smaller batch size"),
        (type("OutOfMemoryError", (RuntimeError,), {})("CUDA ..."), "smaller batch size"),
        (ModuleNotFoundError("x", name="sklearn"), "package sklearn is not installed"),
        (OSError(28, "No space"), "disk is full"),
        (ValueError(), "ValueError"),
        (RuntimeError("can't start new thread"), "--threads 1"),
        (OSError(errno.EAGAIN, "Resource temporarily unavailable"), "no more threads"),
    ],
)
def test_common_causes_come_with_a_way_out(tmp_path: Path, error: BaseException, said: str) -> None:
    fault = explain(error, tmp_path, None, "now")
    assert said in fault.reason
    assert (fault.node, "\n" in fault.reason) == ("", False)


@pytest.mark.parametrize(
    "error",
    [
        ImportError("libgomp.so.1: cannot allocate memory"),
        ModuleNotFoundError("x", name="sklearn"),
        OSError(errno.EAGAIN, "Resource temporarily unavailable"),
        OSError(errno.ENOSPC, "No space left"),
        RuntimeError("can't start new thread"),
        RuntimeError("libgomp: Thread creation failed: Resource temporarily unavailable"),
    ],
)
def test_what_the_system_lacks_is_no_fault_of_a_node(folder: Path, error: Exception) -> None:
    with imported(folder) as script, pytest.raises(type(error)) as caught:
        script.through(lambda: (_ for _ in ()).throw(error).__next__())
    fault = explain(caught.value, folder, None, "now")
    assert fault.node == ""
    assert "body" not in fault.reason
    other = FileNotFoundError(errno.ENOENT, "no such file", "faces.csv")
    with imported(folder) as script, pytest.raises(OSError, match="faces") as caught:
        script.through(lambda: (_ for _ in ()).throw(other).__next__())
    assert explain(caught.value, folder, None, "now").node == "body"


def test_settings_must_be_a_dataclass() -> None:
    with pytest.raises(Refused, match="dataclass"):
        settings_of(SimpleNamespace(Settings=dict), {})


def test_a_folder_without_script_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"train\.py"), imported(tmp_path):
        pass
