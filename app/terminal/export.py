"""Export a project as Python in a form of its own, or as ONNX."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.engine.client import Engine
from app.engine.protocol import Message
from app.terminal.errors import CommandError
from app.terminal.generate import copy_weights, keep_others, refuse, write, write_files
from app.terminal.judging import judge, load
from codegen.exporters import exporter, exporters
from codegen.written import CannotWrite
from graph_editor.document.files import dumps
from graph_editor.document.model import Project

ONNX = "onnx"
PATIENCE = 900.0
"""Seconds that an export to ONNX may take."""


def add_options(sub: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    forms = [form.key for form in exporters()]
    sub.add_argument("file", type=Path, metavar="FILE", help="a .netwright project")
    sub.add_argument(
        "--format", choices=[*forms, ONNX], default=forms[0], help=f"what to write ({forms[0]})"
    )
    sub.add_argument(
        "-o",
        dest="output",
        type=Path,
        metavar="OUT",
        required=True,
        help="the folder; for ONNX the file",
    )
    sub.add_argument("--force", action="store_true", help="replace files that differ")
    weights = sub.add_mutually_exclusive_group()
    weights.add_argument("--run", type=Path, metavar="RUN", help="ONNX: the weights of a run")
    weights.add_argument("--weights", type=Path, metavar="FILE", help="ONNX: a file of weights")


def run(options: argparse.Namespace) -> int:
    """Write the files; return 1 where errors of the drawing stand in the way."""
    project = load(options.file)
    if options.format == ONNX:
        return _export_onnx(project, options)
    if options.run or options.weights:
        raise CommandError("weights are for --format onnx; Python files hold none")
    verdict = judge(project)
    if refuse(project, verdict):
        return 1
    try:
        texts = exporter(options.format).texts(write(project, verdict))
    except CannotWrite as refusal:
        raise CommandError(str(refusal)) from refusal
    keep_others(options.output, texts, force=options.force)
    write_files(options.output, texts)
    copy_weights(project, options.file, options.output, texts)
    return 0


def _export_onnx(project: Project, options: argparse.Namespace) -> int:
    """Write one file, checked by onnx and held against the model in onnxruntime."""
    path = Path(options.output)
    if path.is_dir():
        raise CommandError(f"{path} is a folder; name a file")
    if path.exists() and not options.force:
        raise CommandError(f"{path} is there already; --force replaces it")
    weights = options.run or options.weights
    question = {
        "type": "job",
        "job": ONNX,
        "project": dumps(project),
        "path": str(path.absolute()),
        "weights": str(weights.absolute()) if weights is not None else None,
    }
    with Engine("job", timeout=PATIENCE) as engine:
        found = engine.send(question, _show).result(PATIENCE)["result"]
    if "reason" in found:
        node = f"{found['node']}: " if found["node"] else ""
        print(f"{node}{found['reason']}", file=sys.stderr)
        return 1
    whose = "the weights given" if found["loaded"] else "fresh weights"
    print(
        f"{path}: {found['size']:,} bytes, opset {found['opset']}, with {whose}. The largest "
        f"difference from the model is {found['difference']:.1e} of the largest number."
    )
    return 0


def _show(message: Message) -> None:
    if message.get("text"):
        print(f"{message['text']} …", file=sys.stderr)
