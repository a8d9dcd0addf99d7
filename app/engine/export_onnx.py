"""Writes a model as ONNX: exported by torch, checked, and held against the model itself."""

from __future__ import annotations

import contextlib
import io
import logging
import re
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import torch
from torch import nn

from app.engine.export_inputs import Input, inputs_of
from app.engine.export_weights import load_weights
from app.engine.judge import Judge
from app.engine.refused_export import RefusedExport
from app.engine.written_module import import_model
from app.trust import is_trusted
from codegen.model import ModelText, write_model
from codegen.names import slug
from codegen.source_map import node_of
from codegen.written import CannotWrite
from graph_editor.catalogue.run_settings import DEFAULTS
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.atomic import atomic_write, leads_out
from graph_editor.document.model import Project

Tell: TypeAlias = Callable[[float, str], None]
LARGEST_DIFFERENCE = 1e-4
"""Relative to the largest number that an output holds."""
TRACED, ASKED = 2, (3, 5)
"""The batch size with which a model is exported, and those with which it is held against it."""
MISSING = (
    "Exporting to ONNX needs {name}, which is not installed. Install what it takes with: "
    "pip install onnx onnxruntime onnxscript"
)
MODEL_FILE = "model.py"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and how near it is to the model."""

    path: Path
    size: int
    """Bytes."""
    difference: float
    """The largest between the two, relative to the largest number of the output."""
    opset: int
    loaded: int
    """How many weights came from a file; 0 where they are fresh."""


def export(project: Project, path: Path, weights: Path | None, tell: Tell) -> Exported:
    """Write the model of a project as ONNX; nothing is written before it was checked.

    ``weights`` is a file of weights or the folder of a run; without it they are fresh ones under
    the project's seed. Raises RefusedExport, in plain words and with the node where it is known.
    """
    if not path.parent.is_dir():
        raise RefusedExport(f"{path} cannot be written: there is no folder {path.parent}.")
    if leads_out(path.parent, path.name):
        raise RefusedExport(f"{path} cannot be written: it is a link that leads elsewhere.")
    tell(0.05, "Loading what it takes")
    onnx, runtime = _packages()
    tell(0.15, "Checking the drawing")
    text, inputs, shapes = _judged(project)
    with tempfile.TemporaryDirectory() as folder:
        model = _made(project, text, Path(folder) / MODEL_FILE)
        loaded = load_weights(model, text, weights) if weights is not None else 0
        model.eval()
        tell(0.3, "Exporting the model")
        program = _translated(model, text, inputs, _output_names(project, text, inputs))
        tell(0.7, "Checking the file")
        proto = program.model_proto
        _keep_names(proto.graph, shapes)
        content: bytes = proto.SerializeToString()
        try:
            onnx.checker.check_model(content, full_check=True)
        except Exception as error:
            raise RefusedExport(f"The exported model is not sound: {_first(error)}") from error
        tell(0.8, "Running it beside the model")
        difference = _difference(model, runtime, content, inputs)
        is_random = not difference <= LARGEST_DIFFERENCE and _is_random(model, inputs)
    if is_random:
        raise RefusedExport(
            "The model draws random numbers when it is used, too, so that nothing can be held "
            "against its export. Draw them outside, and give the model an input for them."
        )
    if not difference <= LARGEST_DIFFERENCE:
        raise RefusedExport(
            f"The exported model does not give what the model gives: the largest difference is "
            f"{difference:.1e} of the largest number, more than {LARGEST_DIFFERENCE:.0e}."
        )
    tell(0.95, "Writing the file")
    try:
        atomic_write(path, content)
    except OSError as error:
        raise RefusedExport(f"{path} cannot be written: {error.strerror or error}.") from error
    return Exported(path, len(content), difference, proto.opset_import[0].version, loaded)


def _packages() -> tuple[Any, Any]:
    """Import what is needed; they take a second, so that nobody else imports them."""
    try:
        import onnx
        import onnx.checker
        import onnxruntime
        import onnxscript  # torch imports it, and says less where it is missing
    except ImportError as error:
        raise RefusedExport(MISSING.format(name=error.name or "a package")) from error
    del onnxscript
    onnxruntime.set_default_logger_severity(4)
    return onnx, onnxruntime


def _judged(project: Project) -> tuple[ModelText, tuple[Input, ...], list[Sequence[int | str]]]:
    """Return the written model, what goes in, and the shapes of what comes out."""
    if project.code and not is_trusted(project):
        raise RefusedExport("The project holds custom code that you have not trusted.")
    verdict = Judge(is_trusted).judge(project)
    try:
        text = write_model(project, specs_of(project), verdict)
    except CannotWrite as refusal:
        raise RefusedExport(f"{refusal.feature}. {refusal.way_out}", refusal.node) from refusal
    if not text.class_name:
        raise RefusedExport(
            "The drawing has no model of its own: no output node. Draw one on the wire that leaves "
            "the model."
        )
    shapes = [_shape(verdict, node) for _, node in text.outputs]
    return text, inputs_of(project, verdict, text), shapes


def _shape(verdict: Verdict, node: str) -> Sequence[int | str]:
    found = verdict.types.get(f"{node}.output")
    return found.shape if found is not None else ()


def _made(project: Project, text: ModelText, file: Path) -> nn.Module:
    seed = project.run.get("seed", DEFAULTS["seed"])
    made = import_model(text.source.text, file)
    torch.manual_seed(seed if isinstance(seed, int) else 0)
    model: nn.Module = getattr(made, text.class_name)()
    return model


def _output_names(project: Project, text: ModelText, inputs: Sequence[Input]) -> list[str]:
    """Return the outputs' own names, where they differ; Python's words need no other here."""
    nodes = project.main.graph.nodes
    names = [slug(nodes[node].name) or name for name, node in text.outputs]
    others = {each.name for each in inputs}
    alone = len(set(names)) == len(names) and not others.intersection(names)
    return names if alone else [name for name, _ in text.outputs]


def _translated(
    model: nn.Module, text: ModelText, inputs: Sequence[Input], outputs: list[str]
) -> Any:
    """Return torch's export of a model. Raises RefusedExport."""
    shapes = tuple(each.dynamic for each in inputs)
    try:
        with _quiet():
            return torch.onnx.export(
                model,
                tuple(each.sample(TRACED, 0) for each in inputs),
                None,
                dynamo=True,
                input_names=[each.name for each in inputs],
                output_names=outputs,
                dynamic_shapes=shapes,
                verbose=False,
            )
    except Exception as error:
        raise _told(error, text) from error


