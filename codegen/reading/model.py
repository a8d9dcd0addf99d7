"""Reads model.py: its classes as blocks, the last one as the main graph."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from codegen.names import fresh, slug
from codegen.reading.calls import Calls
from codegen.reading.constructor import Constructor
from codegen.reading.custom import Custom, custom_of, without_custom
from codegen.reading.drawing import Sketch
from codegen.reading.forward import Forward
from codegen.reading.freezing import Freezing, resting
from codegen.reading.members import Place, ReadClass, ReadModel
from codegen.reading.memory import check_order, is_in_place
from codegen.reading.paths import WEIGHTS, reach, steps_of
from codegen.reading.problems import NotRead, Problem
from codegen.reading.sequences import BASE, as_module
from codegen.reading.source import Source, dotted, is_text, source_of
from codegen.reading.wording import in_our_words
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.scope import block_spec
from graph_editor.catalogue.spec import Spec
from graph_editor.document.ids import STEM_LENGTH
from graph_editor.document.model import (
    NOTHING,
    Address,
    Arg,
    At,
    Block,
    BlockId,
    Code,
    FrozenMap,
    Graph,
    Node,
    NodeId,
    Project,
)

MODULE = "torch.nn.Module"


def read_model(
    text: str,
    specs: Lookup,
    main: str | None = None,
    code: Mapping[str, Code] = NOTHING,
    drawn: Container[str] | None = None,
) -> ReadModel:
    """Return the blocks and the main graph that the text of a model.py says.

    Comments, docstrings and layout of the text play no part. ``specs`` finds what the catalogue
    has. ``main`` names the class of the main graph, and "" says that there is none; where it is not
    said, it is the first class that no other uses. ``code`` is the project's custom code. Of
    classes that are not among ``drawn`` nobody knows how many axes their inputs have. What is not
    understood is among the problems; then the drawing is what could be read of the rest.
    """
    custom = custom_of(code)
    source = source_of(text, partial(without_custom, custom))
    return Reader(source, specs, main, custom, FrozenMap(code), drawn).read()


def class_names(text: str, code: Mapping[str, Code] = NOTHING) -> list[str]:
    """Return the names of the classes of a model.py but those of custom code, in their order."""
    return [c.name for c in source_of(text, partial(without_custom, custom_of(code))).classes]


@dataclass(slots=True)
class Reader:
    """Reads the classes of one file."""

    source: Source
    specs: Lookup
    main: str | None
    custom: Custom
    code: FrozenMap[str, Code]
    drawn: Container[str] | None = None
    classes: dict[str, ReadClass] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    known: dict[str, Spec] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    attributes: dict[tuple[str, NodeId], str] = field(default_factory=dict)
    variables: dict[tuple[str, NodeId], str] = field(default_factory=dict)
    places: dict[tuple[str, NodeId], Place] = field(default_factory=dict)
    clones: list[ast.AST] = field(default_factory=list)
    """Where a clone is read, into which nothing is written."""
    _needs: dict[str, set[str]] = field(default_factory=dict)

    def lookup(self, name: str) -> Spec | None:
        """Find a spec: one of the file's own blocks, or the catalogue's."""
        return self.known.get(name) if name.startswith(OWN) else self.specs(name)

    def read(self) -> ReadModel:
        """Read all classes, those that others use first."""
        self.problems += self.source.problems
        for spec in (*self.custom.modules.values(), *self.custom.functions.values()):
            self.known[spec.name] = spec
        self._needs = needed(self.source)
        main = self._main() if self.main is None else self.main
        for code in self._in_order():
            key = "main" if code.name == main else self._key(code.name)
            made = ReadClass(key, code.name, code)
            try:
                self._class(made)
            except NotRead as reason:
                self.problems.append(reason.problem)
                break  # what uses it cannot be read either
        if not self.source.classes and not self.problems:
            self.problems.append(Problem(1, 1, "there is no class of a module"))
        self._check_clones()
        graph = self.blocks.pop("main", None) or self._instances()
        blocks = {BlockId(k): b for k, b in self.blocks.items()}
        return ReadModel(
            Project(graph, FrozenMap(blocks), self.code),
            tuple(sorted(self.problems, key=lambda p: (p.line, p.column))),
            tuple(self.remarks),
            FrozenMap({c.key: c.name for c in self.classes.values()}),
            self.attributes,
            self.variables,
            self.places,
        )

    def _check_clones(self) -> None:
        """Note a copy that is left out where anything works in place, which it may keep away."""
        graphs = [block.graph for block in self.blocks.values()]
        if any(is_in_place(graph, node) for graph in graphs for node in graph.nodes.values()):
            words = "a clone may keep here what is worked on in place; the drawing has no copies"
            self.problems += [NotRead(clone, words).problem for clone in self.clones]

    def _key(self, name: str) -> str:
        taken = {"main", *(c.key for c in self.classes.values())}
        return fresh((slug(name) or "block")[:STEM_LENGTH].strip("_"), taken)

    def _instances(self) -> Block:
        """Return a main graph that has an instance of each class that no other one uses."""
        used = {name for names in self._needs.values() for name in names}
        keys = [c.key for c in self.classes.values() if c.name not in used]
        nodes = {NodeId(key): Node(f"block.{key}") for key in keys if key in self.blocks}
        return Block(Graph(FrozenMap(nodes)))

    def _main(self) -> str:
        """Return the first class that no other one uses: what stands beside it comes last."""
        used = {name for names in self._needs.values() for name in names}
        return next((c.name for c in self.source.classes if c.name not in used), "")

    def _in_order(self) -> Iterator[ast.ClassDef]:
        """Yield the classes so that each comes after those that it names."""
        named: dict[str, ast.ClassDef] = {}
        for code in self.source.classes:
            if code.name in named or code.name in self.source.names:
                self.problems.append(NotRead(code, f"{code.name} is defined twice").problem)
            named[code.name] = code
        done: set[str] = set()
        while len(done) < len(named):
            ready = [n for n in named if n not in done and self._needs[n] <= done]
            if not ready:
                code = next(c for n, c in named.items() if n not in done)
                self.problems.append(NotRead(code, f"{code.name} contains itself").problem)
                return
            for name in ready:
                done.add(name)
                yield named[name]

    def _class(self, made: ReadClass) -> None:
        bases = [dotted(base) or ["?"] for base in made.code.bases]
        whole = [".".join([self.source.names.get(b[0], b[0]), *b[1:]]) for b in bases]
        if whole == [BASE]:
            made.code = as_module(made.code)
        if whole not in ([MODULE], [BASE]) or made.code.keywords or made.code.decorator_list:
            raise NotRead(made.code, f"{made.name} is no plain nn.Module")
        methods = self._methods(made)
        if "forward" not in methods:
            raise NotRead(made.code, f"{made.name} has no forward")
        constructor = Constructor(
            made, self.source.names, self.classes, self.lookup, self.custom.modules
        )
        names = self.source.names
        if "__init__" in methods:
            constructor.read(in_our_words(methods["__init__"], names))
        if "train" in methods:
            made.resting = resting(methods["train"], self.source.names)
        sketch = Sketch()
        calls = Calls(
            made, sketch, self.source.names, self.classes, self.lookup, self._again,
            self.custom.functions,
        )  # fmt: skip
        forward = Forward(calls, self.drawn is None or made.name in self.drawn)
        forward.read(in_our_words(methods["forward"], names))
        self.problems += forward.problems
        if not forward.problems:
            self._weights(made, calls)
            self._finish(made, sketch, forward)
        self.classes[made.name] = made

    def _methods(self, made: ReadClass) -> dict[str, ast.FunctionDef]:
        found: dict[str, ast.FunctionDef] = {}
        for statement in made.code.body:
            if isinstance(statement, ast.FunctionDef):
                if statement.name in found or statement.name not in METHODS:
                    words = f"the drawing has no method {statement.name}"
                    raise NotRead(statement, words)
                found[statement.name] = statement
            elif isinstance(statement, ast.AnnAssign) and statement.value is None:
                continue  # it tells a checker of types what a buffer is
            elif not is_text(statement) and not isinstance(statement, ast.Pass):
                raise NotRead(statement, "a class holds __init__, forward and train here")
        return found

    def _weights(self, made: ReadClass, calls: Calls) -> None:
        """Say whose weights are read, now that all nodes are known."""
        for node, code, steps in calls.weights:
            reached = reach(code, steps, made, self.by_key())
            if not reached.left:
                raise NotRead(code, f"self.{'.'.join(steps)} is no weight")
            args: dict[str, Arg] = {"of": At(Address(reached.address))}
            if reached.left != ("weight",):
                args["parameter"] = ".".join(reached.left)
            calls.sketch.nodes[node] = Node("param.of", args=FrozenMap(args))

    def by_key(self) -> dict[str, ReadClass]:
        """Return the classes read so far by the keys of their graphs."""
        return {c.key: c for c in self.classes.values()}

    def _again(self, code: ast.AST, spec: str, leaf: NodeId, at: At) -> None:
        """Note at a block's output into which input of the next copy it goes."""
        key = spec.removeprefix("block.")
        block = self.blocks.get(key)
        if block is None or leaf not in block.graph.nodes:
            raise NotRead(code, "only the outputs of a block can go on into the next turn")
        node = block.graph.nodes[leaf]
        if node.args.get("again", at) != at:
            raise NotRead(code, "this output goes elsewhere in another loop")
        nodes = block.graph.nodes.set(leaf, replace(node, args=node.args.set("again", at)))
        self._block(key, replace(block, graph=replace(block.graph, nodes=nodes)))

    def _block(self, key: str, block: Block) -> None:
        self.blocks[key] = block
        if key != "main":
            self.known[f"block.{key}"] = block_spec(key, block)

    def _finish(self, made: ReadClass, sketch: Sketch, forward: Forward) -> None:
        """Check that all is used, and keep the graph."""
        check_order(sketch, forward.outputs, self.blocks, self.lookup)
        self._all_used(made, sketch, forward)
        graphs = {k: dict(b.graph.nodes.items()) for k, b in self.blocks.items()}
        self.clones += forward.calls.clones
        Freezing(made, sketch.nodes, graphs, self.by_key(), self.lookup).apply()
        graph = replace(sketch.graph(), ties=FrozenMap(self._ties(made)))
        inputs = tuple(forward.inputs)
        block = Block(graph, made.name, made.parameters, inputs, tuple(forward.outputs))
        self._block(made.key, block)
        self.places |= {(made.key, node): place for node, place in sketch.places.items()}
        self.variables |= {(made.key, node): word for node, word in sketch.variables.items()}
        for member in made.members.values():
            for place, node in enumerate(member.calls[0]):
                path = f"{member.name}[{place}]" if member.is_chain else member.name
                self.attributes[made.key, node] = path

    def _all_used(self, made: ReadClass, sketch: Sketch, forward: Forward) -> None:
        for name, member in list(made.members.items()):
            if member.calls:
                continue
            unused = NotRead(member.code, f"self.{member.name} is made and never used")
            if member.layers[0].spec not in WEIGHTS:
                raise unused
            self.remarks.append(unused.problem)  # a node that is off for good leaves it behind
            del made.members[name]
        reached = sketch.reached(forward.outputs)
        for node, found in list(sketch.nodes.items()):
            if node in reached:
                continue
            what = "this input" if found.spec == "io.input" else "this result"
            self.remarks.append(NotRead(sketch.code[node], f"{what} is used for nothing").problem)
            if found.spec != "io.input":
                sketch.drop(node)
        for name, member in list(made.members.items()):
            there = [call for call in member.calls if all(n in sketch.nodes for n in call)]
            if not there:
                del made.members[name]  # all that it gives is used for nothing
            elif there[0] is not member.calls[0]:
                words = f"the first call of self.{name} is used for nothing"
                raise NotRead(member.code, words)
            member.calls = there

    def _ties(self, made: ReadClass) -> dict[str, str]:
        found: dict[str, str] = {}
        for target, source in made.ties:
            sides = []
            for side in (target, source):
                reached = reach(side, steps_of(side, {}), made, self.by_key())
                if not reached.left:
                    raise NotRead(side, "a whole layer is set, not a weight of one")
                sides.append(f"{reached.address}.{'.'.join(reached.left)}")
            if sides[0] in found.values():
                raise NotRead(target, "another weight is tied to this one already: tie it first")
            found[sides[0]] = found.get(sides[1], sides[1])
        return found


OWN = ("block.", "code.")
"""How the specs of a project's own begin."""
METHODS = ("__init__", "forward", "train")


def needed(source: Source) -> dict[str, set[str]]:
    """Return which classes of a file each of them names."""
    names = {code.name for code in source.classes}
    return {code.name: {n for n in _named_in(code) if n in names} for code in source.classes}


def _named_in(code: ast.ClassDef) -> Iterator[str]:
    """Yield the names in a class, but for its own in ``super(Net, self)``."""
    pending: list[ast.AST] = [code]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name):
            yield node.id
        is_super = isinstance(node, ast.Call) and dotted(node.func) == ["super"]
        pending += [] if is_super else ast.iter_child_nodes(node)
