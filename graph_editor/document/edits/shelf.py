"""Blocks of a library: taken into a project once, renewed there, and kept as files of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from graph_editor.document.addresses import MAIN, leaving, rewrite
from graph_editor.document.edits.error import EditError
from graph_editor.document.edits.places import free
from graph_editor.document.edits.projects import block_at, blocks_below, instances_of
from graph_editor.document.ids import IdSource
from graph_editor.document.model import (
    Block,
    BlockId,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)

MARK = "library"
"""The field of a block that says which block of a library it is."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a block is called in a library, and which version of it this is."""

    name: str
    version: int


def mark_of(block: Block) -> Mark | None:
    """Return which block of a library a block is; None where it is none, or says so wrongly."""
    said = block.extra.get(MARK)
    if not isinstance(said, FrozenMap):
        return None
    name, version = said.get("name"), said.get("version")
    if not isinstance(name, str) or not isinstance(version, int) or isinstance(version, bool):
        return None
    return Mark(name, version)


def marked(block: Block, mark: Mark) -> Block:
    """Return a block that says which block of a library it is."""
    said = FrozenMap({"name": mark.name, "version": mark.version})
    return replace(block, extra=block.extra.set(MARK, said))


def find_marked(project: Project, name: str) -> BlockId | None:
    """Return the block of a project that is the one of that name in a library."""
    found = (k for k, b in project.blocks.items() if (m := mark_of(b)) and m.name == name)
    return next(found, None)


def take(
    project: Project, source: Project, wanted: BlockId, ids: IdSource
) -> tuple[Project, BlockId]:
    """Copy a block and all that it needs out of another project; what is there is used again.

    A block of a library is there where one of the same name in the library is, edited or not.
    """
    needed = sorted({*blocks_below(source, wanted), wanted})
    names: dict[str, BlockId] = {}
    new: list[BlockId] = []
    for key in map(BlockId, needed):
        mark = mark_of(source.blocks[key])
        here = find_marked(project, mark.name) if mark is not None else None
        if here is None:
            taken = {*project.blocks, *names.values(), MAIN}
            here = key if key not in taken else BlockId(ids.again(key, taken))
            new.append(key)
        names[key] = here
    project, codes = _with_code(project, source, new, ids)
    specs = {f"block.{old}": f"block.{name}" for old, name in names.items()} | codes
    for key in new:
        block = source.blocks[key]
        made = replace(block, graph=_respelled(block.graph, specs))
        project = project.with_block(names[key], made)
        if key in source.layout:
            layout = project.layout.set(names[key], source.layout[key])
            project = replace(project, layout=layout)
    return project, names[wanted]


def _with_code(
    project: Project, source: Project, blocks: Iterable[BlockId], ids: IdSource
) -> tuple[Project, dict[str, str]]:
    """Return the project with the custom code of blocks, and what its specs are called there."""
    nodes = (node for key in blocks for node in source.blocks[key].graph.nodes.values())
    used = sorted({node.spec.partition(".")[2] for node in nodes if node.kind == "code"})
    specs: dict[str, str] = {}
    for key in used:
        code = source.code.get(key)
        if code is None:
            continue
        name = key
        if project.code.get(key, code) != code:
            name = ids.again(key, project.code)
        specs[f"code.{key}"] = f"code.{name}"
        if name not in project.code:
            project = replace(project, code=project.code.set(name, code))
    return project, specs


def _respelled(graph: Graph, specs: Mapping[str, str]) -> Graph:
    nodes = {
        key: replace(node, spec=specs[node.spec])
        for key, node in graph.nodes.items()
        if specs.get(node.spec, node.spec) != node.spec
    }
    return replace(graph, nodes=graph.nodes.merged(nodes)) if nodes else graph


def renew(
    project: Project, key: BlockId, source: Project, wanted: BlockId, ids: IdSource
) -> Project:
    """Replace a block by another version of it; its uses keep the wires of ports of equal names.

    Arguments that the new version knows stay. Raises EditError where the block would contain
    itself.
    """
    old = block_at(project, key)
    bare = project.with_block(key, replace(old, extra=old.extra.without(MARK)))
    grown, fresh = take(bare, source, wanted, ids)
    new = grown.blocks[fresh]
    if key in blocks_below(grown, fresh):
        raise EditError(f"The block {key} would contain itself.")
    layouts = grown.layout.without(fresh, key)
    if fresh in grown.layout:
        layouts = layouts.set(key, grown.layout[fresh])
    grown = replace(grown, blocks=grown.blocks.without(fresh), layout=layouts)
    project = grown.with_block(key, replace(new, name=new.name))
    gone = set(old.graph.nodes) - set(new.graph.nodes)
    project = rewrite(project, leaving(key, dict.fromkeys(gone)))
    ports = _ports(old, new)
    known = {parameter.name for parameter in new.parameters}
    for where, instances in instances_of(project, key).items():
        block = project.block(where)
        graph = _rewired(block.graph, set(instances), ports, known)
        project = project.with_block(where, replace(block, graph=graph))
    return project


