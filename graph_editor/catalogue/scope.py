"""The specs that a project can use: the catalogue's, its own blocks and its custom code."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

from graph_editor.catalogue.custom_code import read_code
from graph_editor.catalogue.load import Catalogue, catalogue
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.spec import Argument, OutputTree, PortKind, PortType, Spec
from graph_editor.document.model import (
    Block,
    Code,
    Expr,
    FrozenMap,
    Name,
    Node,
    NodeId,
    Parameter,
    Project,
)

Stage: TypeAlias = Literal["constructor", "call"]


def specs_of(project: Project, known: Catalogue | None = None) -> Lookup:
    """Return a lookup of specs by name: the project's blocks and code beside the catalogue's.

    Specs of blocks are made when they are first asked for.
    """
    base = catalogue() if known is None else known
    made: dict[str, Spec | None] = {}

    def lookup(name: str) -> Spec | None:
        kind, _, key = name.partition(".")
        if kind not in ("block", "code"):
            return base.get(name)
        if name not in made:
            made[name] = _own_spec(project, kind, key)
        return made[name]

    return lookup


def _own_spec(project: Project, kind: str, key: str) -> Spec | None:
    if kind == "block":
        block = next((b for k, b in project.blocks.items() if k == key), None)
        return None if block is None else block_spec(key, block)
    code = project.code.get(key)
    return None if code is None else code_spec(key, code)


def block_spec(key: str, block: Block) -> Spec:
    """Return the spec of a block: its parameters, then one port per input node, named by its id."""
    nodes = [(n, block.graph.nodes.get(n)) for n in block.inputs]
    ports = [_port(name, node) for name, node in nodes if node is not None]
    return Spec(
        name=f"block.{key}",
        title=block.name or key,
        summary=block.doc,
        category="Blocks",
        callee="",
        arguments=(*(_parameter(p, block) for p in block.parameters), *ports),
        outputs=_tree(tuple(block.outputs)),
        types=_types(block),
        titles=_titles(block),
    )


def _types(block: Block) -> FrozenMap[str, PortType]:
    """Return what a block's inputs declare of the tensors that enter there."""
    nodes = ((str(key), block.graph.nodes.get(key)) for key in block.inputs)
    said = {key: _declared(node) for key, node in nodes if node is not None}
    return FrozenMap({key: type_ for key, type_ in said.items() if type_ is not None})


def _declared(node: Node) -> PortType | None:
    shape, dtype = node.args.get("shape"), node.args.get("dtype")
    if not isinstance(shape, tuple) or node.args.get("kind") == "size":
        return None
    said = dtype.text.removeprefix("torch.") if isinstance(dtype, Name) else "float32"
    return PortType(shape, said)


def _titles(block: Block) -> FrozenMap[str, str]:
    nodes = ((key, block.graph.nodes.get(key)) for key in (*block.inputs, *block.outputs))
    return FrozenMap({str(key): node.name for key, node in nodes if node is not None and node.name})


def code_spec(key: str, code: Code) -> Spec:
    """Return the spec of a piece of custom code: a function's parameters belong to its call."""
    reading = read_code(key, code)
    ports = tuple(_required_port(name) for name in code.inputs)
    stage: Stage = "call" if reading.kind == "function" else "constructor"
    parameters = tuple(
        replace(_parameter(p, None), stage=stage, style="keyword") for p in code.parameters
    )
    return Spec(
        name=f"code.{key}",
        title=key,
        summary="Code of this project's own.",
        category="Custom code",
        callee=reading.name,
        arguments=(*ports, *parameters),
        outputs=_tree(code.outputs),
    )


def _tree(names: tuple[str, ...]) -> OutputTree:
    return names[0] if len(names) == 1 else names


def _port(name: NodeId, node: Node) -> Argument:
    optional = node.args.get("optional") is True
    kind: PortKind = "size" if node.args.get("kind") == "size" else "tensor"
    return Argument(name, stage="call", port=kind, required=not optional, nullable=optional)


def _required_port(name: str) -> Argument:
    return Argument(name, stage="call", port="tensor", required=True)


def _parameter(parameter: Parameter, block: Block | None) -> Argument:
    return Argument(
        parameter.name,
        type=parameter.type,
        default=parameter.default,
        required=parameter.default is None,
        infer="" if block is None else _inferred(parameter, block),
        doc=parameter.doc,
    )


def _inferred(parameter: Parameter, block: Block) -> str:
    """Return where a parameter without default stands alone in an input's shape, or nothing."""
    if parameter.default is not None:
        return ""
    for name in block.inputs:
        node = block.graph.nodes.get(name)
        shape = node.args.get("shape") if node is not None else None
        if isinstance(shape, tuple):
            for place, dim in enumerate(shape):
                if isinstance(dim, Expr) and dim.text.strip() == parameter.name:
                    return f"{name}.shape[{place}]"
    return ""
