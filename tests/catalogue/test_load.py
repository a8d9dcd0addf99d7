"""The catalogue is read from its files quickly, whole, and without torch."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from graph_editor.catalogue.load import FOLDER, catalogue, read, spec_from_json
from graph_editor.catalogue.overlay import merged_entries
from graph_editor.document.model import Expr, FrozenMap, Name

FILES = sorted(FOLDER.glob("*.json"))
CATEGORIES = {
    "Activations", "Arithmetic", "Attention", "Comparison", "Constants", "Conversion",
    "Convolution", "Creation", "Data", "Dropout", "Interface", "Joining and splitting", "Layers",
    "Linear algebra", "Losses", "Metrics", "Normalisation", "Optimizers", "Padding", "Parameters",
    "Pooling", "Recurrent", "Reduction", "Schedulers", "Selection", "Shape", "Transforms",
}  # fmt: skip


def test_loading_imports_neither_torch_nor_networkx_nor_numpy() -> None:
    code = (
        "import sys\n"
        "from graph_editor.catalogue.load import catalogue\n"
        "assert len(catalogue().specs) > 300\n"
        "print(*sorted({'torch', 'networkx', 'numpy', 'PySide6'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        cwd=FOLDER.parents[1],
    )  # fmt: skip
    assert done.stdout.strip() == ""


def test_it_holds_what_people_look_for() -> None:
    count = dict.fromkeys(("nn", "optim", "lr_scheduler", "op", "torch", "Tensor", "data"), 0)
    for spec in catalogue():
        if spec.kind in count:
            count[spec.kind] += 1
    assert count["nn"] >= 135
    assert count["optim"] >= 14
    assert count["lr_scheduler"] >= 15
    assert count["op"] + count["torch"] + count["Tensor"] >= 110
    assert count["data"] >= 6


def test_every_spec_has_words_of_its_own_and_a_place_in_the_palette() -> None:
    assert {spec.category for spec in catalogue()} == CATEGORIES
    for spec in catalogue():
        assert spec.title, spec.name
        assert spec.summary[0].isupper() or spec.summary[0].isdigit() or spec.summary[:2] in (
            "e ", "-1"
        ), spec.name  # fmt: skip
        assert spec.summary.endswith("."), spec.name
        assert len(spec.summary) <= 110, spec.name


def test_arguments_of_a_spec_differ_in_name() -> None:
    for spec in catalogue():
        names = [argument.name for argument in spec.arguments]
        assert len(set(names)) == len(names), spec.name


def test_only_call_arguments_have_ports() -> None:
    for spec in catalogue():
        for argument in spec.arguments:
            assert argument.port is None or argument.stage == "call", (spec.name, argument.name)


def test_counts_and_variants_name_arguments_that_exist() -> None:
    for spec in catalogue():
        names = {argument.name for argument in spec.arguments}
        assert not spec.count or spec.count in names
        assert {variant.argument for variant in spec.variants} <= names


def test_data_sources_say_the_type_of_each_port() -> None:
    digits = catalogue().specs["data.digits"]
    assert digits.types["image"].shape == (Expr("B"), 1, 8, 8)
    assert digits.types["label"].classes == 10
    assert digits.outputs == ("image", "label")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_are_sorted_with_one_spec_on_a_line(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    content = json.loads(text)
    for part in ("specs", "overlay"):
        for name, entry in content.get(part, {}).items():
            ascii_only = path.name == "torch.json"
            line = json.dumps(entry, sort_keys=True, ensure_ascii=ascii_only)
            assert f"\n  {json.dumps(name)}: {line}" in text, name
        assert list(content.get(part, {})) == sorted(content.get(part, {}))


def test_overlays_change_fields_and_arguments() -> None:
    files = [
        {"specs": {"nn.A": {"callee": "a", "arguments": [{"name": "n"}, {"name": "m"}]}}},
        {"families": {"nn": {"fields": {"summary": "", "callee": "z"}, "last": [{"name": "w"}]}}},
        {"overlay": {"nn.A": {"summary": "An A.", "arguments": {"m": {"infer": "x.shape[0]"}}}}},
    ]
    assert merged_entries(files) == {
        "nn.A": {
            "callee": "a",
            "summary": "An A.",
            "arguments": [{"name": "n"}, {"name": "m", "infer": "x.shape[0]"}, {"name": "w"}],
        }
    }


@pytest.mark.parametrize(
    ("overlay", "reason"),
    [({"nn.B": {}}, "nn.B"), ({"nn.A": {"arguments": {"k": {}}}}, "unknown arguments: k")],
)
def test_an_overlay_of_nothing_is_refused(overlay: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        merged_entries([{"specs": {"nn.A": {"arguments": []}}}, {"overlay": overlay}])


def test_a_spec_defined_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="defined twice"):
        merged_entries([{"specs": {"nn.A": {}}}, {"specs": {"nn.A": {}}}])


def test_values_are_read_as_in_a_project(tmp_path: Path) -> None:
    entry = {
        "summary": "A.", "category": "Data", "callee": "",
        "arguments": [
            {"name": "a", "default": {"$name": "float32"}},
            {"name": "b", "default": {"x": ["=B", 8]}},
        ],
        "outputs": ["output", ["h_n", "c_n"]],
    }  # fmt: skip
    spec = spec_from_json("data.a", entry)
    assert spec.arguments[0].default == Name("float32")
    assert spec.arguments[1].default == FrozenMap({"x": (Expr("B"), 8)})
    assert spec.outputs == ("output", ("h_n", "c_n"))
    content = {"torch_release": "9.9.9", "specs": {"data.a": entry}}
    (tmp_path / "one.json").write_text(json.dumps(content), encoding="utf-8")
    assert read(tmp_path).torch_release == "9.9.9"
    assert read(tmp_path).get("data.a") == spec
    assert read(tmp_path).get("data.b") is None
