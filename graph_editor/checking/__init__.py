"""Verdicts on a graph: their values, rules, lints and diagnosers. No Qt, no torch."""

from graph_editor.checking.explain import diagnose, lint
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site, Source

__all__ = [
    "Context",
    "Diagnosis",
    "Failure",
    "Proposal",
    "Site",
    "Source",
    "diagnose",
    "lint",
]
