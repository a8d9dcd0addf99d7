"""Export to ONNX: what is written is the model, and what fails leaves nothing behind."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import torch

from app.engine import export_onnx
from app.engine.export_onnx import as_answer, export, relative_difference
from app.engine.export_weights import load_weights
from app.engine.judge import Judge
from app.engine.refused_export import RefusedExport
from codegen.model import write_model
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.files import load, loads
from graph_editor.document.model import NodeId, Project
from tests.codegen.training_projects import executed, project

EXAMPLES = Path(__file__).resolve().parents[2] / "assets" / "examples"
WITHOUT_MODEL = {"gan", "conditional_gan"}
"""They train blocks against each other, and have no model of their own."""


def quiet(_: float, __: str) -> None:
    """Hear of no progress."""


def wine() -> Project:
    return load(EXAMPLES / "wine.netwright").project


def test_a_model_is_written_with_its_names_and_open_sizes(tmp_path: Path) -> None:
    import onnx

    told: list[float] = []
    file = tmp_path / "wine.onnx"
    done = export(wine(), file, None, lambda fraction, _: told.append(fraction))
    assert done.difference <= 1e-4
    assert done.size == file.stat().st_size
    assert told == sorted(told)
    graph = onnx.load(file).graph
    assert [each.name for each in graph.input] == ["measures"]
    sizes = graph.input[0].type.tensor_type.shape.dim
    assert [size.dim_param or size.dim_value for size in sizes] == ["B", 13]
    assert graph.output[0].type.tensor_type.shape.dim[0].dim_param == "B"
    assert [path.name for path in tmp_path.iterdir()] == ["wine.onnx"]


def bare(**nodes: object) -> Project:
    """Return a model without a training: its nodes, from x to the outputs."""
    outputs = [key for key in nodes if key.startswith("out")]
    main = {"name": "Bare", "inputs": ["x"], "outputs": outputs, "nodes": nodes}
    head = {"format": "netwright", "format_version": 1, "min_reader": 1}
    return loads(json.dumps({**head, "main": main})).project


SEQUENCE = {"spec": "io.input", "name": "x", "args": {"shape": ["=B", "=T", 16]}}


def test_a_length_stays_open_behind_a_recurrent_layer(tmp_path: Path) -> None:
    import onnx

    lstm = {"hidden_size": 8, "batch_first": True, "bidirectional": True}
    made = bare(
        x=SEQUENCE,
        lstm={"spec": "nn.LSTM", "args": lstm, "in": {"input": "x.output"}},
        out={"spec": "io.output", "name": "map", "in": {"input": "lstm.output"}},
        out2={"spec": "io.output", "name": "last", "in": {"input": "lstm.h_n"}},
    )
    export(made, tmp_path / "a.onnx", None, quiet)
    graph = onnx.load(tmp_path / "a.onnx").graph
    shapes = [
        [size.dim_param or size.dim_value for size in each.type.tensor_type.shape.dim]
        for each in graph.output
    ]
    assert shapes == [["B", "T", 16], [2, "B", 8]]
    assert [each.name for each in graph.output] == ["map", "last"]


def test_a_model_that_draws_numbers_is_refused_with_the_reason(tmp_path: Path) -> None:
    made = bare(
        x=SEQUENCE,
        noise={"spec": "torch.randn_like", "in": {"input": "x.output"}},
        add={"spec": "op.add", "in": {"input": "x.output", "other": "noise.output"}},
        out={"spec": "io.output", "in": {"input": "add.output"}},
    )
    with pytest.raises(RefusedExport, match="draws random numbers when it is used"):
        export(made, tmp_path / "a.onnx", None, quiet)
    assert not list(tmp_path.iterdir())


def test_another_answer_than_the_models_is_refused_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "wine.onnx"
    file.write_bytes(b"old")
    monkeypatch.setattr(export_onnx, "_difference", lambda *_: 2e-4)
    with pytest.raises(RefusedExport, match=r"largest difference is 2\.0e-04"):
        export(wine(), file, None, quiet)
    assert file.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_what_is_missing_is_told_with_the_way_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(RefusedExport, match="pip install onnx onnxruntime onnxscript"):
        export(wine(), tmp_path / "wine.onnx", None, quiet)


def test_a_drawing_that_is_wrong_or_holds_no_model_is_refused(tmp_path: Path) -> None:
    wrong = in_block(wine(), "main", lambda g: set_argument(g, NodeId("head"), "in_features", 100))
    with pytest.raises(RefusedExport) as refusal:
        export(wrong, tmp_path / "a.onnx", None, quiet)
    assert as_answer(refusal.value)["node"] == "head"
    with pytest.raises(RefusedExport, match="output"):
        export(project({}), tmp_path / "a.onnx", None, quiet)
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(RefusedExport, match="cannot be written"):
        export(wine(), tmp_path / "gone" / "a.onnx", None, quiet)


def test_weights_are_found_by_their_nodes_and_refused_where_they_do_not_fit(
    tmp_path: Path,
) -> None:
    drawn = wine()
    text = write_model(drawn, specs_of(drawn), Judge().judge(drawn))
    model = getattr(executed(text.source.text), text.class_name)()
    other = {f"old.{name}": torch.full_like(v, 0.5) for name, v in model.state_dict().items()}
    torch.save(other, tmp_path / "model.pt")
    with pytest.raises(RefusedExport, match="not of this model: it lacks"):
        load_weights(model, text, tmp_path)
    places = {
        f"old.{name}": {"node": at, "parameter": what}
        for name, (at, what) in text.state_map.items()
    }
    (tmp_path / "state_map.json").write_text(json.dumps({"format": 1, "state": places}))
    assert load_weights(model, text, tmp_path) == len(other)
    assert all((value == 0.5).all() for value in model.state_dict().values())
    first = next(iter(other))
    torch.save(other | {first: torch.zeros(1)}, tmp_path / "model.pt")
    with pytest.raises(RefusedExport, match="in the drawing"):
        load_weights(model, text, tmp_path)
    (tmp_path / "junk.pt").write_bytes(b"junk")
    for name, words in (("junk.pt", "cannot be read"), ("gone.pt", "no weights")):
        with pytest.raises(RefusedExport, match=words):
            load_weights(model, text, tmp_path / name)


def test_the_difference_is_relative_to_the_largest_number() -> None:
    right = torch.tensor([0.0, 100.0])
    assert relative_difference(torch.tensor([0.01, 100.0]), right) == pytest.approx(1e-4)
    assert relative_difference(torch.zeros(3), right) == float("inf")
    assert relative_difference(torch.tensor([float("nan"), 1.0]), right) == float("inf")
    assert relative_difference(torch.empty(0), torch.empty(0)) == 0.0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_example_is_exported(tmp_path: Path) -> None:
    exported, refused = {}, {}
    for path in sorted(EXAMPLES.glob("*.netwright")):
        try:
            done = export(load(path).project, tmp_path / f"{path.stem}.onnx", None, quiet)
            exported[path.stem] = done.difference
        except RefusedExport as refusal:
            refused[path.stem] = str(refusal)
    assert set(refused) <= WITHOUT_MODEL, refused
    assert len(exported) >= 4
    assert max(exported.values()) <= 1e-4
