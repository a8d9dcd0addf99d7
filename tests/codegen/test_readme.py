"""README.md of an export says what this project has, and nothing that it has not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from codegen import generate
from codegen.written import Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document.model import Address, Arg, FrozenMap, NodeId, Project, Weights
from tests.codegen.training_projects import SIMPLE, B, Drawn, project, simple
from tests.gallery.gallery import NAMES
from tests.gallery.gallery import written as template

EVERYTHING: Mapping[str, Arg] = {
    "early_stop": 5,
    "keep_best": True,
    "ema_decay": 0.9,
    "checkpoint": 50,
    "ddp": True,
    "compile": True,
    "precision": "fp16",
}
WORDS: Mapping[str, str] = {
    "early_stop": "--patience",
    "keep_best": "best.pt",
    "ema_decay": "--ema-decay",
    "checkpoint": "--resume",
    "ddp": "torchrun",
    "compile": "C++",
    "precision": "fp16",
}
"""What the README says of a feature, and only of that."""


def written(drawn: Project, verdict: Verdict | None = None) -> Written:
    return generate(drawn, specs_of(drawn), verdict or Verdict())


def readme(drawn: Project) -> str:
    return written(drawn).files["README.md"].text


def plain(text: str) -> str:
    """Return text without its line breaks."""
    return " ".join(text.split())


def test_it_says_what_goes_in_and_out_and_names_every_file() -> None:
    types = {"x.output": TensorType(("B", 13)), "logits.output": TensorType(("B", 3))}
    verdict = Verdict(
        types=FrozenMap(types), parameters=FrozenMap({Address("head"): 1042}), inferred=FrozenMap()
    )
    files = written(simple(), verdict).files
    text = files["README.md"].text
    assert "1,042 parameters" in text
    assert "`x` (B\u00d713, float32)" in text
    assert "`logits` (B\u00d73, float32)" in text
    assert "python train.py" in text
    for name in set(files) - {"README.md"}:
        assert f"`{name}`" in text


def test_a_model_alone_has_a_readme_without_training() -> None:
    nodes = {k: v for k, v in SIMPLE.items() if k not in ("wine", "loss", "adam")}
    nodes["x"] = ("io.input", {"shape": (B, 13)}, {})
    text = readme(project(nodes))
    assert "`Small` was drawn in Netwright." in text
    for word in ("train.py", "predict.py", "data.py", "model.pt"):
        assert word not in text


@pytest.mark.parametrize("feature", list(WORDS))
def test_a_feature_is_told_where_it_is(feature: str) -> None:
    assert WORDS[feature] in readme(project(SIMPLE, **{feature: EVERYTHING[feature]}))
    others = {name: value for name, value in EVERYTHING.items() if name != feature}
    assert WORDS[feature] not in readme(project(SIMPLE, **others))


def test_more_epochs_are_promised_only_where_they_can_be() -> None:
    assert "with more `--epochs` it trains on" in plain(readme(project(SIMPLE, checkpoint=9)))
    wire = {"optimizer": "adam.optimizer"}
    nodes: dict[str, Drawn] = {**SIMPLE, "plan": ("lr_scheduler.CosineAnnealingLR", {}, wire)}
    assert "same settings; `--epochs` too" in plain(readme(project(nodes, checkpoint=9)))


def test_what_needs_a_cuda_device_is_run_on_one() -> None:
    text = readme(project(SIMPLE, precision="fp16", checkpoint=9, ddp=True))
    runs = re.findall(r"(?:python |torchrun --\S+ --\S+ )train\.py[^`\n]*", text)
    assert len(runs) == 4
    assert all("--device cuda" in run for run in runs if "--help" not in run)
    assert "pip install -r requirements.txt\npython train.py --device cuda\n" in text
    assert "bit for bit" not in text


def test_weights_that_a_training_starts_from_are_named() -> None:
    drawn = simple()
    nodes = drawn.main.graph.nodes
    head = replace(nodes[NodeId("head")], weights=Weights(start="weights/head.pt"))
    graph = replace(drawn.main.graph, nodes=nodes.set(NodeId("head"), head))
    text = readme(replace(drawn, main=replace(drawn.main, graph=graph)))
    assert "- `weights/head.pt`, for `model.linear`" in text
    assert "starts from" not in readme(drawn)


@pytest.mark.parametrize("name", NAMES)
def test_of_each_template_it_names_the_files_and_commands_that_are_there(name: str) -> None:
    files = template(name).files
    text = files["README.md"].text
    assert all(len(line) <= 100 for line in text.splitlines() if "drawn in Netwright" not in line)
    assert set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)) == set(files) - {"README.md"}
    assert ("predict.py" in text) == ("predict.py" in files)
    for word in WORDS.values():
        assert word not in text
    scripts = set(re.findall(r"python (\w+\.py)", text))
    assert scripts <= set(files)
    usage = files["train.py"].text.split('"""')[1]
    assert "python train.py\n" in usage
    if "predict.py" in files:
        said = files["predict.py"].text.split('"""')[1]
        shown = [line for line in text.splitlines() if line.startswith("python predict.py")]
        assert shown == [line for line in said.splitlines() if line.startswith("python predict.py")]
        assert ("`--input`" in text) == ("--input" in said)
    for start in re.findall(r'load_weights\(\S+, "(.+?)"\)', files["train.py"].text):
        assert f"- `{start}`, for `" in text


@pytest.mark.parametrize("name", ["gan", "conditional_gan", "wine", "distillation"])
def test_the_trained_weights_are_read_as_it_says(
    name: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The example is run beside the model, with the weights of a training that was stopped."""
    import torch

    from tests.codegen.training_projects import Recorder, imported

    files = template(name)
    monkeypatch.chdir(tmp_path_factory.mktemp(name))
    example = files.files["README.md"].text.partition("```python\n")[2].partition("```")[0]
    threads = torch.get_num_threads()
    with imported(files) as train:
        trained = train.train(train.Settings(), Recorder(1)).state_dict()
        torch.save(trained, "model.pt")
        told: dict[str, object] = {}
        exec(compile(example, "README.md", "exec"), told)  # noqa: S102  # our own text
    torch.set_num_threads(threads)
    model = told["model"]
    assert isinstance(model, torch.nn.Module)
    assert not model.training
    assert all(torch.equal(value, trained[key]) for key, value in model.state_dict().items())
