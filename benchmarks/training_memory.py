"""The predicted memory of a training against what CUDA allocates while the written code trains.

    python -m benchmarks.training_memory [--device cuda]

Each drawing is judged and written as Train would write it; its data are zeros, in the shapes that
the drawing says. The peak is that of ``torch.cuda.max_memory_allocated`` over some steps, without
the data. The last column says whether it lies in the range, with the room that CUDA's libraries
keep on top of it; the end says how many do. Known to lie outside: 16 channels at a batch of 8,192,
for whose convolutions cuDNN takes 1.1 GiB of its own.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import torch

from app.engine.judge import Judge
from codegen.project import generate
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.training_memory import in_units, training_memory
from graph_editor.checking.verdict import Verdict
from graph_editor.document.edits import in_block, set_argument, set_run
from graph_editor.document.files import load
from graph_editor.document.model import Arg, NodeId, Project
from tests.engine.live import zeros

EXAMPLES = Path(__file__).parents[1] / "assets" / "examples"
STEPS = 3
LIBRARIES = 72 * 2**20
"""Bytes that cuBLAS and cuDNN keep of PyTorch's memory, however small the drawing is."""
WIDER: tuple[tuple[str, int, tuple[tuple[str, str, Arg], ...]], ...] = (
    ("digits_cnn", 1024, (("conv1", "out_channels", 256), ("conv2", "out_channels", 512))),
    ("digits_cnn", 4096, (("conv1", "out_channels", 512), ("conv2", "out_channels", 1024))),
    ("digits_mlp", 64, (("hidden1", "out_features", 16384), ("hidden2", "out_features", 16384))),
    ("digits_lstm", 512, (("lstm", "hidden_size", 2048),)),
    ("digits_residual", 8192, ()),
)
"""Example, batch size, and arguments of nodes: drawings that take some memory."""


def drawings() -> Iterator[tuple[str, Project]]:
    """Yield the examples as they are, and larger ones."""
    for path in sorted(EXAMPLES.glob("*.netwright")):
        yield path.stem, load(path).project
    for name, batch, said in WIDER:
        project = set_run(load(EXAMPLES / f"{name}.netwright").project, "batch_size", batch)
        for node, argument, value in said:
            if NodeId(node) in project.main.graph.nodes:
                project = told(project, node, argument, value)
        yield f"{name}, batch {batch:,}", project


def told(project: Project, node: str, argument: str, value: Arg) -> Project:
    """Return a project with an argument of a node of its main graph."""
    return in_block(project, "main", lambda g: set_argument(g, NodeId(node), argument, value))


def peak(project: Project, verdict: Verdict, device: str, batch: int) -> int:
    """Return the bytes that the written code takes at most in some steps, without the data."""
    written = generate(project, specs_of(project), verdict)
    held = zeros(project, verdict, STEPS * batch)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("model.py", "train.py"):
            Path(folder, name).write_text(written.files[name].text, encoding="utf-8")
        stub: Any = ModuleType("data")
        stub.load_data = lambda _: (held, tuple(tensor[:2] for tensor in held))
        sys.modules["data"] = stub
        sys.modules.setdefault("tqdm", SimpleNamespace(tqdm=None))  # type: ignore[arg-type]  # not used
        sys.modules["model"] = module(Path(folder, "model.py"), "model")
        train = module(Path(folder, "train.py"), "train")
        before = [0]

        def report(event: dict[str, Any]) -> bool:
            if event["event"] == "start":
                weights = sum(p.numel() * p.element_size() for p in event["model"].parameters())
                before[0] = torch.cuda.memory_allocated() - weights
                torch.cuda.reset_peak_memory_stats()
            return event["event"] == "step" and event["step"] >= STEPS

        train.train(train.Settings(device=device), report)
    return torch.cuda.max_memory_allocated() - before[0]


def module(path: Path, name: str) -> Any:
    """Return a module that was just written."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    spec.loader.exec_module(made)
    return made


def warm_up(device: str) -> None:
    """Have CUDA's libraries take what they keep, and say how much that is."""
    free, _ = torch.cuda.mem_get_info(device)
    image, rows = torch.rand(8, 4, 8, 8, device=device), torch.rand(8, 5, 4, device=device)
    layers = (torch.nn.Conv2d(4, 4, 3), torch.nn.LSTM(4, 4, batch_first=True))
    for layer, value in zip(layers, (image, rows), strict=True):
        made = layer.to(device)(value)
        (made[0] if isinstance(made, tuple) else made).square().mean().backward()
    (rows @ rows.transpose(1, 2)).sum().item()
    left, total = torch.cuda.mem_get_info(device)
    kept = in_units(torch.cuda.memory_allocated())
    print(f"{in_units(total - free)} before the first step (context, others), {kept} kept,")
    print(f"{in_units(total - left)} taken of the device after it")


def main() -> int:
    """Print a line for each drawing; return 1 where a peak lies outside of its range."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda")
    device = parser.parse_args().device
    if not torch.cuda.is_available():
        print("There is no CUDA device here.")
        return 0
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}")
    warm_up(device)
    judge, outside, count = Judge(), 0, 0
    for name, project in drawings():
        verdict = judge.judge(project)
        need = training_memory(project, verdict)
        said = project.run.get("batch_size")
        took = peak(project, verdict, device, said if isinstance(said, int) else 64)
        torch.cuda.empty_cache()
        within = need.low <= took <= need.high + LIBRARIES
        outside, count = outside + (not within), count + 1
        ends = f"{in_units(need.low):>10} to {in_units(need.high):>10}"
        part = (took - need.low) / (need.high - need.low)
        print(f"{name:30} {ends}  took {in_units(took):>10}  at {part:6.0%}  {within}")
    print(f"{count - outside} of {count} in the range")
    return int(outside > 0)


if __name__ == "__main__":
    sys.exit(main())