def _keep_names(graph: Any, shapes: Sequence[Sequence[int | str]]) -> None:
    """Name the sizes of outputs that the drawing names, and torch takes for those of its example.

    It does so behind an LSTM or a GRU; what it says of values inside is left out then.
    """
    is_wrong = False
    for output, shape in zip(graph.output, shapes, strict=True):
        dims = output.type.tensor_type.shape.dim
        for dim, size in zip(dims, shape, strict=False) if len(dims) == len(shape) else ():
            if isinstance(size, str) and dim.HasField("dim_value"):
                dim.dim_param, is_wrong = size, True
    if is_wrong:
        del graph.value_info[:]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep warnings and logs of the exporter to itself: what matters is in the error."""
    logging.disable(logging.CRITICAL)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)


def _told(error: BaseException, text: ModelText) -> RefusedExport:
    """Return in plain words why torch could not export, with the node where it can be found."""
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(cause)
    said = "\n".join(str(each) for each in chain)
    found = re.findall(rf"{re.escape(MODEL_FILE)}\", line (\d+)", said)
    node = node_of(text.source, int(found[-1])) if found else None
    missing = re.search(r"<OpOverload\(op='([^']+)'", said) if "ONNX function" in said else None
    if missing:
        return RefusedExport(f"ONNX has no form of the operation {missing[1]}.", node or "")
    if "onstraint" in said or "specializ" in said.lower():
        first = _first(chain[-1])
        words = "The model works for some sizes alone, so that they cannot be left open"
        return RefusedExport(f"{words}: {first}", node or "")
    return RefusedExport(f"PyTorch cannot export this model: {_first(chain[-1])}", node or "")


def _first(error: BaseException) -> str:
    """Return the first line of an error that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def _difference(model: nn.Module, runtime: Any, content: bytes, inputs: Sequence[Input]) -> float:
    """Return the largest difference between a model and its export, at two batch sizes."""
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    try:
        session = runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        taken = {each.name for each in session.get_inputs()}
        worst = 0.0
        for more, batch in enumerate(ASKED):
            samples = {each.name: each.sample(batch, more) for each in inputs}
            with torch.no_grad():
                expected = model(*samples.values())
            given = {name: value.numpy() for name, value in samples.items() if name in taken}
            results = session.run(None, given)
            wanted = expected if isinstance(expected, tuple) else (expected,)
            worst = max(worst, *map(relative_difference, map(torch.as_tensor, results), wanted))
        return worst
    except Exception as error:
        words = f"onnxruntime cannot run the exported model: {_first(error)}"
        raise RefusedExport(words) from error


def _is_random(model: nn.Module, inputs: Sequence[Input]) -> bool:
    """Whether a model gives other results for the same inputs."""
    samples = [each.sample(ASKED[0], 0) for each in inputs]
    with torch.no_grad():
        pairs = [model(*samples) for _ in range(2)]
    one, two = (each if isinstance(each, tuple) else (each,) for each in pairs)
    return any(
        not torch.equal(a.nan_to_num(), b.nan_to_num()) for a, b in zip(one, two, strict=True)
    )


def relative_difference(found: torch.Tensor, wanted: torch.Tensor) -> float:
    """Return the largest difference as a share of the largest number; infinity for other shapes."""
    if found.shape != wanted.shape:
        return float("inf")
    left, right = found.double(), wanted.detach().double()
    if not torch.equal(left.isfinite(), right.isfinite()):
        return float("inf")
    left, right = left[left.isfinite()], right[right.isfinite()]
    if not right.numel():
        return 0.0
    scale = max(right.abs().max().item(), torch.finfo(torch.float32).tiny)
    return (left - right).abs().max().item() / scale


def as_answer(done: Exported | RefusedExport) -> Mapping[str, object]:
    """Return what is told to the window or the terminal."""
    if isinstance(done, RefusedExport):
        return {"reason": str(done), "node": done.node}
    return {
        "path": str(done.path),
        "size": done.size,
        "difference": done.difference,
        "opset": done.opset,
        "loaded": done.loaded,
    }
