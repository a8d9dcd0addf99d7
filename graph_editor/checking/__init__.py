"""Verdicts on a graph: their values, rules, lints and diagnosers. No Qt, no torch."""

from graph_editor.checking.explain import diagnose, lint
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site, Source
from graph_editor.checking.rule_table import check_call
from graph_editor.checking.rules import RuleFailure

__all__ = [
    "Context",
    "Diagnosis",
    "Failure",
    "Proposal",
    "RuleFailure",
    "Site",
    "Source",
    "check_call",
    "diagnose",
    "lint",
]
