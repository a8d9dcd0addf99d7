"""What a run shows on the nodes: every loss has a curve of numbers that the run records."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine.judge import Judge
from app.session.run_live import SUM, live_of
from app.session.run_tracked import TrackedRun, marks_of
from app.training.status import RunStatus
from codegen import generate
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import load

EXAMPLES = sorted(Path("assets/examples").glob("*.netwright"))
WRITTEN = ("gan", "actor_critic", "two_tasks", "digits_cnn")
"""Examples with one optimizer and with several, of which the files are read, too."""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_each_loss_has_a_curve_that_the_run_records(path: Path) -> None:
    project = load(path).project
    lookup = specs_of(project)
    marks = marks_of(project, lookup)
    nodes = project.main.graph.nodes
    specs = {key: lookup(node.spec) for key, node in nodes.items()}
    losses = {key for key, spec in specs.items() if spec is not None and spec.category == "Losses"}
    assert marks.losses.keys() == losses
    assert marks.rates.keys() == {k for k, node in nodes.items() if node.kind == "lr_scheduler"}
    if path.stem not in WRITTEN:
        return
    text = generate(project, lookup, Judge().judge(project)).files["train.py"].text
    for name in marks.losses.values():
        assert f'"train_{name}":' in text
    for name in marks.rates.values():
        assert f'"{name}":' in text


def test_the_losses_of_a_live_run_carry_their_curves_and_say_where_it_is_a_sum() -> None:
    project = load("assets/examples/gan.netwright").project
    marks = marks_of(project, specs_of(project))
    run = TrackedRun(Path("run"), "gan", 0.0, {}, RunStatus("running"), marks=marks)
    assert not live_of(run).curves
    names = set(marks.losses.values())
    assert len(names) == 2
    for epoch in (1, 2, 3):
        told = {f"{part}_{name}": epoch + len(name) for name in names for part in ("train", "val")}
        run.numbers.add(
            [{"event": "epoch", "epoch": epoch, "step": 9 * epoch, "time": 0.0, **told}]
        )
    live = live_of(run)
    assert live.curves.keys() == marks.losses.keys()
    for node, name in marks.losses.items():
        assert live.curves[node] == ((1 + len(name), 2 + len(name), 3 + len(name)),) * 2
        together = [other for other, said in marks.losses.items() if said == name]
        assert (live.values.get(node) == SUM) == (len(together) > 1)
