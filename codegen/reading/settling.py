"""After an edited text was taken into a drawing: what inference finds anyway is left to it again.

Here the drawing is judged, which the reader itself cannot do: whoever calls brings a judge.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass

from codegen.model import write_model
from codegen.reading.merge import Merged
from codegen.reading.problems import Problem, shown
from codegen.reading.source import is_text
from codegen.written import CannotWrite
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.edits import in_block, unset_argument
from graph_editor.document.model import NodeId, Project

Judge = Callable[[Project], Verdict]
Stated = tuple[str, NodeId, str]
OTHER_ORDER = "in another order: a seed gives these layers other weights"
FEW = 12
"""How many arguments are tried one by one where not all can be left to inference at once."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A drawing that took in an edited text, judged and written again."""

    project: Project
    verdict: Verdict
    text: str
    """The model.py that is written from it; empty where the drawing has errors."""
    remarks: tuple[Problem, ...] = ()
    """Lines of the edited text that are written in another way, and comments that are lost."""
    refusal: str = ""
    """Why nothing is written from it, though it has no errors."""


def settle(merged: Merged, after: str, judge: Judge) -> Settled:
    """Judge a merged drawing, leave to inference what it finds, and write the drawing."""
    project, verdict = merged.project, judge(merged.project)
    text, refusal = _written(project, verdict)
    free = [each for each in merged.stated if _is_inferable(project, each)]
    if text and free:
        project, verdict, text = _loosened(project, free, (verdict, text), judge)
    remarks = (*merged.remarks, *written_otherwise(after, text)) if text else merged.remarks
    return Settled(project, verdict, text, remarks, refusal)


def _written(project: Project, verdict: Verdict) -> tuple[str, str]:
    """Return the model.py of a drawing, or why there is none though it has no errors."""
    try:
        return write_model(project, specs_of(project), verdict).source.text, ""
    except CannotWrite as reason:
        return "", "" if verdict.has_errors else f"{reason.feature}. {reason.way_out}"


def _is_inferable(project: Project, stated: Stated) -> bool:
    key, node, name = stated
    found = project.block(key).graph.nodes.get(node)
    spec = specs_of(project)(found.spec) if found is not None else None
    argument = spec.argument(name) if spec is not None else None
    there = found is not None and name in found.args
    return there and argument is not None and bool(argument.infer)


def _loosened(
    project: Project, free: Sequence[Stated], known: tuple[Verdict, str], judge: Judge
) -> tuple[Project, Verdict, str]:
    """Return the project without stated numbers, as far as the same text is written from it."""
    verdict, text = known
    groups = [free] if len(free) == 1 else [free, *([each] for each in free[:FEW])]
    for group in groups:
        loose = project
        for key, node, name in group:
            if name in loose.block(key).graph.nodes[node].args:
                loose = _without(loose, key, node, name)
        found = judge(loose)
        if loose is not project and _written(loose, found)[0] == text:
            project, verdict = loose, found
            if group is free:
                break
    return project, verdict, text


def _without(project: Project, key: str, node: NodeId, name: str) -> Project:
    return in_block(project, key, lambda graph: unset_argument(graph, node, name))


def written_otherwise(after: str, text: str) -> Iterator[Problem]:
    """Yield what of an edited text is not in the text that the drawing is written as."""
    there = Counter(said for _, said in _statements(text))
    for statement, said in _statements(after):
        if there[said]:
            there[said] -= 1
        else:
            words = f"is written in another way: {shown(statement)}"
            yield Problem(statement.lineno, statement.col_offset + 1, words)
    yield from _in_another_order(after, text)
    kept = {comment for _, comment in _comments(text)}
    for line, comment in _comments(after):
        if comment not in kept:
            yield Problem(line, 1, f"the drawing has no place for this comment: {comment[:60]}")


def _in_another_order(after: str, text: str) -> Iterator[Problem]:
    """Yield the first layer of each class that the drawing makes at another place.

    It makes layers in the order in which they are called: a seed gives them other weights then.
    """
    ours = {name: list(made) for name, made in _made(text)}
    for name, made in _made(after):
        order = ours.get(name, [])
        if sorted(order) != sorted(made) or order == list(made):
            continue
        moved = next(mine for mine, other in zip(made, order, strict=True) if mine != other)
        what = f"{moved} is made" if moved.startswith("self.") else f"{moved} comes"
        yield Problem(made[moved], 1, f"{what} {OTHER_ORDER}")


def _made(text: str) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield the classes of a text, each with what its constructor does and in which lines.

    What it makes is told by its name, what it fills or ties by the whole statement.
    """
    for code in ast.parse(text).body:
        for method in code.body if isinstance(code, ast.ClassDef) else ():
            if not isinstance(code, ast.ClassDef) or not isinstance(method, ast.FunctionDef):
                continue
            if method.name == "__init__":
                done = {_does(each): each.lineno for each in method.body if not is_text(each)}
                done.pop("", None)
                yield code.name, done


def _does(statement: ast.stmt) -> str:
    """Return what a statement of a constructor makes, fills or ties; empty for all others."""
    if isinstance(statement, ast.Assign):
        target = statement.targets[0]
        of_self = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)
        if of_self or isinstance(target, ast.Name):
            return ast.unparse(target) if of_self else ""
    fills = ast.unparse(statement).startswith("nn.init.") or isinstance(statement, ast.Assign)
    return shown(statement) if fills else ""


def _statements(text: str) -> Iterator[tuple[ast.stmt, str]]:
    """Yield the statements of a text without what is inside of them, and without docstrings."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt) and not is_text(node):
            bare: ast.stmt = node
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.For | ast.If):
                bare = _without_body(node)
            yield node, ast.unparse(bare)


def _without_body(node: ast.ClassDef | ast.FunctionDef | ast.For | ast.If) -> ast.stmt:
    """Return a compound statement that does nothing."""
    made = copy(node)
    made.body = [ast.Pass()]
    return made


def _comments(text: str) -> Iterator[tuple[int, str]]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string.strip()
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return  # what cannot be read was named before
