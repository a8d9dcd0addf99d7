"""Every spec of the catalogue is placed, wired, judged, written and stepped; and refused, once.

The legal training and the illegal one are found with eager torch alone (``walk.py``); the judge has
to say the same of both. Where torch takes whatever one does to a spec, it stands in ``UNFAILING``.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator

import pytest
import torch

from app.engine.judge import Judge
from codegen import generate
from codegen.source_map import lines_of
from codegen.written import Written
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Project
from tests.codegen.training_projects import Recorder, imported
from tests.engine.differential import DISAGREEING, compare_project
from tests.engine.eager_run import all_stops
from tests.engine.walk import BATCH, SPECS, legal, used
from tests.engine.walk_faults import faults, illegal

JUDGE = Judge()
UNFAILING = {
    "torch takes tensors of every shape and dtype there": (
        "Tensor.bool Tensor.contiguous Tensor.detach Tensor.float Tensor.long Tensor.type_as "
        "nn.Identity nn.Sigmoid nn.Tanh torch.cos torch.erf torch.exp torch.isnan torch.log "
        "torch.log1p torch.ones_like torch.rsqrt torch.sigmoid torch.sign torch.sin torch.sqrt "
        "torch.square torch.tanh torch.zeros_like"
    ),
    "a data set is as it is": (
        "data.breast_cancer data.diabetes data.digits data.iris data.pushes data.ratings data.wine"
    ),
    "it passes on what arrives": "io.output",
    "torch takes every number for what it does": "lr_scheduler.PolynomialLR",
}
"""Specs that cannot fail, by the reason."""
UNCHANGING = {"io.output", *UNFAILING["a data set is as it is"].split()}
"""Specs with nothing about them to change: one wire, or none, and no argument torch sees."""
BOUNDED = {
    spec.name
    for spec in catalogue()
    if spec.kind == "data" and any(a.type == "int" for a in spec.arguments)
} - {"data.random"}
"""Made-up data whose sizes have bounds of their own, of which torch knows nothing."""
CANNOT = {name for names in UNFAILING.values() for name in names.split()}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Give the number of threads back, which a training sets."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def judged(project: Project) -> Verdict:
    return JUDGE.judge(project, batch=BATCH, fixes=False)


def stepped(files: Written) -> list[float]:
    """Return the losses of the steps that written files take before they are told to stop."""
    recorder = Recorder(stop_after=1)
    with warnings.catch_warnings(), imported(files) as train:
        warnings.filterwarnings("ignore", "reduction: 'mean' divides")  # KLDivLoss means it
        train.train(train.Settings(epochs=1, batch_size=BATCH), recorder)
    return [event["train_loss"] for event in recorder.events if event["event"] == "step"]


@pytest.mark.parametrize("name", SPECS)
def test_a_training_with_it_is_judged_sound_written_and_stepped(name: str) -> None:
    project = legal(name)
    verdict = judged(project)
    assert not [d for d in verdict.diagnostics if d.severity == "error"]
    files = generate(project, specs_of(project), verdict)
    word = catalogue().specs[name].callee.rpartition(".")[2]
    texts = files.files.values()
    assert any(lines_of(text, used(name)) or (word and word in text.text) for text in texts) or (
        name in ("const.value", "io.input", "param.of")
    )
    losses = stepped(files)
    assert len(losses) == 1
    assert math.isfinite(losses[0])


@pytest.mark.parametrize("name", [name for name in SPECS if name not in CANNOT])
def test_torch_and_the_judge_refuse_it_used_wrongly(name: str) -> None:
    found = illegal(name)
    assert found is not None, "nothing that is tried is refused: does it belong to UNFAILING?"
    project, _ = found
    comparison = compare_project(JUDGE, project)
    assert comparison.verdict.has_errors, comparison.text()
    assert comparison.word == "agreed", comparison.text()


@pytest.mark.parametrize("name", sorted(CANNOT))
def test_what_cannot_fail_does_not(name: str) -> None:
    tried = list(faults(name))
    assert bool(tried) == (name not in UNCHANGING)
    for project in tried:
        stops = [stop for stop in all_stops(project, BATCH) if stop.node == used(name)]
        assert not stops, stops
        assert not judged(project).has_errors


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SPECS if name not in BOUNDED])
def test_the_judge_agrees_with_torch_whatever_is_changed(name: str) -> None:
    for project in faults(name):
        found = compare_project(JUDGE, project)
        assert found.word not in DISAGREEING, found.text()
