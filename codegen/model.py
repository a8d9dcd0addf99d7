"""The text of model.py: one class per block that is used, and one for the main graph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from codegen.custom_imports import needs_of
from codegen.deferred import Deferred
from codegen.limits import check_plans
from codegen.model_about import class_docstring, module_docstring, output_names
from codegen.model_class import ClassPlan
from codegen.model_custom import said_of_code, with_code, with_custom_code
from codegen.model_forward import Forward
from codegen.model_frozen import Frozen
from codegen.model_members import Members
from codegen.model_place import own_place
from codegen.model_plan import Planner
from codegen.model_ties import ties
from codegen.names import class_slug, header
from codegen.state_map import state_map
from codegen.statements import (
    Argument,
    Blank,
    Line,
    Statement,
    Suite,
    class_of,
    function,
    word,
    write,
)
from codegen.written import CannotWrite, SourceText
from graph_editor.catalogue.order import Lookup
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Address, NodeId, Project


@dataclass(frozen=True, slots=True)
class ModelText:
    """model.py, and what the training script has to know of it."""

    source: SourceText
    class_name: str
    """The class of the main graph; empty where that has no output node."""
    inputs: tuple[tuple[str, NodeId], ...]
    """Names of forward's parameters and their nodes, in order."""
    outputs: tuple[tuple[str, NodeId], ...]
    """Names for what forward returns and their nodes, in order."""
    state_map: Mapping[str, tuple[Address, str]]
    """``state_dict`` key -> address of the node and its parameter's name."""
    classes: Mapping[str, str]
    """Block id, or ``main`` -> the class written for it."""
    paths: Mapping[NodeId, str]
    """Nodes of the main graph that own a module -> their attribute: ``conv1``, ``features[2]``."""


def write_model(project: Project, lookup: Lookup, verdict: Verdict) -> ModelText:
    """Return model.py for a project that the verdict found sound.

    Raises CannotWrite, which names the node, for what is wrong in the drawing or has no code yet.
    """
    return draft_of(project, lookup, verdict).text()


def draft_of(project: Project, lookup: Lookup, verdict: Verdict) -> Draft:
    """Return the statements of model.py. Raises CannotWrite."""
    refuse_errors(verdict)
    with said_of_code(project, verdict):
        planner = Planner(*with_code(project, lookup), verdict)
        plans = planner.plan()
        if not plans:
            raise CannotWrite("main", "no output node and no block", "Draw an output on a wire.")
        check_plans(planner)
        for plan in plans:
            Members(planner, plan).name_all()
        return Draft(planner, {plan.key: _class(planner, plan) for plan in plans})


def refuse_errors(verdict: Verdict) -> None:
    """Raise CannotWrite for the first error of a verdict."""
    for diagnostic in verdict.diagnostics:
        if diagnostic.severity == "error":
            raise CannotWrite(diagnostic.node, diagnostic.message, "Mend that first.")


@dataclass(frozen=True, slots=True)
class ClassDraft:
    """The statements of one class, and where they stand that an edit may change."""

    arguments: list[Argument]
    made: list[Statement]
    """The body of the constructor."""
    places: Mapping[NodeId, int]
    """Nodes -> their statement in the constructor."""
    returns: str
    body: list[Statement]
    """The body of forward."""
    remarks: Mapping[int, str]
    """Statements of forward that end in a shape -> whose: ``conv1.output``."""
    more: list[Statement]
    """The methods after forward."""

    def statement(self, planner: Planner, plan: ClassPlan) -> Statement:
        """Return the class."""
        constructor = function("__init__", self.arguments, "None", self.made)
        forward = [Argument("self"), *plan.signature]
        method = function("forward", forward, self.returns, self.body)
        annotations: list[Statement] = [
            word(f"{plan.attributes[n]}: torch.Tensor", plan.address(n))
            for n in plan.attributes
            if plan.node(n).kind == "buffer"
        ]
        place = own_place(planner, plan)
        annotations += [word(f"{place}: torch.Tensor")] if place else []
        docstring = class_docstring(planner, plan)
        if plan.is_chain:
            parts = [constructor, *self.more]
            return class_of(plan.class_name, ["nn.Sequential"], parts, docstring)
        parts = [*annotations, constructor, method, *self.more]
        if len(self.made) == 1 and len(self.arguments) == 1:
            parts.remove(constructor)  # it would say no more than nn.Module's own
        return class_of(plan.class_name, ["nn.Module"], parts, docstring)


