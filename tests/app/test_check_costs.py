"""``check`` says what a training takes and applies all safe fixes; the forms of the summary."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli import main
from app.report import SUMMARIES, as_markdown, as_text, as_tsv, memory_line
from graph_editor.catalogue.batch import batch_of
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.memory_fit import Room
from graph_editor.checking.summary import SummaryRow, summary, totals
from graph_editor.checking.training_memory import range_in_units, training_memory, unjudged
from graph_editor.checking.verdict import Status, Verdict
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.files import dumps, load
from graph_editor.document.model import Address, FrozenMap, NodeId, Project
from tests.checking.drawings import judged

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"


@pytest.fixture(scope="module")
def residual() -> tuple[Project, Verdict]:
    project = load(EXAMPLES / "digits_residual.netwright").project
    return project, judged(project)


def rows(made: tuple[Project, Verdict], inside: bool = True) -> tuple[SummaryRow, ...]:
    return summary(made[0], specs_of(made[0]), made[1], inside)


def test_blocks_hold_what_is_in_them(residual: tuple[Project, Verdict]) -> None:
    found = rows(residual)
    block = next(row for row in found if row.address == "block1")
    inner = [row for row in found if row.address.startswith("block1/")]
    assert {row.depth for row in inner} == {1}
    assert [row.name for row in inner][:2] == ["x", "conv1"]
    for name in ("parameters", "flops", "activations"):
        assert getattr(block, name) == sum(getattr(row, name) for row in inner) > 0
    assert block.memory.together == sum(row.memory.together for row in inner)
    assert inner[1].output == "B×16×8×8"


def test_the_main_graph_adds_up_to_the_totals(residual: tuple[Project, Verdict]) -> None:
    project, verdict = residual
    outer, total = rows(residual, inside=False), totals(project, verdict)
    assert all(row.depth == 0 for row in outer)
    assert sum(row.parameters for row in outer) == total.parameters == 28_938
    assert sum(row.flops for row in outer) == total.flops
    assert sum(row.activations for row in outer) == total.activations
    assert sum(row.memory.together for row in outer) == total.memory.together
    assert total.memory == training_memory(project, verdict)


def test_every_form_has_every_row(residual: tuple[Project, Verdict]) -> None:
    project, verdict = residual
    found, total = rows(residual), totals(project, verdict)
    assert set(SUMMARIES) == {"text", "markdown", "tsv"}
    text = as_text(found, total).splitlines()
    assert len(text) == len(found) + 4  # head, two lines, total
    assert "  conv1 " in text[7]
    assert "FLOPs/sample  activations/batch" in text[0]
    assert text[-1].endswith(range_in_units(total.memory))
    marked = as_markdown(found, total).splitlines()
    assert len(marked) == len(found) + 3
    assert {line.count("|") for line in marked} == {8}
    read = list(csv.DictReader(io.StringIO(as_tsv(found, total)), delimiter="\t"))
    assert len(read) == len(found) + 1
    assert [r["address"] for r in read[:-1]] == [row.address for row in found]
    assert sum(int(r["parameters"]) for r in read[:-1] if "/" not in r["address"]) == 28_938
    assert int(read[-1]["least bytes to train"]) == total.memory.low


def test_a_name_cannot_break_a_table(residual: tuple[Project, Verdict]) -> None:
    row = rows(residual)[0]
    odd = replace(row, name="a|b\tc\nd")
    total = totals(*residual)
    assert len(as_markdown([odd], total).splitlines()) == 4
    assert "a\\|b" in as_markdown([odd], total)
    assert len(as_tsv([odd], total).splitlines()[1].split("\t")) == 9


def test_a_line_says_whether_it_fits(residual: tuple[Project, Verdict]) -> None:
    project, verdict = residual
    assert batch_of(project) == 64
    words = memory_line(project, verdict, Room("cuda:0", 2**20, 2**21)).splitlines()
    least = "It will not fit: training takes at least 2.7 MiB, CUDA itself 760.0 MiB, "
    assert words[1].startswith(f"{least}and CUDA:0 has")


def test_totals_of_a_drawing_that_is_half_judged_are_the_least(
    residual: tuple[Project, Verdict],
) -> None:
    project = set_in(residual[0], "head", "in_features", 100)
    verdict = judged(project)
    waiting = [a for a, word in verdict.status.items() if word not in ("ok", "idle")]
    total = totals(project, verdict)
    assert unjudged(verdict) == total.memory.unjudged == len(waiting) > 1
    last = as_text(rows((project, verdict)), total).splitlines()[-1]
    assert last.startswith("at least ")
    assert f"({len(waiting)} nodes are not judged)" in last
    cells = as_tsv(rows((project, verdict)), total).splitlines()[-1].split("\t")
    assert (cells[0], cells[-2:]) == ("at least", [str(total.memory.low), ""])
    line, fit = memory_line(project, verdict, Room("cpu", 2**40, 2**40)).splitlines()
    assert line.startswith("Memory to train with batches of 64: at least ")
    assert fit.startswith("Whether it fits is not known, since ")
    assert unjudged(residual[1]) == 0


def test_no_batch_is_larger_than_what_there_is_to_train_on() -> None:
    project = load(EXAMPLES / "digits_cnn.netwright").project
    huge, all_ = (replace(project, run=project.run.set("batch_size", n)) for n in (4_000_000, 1437))
    verdict = judged(huge)
    assert batch_of(huge) == batch_of(all_) == 1437
    assert verdict.activations == judged(all_).activations
    assert verdict.flops == judged(all_).flops
    words = memory_line(huge, verdict, Room("cpu", 2**34, 2**34)).splitlines()
    assert words[0].startswith(
        "Memory to train with batches of 1437, all that there is to train on: "
    )
    assert words[1].startswith("It fits")
    assert ", all" not in memory_line(all_, verdict)


def test_what_waits_in_a_block_that_waits_is_counted_once() -> None:
    words: dict[Address, Status] = {
        Address("a"): "ok",
        Address("b[0]"): "waiting",
        Address("b[0]/c"): "error",
        Address("b[1]/c"): "waiting",
        Address("d/e[1]"): "unknown",
        Address("f"): "idle",
    }
    assert unjudged(Verdict(status=FrozenMap(words))) == 2


def set_in(project: Project, node: str, name: str, value: int) -> Project:
    return in_block(project, "main", lambda g: set_argument(g, NodeId(node), name, value))


def test_check_applies_all_safe_fixes_and_says_what_it_costs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = load(EXAMPLES / "digits_cnn.netwright").project
    for node, name, value in (("head", "in_features", 100), ("conv2", "in_channels", 5)):
        project = in_block(
            project, "main", lambda g, n=node, a=name, v=value: set_argument(g, NodeId(n), a, v)
        )
    path, mended = tmp_path / "broken.netwright", tmp_path / "mended.netwright"
    path.write_text(dumps(project), encoding="utf-8")
    assert main(["check", str(path), "--fix-all", "-o", str(mended)]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[-3:] == [
        "Applied at conv2: Set in_channels to 16",
        "Applied at head: Set in_features to 512",
        f"Applied 2 safe fixes; the project is {mended}",
    ]
    assert "It fits: this machine has " in out
    assert main(["check", str(mended), "--json", "--device", "cuda:77"]) == 0
    memory = json.loads(capsys.readouterr().out)["memory"]
    assert memory["fit"] == "unknown"
    assert memory["device"] == "cuda:77"
    turn = max(memory["gradients"], memory["activations"])
    assert memory["low"] == memory["weights"] + memory["optimizer"] + turn < memory["high"]


@pytest.mark.parametrize(
    "words", [["--fix-all"], ["-o", "x.netwright"], ["--fix", "a", "--fix-all", "-o", "x"]]
)
def test_fixes_need_a_file_and_one_way(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(EXAMPLES / "wine.netwright"), *words]) == 2
    assert "--fix" in capsys.readouterr().err