def _ports(old: Block, new: Block) -> dict[str, str]:
    """Return what the ports of a block become in another version, by their names."""
    found: dict[str, str] = {}
    for side in ("inputs", "outputs"):
        now = {_title(new, port): port for port in getattr(new, side)}
        for port in getattr(old, side):
            if (name := _title(old, port)) in now:
                found[port] = now[name]
    return found


def _title(block: Block, port: NodeId) -> str:
    return block.graph.nodes[port].name or port


def _rewired(graph: Graph, uses: set[NodeId], ports: Mapping[str, str], known: set[str]) -> Graph:
    """Return a graph in which the uses of a block have its new ports and parameters."""
    wires: dict[InPort, OutPort] = {}
    lost: list[InPort] = []
    for end, start in graph.wires.items():
        enters = ports.get(end.port) if end.node in uses else end.port
        leaves = ports.get(start.port) if start.node in uses else start.port
        if enters is None:
            continue
        target = InPort(end.node, PortPath(enters))
        if leaves is None:
            lost.append(target)
            wires[target] = start
        else:
            wires[target] = OutPort(start.node, leaves)
    nodes = graph.nodes.thawed()
    free(nodes, wires, lost)
    for key in uses:
        node = nodes[key]
        args = FrozenMap({name: value for name, value in node.args.items() if name in known})
        nodes[key] = node if args == node.args else replace(node, args=args)
    return replace(graph, nodes=FrozenMap(nodes), wires=FrozenMap(wires))


def kept(project: Project, key: BlockId, mark: Mark) -> Project:
    """Return a project of one block and all that it needs, as a library keeps it."""
    block = block_at(project, key)
    alone, name = take(Project(), project, key, IdSource(mark.name))
    alone = alone.with_block(name, marked(alone.blocks[name], mark))
    use = Node(f"block.{name}")
    main = Block(Graph(FrozenMap({NodeId("part"): use})), block.name, doc=block.doc)
    return replace(alone, main=main)


def says_the_same(one: Project, other: Project) -> bool:
    """Whether two files of a library hold the same block, but for its version and its places."""
    return _unmarked(one) == _unmarked(other)


def side_by_side(
    project: Project, key: BlockId, source: Project, wanted: BlockId
) -> tuple[Project, Project]:
    """Return a block as it came from another project, and as it is now, all called alike in both.

    They hold what another version replaces: the block, with the blocks and the code inside it that
    are no library's own, and their layouts.
    """
    blocks, codes = _pairs(project, key, source, wanted)
    specs = {f"block.{old}": f"block.{new}" for old, new in blocks.items()}
    specs |= {f"code.{old}": f"code.{new}" for old, new in codes.items()}
    inside = {o: n for o, n in blocks.items() if o == wanted or mark_of(source.blocks[o]) is None}
    return (
        Project(
            blocks=FrozenMap({n: _bare(source.blocks[o], specs) for o, n in inside.items()}),
            code=FrozenMap({new: source.code[old] for old, new in codes.items()}),
            layout=_layouts(source, inside),
        ),
        Project(
            blocks=FrozenMap({n: _bare(project.blocks[n], {}) for n in inside.values()}),
            code=FrozenMap({new: project.code[new] for new in codes.values()}),
            layout=_layouts(project, {n: n for n in inside.values()}),
        ),
    )


def _layouts(project: Project, names: Mapping[BlockId, BlockId]) -> FrozenMap[str, object]:
    found: dict[str, object] = {}
    for old, new in names.items():
        if old in project.layout:
            found[new] = project.layout[old]
    return FrozenMap(found)


def _bare(block: Block, specs: Mapping[str, str]) -> Block:
    graph = _respelled(block.graph, specs)
    return replace(block, graph=graph, extra=block.extra.without(MARK))


def _pairs(
    project: Project, key: BlockId, source: Project, wanted: BlockId
) -> tuple[dict[BlockId, BlockId], dict[str, str]]:
    """Return which blocks and which code of two projects stand in the same nodes of a block."""
    blocks, codes, waiting = {wanted: key}, dict[str, str](), [wanted]
    while waiting:
        old = waiting.pop()
        now = project.blocks[blocks[old]].graph.nodes
        for node_id, node in source.blocks[old].graph.nodes.items():
            kind, _, there = node.spec.partition(".")
            other, _, here = now[node_id].spec.partition(".") if node_id in now else ("", "", "")
            if kind != other:
                continue
            inner, outer = BlockId(there), BlockId(here)
            if kind == "code" and there in source.code and here in project.code:
                codes.setdefault(there, here)
            elif kind == "block" and inner not in blocks and outer not in blocks.values():
                mark = mark_of(source.blocks[inner])
                mine = mark_of(project.blocks[outer])
                if (mark and mark.name) == (mine and mine.name):
                    blocks[inner] = outer
                    waiting += [inner] if mark is None else []
    return blocks, codes


def _unmarked(project: Project) -> tuple[object, ...]:
    bare = {k: replace(b, extra=b.extra.without(MARK)) for k, b in project.blocks.items()}
    return FrozenMap(bare), project.code
