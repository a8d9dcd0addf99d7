"""README.md of an export: what is there, how to run it, and nothing that this project has not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from codegen import train_start
from codegen.model import ModelText
from codegen.names import remark
from codegen.statements import wrapped
from codegen.third_party import lines_for
from codegen.train_file import run_commands
from codegen.train_loop import is_laid_out
from codegen.train_parts import Parts
from codegen.written import SourceText
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import NodeId, Project

WIDTH = 100
WHAT = {
    "model.py": "the model, a plain `nn.Module`",
    "data.py": "reads and splits the data",
    "train.py": "trains the model; `train(settings, report)` can be called from other code",
    "predict.py": "asks the trained model",
    "tests/test_model.py": "checks, run by `python -m pytest`",
    "requirements.txt": "what these files import",
}
SEVERAL = {
    "model.py": "the networks, plain `nn.Module`s",
    "train.py": "trains them; `train(settings, report)` can be called from other code",
}
"""What is said where the blocks of the drawing are the models."""

MODEL_ALONE = """
`pip install -r requirements.txt`, then import what you need.
"""
RUN = """
## Run it
In an environment of its own (`python -m venv .venv`, then activate it):

```
pip install -r requirements.txt
{command}
```

`python train.py --help` lists the settings. Training writes `metrics.jsonl` (a line for every step
and every epoch) and at its end `model.pt`: the trained weights, which this folder lacks until then.
Ctrl+C ends it early and keeps what was done.{again}
"""
SAME_BITS = """ On a CPU the same seed and number of threads give the
same numbers, bit for bit."""
TESTS = """
`python -m pytest` checks {what}a few steps of the training; nothing else needs pytest.
"""
START = """
Training starts from the weights in these files, seen from this folder, and says how many it took:
"""
ASK = """
## Ask it
Once it is trained:

