"""The edits that diagnosers propose, each with the words that a button shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.walk import use_around
from graph_editor.checking.words import brief, label, value
from graph_editor.document.edits import nodes, projects, wires
from graph_editor.document.model import (
    Address,
    Arg,
    At,
    Expr,
    FrozenMap,
    Graph,
    Hole,
    InPort,
    Name,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
    Repeat,
    Weights,
)


def _proposal(site: Site, action: str, title: str, edit: Callable[[Graph], Graph]) -> Proposal:
    def on_project(project: Project) -> Project:
        return projects.in_block(project, site.block, edit)

    return Proposal(f"{site.address}:{action}", title, on_project)


def set_run(name: str, to: Arg) -> Proposal:
    """Propose another value for a run setting."""
    title = f"Set {name} to {brief(to)}"
    return Proposal(f"run:set-{name}", title, lambda p: projects.set_run(p, name, to))


def unset_run(name: str, title: str) -> Proposal:
    """Propose to take a run setting out, so that its default holds."""
    return Proposal(f"run:remove-{name}", title, lambda p: projects.unset_run(p, name))


def set_to(site: Site, argument: str, to: Arg, of: str = "", title: str = "") -> Proposal:
    """Propose another value for an argument; ``of`` names the node where it is another one."""
    where = f" of {of}" if of else ""
    return _proposal(
        site,
        f"set-{argument}-{value(to)}".replace(" ", ""),
        title or f"Set {argument}{where} to {brief(to)}",
        lambda graph: nodes.set_argument(graph, site.id, argument, to),
    )


def set_width(maker: tuple[Site, str], wanted: int, context: Context) -> Proposal:
    """Propose another width for the layer that decides it, given with the argument that says it.

    Where that argument is a parameter of the block around the layer, its use in that place is told.
    """
    site, argument = maker
    said = site.node.args.get(argument)
    use = use_around(site, context)
    if isinstance(said, Expr) and use is not None:
        block = context.project.block(site.block)
        if said.text.strip() in {parameter.name for parameter in block.parameters}:
            return set_to(use, said.text.strip(), wanted, of=label(use))
    return set_to(site, argument, wanted, of=label(site))


def reset(site: Site, argument: str, title: str = "") -> Proposal:
    """Propose to let an argument have its default again, which the title names if none is given."""
    known = site.spec.argument(argument) if site.spec else None
    words = title or f"Set {argument} to {brief(known.default if known else None)}"

    def edit(graph: Graph) -> Graph:
        return nodes.unset_argument(graph, site.id, argument)

    return _proposal(site, f"default-{argument}", words, edit)


def rename_argument(site: Site, argument: str, to: str) -> Proposal:
    """Propose another name for an argument, with the value that it has."""

    def edit(graph: Graph) -> Graph:
        said = graph.nodes[site.id].args[argument]
        return nodes.set_argument(nodes.unset_argument(graph, site.id, argument), site.id, to, said)

    return _proposal(site, f"rename-{argument}", f"Rename {argument} to {to}", edit)


def let_take(site: Site, port: str, shape: tuple[Arg, ...] = ()) -> Proposal:
    """Propose that an input of the block which a node uses says this shape, or none."""
    block, input_ = site.node.spec.partition(".")[2], NodeId(port)

    def changed(graph: Graph) -> Graph:
        if shape:
            return nodes.set_argument(graph, input_, "shape", shape)
        return nodes.unset_argument(graph, input_, "shape")

    def edit(project: Project) -> Project:
        return projects.in_block(project, block, changed)

    words = "any shape" if not shape else "×".join(map(value, shape))
    return Proposal(f"{site.address}:let-{port}-{len(shape)}", f"Let {port} take {words}", edit)


def untie(site: Site, parameter: str) -> Proposal:
    """Propose that a weight is one of its own again."""
    words = f"Let {parameter} be a weight of its own"
    return _proposal(site, f"untie-{parameter}", words, lambda graph: nodes.untie(graph, parameter))


def let_infer(site: Site, argument: str) -> Proposal:
    """Propose to leave a size to what arrives."""

    def edit(graph: Graph) -> Graph:
        return nodes.unset_argument(graph, site.id, argument)

    return _proposal(site, f"auto-{argument}", f"Let {argument} follow what arrives", edit)


def disconnect(site: Site, port: str, title: str) -> Proposal:
    """Propose to take away the wire into a port."""
    target = InPort(site.id, PortPath(port))
    return _proposal(
        site, f"disconnect-{port}", title, lambda graph: wires.disconnect(graph, target)
    )


def connect(site: Site, port: str, node: NodeId, output: str, title: str) -> Proposal:
    """Propose a wire from another node's output into a port."""
    source, target = OutPort(node, output), InPort(site.id, PortPath(port))
    return _proposal(
        site, f"connect-{port}", title, lambda graph: wires.connect(graph, source, target)
    )


def swap_inputs(site: Site, one: str, other: str, title: str) -> Proposal:
    """Propose that the wires into two ports of a node change places."""
    ports = (InPort(site.id, PortPath(one)), InPort(site.id, PortPath(other)))
    return _proposal(
        site, f"swap-{one}-{other}", title, lambda graph: wires.swap_inputs(graph, *ports)
    )


