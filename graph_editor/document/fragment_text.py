"""A fragment as text for the clipboard: a small project file, with what it borrows from outside.

Reading checks the text as a file is checked. The text of a whole project counts as well: pasting
it brings in its main graph.
"""

from __future__ import annotations

from graph_editor.document.addresses import MAIN
from graph_editor.document.edits.fragments import Fragment
from graph_editor.document.edits.placing import layout_of
from graph_editor.document.file_fields import Fields, freeze
from graph_editor.document.file_json import MAX_BYTES, parse_json
from graph_editor.document.file_nodes import node_from_json
from graph_editor.document.file_problems import Complaints, FileProblem
from graph_editor.document.file_write import FORMAT, dumps, node_to_json, thaw
from graph_editor.document.files import loads
from graph_editor.document.model import (
    NOTHING,
    Block,
    FrozenMap,
    Node,
    NodeId,
    Project,
)

MARK = "fragment"
"""The field of the text that says what it is."""
ORIGINS = "origins"
FIRST, MIB = 4096, 2**20
"""Characters among which a fragment must begin."""
FOREIGN = "The clipboard holds no nodes of a drawing."


class NoFragment(ValueError):  # noqa: N818  # what it is, in the words of the house
    """Text that cannot be pasted; its message is a plain sentence."""


def fragment_to_text(fragment: Fragment) -> str:
    """Return a fragment as text; ``fragment_from_text`` gives an equal one back."""
    origins = {key: node_to_json(node, None) for key, node in fragment.origins.items()}
    complaints = Complaints("")
    mark = freeze({ORIGINS: origins}, MARK, complaints)
    complaints.settle()
    layout = fragment.layout
    kept = {name: value for name, value in layout.items() if value not in (NOTHING, ())}
    project = Project(
        Block(fragment.graph),
        fragment.blocks,
        fragment.code,
        layout=FrozenMap({MAIN: FrozenMap(kept)}) if kept else NOTHING,
        extra=FrozenMap({MARK: mark}),
    )
    return dumps(project)


def fragment_from_text(text: str) -> Fragment:
    """Return the fragment that text holds.

    Raises:
        NoFragment: where the text is something else, is damaged, or is of a newer version.

    """
    _check_ours(text)
    try:
        loaded = loads(text)
        project = loaded.project
        origins = _origins(project.extra.get(MARK, NOTHING))
    except FileProblem as problem:
        raise NoFragment(f"The copied nodes are damaged: {problem.problems[0]}.") from problem
    if loaded.read_only:
        raise NoFragment(
            "These nodes were copied from a newer Netwright; update this one to paste them."
        )
    layout = layout_of(project, MAIN)
    if not project.main.graph.nodes and not layout.get("notes"):
        raise NoFragment(FOREIGN)
    return Fragment(
        project.main.graph,
        project.blocks,
        project.code,
        layout,
        origins,
    )


def _check_ours(text: str) -> None:
    """Raise NoFragment unless text is JSON with the mark of a project file."""
    if not text[:FIRST].lstrip().startswith("{"):
        raise NoFragment(FOREIGN)
    if len(text) > MAX_BYTES:
        size, most = len(text) // MIB, MAX_BYTES // MIB
        raise NoFragment(f"The clipboard holds {size} MiB of text; up to {most} MiB can be pasted.")
    try:
        tree = parse_json(text, "")
    except FileProblem as problem:
        if f'"{FORMAT}"' in text:
            reason = problem.problems[0]
            raise NoFragment(f"The copied nodes are damaged: {reason}.") from problem
        raise NoFragment(FOREIGN) from problem
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        raise NoFragment(FOREIGN)


def _origins(mark: object) -> FrozenMap[NodeId, Node]:
    complaints = Complaints("")
    fields = Fields(thaw(mark), MARK, complaints)

    def one(key: str, item: object, place: str) -> Node:
        node, _ = node_from_json(NodeId(key), item, place, complaints)
        return node

    found = fields.entries(ORIGINS, one)
    complaints.settle()
    return FrozenMap({NodeId(key): node for key, node in found.items()})
