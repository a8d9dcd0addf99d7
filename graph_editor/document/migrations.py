"""Steps that bring the tree of an older project file to this version: one pure function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Tree: TypeAlias = dict[str, Any]
Step: TypeAlias = Callable[[Tree], Tree]

STEPS: Mapping[int, Step] = {}
"""The step from version k to k + 1 by k. A step returns a new tree and changes nothing in place.

torch's own renames are no steps: the catalogue knows them.
"""


def migrate(tree: Tree, version: int, steps: Mapping[int, Step] | None = None) -> Tree:
    """Return the tree after every step from version on."""
    steps = STEPS if steps is None else steps
    while version in steps:
        tree = steps[version](tree)
        version += 1
        tree = {**tree, "format_version": version}
    return tree
