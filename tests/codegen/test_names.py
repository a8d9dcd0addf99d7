"""Identifiers and comments made from what people type."""

from __future__ import annotations

import ast
import io
import keyword
import tokenize
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from app.engine.judge import Judge
from codegen import generate, names
from graph_editor.catalogue.scope import specs_of
from tests.codegen.training_projects import simple

HOSTILE = (
    'x"\nimport os\n"', "coding: utf-7", "-*- coding=utf-7 -*-", '"""', "'''", "\\", "a\\",
    "‮evil‬", "class", "self", "torch", "нейросеть", "", "   ", "3d", "print", "\x00", "\r",
    " ", "x" * 500, "coding\xa0: latin-1", "vim: set fileencoding=utf-7 :",
)  # fmt: skip
settings.register_profile("names", derandomize=True, database=None)


def test_the_committed_attributes_are_torchs() -> None:
    public = {name for name in dir(nn.Module()) if not name.startswith("_")}
    assert public <= names.MODULE_ATTRIBUTES | {"T_destination"}


@settings(derandomize=True, database=None, max_examples=300)
@given(st.one_of(st.text(), st.sampled_from(HOSTILE)))
def test_a_slug_is_an_identifier_or_empty(text: str) -> None:
    found = names.slug(text)
    assert found == "" or (found.isidentifier() and found.isascii() and found == found.lower())
    named = names.fresh(found, set())
    assert named.isidentifier()
    assert not keyword.iskeyword(named)
    assert named not in names.TAKEN
    class_name = names.class_slug(text)
    assert class_name == "" or (class_name.isidentifier() and class_name.isascii())


@settings(derandomize=True, database=None, max_examples=300)
@given(st.one_of(st.text(), st.sampled_from(HOSTILE)))
def test_a_title_stays_in_its_comment(text: str) -> None:
    line = names.header(text)
    source = f"{line}\n{line}\nx = 1\n"
    assert len(line) <= 100
    assert tokenize.detect_encoding(io.BytesIO(source.encode()).readline)[0] == "utf-8"
    assert ast.dump(ast.parse(source)) == ast.dump(ast.parse("x = 1"))
    assert line.isascii()
    assert line.isprintable()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Conv 1", "conv_1"), ("features", "features"), ("BatchNorm", "batch_norm"), ("3d", "n3d"),
     ("Ré-seau", "re_seau"), ("日本", "")],
)  # fmt: skip
def test_slugs(text: str, expected: str) -> None:
    assert names.slug(text) == expected


def test_numbers_are_given_only_where_needed() -> None:
    assert names.fresh("conv", set()) == "conv"
    assert names.fresh("conv", {"conv"}) == "conv2"
    assert names.fresh("conv", {"conv1"}, numbered=True) == "conv2"
    assert names.fresh("conv1", {"conv1"}) == "conv1_2"
    assert names.fresh("forward", set()) == "forward2"


def test_what_uses_of_specs_are_called() -> None:
    words = {s: names.spec_word(s) for s in ("nn.BatchNorm2d", "nn.Conv1d", "nn.ReLU", "block.res")}
    assert words == {"nn.BatchNorm2d": "bn", "nn.Conv1d": "conv", "nn.ReLU": "relu",
                     "block.res": "res"}  # fmt: skip
    assert names.class_slug("Digits CNN") == "DigitsCNN"
    assert names.class_slug("ResNet-18") == "ResNet18"


@pytest.mark.parametrize("title", ["Settings", "Report", "Path", "Callable", "Any"])
def test_no_class_takes_a_name_of_the_other_files(title: str) -> None:
    project = simple()
    named = replace(project, main=replace(project.main, name=title))
    files = generate(named, specs_of(named), Judge().judge(named)).files
    assert f"class {title}2(nn.Module):" in files["model.py"].text
    for file in ("train.py", "predict.py"):
        assert f"import {title}2" in files[file].text
