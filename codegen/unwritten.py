"""Says before anything is trained or exported why a drawing that PyTorch accepts has no code."""

from __future__ import annotations

from dataclasses import replace

from codegen.project import generate
from codegen.written import CannotWrite
from graph_editor.catalogue.order import Lookup
from graph_editor.checking.verdict import NO_CODE, Diagnostic, Verdict
from graph_editor.document.model import Project


def with_unwritten(project: Project, lookup: Lookup, verdict: Verdict) -> Verdict:
    """Return the verdict with a warning at the node that has no code, where there is one.

    It is a warning, since torch accepts the drawing; where it does not, the errors come first.
    """
    if verdict.has_errors or not project.main.graph.nodes:
        return verdict
    try:
        generate(project, lookup, verdict)
    except CannotWrite as refusal:
        words = f"There is no code: {refusal.feature.rstrip('.')}. {refusal.way_out.rstrip('.')}."
        found = Diagnostic(NO_CODE, "warning", refusal.node, words)
        return replace(verdict, diagnostics=(*verdict.diagnostics, found))
    return verdict
