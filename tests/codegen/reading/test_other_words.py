"""The reader sees only the Python: other names of variables and another order of imports."""

from __future__ import annotations

import ast
from random import Random

import pytest

from codegen.model import write_model
from codegen.reading.isomorphism import isomorphic
from codegen.reading.model import read_model
from codegen.reading.naming import main_class
from codegen.written import CannotWrite
from graph_editor.catalogue.scope import specs_of
from tests.codegen.proof import sound
from tests.codegen.reading.test_hand_edits import judge
from tests.codegen.reading.texts import SPECS, stripped
from tests.gallery.gallery import NAMES, project_of, written

FIRST = ("mini_gpt", "resnet18", "seq2seq", "vae")


class Renaming(ast.NodeTransformer):
    """Calls every local variable of a method otherwise, its inputs among them."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:  # ast's name
        if node.name != "forward":
            return node
        stored = {n.id for n in ast.walk(node) if _is_set(n)} | {a.arg for a in node.args.args[1:]}
        self.names = {name: f"other_{name}" for name in stored - {"_"}}
        self.generic_visit(node)
        self.names = {}
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:  # ast's name
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:  # ast's name
        node.arg = self.names.get(node.arg, node.arg)
        return node


def _is_set(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def in_other_words(text: str, chance: Random) -> str:
    """Return a text with its imports in another order and its variables under other names."""
    tree = ast.parse(stripped(text))
    imports = [each for each in tree.body if isinstance(each, ast.Import | ast.ImportFrom)]
    rest = [each for each in tree.body if each not in imports]
    chance.shuffle(imports)
    tree.body = [*imports, *rest]
    return ast.unparse(Renaming().visit(tree))


@pytest.mark.parametrize(
    "name", [n if n in FIRST else pytest.param(n, marks=pytest.mark.slow) for n in NAMES]
)
def test_a_template_in_other_words_is_the_same_drawing(name: str) -> None:
    project, text = project_of(name), written(name).files["model.py"].text
    other = in_other_words(text, Random(name))
    found = read_model(other, SPECS, main_class(project), project.code)
    assert found.problems == ()
    assert isomorphic(project, found.project) == ""


@pytest.mark.parametrize("count", [8, pytest.param(150, marks=pytest.mark.slow)])
def test_random_drawings_in_other_words_are_the_same(count: int) -> None:
    same = 0
    for seed in range(5000, 5000 + count):
        project = sound(seed)
        try:
            ours = write_model(project, specs_of(project), judge().judge(project))
        except CannotWrite:
            continue
        other = in_other_words(ours.source.text, Random(seed))
        found = read_model(other, SPECS, ours.class_name, project.code)
        assert found.problems == (), f"seed {seed}: {found.problems[0].text()}"
        assert isomorphic(project, found.project) == "", f"seed {seed}"
        same += 1
    assert same * 3 > count
