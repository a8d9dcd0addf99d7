"""What a run folder says that no worker of ours writes is passed over, and harms nothing else."""

from app.session.run_numbers import RunNumbers


def test_records_of_no_place_and_numbers_beyond_floats_are_passed_over() -> None:
    numbers = RunNumbers()
    numbers.add(
        [
            {"event": "epoch", "val_loss": 1.0},
            {"event": "epoch", "epoch": 10**400, "val_loss": 1.0},
            {"event": "step", "step": None, "train_loss": 1.0},
            {"event": "epoch", "epoch": 1, "step": 5, "val_loss": 10**400},
            {"event": "epoch", "epoch": 2, "step": 10, "val_loss": 0.5},
        ]
    )
    assert list(numbers.epoch) == [1.0, 2.0]
    assert numbers.best("val_loss") == (0.5, 2)
    assert not len(numbers.step)
