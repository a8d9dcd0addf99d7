"""The ways in which a node can do harm to the process that judges it, and the words for them."""

from __future__ import annotations

from typing import Literal, TypeAlias

from graph_editor.checking.verdict import Severity

Harm: TypeAlias = Literal["too-long", "ends-process", "too-much-memory"]

SECONDS = 2.0
"""Seconds that one node may take in all its tries of one judgement."""
HURRIED = 0.7
"""Seconds that each may take when another has taken all of its own: slow nodes do not add up."""
ALLOWED = 1 << 30
"""Bytes that one try of one node may take beside what the process has."""

_WORDS: dict[str, tuple[str, Severity]] = {
    "too-long": (
        f"{{did}} takes PyTorch more than {SECONDS:g} s ({HURRIED:g} s where another node is too "
        "slow as well), so that it is not judged.",
        "warning",
    ),
    "ends-process": (
        "{did} ends the process that does it, so that it is not judged. A training with it would "
        "end in the same way.",
        "error",
    ),
    "too-much-memory": (
        f"{{did}} takes more than {ALLOWED >> 30} GB of memory even without data, so that it is "
        "not judged.",
        "warning",
    ),
}


def is_harm(found: str) -> bool:
    """Whether this says that a node was stopped because of the harm it does."""
    return found in _WORDS


def said_of(harm: str, is_built: bool) -> tuple[str, Severity]:
    """Return what is said of a node that was stopped, and how grave it is.

    ``is_built`` says that it was stopped while it was built, not while it was called.
    """
    words, severity = _WORDS[harm]
    return words.format(did="Building it" if is_built else "Trying it"), severity
