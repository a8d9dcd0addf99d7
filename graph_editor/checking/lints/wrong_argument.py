"""An argument of the wrong type, or outside the bounds that hold for it.

What it does: compares every argument that is written out with the type that the catalogue knows,
and sizes and rates that torch's dry run lets pass with their bounds.

Why it matters: torch stops at most of them, with words about its inner parts; others it takes in a
way that nobody meant, as a text for a yes or no, which is always a yes.

Example: `Linear(out_features="ten")`, `Conv2d(kernel_size=0)`, `Linear(bias="no")`.
Better: `Linear(out_features=10)`, `Conv2d(kernel_size=1)`, `Linear(bias=False)`.

Fix: what was most likely meant, else the default or the nearest legal value.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.arguments import wrong_arguments
from graph_editor.checking.blame import blamed
from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.per_subject import PerSubject

CODE = "wrong-argument"


def _found(site: Site, context: Context) -> Iterator[Diagnosis]:
    """Yield a node with such arguments, all of them in one."""
    wrong = wrong_arguments(site)
    if wrong:
        yield blamed(site, wrong, CODE, context)


check = PerSubject(None, _found)
