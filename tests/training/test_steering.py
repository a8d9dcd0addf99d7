"""Stop, pause, checkpoint and the best weights, on real trainings in this process."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from app.training import worker
from app.training.control import request
from app.training.follow import read_records
from app.training.script import imported
from app.training.status import RunStatus, read_status
from tests.training.conftest import MakeRun

ASK = "from app.training.control import request; "
PACE = 0.004
ENDLESS = 10**6


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def run_with(folder: Path, beside: Callable[[], None]) -> RunStatus:
    """Train in the main thread, as a worker does, while a thread plays the user."""
    wrong: list[BaseException] = []

    def user() -> None:
        try:
            beside()
        except BaseException as error:
            wrong.append(error)
            request(folder, "stop")

    thread = threading.Thread(target=user)
    thread.start()
    code = worker.run(folder, detached=False)
    thread.join()
    assert not wrong, wrong
    assert code == 0
    return read_status(folder)


def test_stop_is_clean_and_keeps_the_weights(make_run: MakeRun) -> None:
    folder = make_run(epochs=ENDLESS, pace=PACE, at=8, act=ASK + "request(Path.cwd(), 'stop')")
    assert worker.run(folder, detached=False) == 0
    status = read_status(folder)
    assert status.state == "stopped"
    assert 8 <= status.step < 60
    assert status.step == list(read_records(folder))[-1]["step"]
    assert set(torch.load(folder / "model.pt")) >= {"head.weight"}


def test_a_stop_from_before_the_start_is_heard(make_run: MakeRun) -> None:
    folder = make_run(epochs=ENDLESS)
    request(folder, "stop")
    assert worker.run(folder, detached=False) == 0
    assert (read_status(folder).state, read_status(folder).step) == ("stopped", 0)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_stops_cleanly(make_run: MakeRun, name: str) -> None:
    before = signal.getsignal(getattr(signal, name))
    act = f"import signal; signal.raise_signal(signal.{name})"
    folder = make_run(epochs=ENDLESS, pace=PACE, at=3, act=act)
    assert worker.run(folder, detached=False) == 0
    assert read_status(folder).state == "stopped"
    assert (folder / "model.pt").exists()
    assert signal.getsignal(getattr(signal, name)) is before


def test_a_second_signal_ends_a_step_that_does_not_end(make_run: MakeRun) -> None:
    act = "import signal\nfor _ in range(2): signal.raise_signal(signal.SIGINT)\ntime.sleep(999)"
    folder = make_run(at=3, act=act)
    assert worker.run(folder, detached=False) == 0
    status = read_status(folder)
    assert status.state == "stopped"
    assert "middle of a step" in status.reason
    assert (folder / "model.pt").exists()
    assert [r["step"] for r in read_records(folder)] == [1, 2]


def test_pause_holds_the_steps_while_the_heart_beats(make_run: MakeRun) -> None:
    folder = make_run(epochs=ENDLESS, pace=PACE)

    def user() -> None:
        until(lambda: any(read_records(folder)))
        request(folder, "pause")
        until(lambda: read_status(folder).state == "paused")
        held, beat = len(list(read_records(folder))), read_status(folder).heartbeat
        until(lambda: read_status(folder).heartbeat > beat)
        assert len(list(read_records(folder))) == held
        assert read_status(folder).heartbeat - beat < 2
        request(folder, "resume")
        until(lambda: len(list(read_records(folder))) > held)
        request(folder, "stop")

    assert run_with(folder, user).state == "stopped"


def test_a_checkpoint_goes_on_as_if_nothing_had_been(make_run: MakeRun) -> None:
    whole = make_run(epochs=6)
    assert worker.run(whole, detached=False) == 0
    ask = ASK + "request(Path.cwd(), 'checkpoint'); time.sleep(0.2)"
    cut = make_run(epochs=6, at=12, act=ask)
    assert worker.run(cut, detached=False) == 0
    assert read_status(cut).checkpoint == 1
    saved = torch.load(cut / "checkpoint.pt", weights_only=True)
    assert (saved["format"], saved["epoch"], saved["step"], saved["batches"]) == (1, 2, 12, 5)
    goes_on(cut, saved, torch.load(whole / "model.pt"))


def test_a_checkpoint_asked_for_before_the_start_is_made(make_run: MakeRun) -> None:
    folder = make_run(epochs=1)
    request(folder, "checkpoint")
    assert worker.run(folder, detached=False) == 0
    assert read_status(folder).checkpoint == 1
    assert torch.load(folder / "checkpoint.pt", weights_only=True)["step"] == 0


def goes_on(folder: Path, saved: dict, expected: dict) -> None:
    """Train the other steps by hand from the checkpoint alone, and compare every bit."""
    with imported(folder) as script:
        model = script.Net().train()
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.5)
        scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.1)
        shuffle = torch.Generator()
        for part, name in ((model, "model"), (optimizer, "optimizer"), (scheduler, "scheduler")):
            part.load_state_dict(saved[name])
        shuffle.set_state(saved["shuffle"])
        torch.set_rng_state(saved["random"]["torch"])
        x, y = script.load_data(0)
    for step in range(saved["step"] + 1, 31):
        batch = torch.randint(len(x), (8,), generator=shuffle)
        nn.functional.mse_loss(model(x[batch]), y[batch]).backward()
        optimizer.step()
        optimizer.zero_grad()
        if step % 5 == 0:
            scheduler.step()
    assert all(torch.equal(value, expected[key]) for key, value in model.state_dict().items())


def test_random_states_can_be_put_back() -> None:
    import random

    states = worker.random_states()
    drawn = random.random(), torch.rand(3).tolist()
    random.setstate(states["python"])
    torch.set_rng_state(states["torch"])
    assert (random.random(), torch.rand(3).tolist()) == drawn


def test_the_best_weights_are_kept_if_asked(make_run: MakeRun) -> None:
    act = "with torch.no_grad(): model.head.bias.fill_(1e4)"  # the last epoch is spoilt
    folder = make_run(epochs=2, at=10, act=act, keep_best=True)
    assert worker.run(folder, detached=False) == 0
    best, last = torch.load(folder / "best.pt"), torch.load(folder / "model.pt")
    assert best["head.bias"].item() < 100 < last["head.bias"].item()
    plain = make_run(epochs=1)
    assert worker.run(plain, detached=False) == 0
    assert not (plain / "best.pt").exists()


def test_saving_replaces_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    worker.save(path, {"a": 1})
    with pytest.raises(Exception, match="pickle"):
        worker.save(path, {"a": lambda: 0})
    assert torch.load(path) == {"a": 1}
    assert [found.name for found in tmp_path.iterdir()] == ["model.pt"]


def test_tensors_become_floats_together() -> None:
    values = [torch.tensor(1 / 3), torch.tensor(2.0, dtype=torch.float64), torch.tensor(3)]
    assert worker.to_floats(values[:1]) == [values[0].item()]
    assert worker.to_floats(values) == [value.item() for value in values]


def test_parts_of_every_form_are_saved() -> None:
    layer = nn.Linear(1, 1)
    state = worker.state_of({"pair": [layer, (1, "a")], "odd": object(), "by": {"x": layer}})
    assert state["pair"][1] == [1, "a"]
    assert state["odd"] is None
    assert torch.equal(state["by"]["x"]["weight"], layer.weight)