def move_input(site: Site, port: str, to: str, title: str) -> Proposal:
    """Propose that the wire into a port of a node leads to another one of it."""
    old, new = (InPort(site.id, PortPath(each)) for each in (port, to))
    return _proposal(site, f"move-{port}-{to}", title, lambda g: wires.move_wire(g, old, new))


def swap_between(one: tuple[Site, str], other: tuple[Site, str], title: str) -> Proposal:
    """Propose that the wires into ports of two nodes of one graph change places."""
    (first, port), (second, theirs) = one, other
    ports = (InPort(first.id, PortPath(port)), InPort(second.id, PortPath(theirs)))
    action = f"swap-{port}-with-{second.id}"
    return _proposal(first, action, title, lambda graph: wires.swap_inputs(graph, *ports))


def put_first(site: Site, argument: str, first: Arg, title: str) -> Proposal:
    """Propose a first item for an argument of several, before those that wires lead to."""

    def edit(graph: Graph) -> Graph:
        start = f"{argument}["
        led = {str(t.port): s for t, s in graph.wires.items() if t.node == site.id}
        numbered = sorted(int(p[len(start) : -1]) for p in led if p.startswith(start))
        if numbered != list(range(len(numbered))):
            raise ValueError(f"{site.id} has other wires")
        sources = [led[f"{start}{number}]"] for number in numbered]
        old = [InPort(site.id, PortPath(f"{start}{number}]")) for number in numbered]
        graph = wires.disconnect_all(graph, old)
        holes = (Hole(),) * len(sources)
        graph = nodes.set_argument(graph, site.id, argument, (first, *holes))
        for number, source in enumerate(sources, 1):
            target = InPort(site.id, PortPath(f"{start}{number}]"))
            graph = wires.connect(graph, source, target)
        return graph

    return _proposal(site, f"put-first-{argument}", title, edit)


def insert(site: Site, port: str, spec: str, args: dict[str, Arg], title: str) -> Proposal:
    """Propose a node (with ports ``input`` and ``output``) in the wire that feeds a port."""
    stem = spec.rpartition(".")[2].lower()

    def edit(graph: Graph) -> Graph:
        node = Node(spec, args=FrozenMap(args))
        target = InPort(site.id, PortPath(port))
        return wires.insert_on_wire(graph, target, free_id(graph, stem), node)

    return _proposal(site, f"insert-{stem}-{port}", title, edit)


def insert_shared(
    site: Site, ports: tuple[str, ...], spec: str, args: dict[str, Arg], title: str
) -> Proposal:
    """Propose one node in the wires that lead from one output to several ports of a node."""
    first, *others = ports
    single = insert(site, first, spec, args, title)

    def edit(project: Project) -> Project:
        project = single.edit(project)

        def joined(graph: Graph) -> Graph:
            new = graph.wires[InPort(site.id, PortPath(first))]
            for port in others:
                graph = wires.connect(graph, new, InPort(site.id, PortPath(port)))
            return graph

        return projects.in_block(project, site.block, joined)

    return Proposal(single.id, title, edit)


def insert_around(
    site: Site,
    port: str,
    before: tuple[str, dict[str, Arg]],
    after: tuple[str, dict[str, Arg]],
    title: str,
) -> Proposal:
    """Propose a node before a port, and another one behind the only output of the same node."""
    entering = insert(site, port, *before, title)

    def leaving(graph: Graph) -> Graph:
        spec, args = after
        new = free_id(graph, spec.rpartition(".")[2].lower())
        readers = [target for target, source in graph.wires.items() if source.node == site.id]
        graph = nodes.add_node(graph, new, Node(spec, args=FrozenMap(args)))
        start = OutPort(site.id, "output")
        graph = wires.connect(graph, start, InPort(new, PortPath("input")))
        for target in readers:
            graph = wires.connect(graph, OutPort(new, "output"), target)
        return graph

    def edit(project: Project) -> Project:
        return projects.in_block(entering.edit(project), site.block, leaving)

    return Proposal(f"{entering.id}-and-back", title, edit)


def free_id(graph: Graph, stem: str) -> NodeId:
    """Return an id that the graph does not use yet; the same one whenever it is asked."""
    taken = {str(node) for node in graph.nodes}
    numbered = (f"{stem}_{number}" for number in range(2, len(taken) + 3))
    return NodeId(next(name for name in (stem, *numbered) if name not in taken))


def convert(site: Site, port: str, dtype: str) -> Proposal:
    """Propose a conversion of what arrives at a port."""
    spec = {"float32": "Tensor.float", "int64": "Tensor.long", "bool": "Tensor.bool"}.get(dtype)
    args: dict[str, Arg] = {} if spec else {"dtype": Name(dtype)}
    return insert(site, port, spec or "Tensor.to", args, f"Convert {port} to {dtype}")


