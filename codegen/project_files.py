"""The files beside the code of an export: requirements.txt and README.md."""

from __future__ import annotations

from collections.abc import Iterable

from codegen.names import remark
from codegen.third_party import lines_for
from codegen.written import SourceText
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import NodeId, Project

REQUIREMENTS = {
    "numpy": "numpy>=1.26",
    "pytest": "pytest>=8.3  # for tests/ alone",
    "torch": "torch>=2.11,<2.14",
    "safetensors": "safetensors>=0.5",
    "scikit-learn": "scikit-learn>=1.5",
    "tqdm": "tqdm>=4.66",
}
"""What each distribution must be for the written code; torch as the catalogue is held against."""

UNKNOWN = "# {module}: custom code imports it; add the package that brings it"

WHAT = {
    "model.py": "the model, a plain `nn.Module`",
    "data.py": "reads and splits the data",
    "train.py": "trains the model; `train(settings, report)` can be called from other code",
    "predict.py": "asks the trained model; reads files of inputs, too",
    "tests/test_model.py": "checks of the model, run by `python -m pytest`",
    "requirements.txt": "what these files import",
}

RUN = """
## Run it
In an environment of its own (`python -m venv .venv`, then activate it):

```
pip install -r requirements.txt
python train.py
```

`python train.py --help` lists the settings. Training writes `metrics.jsonl` (a line for every step
and every epoch) and `model.pt` (the weights); Ctrl+C ends it early and keeps what was done. On a
CPU the same seed and number of threads give the same numbers, bit for bit.

`python -m pytest` checks the model and a few steps of its training; nothing else needs pytest.
"""

PREDICT = """
## Ask it
```
python predict.py --input FILE --output answers.csv
```

The file holds your own samples, in numbers as `data.py` gives them; `python predict.py --help` says
in which form.{more}
"""
SAMPLES = " Without `--input` it asks about samples of the validation part."


USE = """
## Use the weights
```python
import torch

from model import {model}

model = {model}()
model.load_state_dict(torch.load("model.pt", weights_only=True))
model.eval()
```
"""


def write_requirements(packages: Iterable[str], imported: tuple[str, ...] = ()) -> SourceText:
    """Return requirements.txt for torch, packages, and modules that custom code imports."""
    lines = [REQUIREMENTS[name] for name in sorted({"torch", *packages})]
    known, unknown = lines_for(imported)
    lines = sorted({*lines, *known}, key=lambda line: line.lower())
    return _text([*lines, *[UNKNOWN.format(module=module) for module in unknown]])


def write_readme(
    project: Project,
    verdict: Verdict,
    model: str,
    about: str,
    files: Iterable[str],
    *,
    asks_samples: bool = True,
    imported: tuple[str, ...] = (),
) -> SourceText:
    """Return README.md; about says what the model is trained on, and is empty without training."""
    files = list(files)
    asks = PREDICT.format(more=SAMPLES if asks_samples else "") if "predict.py" in files else ""
    title = remark(project.main.name) or "Untitled"
    parameters = sum(verdict.parameters.values())
    doc = remark(project.main.doc, 400)
    names = [name for name in WHAT if name in files]
    lines = [f"# {title}", ""]
    lines += [doc, ""] if doc else []
    lines += [
        f"{_drawn(model, about)} This folder needs nothing of Netwright.",
        "",
        *([f"- {parameters:,} parameters"] if parameters else []),
        *_ports(project, verdict, project.main.inputs, "input"),
        *_ports(project, verdict, project.main.outputs, "output"),
        "",
        "| File | What it is |",
        "|---|---|",
        *[f"| `{name}` | {WHAT[name]} |" for name in names],
        *(
            RUN.splitlines()
            if about
            else ["", "`pip install -r requirements.txt`, then import what you need."]
        ),
        *_unlisted(imported),
        *_starts(project, bool(about)),
        *asks.splitlines(),
        *(USE.format(model=model).splitlines() if about and model else []),
    ]
    return _text(lines)


def _drawn(model: str, about: str) -> str:
    if not model:
        return "These blocks were drawn in Netwright."
    return f"`{model}` was drawn in Netwright{f' and learns from {about}' if about else ''}."


def _unlisted(imported: tuple[str, ...]) -> list[str]:
    """Return what is said of imports of custom code that requirements.txt has no package for."""
    _, unknown = lines_for(imported)
    if not unknown:
        return []
    names = ", ".join(f"`{module}`" for module in unknown)
    return [
        "",
        f"Custom code in `model.py` imports {names}. Which package brings that is not known here:",
        "install it as well, and write it into `requirements.txt`.",
    ]


def _starts(project: Project, trains: bool) -> list[str]:
    """Return what is said of files of weights that a training starts from."""
    blocks = (project.main, *project.blocks.values())
    nodes = (node for block in blocks for node in block.graph.nodes.values())
    files = sorted({n.weights.start for n in nodes if n.weights is not None and n.weights.start})
    if not files or not trains:
        return []
    return [
        "",
        "Training starts from these weights, which lie beside `train.py`:",
        "",
        *[f"- `{remark(file).replace('`', '')}`" for file in files],
    ]


def _ports(
    project: Project, verdict: Verdict, nodes: Iterable[NodeId], direction: str
) -> list[str]:
    found = []
    for node_id in nodes:
        known = verdict.types.get(f"{node_id}.output")
        name = remark(project.main.graph.nodes[node_id].name or node_id)
        shape = f" ({known.text()}, {known.dtype})" if known is not None else ""
        found.append(f"- {direction}: `{name}`{shape}")
    return found


def _text(lines: list[str]) -> SourceText:
    return SourceText("\n".join(lines) + "\n", (None,) * len(lines))