@dataclass(frozen=True, slots=True)
class Draft:
    """model.py before its text: what was planned, and the statements of every class."""

    planner: Planner
    classes: Mapping[str, ClassDraft]

    def text(self) -> ModelText:
        """Return the file."""
        planner = self.planner
        project, main = planner.project, planner.plans.get("main")
        classes = [c.statement(planner, planner.plans[key]) for key, c in self.classes.items()]
        title = project.main.name or (main.class_name if main else "")
        name = main.class_name if main else ""
        return ModelText(
            source=_file(planner, classes, title, name or _called(title), project.main.doc),
            class_name=name,
            inputs=_inputs(main) if main else (),
            outputs=tuple(zip(output_names(main), main.outputs(), strict=True)) if main else (),
            state_map=Deferred(lambda: state_map(planner, main) if main else {}),
            classes={key: planner.plans[key].class_name for key in self.classes},
            paths=Deferred(lambda: _paths(planner, main) if main else {}),
        )


def _called(title: str) -> str:
    """Return what the file is about where the blocks are the models."""
    return class_slug(title) or "Blocks"


def _inputs(plan: ClassPlan) -> tuple[tuple[str, NodeId], ...]:
    return tuple((a.name, n) for a, n in zip(plan.signature, plan.inputs(), strict=True))


def _paths(planner: Planner, plan: ClassPlan) -> dict[NodeId, str]:
    members = Members(planner, plan)
    owners = [n for n in plan.order if plan.owner(n) in plan.attributes or n in plan.group_of]
    return {n: members.path(n).text.removeprefix("self.") for n in owners}


def _class(planner: Planner, plan: ClassPlan) -> ClassDraft:
    members = Members(planner, plan)
    forward = Forward(planner, plan, members)
    plan.signature = forward.arguments()[1:]
    returns, body = forward.returns(), forward.write()
    if kept := forward.variables.names_kept():  # what is needed later has its name from the start
        forward = Forward(planner, plan, members, kept)
        forward.arguments()
        body = forward.write()
    made: list[Statement] = [
        *members.statements()
    ]  # after forward, which says what the constructor keeps
    frozen = Frozen(planner, plan)
    made += [*ties(planner, plan), *frozen.statements()]
    remarks, more = forward.variables.remarks, frozen.methods()
    return ClassDraft(members.arguments(), made, members.places, returns, body, remarks, more)


def _file(
    planner: Planner, classes: list[Statement], title: str, class_name: str, doc: str
) -> SourceText:
    """Return the file: what is imported is what the classes' text names."""
    body = write(classes)
    imports: list[Statement] = [Line(line) for key, line in IMPORTS if _named(classes, body, key)]
    if "-> Self:" in body.text:
        imports = [Line("from typing import Self"), Blank(), *imports]
    imports, body = with_custom_code(planner, imports, body)
    head = write(imports, header(title, needs_of(imports)), module_docstring(class_name, doc))
    text = f"{head.text}\n\n{body.text}"
    return SourceText(text, (*head.lines, None, None, *body.lines))


def _named(statements: Sequence[Statement], written: SourceText, key: str) -> bool:
    """Whether statements name a module outside of docstrings, comments and strings.

    Most texts lack some modules altogether, which a plain search tells at once.
    """
    word = f"{key}."
    return word in written.text and any(
        re.search(rf"(?<![\w.]){key}\.", STRING.sub("", text)) is not None
        for text in _texts(statements)
        if word in text
    )


def _texts(statements: Sequence[Statement]) -> Iterator[str]:
    """Yield the text of every line of code."""
    for statement in statements:
        if isinstance(statement, Line):
            yield statement.prefix + (statement.value.text if statement.value else "")
        elif isinstance(statement, Suite):
            yield from _texts((*statement.decorators, statement.header))
            yield from _texts((*statement.body, *statement.clauses))


STRING = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")


IMPORTS = (
    ("torch", "import torch"),
    ("F", "import torch.nn.functional as F"),
    ("nn", "from torch import nn"),
)