def replace_spec(site: Site, spec: str, without: tuple[str, ...] = ()) -> Proposal:
    """Propose another spec in the node's place, with its name, wires and (but some) arguments."""

    def edit(graph: Graph) -> Graph:
        old = graph.nodes[site.id]
        changed = replace(old, spec=spec, args=old.args.without(*without))
        return nodes.replace_node(graph, site.id, changed)

    title = spec.rpartition(".")[2]
    return _proposal(site, f"replace-{title}", f"Use {title} instead", edit)


def replace_called(site: Site, spec: str, port: str, to: str, title: str) -> Proposal:
    """Propose another spec in the node's place, one of whose inputs has another name there."""

    def edit(graph: Graph) -> Graph:
        source = graph.wires[InPort(site.id, PortPath(port))]
        graph = wires.disconnect(graph, InPort(site.id, PortPath(port)))
        changed = replace(graph.nodes[site.id], spec=spec)
        graph = nodes.replace_node(graph, site.id, changed)
        return wires.connect(graph, source, InPort(site.id, PortPath(to)))

    return _proposal(site, f"replace-{spec.rpartition('.')[2]}", title, edit)


def skip(site: Site) -> Proposal:
    """Propose to let what enters a node pass it by; the node stays in the drawing, switched off."""

    def edit(graph: Graph) -> Graph:
        if graph.nodes[site.id].when is not None:
            raise ValueError(f"{site.id} has a condition of its own")
        return nodes.set_when(graph, site.id, Expr("False"))

    return _proposal(site, "skip", f"Switch {label(site)} off", edit)


def give_out(site: Site, port: str) -> Proposal:
    """Propose to make what a node gives an output of its graph."""

    def edit(graph: Graph) -> Graph:
        new = free_id(graph, f"{site.id}_out")
        graph = nodes.add_node(graph, new, Node("io.output"))
        return wires.connect(graph, OutPort(site.id, port), InPort(new, PortPath("input")))

    return _proposal(site, f"give-out-{port}", f"Make {label(site)} an output", edit)


def unfreeze(site: Site, title: str) -> Proposal:
    """Propose to let a node's weights be trained."""

    def edit(graph: Graph) -> Graph:
        return nodes.set_freeze(graph, site.id, ())

    return _proposal(site, "unfreeze", title, edit)


def clear(site: Site, field: str) -> Proposal:
    """Propose to unsay a field of a node: ``when``, ``repeat``, ``freeze`` or one of weights."""

    def edit(graph: Graph) -> Graph:
        if field in ("when", "repeat"):
            change = nodes.set_when if field == "when" else nodes.set_repeat
            return change(graph, site.id, None)
        if field == "freeze":
            return nodes.set_freeze(graph, site.id, ())
        left = graph.nodes[site.id].weights or Weights()
        if field == "follows":
            left = replace(left, follows=None, decay=0.0, every=1)
        else:
            left = replace(left, start=None) if field == "start" else replace(left, same_as=None)
        return nodes.set_weights(graph, site.id, None if left == Weights() else left)

    return _proposal(site, f"clear-{field}", f"Remove {field}", edit)


def repeated(site: Site, count: int) -> Proposal:
    """Propose that a node stands so many times behind itself."""

    def edit(graph: Graph) -> Graph:
        return nodes.set_repeat(graph, site.id, Repeat(count))

    return _proposal(site, f"repeat-{count}", f"Repeat {label(site)} {count} times", edit)


def apart(site: Site, repeat: Repeat) -> Proposal:
    """Propose that each copy of a repeated node has weights of its own."""

    def edit(graph: Graph) -> Graph:
        return nodes.set_repeat(graph, site.id, replace(repeat, shared=False))

    words = f"Give each copy of {label(site)} weights of its own"
    return _proposal(site, "repeat-apart", words, edit)


def without_address(site: Site, field: str, address: Address) -> Proposal:
    """Propose to leave one address out of a list of them; of ``follows`` there is one."""

    def edit(graph: Graph) -> Graph:
        node = graph.nodes[site.id]
        if field == "freeze":
            return nodes.set_freeze(graph, site.id, (a for a in node.freeze if a != address))
        named = node.args[field]
        items = named if isinstance(named, tuple) else (named,)
        fewer = (_without(item, At(address)) for item in items)
        left = tuple(item for item in fewer if item is not None)
        if not left:
            return nodes.unset_argument(graph, site.id, field)
        return nodes.set_argument(graph, site.id, field, left)

    if field == "follows":
        return clear(site, field)
    title = f"Take {address} out of {field}"
    return _proposal(site, f"{field}-without-{address}", title, edit)


def _without(item: Arg, mention: At) -> Arg:
    """Return an item of a list without a mention, or None where nothing is left of it."""
    if not isinstance(item, tuple):
        return None if item == mention else item
    left = tuple(each for each in item if each != mention)
    return left if any(isinstance(each, At) for each in left) else None


def together(first: Proposal, *others: Proposal, title: str) -> Proposal:
    """Propose several edits as one."""

    def edit(project: Project) -> Project:
        for proposal in (first, *others):
            project = proposal.edit(project)
        return project

    return Proposal(" ".join(p.id for p in (first, *others)).replace(" ", "+"), title, edit)
