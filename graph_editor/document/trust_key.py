"""What a project would run of its own, and the hash by which a user's trust in it is kept."""

from __future__ import annotations

import hashlib
import json

from graph_editor.document.file_write import code_to_json
from graph_editor.document.model import Project

SAFE_STARTS = (".safetensors",)
"""Ends of the files of weights from which nothing can run."""


def needs_trust(project: Project) -> bool:
    """Whether a node would run code of the project's own."""
    return bool(used_code(project))


def used_code(project: Project) -> tuple[str, ...]:
    """Return the pieces of custom code that nodes use, in the order of their ids."""
    if not project.code:
        return ()
    blocks = (project.main, *project.blocks.values())
    specs = {node.spec for block in blocks for node in block.graph.nodes.values()}
    return tuple(sorted(key for key in project.code if f"code.{key}" in specs))


def trust_key(project: Project) -> str:
    """Return the hash of all that could run: any change of it is another hash.

    It is SHA-256 of canonical JSON of the custom code, of the files of weights that could hold
    code, and of plugins, of which there are none yet.
    """
    blocks = (project.main, *project.blocks.values())
    weights = (n.weights for b in blocks for n in b.graph.nodes.values())
    starts = {w.start for w in weights if w is not None and w.start is not None}
    said = {
        "code": {key: code_to_json(code) for key, code in project.code.items()},
        "starts": sorted(start for start in starts if not start.endswith(SAFE_STARTS)),
        "plugins": [],
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
