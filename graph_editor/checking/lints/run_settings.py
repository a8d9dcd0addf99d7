"""A run setting that no run can follow.

What it does: compares the project's run settings with what each may be.

Why it matters: with no epochs, or batches of no samples, nothing is trained; a setting that nobody
knows is most often one that was misspelt, and the run would quietly go without it.

Example: `epochs: 0`, `seed: -1`, `batchsize: 32`, `precision: "half"`.
Better: `epochs: 20`, `seed: 0`, `batch_size: 32`, `precision: "bf16"`.

Fix: the default, or the setting's right name; a feature is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from functools import partial

from graph_editor.catalogue.run_settings import COUNTS, LOOKS, SWITCHES
from graph_editor.checking.failure import Context, Diagnosis, Proposal
from graph_editor.checking.proposals import set_run, unset_run
from graph_editor.checking.words import value
from graph_editor.document.model import Address, Arg, Project

CODE = "run-settings"
PLACE = Address(".")
"""What a diagnostic of the whole project stands at: the main graph itself."""


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every run setting that is unknown or not legal."""
    for name, said in context.project.run.items():
        if name in COUNTS:
            if not COUNTS[name].allows(said):
                yield _illegal(name, said)
        elif (switch := SWITCHES.get(name) or LOOKS.get(name)) is None:
            yield _unknown(name, context.project)
        elif not switch.allows(said):
            message = f"{name} is {value(said)}, and has to be {switch.text()}."
            off = unset_run(name, f"Train without {name}")
            yield Diagnosis(CODE, "error", PLACE, message, name, "", (off,))


def _illegal(name: str, said: Arg) -> Diagnosis:
    known = COUNTS[name]
    whole = int(said) if isinstance(said, float) and said.is_integer() else None
    better = whole if known.allows(whole) else known.default
    message = f"{name} is {value(said)}, and has to be {known.text()}."
    return Diagnosis(CODE, "error", PLACE, message, name, "", (set_run(name, better),))


def _unknown(name: str, project: Project) -> Diagnosis:
    free = [known for known in (*COUNTS, *SWITCHES, *LOOKS) if known not in project.run]
    proposals = [unset_run(name, f"Remove {name}")]
    for meant in get_close_matches(name, free, 1, 0.75):
        edit = partial(_renamed, old=name, new=meant)
        proposals.insert(0, Proposal(f"run:rename-{name}", f"Rename it to {meant}", edit))
    message = f"There is no run setting {name}."
    return Diagnosis(CODE, "error", PLACE, message, name, "", tuple(proposals))


def _renamed(project: Project, old: str, new: str) -> Project:
    return replace(project, run=project.run.without(old).set(new, project.run[old]))
