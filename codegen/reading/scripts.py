"""Takes into a drawing the values that a person edited in train.py or data.py.

Settings, and what optimizers, schedules, losses and data sources are given, come from arguments of
nodes and from run settings. Which one a value comes from is not guessed: an argument is changed,
the file is written again, and the change is kept if the value that was edited is written now.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace

from codegen.feeds import feeds_of, write_feeds
from codegen.reading.constants import MISSING, Callee, Changed, changed_values
from codegen.reading.inlining import entries_of, inlined, with_entries
from codegen.reading.merge import Merged
from codegen.reading.naming import main_class
from codegen.reading.nearby import placed
from codegen.reading.problems import NotRead, Problem
from codegen.reading.source import tree_of
from codegen.reading.steps import ByName, Try, exchanged, reshaped
from codegen.train_file import write_train
from codegen.training_plan import training_plan
from codegen.written import CannotWrite
from graph_editor.catalogue.order import Lookup, regions
from graph_editor.catalogue.run_settings import DEFAULTS
from graph_editor.checking.verdict import Verdict
from graph_editor.document.edits import (
    EditError,
    in_block,
    set_argument,
    set_run,
    unset_argument,
)
from graph_editor.document.ids import IdSource
from graph_editor.document.model import Arg, FrozenMap, NodeId, Project, same

Write = Callable[[Project], str]
FILES = ("train.py", "data.py")
PER_RUN = ("device", "threads")
"""Settings that belong to the machine on which is trained."""


def merge_script(
    project: Project, lookup: Lookup, verdict: Verdict, file: str, after: str,
    ids: IdSource | None = None,
) -> Merged:  # fmt: skip
    """Return the drawing with the values that were edited in its train.py or data.py.

    The verdict is the one with which the file was written.
    """
    if file not in FILES:
        return Merged(project, problems=(Problem(1, 1, f"{file} is not read back", file),))
    writer = _writer(lookup, verdict, file)
    try:
        before = writer(project)
    except CannotWrite as reason:
        return Merged(project, problems=(Problem(1, 1, str(reason), file),))
    tree = tree_of(after, file)
    if isinstance(tree, Problem):
        return Merged(project, problems=(tree,))
    found = _Values(project, lookup, writer, file, tree, ids or IdSource(after)).run(before)
    return replace(found, project=placed(found.project, _fresh(project, found.project)))


def _fresh(before: Project, after: Project) -> list[tuple[str, NodeId]]:
    there = before.main.graph.nodes
    return [("main", node) for node in after.main.graph.nodes if node not in there]


def _writer(lookup: Lookup, verdict: Verdict, file: str) -> Write:
    def train(project: Project) -> str:
        return write_train(project, lookup, verdict, main_class(project)).text

    def data(project: Project) -> str:
        feeds = feeds_of(project, training_plan(project, lookup), verdict)
        return write_feeds(project.main.name, feeds).text

    return train if file == "train.py" else data


class _Values:
    """Finds the arguments that edited values come from."""

    def __init__(
        self, project: Project, lookup: Lookup, write: Write, file: str, after: ast.Module,
        ids: IdSource,
    ) -> None:  # fmt: skip
        self.start, self.lookup, self.write = project, lookup, write
        self.file, self.after = file, ByName(lookup).visit(after)
        self.ids, self.entries = ids, set[str]()
        self.changes: list[str] = []

    def run(self, before: str) -> Merged:
        """Change the drawing until it is written as the edited text."""
        project, first = self.start, tree_of(before)
        self.entries = entries_of(first) if isinstance(first, ast.Module) else set()
        left = self._differs(before)
        if isinstance(left, Problem):
            project, left = self._reshaped(project, left)
        while isinstance(left, list) and left:
            found = next(self._better(project, left), None)
            if found is None:
                return Merged(self.start, problems=tuple(map(self._unknown, left)))
            project, left, said = found
            self.changes.append(said)
        if isinstance(left, Problem):
            return Merged(self.start, problems=(left,))
        return Merged(project, tuple(self.changes))

    def _unknown(self, value: Changed) -> Problem:
        words = "no argument of the drawing is written as this value"
        if value.after is MISSING:
            words = f"no argument of the drawing takes {value.name or 'this'} away"
        if value.name in PER_RUN:
            words = f"{value.name} is no part of the drawing: say --{value.name} when you train"
        if isinstance(value.after, Callee):
            words = f"the drawing has no {value.after.path} to put here"
        return Problem(value.line, value.column, words, self.file)

    def _differs(self, text: str) -> list[Changed] | Problem:
        """Return the values that a text and the edited one differ in, or what else does."""
        tree = tree_of(text, self.file)
        assert isinstance(tree, ast.Module)  # we wrote it
        try:
            whole = with_entries(tree, self.after, self.entries)
            written, edited = inlined(ByName(self.lookup).visit(tree), whole)
            return changed_values(written, edited)
        except NotRead as reason:
            words = f"only values are read back from {self.file}: {reason.problem.words}"
            return replace(reason.problem, words=words, file=self.file)

    def _reshaped(
        self, project: Project, problem: Problem
    ) -> tuple[Project, list[Changed] | Problem]:
        """Return the drawing with such statements as the edited text has, as far as one helps."""
        nodes = regions(project.main, self.lookup).step
        for words, change in reshaped(project, self.lookup, self.after, nodes, self.ids):
            try:
                made = change(project)
                now = self._differs(self.write(made))
            except (CannotWrite, EditError):
                continue
            if isinstance(now, list):
                self.changes.append(words)
                return made, now
        return project, problem

    def _better(
        self, project: Project, left: list[Changed]
    ) -> Iterator[tuple[Project, list[Changed], str]]:
        """Yield changes of the drawing that leave fewer values different."""
        for value in left:
            for words, change in self._tries(project, value):
                try:
                    made = change(project)
                    now = self._differs(self.write(made))
                except (CannotWrite, EditError):
                    continue
                if isinstance(now, list) and len(now) < len(left):
                    yield made, now, words

    def _tries(self, project: Project, value: Changed) -> Iterator[Try]:
        """Yield what might be written as an edited value: first what has its name."""
        after = value.after
        if isinstance(value.before, Callee) and isinstance(after, Callee):
            nodes = regions(project.main, self.lookup).step
            yield from exchanged(project, self.lookup, value.before, after, nodes)
            return
        if after is not MISSING and value.name in {*DEFAULTS, *project.run}:
            yield _setting(value.name, after)
        places = list(self._arguments(project))
        places.sort(key=lambda place: not value.name.endswith(place[1]))
        for node, name, said in places:
            if after is MISSING:
                if name == value.name and name in project.main.graph.nodes[node].args:
                    yield _unset(node, name)
            elif (
                name == value.name or value.name.endswith(f"_{name}") or _alike(said, value.before)
            ):
                yield _set(node, name, after)
            if isinstance(said, FrozenMap) and isinstance(after, float):
                yield from _shares(node, name, said, after)

    def _arguments(self, project: Project) -> Iterator[tuple[NodeId, str, Arg]]:
        """Yield all arguments of what stands outside the model, with their values."""
        main = project.main
        found = regions(main, self.lookup)
        for node in (*found.data, *found.step):
            each = main.graph.nodes[node]
            spec = self.lookup(each.spec)
            for argument in spec.arguments if spec is not None else ():
                if argument.port is None or argument.name in each.args:
                    yield node, argument.name, each.args.get(argument.name, argument.default)


def _is_for(field: str, name: str) -> bool:
    """Whether a field or keyword is named after an argument: ``lr``, or ``generator_lr``."""
    return field == name or field.endswith(f"_{name}")


def _alike(said: object, before: object) -> bool:
    """Whether an argument may be what was written as a value."""
    if before is MISSING or isinstance(said, bool) != isinstance(before, bool):
        return False
    return said == before


def _setting(name: str, value: object) -> Try:
    words = f"{name} of the run: {value}"
    return words, lambda project: set_run(project, name, value)  # type: ignore[arg-type]  # a literal


def _set(node: NodeId, name: str, value: object) -> Try:
    def change(project: Project) -> Project:
        return in_block(project, "main", lambda graph: set_argument(graph, node, name, value))  # type: ignore[arg-type]  # a literal

    return f"{name} of {node}: {value}", change


def _unset(node: NodeId, name: str) -> Try:
    def change(project: Project) -> Project:
        return in_block(project, "main", lambda graph: unset_argument(graph, node, name))

    return f"{name} of {node}: as it is by itself", change


def _shares(node: NodeId, name: str, said: FrozenMap[str, Arg], after: float) -> Iterator[Try]:
    """Yield shares of data of which one, or what is left beside it, is the edited value."""
    for key in said:
        rest = [k for k in said if k != key]
        numbers = [v for k, v in said.items() if k != key and isinstance(v, float)]
        for share in (after, round(1 - after, 12)):
            made = said.set(key, share)
            if len(rest) == 1 and len(numbers) == 1:
                made = made.set(rest[0], round(1 - share, 12))
            if not same(made, said):
                yield _set(node, name, made)
