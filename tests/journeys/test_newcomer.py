"""A newcomer's five minutes: the example is seen, trained, broken, mended and exported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtWidgets import QAbstractItemView, QLineEdit

from app.panels.code.view import CodeView
from tests.journeys.conftest import Open
from tests.journeys.person import Person
from tests.journeys.sight import (
    canvas_of,
    empty_place,
    has_canvas,
    legends,
    plots_drawn,
    plotted_points,
    problem_on,
    titles_of,
    wire_labels,
    wires_of,
)

pytestmark = pytest.mark.timeout(300)
EXAMPLE_NODES = {"Digits", "Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d", "flatten", "Dropout"}
PLAN = {"Cross entropy", "Accuracy", "AdamW", "Cosine decay"}


def code_shown(person: Person) -> CodeView:
    """Return the text of the code panel."""
    return next(iter(person.widgets(CodeView, person.dock("code"))))


def test_the_canvas_and_the_code_are_two_views_of_one_drawing(at_window: Open) -> None:
    person = at_window(size=(1920, 1080))
    titles = {person.canvas.title(node) for node in person.canvas.places()}
    assert titles >= EXAMPLE_NODES | PLAN
    labels = wire_labels(person.canvas)
    assert labels["conv1", "input"] == "B×1×8×8"
    assert labels["bn1", "input"] == "B×16×8×8"
    assert labels["head", "input"] == "B×512"
    assert labels["loss", "target"] == "B"
    assert all(text for (_, port), text in labels.items() if port in ("input", "target"))

    code = code_shown(person)
    person.wait(lambda: "class DigitsCNN(nn.Module):" in code.toPlainText(), "the code")
    assert "nn.Conv2d(1, 16, 3, padding=1, bias=False)" in code.toPlainText()

    person.click_node("head")
    lines = code.toPlainText().splitlines()
    person.wait(
        lambda: {line for line in code.picked if "self.head" in lines[line - 1]},
        "the lines of the node to be picked out",
    )
    assert all("head" in lines[line - 1] for line in code.picked)

    wanted = next(k for k, line in enumerate(lines) if "nn.MaxPool2d(2)" in line)
    person.click_line(code, wanted)
    person.wait(lambda: person.canvas.selected() == {"pool"}, "the node of the line")


def test_a_run_is_pressed_watched_paused_stopped_and_opened_again(
    at_window: Open, own_home: Path
) -> None:
    person = at_window(size=(1920, 1080))
    runs = own_home / "runs"
    board = person.dock("run")
    drawn = titles_of(person.canvas)
    person.click(person.button("Train"))

    def first_line() -> bool:
        return any(path.stat().st_size for path in runs.glob("*/metrics.jsonl"))

    took = person.wait(
        lambda: first_line() and plotted_points(person.dock("run")) > 0, "the first batch"
    )
    print(f"first batch on the plot after {took:.2f} s")
    run = next(runs.glob("*/metrics.jsonl"))
    wanted = ("validation loss", "validation accuracy", "learning rate", "samples / s")
    person.wait(lambda: all(person.sees(words, board) for words in wanted), "the numbers")
    person.wait(lambda: plots_drawn(board) >= 2, "the plots of loss and accuracy")
    assert {"Loss", "Accuracy %"} <= set(person.texts(board))
    both = "Curves: train, validation"
    person.wait(lambda: legends(board).count(both) == 2, "both curves in both legends")
    person.wait(lambda: person.sees("epoch ", board), "the progress")
    person.wait(lambda: person.sees("left", board), "the time left")

    person.click(person.button("Pause"))
    person.wait(lambda: person.sees("paused", board), "the pause")
    length = run.stat().st_size
    person.rest(700)
    assert run.stat().st_size == length
    person.click(person.button("Resume"))
    person.wait(lambda: run.stat().st_size > length, "the run to go on")
    person.click(person.button("Stop"))
    person.wait(lambda: '"state": "stopped"' in (run.parent / "status.json").read_text(), "the end")
    assert (run.parent / "model.pt").exists()

    person.wait(lambda: person.shows_button("Train"), "Train to be offered again")
    person.canvas_focus()
    person.press("Ctrl+R")
    person.wait(lambda: len(list(runs.glob("*/metrics.jsonl"))) == 2, "a second run, by key")
    person.press("Ctrl+.")
    person.wait(lambda: person.shows_button("Train"), "its end")

    person.open_tab("Runs")
    view = next(iter(person.widgets(QAbstractItemView, person.dock("runs"))))
    person.wait(lambda: view.model().rowCount() == 2, "the run in the list")
    before = person.windows()
    person.click(view.viewport(), view.visualRect(view.model().index(0, 1)).center())
    person.click(person.button("Open graph"))
    person.wait(lambda: len(person.windows()) == len(before) + 1, "the graph of the run")
    (opened,) = [window for window in person.windows() if window not in before]
    person.wait(lambda: has_canvas(opened), "the drawing in its window")
    person.wait(lambda: titles_of(canvas_of(opened)) == drawn, "the nodes that were trained")


def test_a_wrong_wire_is_said_in_words_and_mended_with_a_button(at_window: Open) -> None:
    person = at_window(size=(1920, 1080))
    search = person.field("Search nodes")
    person.click(search)
    person.type("linear")
    tree = next(iter(person.widgets(QAbstractItemView, person.dock("palette"))))
    person.drag_out(tree, "Linear", person.canvas, empty_place(person.canvas))
    person.wait(lambda: len(person.canvas.selected()) == 1, "the new node")
    (new,) = person.canvas.selected()
    person.press("F2")
    person.type("extra")
    person.press("Return")

    # The new layer expects 100 features; flatten gives 512.
    person.click_node(new)
    field = person.field("in_features")
    person.double_click(field)
    person.press("Ctrl+A")
    person.type("100")
    person.press("Return")
    person.wire((new, "output"), ("dropout", "input"))
    person.rest(300)
    assert "512" not in problem_on(person.canvas, new)
    person.wire(("flatten", "output"), (new, "input"))
    took = person.wait(lambda: "512" in problem_on(person.canvas, new), "the node to be red")
    print(f"red after {took * 1000:.0f} ms")
    said = problem_on(person.canvas, new)
    assert "100" in said
    wired = {
        target: source
        for target, source in wires_of(person.canvas).items()
        if target[0] == "dropout"
    }
    assert wired == {("dropout", "input"): (new, "output")}

    person.click_fix(new)
    person.wait(lambda: not problem_on(person.canvas, new), "the cure")
    person.canvas_focus()
    person.press("Ctrl+Z")
    person.wait(lambda: problem_on(person.canvas, new), "the fault to be back")


def test_the_export_runs_outside_the_app(at_window: Open, tmp_path: Path) -> None:
    person = at_window()
    person.choose("File", "Export Python…")
    dialog = person.dialog("Export")
    folder = next(iter(person.widgets(QLineEdit, dialog)))
    person.click(folder)
    person.press("Ctrl+A")
    person.type(str(tmp_path / "exported"))
    person.click(person.button("Export", dialog))
    person.wait(lambda: (tmp_path / "exported" / "train.py").exists(), "the files")
    person.wait(lambda: person.sees("python train.py", dialog), "how to run it")
    person.press("Escape")
    done = subprocess.run(
        [sys.executable, "-I", "-c", RUN_THERE, "--epochs", "1"],
        cwd=tmp_path / "exported",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "exported" / "metrics.jsonl").exists()


RUN_THERE = (
    "import sys, runpy; sys.path.insert(0, '.'); runpy.run_path('train.py', run_name='__main__')"
)
"""As ``python train.py``, isolated: the application's own folder is not on the path."""
