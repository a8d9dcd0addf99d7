"""The reporter: rates, syncs, order, the user's say, and losses that are no numbers."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.training.board import Board
from app.training.control import Control
from app.training.reporter import Reporter
from app.training.status import RunStatus, read_status

FRESH = RunStatus()


class Tensor:
    """Stands for a 0-d tensor: reading it anywhere but in a flush fails the test."""

    def __init__(self, value: float) -> None:
        self.value = value

    def __float__(self) -> float:
        raise AssertionError("a sync outside a flush")

    item = __float__


class World:
    """A clock that moves only when told, and a record of all that the reporter does."""

    def __init__(self, folder: Path, status: RunStatus = FRESH, **more: Any) -> None:
        self.time, self.writes, self.syncs = 1000.0, [], 0
        self.control, self.naps, self.on_nap = Control(), 0, lambda: None
        self.text = b""
        self.folder = folder
        self.board = Board(folder, status)
        self.reporter = Reporter(
            self.write,
            self.to_floats,
            self.board,
            lambda: self.control,
            clock=lambda: self.time,
            now=lambda: self.time,
            sleep=self.sleep,
            **more,
        )

    def write(self, content: bytes) -> None:
        self.writes.append(self.time)
        self.text += content

    def to_floats(self, tensors: list[Tensor]) -> list[float]:
        self.syncs += 1
        return [tensor.value for tensor in tensors]

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        self.naps += 1
        assert self.naps < 100, "the pause has no end"
        self.on_nap()

    def step(self, k: int, loss: float = 0.5, after: float = 0.0003) -> bool:
        self.time += after
        event = {"event": "step", "step": k, "epoch": 1, "train_loss": Tensor(loss)}
        return self.reporter(event)

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def most_in_a_second(moments: list[float]) -> int:
    return max(sum(begin <= m < begin + 1 for m in moments) for begin in moments)


def test_ten_thousand_fast_steps_make_few_writes_and_one_sync_each(world: World) -> None:
    for k in range(1, 10_001):
        world.step(k)
    world.reporter.close()
    assert most_in_a_second(world.writes) <= 18  # leaves two for status.json
    assert world.syncs == len(world.writes) == world.reporter.flushes < 3 * 18
    assert [record["step"] for record in world.records] == list(range(1, 10_001))


@settings(max_examples=40, deadline=None)
@given(gaps=st.lists(st.sampled_from([0.0, 0.0001, 0.02, 0.0625, 0.3]), min_size=1, max_size=300))
def test_at_any_pace_every_record_is_written_once_in_order(
    gaps: list[float], tmp_path_factory: pytest.TempPathFactory
) -> None:
    world = World(tmp_path_factory.getbasetemp())
    for k, gap in enumerate(gaps):
        world.step(k, loss=k / 7, after=gap)
    world.reporter.close()
    assert [(r["step"], r["train_loss"]) for r in world.records] == [
        (k, k / 7) for k in range(len(gaps))
    ]
    assert most_in_a_second(world.writes) <= 18


def test_a_slow_step_is_written_at_once(world: World) -> None:
    world.step(1, after=5)
    assert [record["step"] for record in world.records] == [1]


def test_fast_epochs_keep_the_rate_too(world: World) -> None:
    for k in range(1, 1001):
        world.time += 0.001
        world.reporter({"event": "epoch", "epoch": k, "step": k, "val_loss": 0.1})
    world.reporter.close()
    assert most_in_a_second(world.writes) <= 18
    assert world.syncs == 0  # only plain numbers came
    assert len(world.records) == 1000


def test_a_record_begins_with_its_place_and_floats_are_exact(world: World) -> None:
    world.reporter(
        {"event": "epoch", "lr": 0.1 + 0.2, "val_loss": Tensor(1 / 3), "epoch": 2, "step": 7}
    )
    assert list(world.records[0])[:4] == ["event", "step", "epoch", "time"]
    assert world.records[0]["lr"] == 0.1 + 0.2
    assert world.records[0]["val_loss"] == 1 / 3
    assert world.records[0]["time"] == 1000.0


@pytest.mark.parametrize(
    ("loss", "word"), [(math.nan, "NaN"), (math.inf, "infinite"), (-math.inf, "infinite")]
)
def test_a_loss_that_is_no_number_stops_and_names_the_first_place(
    world: World, loss: float, word: str
) -> None:
    world.step(1)
    asked = [world.step(k, loss if k >= 41 else 0.5) for k in range(2, 400)]
    assert asked[-1]
    assert not any(asked[:40])
    assert word in world.reporter.problem
    assert "epoch 1, step 41" in world.reporter.problem
    assert len(world.records) == 41  # none after it, though many steps came before the flush
    assert world.records[40]["train_loss"] is None  # JSON has no NaN
    assert world.board.status.step == 41


def test_epochs_after_a_loss_that_is_no_number_do_not_count(world: World) -> None:
    """Forty short epochs fit between two flushes; the third spoils the weights."""
    step = 0
    for epoch in range(1, 41):
        for _ in range(2):
            step += 1
            world.time += 0.0001
            loss = Tensor(math.nan if step >= 6 else 0.5)
            world.reporter({"event": "step", "step": step, "epoch": epoch, "train_loss": loss})
        # A device that gives its mean late, as a tensor, is believed at the flush only.
        world.reporter(
            {"event": "epoch", "epoch": epoch, "step": step, "val_loss": Tensor(1.0 / epoch)}
        )
    world.reporter.close()
    assert "epoch 3, step 6" in world.reporter.problem
    assert world.records[-1]["step"] == 6
    assert world.records[-1]["event"] == "step"
    assert (world.board.status.epoch, world.board.status.step) == (2, 6)


def test_an_epoch_whose_mean_is_no_number_is_looked_at_at_once(tmp_path: Path) -> None:
    made: list[str] = []
    world = World(
        tmp_path, save_checkpoint=lambda: made.append("late"), save_best=lambda: made.append("best")
    )
    world.step(1)
    world.control = Control(checkpoint=1)
    world.step(2, math.nan)
    end = {"event": "epoch", "epoch": 1, "step": 2, "train_loss": math.nan, "val_loss": 0.1}
    assert world.reporter(end)
    assert "epoch 1, step 2" in world.reporter.problem
    assert [r["event"] for r in world.records] == ["step", "step"]
    assert world.board.status.epoch == 0
    assert world.step(3)
    world.reporter.close()
    assert len(world.records) == 2
    assert made == []  # weights that mean nothing are neither the best nor worth a checkpoint


def test_a_validation_loss_counts_but_another_metric_may_be_undefined(world: World) -> None:
    world.reporter({"event": "epoch", "epoch": 1, "step": 1, "val_r2": math.nan, "val_loss": 1.0})
    assert not world.reporter.problem
    world.time += 1
    world.reporter({"event": "epoch", "epoch": 2, "step": 2, "val_loss": math.nan})
    assert "val_loss" in world.reporter.problem


def test_stop_is_obeyed_at_the_next_flush(world: World) -> None:
    assert not world.step(1)
    world.control = Control(stop=True)
    answers = [world.step(k) for k in range(2, 300)]
    assert answers[-1]
    assert world.board.status.state == "stopping"


def test_pause_blocks_until_resume_and_writes_first(world: World) -> None:
    world.step(1)
    world.step(2)
    world.control = Control(pause=True)
    seen: list[tuple[str, int]] = []

    def look() -> None:
        seen.append((read_status(world.folder, now=0).state, len(world.records)))
        if world.naps == 5:
            world.control = Control()

    world.on_nap = look
    assert not world.step(3, after=1)
    assert seen == [("paused", 3)] * 5
    assert world.board.status.state == "running"


def test_stop_ends_a_pause(world: World) -> None:
    world.control = Control(pause=True)

    def stop() -> None:
        world.control = Control(pause=True, stop=True)

    world.on_nap = stop
    assert world.step(1)


def test_a_checkpoint_is_made_once_for_each_request_also_in_a_pause(tmp_path: Path) -> None:
    made: list[int] = []
    world = World(tmp_path, save_checkpoint=lambda: made.append(len(world.records)))
    world.step(1, after=1)
    world.control = Control(checkpoint=1)
    world.step(2, after=1)
    world.step(3, after=1)
    assert made == [2]
    world.control = Control(checkpoint=2, pause=True)

    def resume() -> None:
        world.control = Control(checkpoint=3)

    world.on_nap = resume
    world.step(4, after=1)
    assert len(made) == 3
    assert read_status(tmp_path, now=0).checkpoint == 3


def test_only_requests_that_were_carried_out_are_not_repeated(tmp_path: Path) -> None:
    made: list[int] = []
    status = RunStatus(checkpoint=2)  # of a worker before this one
    world = World(tmp_path, status, save_checkpoint=lambda: made.append(1))
    world.control = Control(checkpoint=2)
    world.step(1, after=1)
    assert not made
    world.control = Control(checkpoint=3)
    world.step(2, after=1)
    assert made


def test_the_best_is_kept_when_the_validation_loss_falls(tmp_path: Path) -> None:
    kept: list[float] = []
    world = World(tmp_path, save_best=lambda: kept.append(loss))
    for epoch, loss in enumerate([3.0, 2.0, 2.5, 1.0, math.nan, 0.5], start=1):
        world.reporter({"event": "epoch", "epoch": epoch, "step": epoch, "val_loss": loss})
    assert kept == [3.0, 2.0, 1.0]


def test_what_the_start_refuses_stops_the_run(tmp_path: Path) -> None:
    world = World(tmp_path, on_start=lambda event: "wrong device")
    assert world.reporter({"event": "start", "batches": 3})
    assert world.reporter.problem == "wrong device"
    assert world.board.status.batches == 3
