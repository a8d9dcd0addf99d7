"""Finds the diagnosers and lints that are there, and asks them."""

from __future__ import annotations

import importlib
import logging
import os
import pkgutil
from functools import cache
from types import ModuleType

from graph_editor.checking import diagnosers, lints
from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.lint_memory import Check, LintMemory, ask_again, ask_all
from graph_editor.document.model import Address

LOG = logging.getLogger(__name__)
STRICT = bool(os.environ.get("NETWRIGHT_STRICT_RULES"))
"""Whether a diagnoser that breaks is raised; the tests and searches have it so."""


@cache
def modules_of(package: ModuleType) -> tuple[ModuleType, ...]:
    """Return a package's modules, the most specific (lowest ``RANK``) first, then by name."""
    names = sorted(m.name for m in pkgutil.iter_modules(package.__path__))
    found = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    return tuple(sorted(found, key=lambda module: getattr(module, "RANK", 50)))


@cache
def _knowing() -> tuple[ModuleType, ...]:
    """Return the diagnosers, and the lints of faults that torch may stumble over later."""
    lenient = [module for module in modules_of(lints) if hasattr(module, "diagnose")]
    both = [*modules_of(diagnosers), *lenient]
    return tuple(sorted(both, key=lambda module: getattr(module, "RANK", 50)))


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Return what the most specific diagnoser says of a failure, or None where none knows it.

    One that breaks is passed over, and said so in the log: torch's own words are better than none.
    """
    for module in _knowing():
        try:
            found: Diagnosis | None = module.diagnose(failure, context)
        except Exception:  # whatever it stumbled over, the rest of the drawing can be judged
            if STRICT:
                raise
            LOG.exception("%s broke at %s", module.__name__, failure.site.address)
            continue
        if found is not None:
            return found
    return None


@cache
def _checks() -> tuple[tuple[str, Check], ...]:
    return tuple((module.__name__, module.check) for module in modules_of(lints))


def lint(context: Context) -> tuple[Diagnosis, ...]:
    """Return the silent faults of a project, without those that the node blamed silences.

    Errors cannot be silenced: the run would stop there.
    """
    return lints_of(context, None, None)[0]


def lints_of(
    context: Context, before: LintMemory | None, touched: frozenset[Address] | None
) -> tuple[tuple[Diagnosis, ...], LintMemory]:
    """Return the silent faults of a project, and what is to be handed in with the next change.

    ``touched`` are the nodes that have changed since ``before``, where nothing else has; None where
    more has. No check but those that looked at these is asked again.
    """
    if before is None or touched is None:
        memory = ask_all(_checks(), context)
    elif touched:
        memory = ask_again(_checks(), context, before, touched)
    else:
        memory = before
    found = (d for name, _ in _checks() for d in memory.told[name])
    return tuple(d for d in found if not _silenced(d, context)), memory


def _silenced(diagnosis: Diagnosis, context: Context) -> bool:
    site = context.sites.get(diagnosis.node)
    if site is None or diagnosis.severity == "error":
        return False
    return diagnosis.code in site.node.silence
