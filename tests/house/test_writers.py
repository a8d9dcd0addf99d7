"""User data reaches disk only through the atomic writer; all else that writes is listed here."""

import ast

import pytest

from tests.house.sources import SOURCES, Call, calls, name_of, parsed

WRITERS: dict[str, tuple[set[str], str]] = {
    "graph_editor/document/atomic.py": (
        {"os.fdopen", "os.replace", "tempfile.mkstemp"},
        "the one atomic writer itself",
    ),
    "graph_editor/document/journal.py": ({"os.open"}, "append-only, each line checked and synced"),
    "app/engine/beacon.py": (
        {"tempfile.TemporaryFile"},
        "a page of memory that two processes share, never kept",
    ),
    "app/engine/client.py": ({"tempfile.TemporaryFile"}, "last words of a process, never kept"),
    "app/engine/export_onnx.py": (
        {"tempfile.TemporaryDirectory"},
        "a folder for the code of the model that is exported, gone afterwards",
    ),
    "app/engine/job_preview.py": (
        {"tempfile.TemporaryDirectory"},
        "a folder for code that is previewed, gone afterwards",
    ),
    "app/engine/standby.py": ({"os.open"}, "appends what a run prints to the run's own log"),
    "app/session/recovery.py": (
        {".rename"},
        "takes a journal over in one step, so that it is never in no window's care",
    ),
    "app/training/control.py": ({".touch"}, "a request is an empty file, all said by its name"),
    "app/training/launch.py": ({".open"}, "appends what a run prints to the run's own log"),
    "app/training/surroundings.py": (
        {"open", "os.open"},
        "appends what a run prints to the run's own log",
    ),
    "app/training/worker.py": (
        {".open", ".touch", "torch.save"},
        "makes the file of metrics and appends to it; saves into an open file of the atomic writer",
    ),
}
"""What writes by itself: by which calls, and why that harms nobody's work."""
RENAMES_NAMES = "codegen/"
"""Here ``rename`` gives other names to the variables of an expression, not to files."""

WRITING = {
    "os.replace": "puts a file in another's place",
    "os.rename": "as above",
    "os.renames": "as above",
    "os.link": "makes a file",
    "os.truncate": "cuts a file",
    "json.dump": "writes to an open file",
    "pickle.dump": "as above",
    "marshal.dump": "as above",
    "torch.save": "writes a file",
    "numpy.save": "as above",
    "numpy.savez": "as above",
    "numpy.savetxt": "as above",
    "shelve.open": "as above",
    "sqlite3.connect": "as above",
    ".write_text": "as above",
    ".write_bytes": "as above",
    ".touch": "makes a file",
    ".hardlink_to": "as above",
    ".symlink_to": "as above",
}
WRITING_MODULES = ("tempfile.", "shutil.copy", "shutil.move", "shutil.make_archive")


def writes(tree: ast.AST) -> list[tuple[int, str]]:
    """Return the lines and names of the calls that write, replace or make files."""
    found = [(call.node.lineno, call.name) for call in calls(tree) if _writes(call)]
    return sorted(found)


def _writes(call: Call) -> bool:
    node, last = call.node, call.name.rpartition(".")[2]
    if call.name in WRITING or f".{last}" in WRITING or call.name.startswith(WRITING_MODULES):
        return call.name != "tempfile.gettempdir"
    if call.name == "os.open":
        flags = ast.unparse(node.args[1]) if len(node.args) == 2 else ""
        return flags != "os.O_RDONLY"
    if last in ("open", "fdopen"):
        return _opens_for_writing(node, 1 if call.name in ("open", "io.open", "os.fdopen") else 0)
    # Text and dataclasses replace by two values or by name; a path replaces one other.
    return call.name in (".replace", ".rename") and len(node.args) == 1 and not node.keywords


def _opens_for_writing(node: ast.Call, at: int) -> bool:
    modes = [k.value for k in node.keywords if k.arg == "mode"]
    known = [a.value for a in [*node.args[at:], *modes] if isinstance(a, ast.Constant)]
    if any(isinstance(m, str) and len(m) <= 3 and set(m) & set("wax+") for m in known):
        return True
    asked = [*(node.args[1:2] if at else []), *modes]
    return any(not isinstance(mode, ast.Constant) for mode in asked)


def test_user_data_reaches_disk_only_through_the_atomic_writer() -> None:
    for path in SOURCES:
        place = name_of(path)
        found = writes(parsed(path))
        if place.startswith(RENAMES_NAMES):
            found = [(line, name) for line, name in found if name != ".rename"]
        allowed = WRITERS.get(place, (set(), ""))[0]
        unexplained = [(line, name) for line, name in found if name not in allowed]
        assert not unexplained, f"{place} writes by itself: {unexplained}"
        assert allowed == {name for _, name in found}, (
            f"the list of writers names what is gone from {place}"
        )


def test_the_list_names_files_that_are_there() -> None:
    assert WRITERS.keys() <= {name_of(path) for path in SOURCES}
    assert all(reason for _, reason in WRITERS.values())


@pytest.mark.parametrize(
    "line",
    [
        "open('a', 'w')",
        "open('a', mode)",
        "open('a', mode='x')",
        "io.open('a', 'r+')",
        "p.open('ab')",
        "p.open(mode='w')",
        "p.open(mode=how)",
        "os.fdopen(3, 'wb')",
        "gzip.open('a', 'wt')",
        "p.write_text('')",
        "p.write_bytes(b'')",
        "p.touch()",
        "p.rename(q)",
        "p.replace(q)",
        "self.path.replace(q)",
        "Path('a').rename('b')",
        "Path('a').replace('b')",
        "os.open('a', os.O_WRONLY)",
        "os.open('a', flags)",
        "os.replace('a', 'b')",
        "o.rename('a', 'b')",
        "json.dump(value, handle)",
        "torch.save(value, 'a')",
        "np.save('a', value)",
        "shutil.copy('a', 'b')",
        "shutil.copyfile('a', 'b')",
        "shutil.copytree('a', 'b')",
        "move('a', 'b')",
        "tempfile.NamedTemporaryFile()",
        "NamedTemporaryFile(delete=False)",
        "tempfile.mkstemp()",
    ],
)
def test_the_write_finder_finds_writes(line: str) -> None:
    assert [at for at, _ in writes(ast.parse(IMPORTS + line))] == [IMPORTS.count("\n") + 1]


@pytest.mark.parametrize(
    "line",
    [
        "open('a')",
        "open('a', 'rb')",
        "open('a', encoding='utf-8')",
        "p.open('rb')",
        "p.open()",
        "Image.open(path)",
        "os.open('a', os.O_RDONLY)",
        "'abc'.replace('a', 'b')",
        "text.replace(old, new)",
        "replace(node, name='a')",
        "moment.replace(hour=3)",
        "json.dumps(value)",
        "expressions.rename(text, names)",
        "handle.write(data)",
        "tempfile.gettempdir()",
    ],
)
def test_the_write_finder_passes_over_what_only_reads(line: str) -> None:
    assert writes(ast.parse(IMPORTS + line)) == []


IMPORTS = """\
import gzip, io, json, os, shutil, tempfile, torch
import numpy as np
import os as o
from dataclasses import replace
from pathlib import Path
from shutil import move
from tempfile import NamedTemporaryFile
from graph_editor.document import expressions
"""