```
{commands}
```
"""
USE = """
## Use the weights
```python
{imports}

model = {model}
model.load_state_dict(torch.load("model.pt", map_location="cpu", weights_only=True))
model.eval()
```
"""


def write_readme(
    project: Project,
    verdict: Verdict,
    model: ModelText,
    files: Mapping[str, SourceText],
    parts: Parts | None = None,
    imported: tuple[str, ...] = (),
) -> SourceText:
    """Return README.md; parts are those of train.py, imported what custom code imports."""
    title = remark(project.main.name) or "Untitled"
    doc = remark(project.main.doc, 400)
    parameters = sum(verdict.parameters.values())
    what = WHAT if model.class_name else {**WHAT, **SEVERAL}
    lines = [f"# {title}", ""]
    lines += [doc, ""] if doc else []
    lines += [
        f"{_drawn(model, parts)} This folder needs nothing of Netwright.",
        "",
        *([f"- {parameters:,} parameters"] if parameters else []),
        *_ports(project, verdict, project.main.inputs, "input"),
        *_ports(project, verdict, project.main.outputs, "output"),
        "",
        "| File | What it is |",
        "|---|---|",
        *[f"| `{name}` | {said} |" for name, said in what.items() if name in files],
    ]
    unlisted = _unlisted(imported)
    if parts is None:
        return _text([*lines, *MODEL_ALONE.splitlines(), *unlisted])
    return _text([*lines, *_of_training(parts, model, files, unlisted)])


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


def _drawn(model: ModelText, parts: Parts | None) -> str:
    about = parts.trained_on if parts is not None else ""
    if model.class_name:
        learns = f" and learns from {about}" if about else ""
        return f"`{model.class_name}` was drawn in Netwright{learns}."
    if parts is None or not parts.classes:
        return "These blocks were drawn in Netwright."
    names = " and ".join(f"`{each}`" for each in parts.classes)
    return f"{names} were drawn in Netwright and learn from {about}."


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


def _of_training(
    parts: Parts, model: ModelText, files: Mapping[str, SourceText], unlisted: Sequence[str]
) -> list[str]:
    """Return what is said of training, of the trained model, and of its weights."""
    more = _features(parts, asked="predict.py" in files)
    checks = "the model and " if model.class_name else ""
    command, again = run_commands(parts.features)[0], SAME_BITS * (not parts.features.scales)
    return [
        *RUN.format(command=command, again=again).splitlines(),
        *([""] if more else []),
        *more,
        *unlisted,
        *_start_weights(parts),
        *TESTS.format(what=checks).splitlines(),
        *(_asking(files["predict.py"].text) if "predict.py" in files else []),
        *_use(parts, model),
    ]


def _features(parts: Parts, *, asked: bool) -> list[str]:
    """Return a line of a list for each feature that changes what a person does or gets."""
    features, said = parts.features, []
    commands = run_commands(features)
    if features.scales:
        said.append("The forward pass is computed in fp16, which needs a CUDA device.")
    if features.compiles:
        said.append("The model is compiled first; for that a CPU needs a C++ compiler.")
    if features.averages:
        said.append("`model.pt` holds the average of the weights (`--ema-decay`).")
    if features.best is not None:
        ask = "; `python predict.py --weights best.pt` asks those" if asked else ""
        metric = features.best.metric
        said.append(f"`best.pt` holds the weights of the epoch with the best `{metric}`{ask}.")
    if features.stop is not None:
        waits = f"{features.patience} epochs without a better `{features.stop.metric}`"
        said.append(f"It ends after {waits} (`--patience`).")
    if features.checkpoint:
        (again,) = (each for each in commands if each.endswith("--resume"))
        longer = "with more `--epochs` it trains on"
        if is_laid_out(parts):
            longer = "`--epochs` too, since what changes with time is laid out for them"
        said.append(
            f"Every {features.checkpoint} batches (`--checkpoint-every`), at a stop and at the end "
            f"it writes `checkpoint.pt`. `{again}` goes on from there under the same "
            f"settings; {longer}."
        )
    if features.shares:
        (shared,) = (each for each in commands if each.startswith("torchrun"))
        said.append(
            f"`{shared}` trains with two processes, which share every batch; with "
            "`--device cuda` each takes a GPU of its own. The loss is the mean over the samples of "
            "all: what looks at a batch as a whole, as a BatchNorm or a loss that compares samples "
            "with each other, sees the share of its own process."
        )
    return [line for each in said for line in _item(each)]


def _item(text: str) -> list[str]:
    first, *others = _wrapped(text, WIDTH - 2)
    return [f"- {first}", *[f"  {each}" for each in others]]


def _wrapped(text: str, width: int = WIDTH) -> list[str]:
    """Return text in lines that break no code."""
    pieces = text.split("`")
    pieces[1::2] = [code.replace(" ", "\0") for code in pieces[1::2]]
    return [line.replace("\0", " ") for line in wrapped("`".join(pieces), width)]


def _start_weights(parts: Parts) -> list[str]:
    """Return what is said of files of weights that a training starts from."""
    started = train_start.started(parts)
    if not started:
        return []
    items = [f"- `{remark(file).replace('`', '')}`, for `{whose.text}`" for whose, file in started]
    return [*START.splitlines(), "", *items]


PICTURES = ", pictures in numbers from 0 to 1, or in whole numbers from 0 to 255."
MEASURED = ", in numbers as they were measured; what `data.py` scales, predict.py scales, too."


def _asking(predict: str) -> list[str]:
    """Return what is said of predict.py, with the examples that it begins with."""
    commands = [line for line in predict.splitlines() if line.startswith("python predict.py")]
    text = "`python predict.py --help` lists the options."
    if "--input" in predict:
        text += " Without `--input` it asks about samples of the validation part." * (
            len(commands) > 1
        )
        text += (
            " `--input` takes your own samples in `.npy`, `.pt` or `.csv` (a sample on each line)"
        )
        text += PICTURES if " in whole numbers" in predict else MEASURED
    return [*ASK.format(commands="\n".join(commands)).splitlines(), "", *_wrapped(text)]


def _use(parts: Parts, model: ModelText) -> list[str]:
    """Return how to make the trained model in other code."""
    if model.class_name:
        imports = f"import torch\n\nfrom model import {model.class_name}"
        return USE.format(imports=imports, model=f"{model.class_name}()").splitlines()
    made = {
        parts.names[f"module.{n}"]: parts.outside.made(parts.names, n).text for n in parts.trained
    }
    if any(not text.endswith("().to(device)") for text in made.values()):
        return []  # sizes and parameters stand in train.py
    items = [f'"{name}": {text.removesuffix(".to(device)")}' for name, text in made.items()]
    imports = "import torch\nfrom torch import nn\n\nfrom model import " + ", ".join(parts.classes)
    held = f"nn.ModuleDict({{{', '.join(items)}}})"
    return USE.format(imports=imports, model=held).splitlines()


def _text(lines: list[str]) -> SourceText:
    return SourceText("\n".join(lines) + "\n", (None,) * len(lines))
