"""The sample projects: each comes back byte for byte, and can be made and unmade by a change.

Together they say everything that a project file can say.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph_editor.document import files
from graph_editor.document.arguments import parts
from graph_editor.document.expressions import parse
from graph_editor.document.model import (
    Arg,
    At,
    Block,
    Expr,
    FrozenMap,
    Hole,
    Name,
    Project,
    Slice,
)

FOLDER = Path(__file__).parents[1] / "projects"
EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"
PATHS = [*sorted(FOLDER.glob("*.netwright")), *sorted(EXAMPLES.glob("*.netwright"))]
NETWORKS = {
    "actor_critic",
    "digits_cnn",
    "distillation",
    "ema_teacher",
    "gan",
    "gcn",
    "imported",
    "recurrence",
    "resnet18",
    "seq2seq",
    "small_gpt",
    "transfer",
    "two_towers",
    "unet",
    "vae",
    "wide_and_deep",
}

every = pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.parent.name}-{path.stem}")


@every
def test_it_comes_back_byte_for_byte(path: Path, tmp_path: Path) -> None:
    loaded = files.load(path)
    files.save(tmp_path / "copy.netwright", loaded.project)
    assert (tmp_path / "copy.netwright").read_bytes() == path.read_bytes()
    assert not loaded.read_only


@every
def test_it_grows_from_nothing_by_one_change_and_goes_again(path: Path) -> None:
    project = files.load(path).project
    grow = json.loads(json.dumps(files.change_to_json(Project(), project)))
    assert files.dumps(files.apply_change(Project(), grow)) == path.read_text(encoding="utf-8")
    shrink = files.change_to_json(project, Project())
    assert files.apply_change(project, shrink) == Project()


@every
def test_every_expression_in_it_can_be_read(path: Path) -> None:
    for expression in _expressions(files.load(path).project):
        parse(expression.text)


@every
def test_removing_any_node_is_one_change_that_can_be_taken_back(path: Path) -> None:
    project = files.load(path).project
    for key in ("main", *project.blocks):
        for node in project.block(key).graph.nodes:
            less = _without(project, key, node)
            back = files.change_to_json(less, project)
            assert files.apply_change(less, back) == project


def test_all_the_networks_are_there() -> None:
    assert {path.stem for path in FOLDER.glob("*.netwright")} >= NETWORKS


def test_together_they_use_everything_that_the_values_can_say() -> None:
    said: set[str] = set()
    for path in PATHS:
        project = files.load(path).project
        said |= {f"project.{name}" for name in _set_fields(project)}
        for block in (project.main, *project.blocks.values()):
            said |= {f"block.{name}" for name in _set_fields(block)}
            said |= {f"graph.{name}" for name in _set_fields(block.graph)}
            for parameter in block.parameters:
                said |= {f"parameter.{name}" for name in _set_fields(parameter)}
                said.add(f"type.{parameter.type}")
            for node in block.graph.nodes.values():
                said |= {f"node.{name}" for name in _set_fields(node)}
                said |= {f"arg.{type(arg).__name__}" for arg in parts(node.args)}
                if node.repeat is not None:
                    said |= {f"repeat.{name}" for name in _set_fields(node.repeat)}
                if node.weights is not None:
                    said |= {f"weights.{name}" for name in _set_fields(node.weights)}
        for code in project.code.values():
            said |= {f"code.{name}" for name in _set_fields(code)}
        for layout in project.layout.values():
            said |= {f"layout.{name}" for name in layout}
    assert said >= EVERYTHING, sorted(EVERYTHING - said)


EVERYTHING = {
    *(f"project.{name}" for name in ("main", "blocks", "code", "run", "layout", "extra")),
    *(f"block.{n}" for n in ("graph", "name", "parameters", "inputs", "outputs", "doc", "extra")),
    *(f"graph.{name}" for name in ("nodes", "wires", "ties", "extra")),
    *(f"parameter.{name}" for name in ("name", "type", "default", "doc", "extra")),
    *(f"type.{name}" for name in ("int", "float", "bool", "str")),
    *(f"node.{name}" for name in ("spec", "name", "args", "when", "repeat", "weights")),
    *(f"node.{name}" for name in ("freeze", "silence", "extra")),
    *(f"repeat.{name}" for name in ("count", "shared", "over", "stack", "extra")),
    *(f"weights.{n}" for n in ("same_as", "follows", "decay", "every", "start", "extra")),
    *(f"code.{name}" for name in ("text", "inputs", "outputs", "parameters", "extra")),
    *(f"layout.{name}" for name in ("at", "bends", "frames", "notes")),
    *(
        f"arg.{kind.__name__}"
        for kind in (type(None), bool, int, float, str, Expr, Hole, Slice, Name, At)
    ),
    *(f"arg.{kind.__name__}" for kind in (tuple, FrozenMap)),
}


def _set_fields(value: object) -> set[str]:
    """Return the names of the fields that differ from their defaults."""
    empty = {None, "", (), FrozenMap()}
    names = type(value).__dataclass_fields__  # type: ignore[attr-defined]
    return {name for name in names if getattr(value, name) not in empty}


def _expressions(project: Project) -> Iterator[Expr]:
    found: list[Arg] = [*parts(project.run)]
    for block in (project.main, *project.blocks.values()):
        for node in block.graph.nodes.values():
            found += [*parts(node.args), node.when]
            if node.repeat is not None:
                found.append(node.repeat.count)
            if node.weights is not None:
                found += [node.weights.decay, node.weights.every]
    return (arg for arg in found if isinstance(arg, Expr))


def _without(project: Project, key: str, node: str) -> Project:
    block = project.block(key)
    graph = block.graph
    wires = {t: s for t, s in graph.wires.items() if node not in (t.node, s.node)}
    smaller = type(graph)(
        graph.nodes.without(node),  # type: ignore[arg-type]
        FrozenMap(wires),
        graph.ties,
        graph.extra,
    )
    changed = Block(
        smaller,
        block.name,
        block.parameters,
        tuple(i for i in block.inputs if i != node),
        tuple(o for o in block.outputs if o != node),
        block.doc,
        block.extra,
    )
    return project.with_block(key, changed)
