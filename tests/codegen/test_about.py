"""What the docstrings of model.py say, and how deep its statements nest."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from app.engine.judge import Judge
from codegen import generate
from codegen.model import write_model
from codegen.model_about import module_docstring
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import load
from graph_editor.document.model import Parameter, Project
from tests.codegen.drawings import Drawing
from tests.codegen.probe import verdict_of
from tests.codegen.sameness import sample
from tests.codegen.test_differential import FILES


def text_of(project: Project) -> str:
    return write_model(project, specs_of(project), Judge().judge(project)).source.text


@pytest.mark.parametrize(
    ("doc", "said"),
    [
        ("A small classifier", "Net: a small classifier."),
        ("Predicts the weather.", "Net: predicts the weather."),
        ("LSTM over rows", "Net: LSTM over rows."),
        ("ResNets side by side", "Net: ResNets side by side."),
        ("He et al. 2015", "Net: He et al. 2015."),
        ("U-Net of 3 levels", "Net: U-Net of 3 levels."),
        ("Is it spring?", "Net: Is it spring?"),
        ("", "Net, a neural network."),
        ("A " + 30 * "word ", "Net, a neural network.\n\nA " + (30 * "word ").strip() + "."),
    ],
)
def test_the_file_begins_with_what_the_model_is(doc: str, said: str) -> None:
    assert module_docstring("Net", doc) == said


def of_block(doc: str, out: int | str, shape: tuple[object, ...] = ("=B", "=width")) -> str:
    """Return the docstring of a block that is used at two widths."""
    block = Drawing().add("x", "io.input", shape=list(shape))
    block.add("lin", "nn.Linear", "x", out_features=out).add("y", "io.output", "lin")
    inner = block.block("Part", (Parameter("width", "int"), Parameter("size", "int", 5)))
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("p", "block.part", {"x": "a"}, width=6)
    main.add("fit", "nn.Linear", "p.y", out_features=8)
    main.add("q", "block.part", {"x": "fit"}, width=8, size=7).add("o", "io.output", "q.y")
    tree = ast.parse(text_of(main.project(part=replace(inner, doc=doc))))
    part = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Part")
    return ast.get_docstring(part) or ""


def test_an_input_that_may_be_left_out_says_so() -> None:
    block = Drawing().add("x", "io.input", _name="x", shape=["=B", 6])
    block.add("gate", "io.input", _name="gate", optional=True, shape=["=B", 6])
    block.add("drop", "nn.Linear", "x", out_features=6)
    block.add("attend", "F.scaled_dot_product_attention", {
        "query": "drop", "key": "drop", "value": "drop", "attn_mask": "gate",
    })  # fmt: skip
    block.add("y", "io.output", "attend")
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("p", "block.part", {"x": "a"}).add("o", "io.output", "p.y")
    text = text_of(main.project(part=block.block("Part", ())))
    assert "Inputs: x (B, 6), gate (B, 6) or None." in text


def test_a_size_that_is_a_number_in_the_code_is_one_in_the_docstring() -> None:
    block = Drawing().add("x", "io.input", _name="x", shape=["=B", "=size"])
    block.add("lin", "nn.Linear", "x", out_features="=width").add("y", "io.output", "lin")
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("p", "block.part", {"x": "a"}, width=4).add("o", "io.output", "p.y")
    text = text_of(main.project(part=block.block("Part", (Parameter("width", "int"),))))
    assert "Input: (B, 6). Output: (B, width)." in text


def test_a_batch_that_a_block_does_not_name_is_no_number() -> None:
    block = Drawing().add("x", "io.input", _name="x").add("tanh", "nn.Tanh", "x")
    block.add("y", "io.output", "tanh")
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("p", "block.part", {"x": "a"}).add("o", "io.output", "p.y")
    assert "Output: (B, 6)." in text_of(main.project(part=block.block("Part", ())))


def test_a_block_says_its_sizes_in_its_own_words() -> None:
    assert of_block("Mixes", "=width") == "Mixes. Input and output: (B, width)."
    assert of_block("Mixes", "=size") == "Mixes. Input: (B, width). Output: (B, size)."
    assert of_block("Mixes", 3) == "Mixes. Input: (B, width). Output: (B, 3)."
    assert of_block("", 3) == "Input: (B, width). Output: (B, 3)."
    told = "Input: (B, in_features). Output: (B, width / 2)."
    assert of_block("", "=width // 2", ("=B", "=F")) == told


def test_a_size_is_said_by_what_it_comes_from_and_not_by_what_it_equals() -> None:
    block = Drawing().add("x", "io.input", shape=["=B", "=dim", "=T"])
    block.add("conv", "nn.Conv1d", "x", out_channels="=channels", kernel_size="=width")
    block.add("top", "torch.amax", "conv", dim=2).add("y", "io.output", "top")
    parameters = tuple(Parameter(name, "int") for name in ("dim", "channels", "width"))
    main = Drawing().add("a", "io.input", shape=["=B", 8, 20])
    for width in (2, 3):
        main.add(f"p{width}", "block.part", {"x": "a"}, dim=8, channels=8, width=width)
        main.add(f"o{width}", "io.output", f"p{width}.y")
    text = text_of(main.project(part=block.block("Part", parameters)))
    assert '"""Input: (B, dim, T). Output: (B, channels)."""' in text
    assert "nn.Conv1d(dim, channels, width)" in text


def test_what_comes_in_is_no_parameter_that_it_happens_to_equal() -> None:
    block = Drawing().add("x", "io.input", shape=["=B", "=C", "=H", "=W"])
    block.add("conv", "nn.Conv2d", "x", out_channels="=channels", kernel_size=3, stride="=stride")
    block.add("join", "torch.cat", {"tensors[0]": "conv", "tensors[1]": "conv"}, dim=1)
    block.add("last", "nn.Conv2d", "join", out_channels=4, kernel_size=1)
    block.add("y", "io.output", "last")
    parameters = (Parameter("channels", "int"), Parameter("stride", "int", 1))
    main = Drawing().add("a", "io.input", shape=["=B", 4, 24, 24])
    main.add("p", "block.part", {"x": "a"}, channels=4)
    main.add("q", "block.part", {"x": "p.y"}, channels=4).add("o", "io.output", "q.y")
    text = text_of(main.project(part=block.block("Part", parameters)))
    assert "def __init__(self, in_channels: int, channels: int, stride: int = 1)" in text
    assert "nn.Conv2d(in_channels, channels, 3, stride=stride)" in text
    assert "nn.Conv2d(2 * channels, 4, 1)" in text
    assert "Part(4, 4)" in text


def test_sizes_of_several_inputs_are_told_apart_by_their_names() -> None:
    block = Drawing().add("x", "io.input", shape=["=B", "=C", "=H", "=W"], _name="x")
    block.add("skip", "io.input", shape=["=B", "=S", "=H", "=W"], _name="skip")
    block.add("join", "torch.cat", {"tensors[0]": "skip", "tensors[1]": "x"}, dim=1)
    block.add("conv", "nn.Conv2d", "join", out_channels=4, kernel_size=1)
    block.add("y", "io.output", "conv")
    main = Drawing().add("a", "io.input", shape=["=B", 4, 8, 8])
    for name in ("p", "q"):
        main.add(name, "block.part", {"x": "a", "skip": "a"}).add(
            f"o{name}", "io.output", f"{name}.y"
        )
    text = text_of(main.project(part=block.block("Part")))
    assert "nn.Conv2d(in_channels + skip_channels, 4, 1)" in text
    assert "Inputs: x (B, in_channels, H, W), skip (B, skip_channels, H, W)." in text


def test_a_long_docstring_is_a_summary_and_a_line_for_each_end() -> None:
    doc = "Mixes the features of a sample in a way that takes many words to say"
    expected = f"{doc}.\n\nInput: (B, width).\nOutput: (B, size)."
    assert of_block(doc, "=size") == expected


def test_the_main_class_does_not_say_again_what_the_file_says() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 6], _name="x")
    project = main.add("l", "nn.ReLU", "a").add("o", "io.output", "l", _name="y").project()
    project = project.with_block("main", replace(project.main, doc="Cuts what is negative."))
    text = text_of(project)
    assert text.count("uts what is negative") == 1
    assert '    """Input: x (B, 6) float32. Output: y (B, 6) float32."""\n' in text


def depth(node: ast.AST) -> int:
    """Return how many calls are nested in an expression, through arguments and methods alike."""
    inner = max((depth(child) for child in ast.iter_child_nodes(node)), default=0)
    return inner + isinstance(node, ast.Call)


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_no_statement_of_forward_nests_more_than_three_calls(path: Path) -> None:
    project = load(path).project
    is_example = path.parent.name == "examples"
    verdict = Judge().judge(project) if is_example else verdict_of(project, sample(project, 2))
    tree = ast.parse(write_model(project, specs_of(project), verdict).source.text)
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name == "forward":
            for statement in function.body:
                if not isinstance(statement, ast.For):
                    assert depth(statement) <= 3, ast.unparse(statement)


def test_the_readme_shows_the_model_as_it_is_written() -> None:
    root = Path(__file__).resolve().parents[2]
    project = load(root / "assets" / "examples" / "digits_cnn.netwright").project
    text = generate(project, specs_of(project), Judge().judge(project)).files["model.py"].text
    assert f"```python\n{text}```\n" in (root / "README.md").read_text(encoding="utf-8")
