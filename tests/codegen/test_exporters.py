"""Forms of export: one file holds what three hold, and no name leads out of the folder."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

import pytest
import torch

from codegen import generate
from codegen.exporters import exporter, exporters
from codegen.exporters.single_file import file_name
from codegen.written import CannotWrite, SourceText, Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import FrozenMap
from tests.codegen.training_projects import Recorder, imported, simple


@pytest.fixture(autouse=True)
def same_threads() -> Iterator[None]:
    """Give the number of threads back, which a training sets."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def written() -> Written:
    drawn = simple()
    return generate(drawn, specs_of(drawn), Verdict())


def test_the_forms_are_found_in_order() -> None:
    assert [form.key for form in exporters()] == ["project", "single_file", "model"]
    with pytest.raises(LookupError):
        exporter("fortran")


def test_the_project_is_every_file_as_it_is() -> None:
    files = written()
    assert exporter("project").write(files) == files.files
    assert list(exporter("model").texts(files)) == ["model.py"]


def test_one_file_trains_as_the_three_do() -> None:
    files = written()
    ((name, source),) = exporter("single_file").write(files).items()
    assert name == "small.py"
    assert len(source.text.splitlines()) == len(source.lines)
    assert "python small.py" in source.text
    assert source.text.endswith("    main()\n")
    mine, theirs = Recorder(), Recorder()
    joined = files.files.set("train.py", source).set("model.py", SourceText(""))
    with imported(Written(joined)) as alone:
        alone.train(alone.Settings(epochs=1), mine)
    with imported(files) as train:
        train.train(train.Settings(epochs=1), theirs)
    assert mine.events == theirs.events


def test_every_import_stands_there_once_and_nothing_own_is_imported() -> None:
    (source,) = exporter("single_file").write(written()).values()
    found = [
        s for s in ast.walk(ast.parse(source.text)) if isinstance(s, ast.Import | ast.ImportFrom)
    ]
    counted = Counter(ast.unparse(statement) for statement in found)
    assert set(counted.values()) == {1}
    modules = {s.module for s in found if isinstance(s, ast.ImportFrom)}
    assert not modules & {"data", "model"}
    assert all(isinstance(s, ast.Import | ast.ImportFrom) for s in ast.parse(source.text).body[1:9])


def test_a_line_of_the_one_file_knows_its_node() -> None:
    (source,) = exporter("single_file").write(written()).values()
    lines = zip(source.text.splitlines(), source.lines, strict=True)
    assert {node for line, node in lines if "nn.Linear(" in line} == {"head"}


@pytest.mark.parametrize("name", ["Settings", "load_data", "tqdm"])
def test_two_things_of_one_name_are_refused(name: str) -> None:
    files = written().files
    model = SourceText(files["model.py"].text + f"\n\nclass {name}:\n    pass\n")
    model = SourceText(model.text, (None,) * len(model.text.splitlines()))
    with pytest.raises(CannotWrite, match=name):
        exporter("single_file").write(Written(files.set("model.py", model), title="Small"))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Digits CNN", "digits_cnn.py"),
        ("", "network.py"),
        ("../../etc/passwd", "etc_passwd.py"),
        ("json", "json_net.py"),
        ("Torch", "torch_net.py"),
        ("7 nets", "n7_nets.py"),
    ],
)
def test_the_file_is_named_after_the_project_and_hides_no_module(title: str, name: str) -> None:
    assert file_name(title, {"torch", "sklearn"}) == name


@pytest.mark.parametrize("name", ["../a.py", "/a.py", "a\\b.py", "C:a.py", "a//b.py", ".", ""])
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    with pytest.raises(CannotWrite, match="no name for a file"):
        exporter("project").texts(Written(FrozenMap({name: SourceText("")})))
