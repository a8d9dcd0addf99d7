"""The commands as data: whole, without clashes, and in plain words."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

from app.commands.command import Command
from app.commands.devices import Device, device_words, devices_of
from app.commands.registry import ALL, BY_ID, MENUS
from app.examples import title_of
from app.settings.store import Settings
from app.training.folder import default_threads
from app.window.menus import key_sequences
from app.window.title_row import MENUS as ROW
from graph_editor.canvas.glyphs import names
from graph_editor.document.files import load
from graph_editor.document.graph_path import graph_path, parent_of
from graph_editor.document.model import Block, BlockId, FrozenMap, Graph, Node, NodeId, Project

IDS = [command.id for command in ALL]


def test_ids_are_unique_and_begin_with_their_menu() -> None:
    assert len(IDS) == len(set(IDS)) == len(BY_ID)
    for menu, commands in MENUS:
        for command in commands:
            assert command.menu == menu
            assert command.id.partition(".")[0] == menu.lower()


def test_the_menus_are_those_of_the_window() -> None:
    assert tuple(menu for menu, _ in MENUS) == ROW


@pytest.mark.parametrize("command", ALL, ids=IDS)
def test_titles_and_descriptions_are_plain(command: Command) -> None:
    assert command.title[0].isupper()
    assert not command.title.endswith((".", "!", "..."))
    assert "!" not in command.doc
    assert not command.doc or command.doc.endswith(".")
    words = re.sub("Python|PyTorch|Netwright|ONNX", "", command.title)
    assert not any(word[:1].isupper() for word in words.split()[1:]), "sentence case"


@pytest.mark.parametrize("command", ALL, ids=IDS)
def test_keys_can_be_read_and_glyphs_exist(command: Command, qapp: QApplication) -> None:
    for keys in key_sequences(command):
        assert keys.count() == 1
        assert keys.toString()
    assert not command.glyph or command.glyph in names()


def test_no_two_commands_share_a_key(qapp: QApplication) -> None:
    keys = [keys.toString() for command in ALL for keys in key_sequences(command)]
    assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_keys_that_mean_text_elsewhere_count_on_the_canvas_alone(qapp: QApplication) -> None:
    for command, keys in itertools.product(ALL, ("Ctrl+C", "Ctrl+V", "Ctrl+X", "Ctrl+A", "Del")):
        if QKeySequence(keys) in key_sequences(command):
            assert command.on_canvas


def test_groups_of_a_menu_stand_together() -> None:
    for _, commands in MENUS:
        groups = [command.group for command in commands]
        assert groups == sorted(groups)


# Devices


def test_devices_before_the_engine_has_answered_say_so() -> None:
    found = devices_of(None)
    assert {d.threads for d in found if d.name == "cpu"} >= {1, default_threads()}
    assert all(d.reason for d in found if d.name != "cpu")


def test_devices_have_their_names_and_free_memory() -> None:
    cuda = {"id": "cuda:1", "name": "NVIDIA L4", "free": 3 * 2**29, "total": 24 * 2**30}
    cpu = {"id": "cpu", "name": "CPU", "free": 0, "total": 0}
    found = devices_of({"torch": "2.13", "devices": [cpu, cuda]})
    assert Device("cuda:1", "CUDA:1 · NVIDIA L4 · 1.5 of 24.0 GiB free") in found
    assert [d.name for d in found if d.reason] == ["mps"]


@pytest.mark.parametrize(
    ("device", "threads", "words"),
    [("cpu", 1, "CPU · 1 thread"), ("cpu", 8, "CPU · 8 threads"), ("cuda:0", 8, "CUDA:0"),
     ("mps", 0, "MPS")],
)  # fmt: skip
def test_the_toolbar_says_the_device(device: str, threads: int, words: str) -> None:
    settings = Settings()
    settings.set("device", device)
    settings.set("threads", threads)
    assert device_words(settings) == words


# Paths between graphs

INNER = Block(Graph(FrozenMap({NodeId("conv"): Node("nn.Conv2d")})), name="Inner")
OUTER = Block(Graph(FrozenMap({NodeId("body"): Node("block.inner")})), name="Outer")
NESTED = Project(
    Block(Graph(FrozenMap({NodeId("stage"): Node("block.outer", "Stage 1")})), name="Net"),
    FrozenMap({BlockId("inner"): INNER, BlockId("outer"): OUTER}),
)


def test_the_path_names_uses_and_blocks() -> None:
    assert graph_path(NESTED, "Net", "inner", "stage/body") == (
        ("Net", "main", ""),
        ("Stage 1", "outer", "stage"),
        ("Inner", "inner", "stage/body"),
    )
    assert parent_of(NESTED, "inner", "stage[2]/body") == ("outer", "stage[2]")
    assert parent_of(NESTED, "outer", "stage") == ("main", "")
    assert parent_of(NESTED, "main", "") == ("main", "")


def test_a_block_without_a_use_follows_the_main_graph() -> None:
    assert graph_path(NESTED, "Net", "inner", "") == (("Net", "main", ""), ("Inner", "inner", ""))
    assert graph_path(NESTED, "Net", "outer", "gone") == (
        ("Net", "main", ""),
        ("Outer", "outer", "gone"),
    )


def test_examples_are_called_in_the_menu_as_in_the_gallery() -> None:
    assert title_of("digits_cnn") == "Digits CNN"
    for path in Path("assets/examples").glob("*.netwright"):
        assert title_of(path.stem) == load(path).project.main.name
