"""Which custom code the user has trusted: hashes of it, kept outside of all projects."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from app.places import home
from graph_editor.document.atomic import atomic_write
from graph_editor.document.model import Project
from graph_editor.document.trust_key import needs_trust, trust_key

FILE = "trust.json"
MOST = 1000
"""How many are kept; of more, the oldest are forgotten, and asked for again."""


def is_trusted(project: Project) -> bool:
    """Whether all that would run of a project's own may run: nothing would, or it is trusted."""
    return not needs_trust(project) or trust_key(project) in _kept()


def trust(project: Project) -> None:
    """Let a project's code run, as it is now and wherever it is met again. Raises OSError."""
    kept = _kept()
    kept.pop(trust_key(project), None)
    kept[trust_key(project)] = datetime.now(UTC).isoformat(timespec="seconds")
    _keep(kept)


def withdraw(project: Project) -> None:
    """Let a project's code run no more. Raises OSError."""
    kept = _kept()
    if kept.pop(trust_key(project), None) is not None:
        _keep(kept)


def _place() -> Path:
    return home() / FILE


def _kept() -> dict[str, str]:
    """Return the trusted hashes with when they were; what cannot be read trusts nothing."""
    try:
        found = json.loads(_place().read_text(encoding="utf-8"))["trusted"]
        return {str(key): str(when) for key, when in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _keep(kept: dict[str, str]) -> None:
    newest = dict(list(kept.items())[-MOST:])
    place = _place()
    place.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(place, json.dumps({"trusted": newest}, indent=1) + "\n")
