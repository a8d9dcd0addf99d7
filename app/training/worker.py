"""The process that trains: imports a run folder's train.py unchanged and lets a reporter watch it.

python -m app.training.worker FOLDER
"""

from __future__ import annotations

import contextlib
import os
import random
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.training import folder as files
from app.training.blame import explain
from app.training.board import Board
from app.training.control import Control, read_control
from app.training.limits import out_of_range
from app.training.process import lower_priority, machine, start_of
from app.training.reporter import Reporter
from app.training.script import Refused, imported, settings_of
from app.training.status import WRITTEN_ENDS, RunStatus, read_status
from app.training.surroundings import StopSignal, leave_parent, listening, output_to
from graph_editor.document.atomic import atomic_file

if TYPE_CHECKING:  # torch takes seconds to import; the status is to be on disk before
    import torch

CHOOSE = "Choose another device (Run › Device in the window, --device in a terminal)"
"""Read in both, for a run does not know which of them began it."""
WAYS_OUT = {
    "cuda": f"{CHOOSE}, or install a PyTorch built for your GPU.",
    "mps": f"{CHOOSE}; mps needs macOS on an Apple chip.",
}


def run(folder: Path, *, detached: bool = True) -> int:
    """Train what a run folder holds and return the exit code; status.json tells the rest.

    0: finished or stopped when asked; 1: failed, with a reason; 2: there is no such folder, or its
    run has begun before: nothing in it is touched then.
    ``detached`` leaves the parent's session and steps back behind the window's processes.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        print(f"There is no run folder {folder}.", file=sys.stderr)
        return 2
    begun = claim(folder)
    if begun:
        print(f"{begun} Start a new run instead: netwright train FILE.", file=sys.stderr)
        return 2
    if detached:
        leave_parent()
        lower_priority()
    pid = os.getpid()
    first = RunStatus(pid=pid, started=start_of(pid) or 0.0, machine=machine())
    board = Board(folder, first)
    with output_to(folder / files.LOG), listening() as stop:
        board.open()
        try:
            end = Training(folder, board, stop).run()
        finally:
            board.close()
        board.show(**end)
    return int(end["state"] == "failed")


def claim(folder: Path) -> str:
    """Take a fresh run folder for this process; return why that cannot be, else "".

    The file for the metrics is made here: of several processes the system lets one make it.
    """
    status = read_status(folder)
    if status.pid and not status.ended:
        return f"Process {status.pid} trains the run in {folder} already."
    if status.pid or status.state in WRITTEN_ENDS:
        return f"The run in {folder} has been trained before: {status.state}."
    try:
        (folder / files.METRICS).touch(exist_ok=False)
    except FileExistsError:
        return f"The run in {folder} has begun already."
    return ""


class Training:
    """One training, from the settings to the saved weights."""

    def __init__(self, folder: Path, board: Board, stop: StopSignal) -> None:
        self._folder, self._board, self._stop = folder, board, stop
        self._parts: Mapping[str, Any] = {}

    def run(self) -> dict[str, str]:
        """Train and return the last fields of the status."""
        try:
            return self._train()
        except Refused as refusal:
            return {"state": "failed", "reason": str(refusal)}
        except KeyboardInterrupt:
            self._keep(files.WEIGHTS)
            return {"state": "stopped", "reason": "Stopped at once, in the middle of a step."}
        except BaseException as error:  # a SystemExit in custom code, too
            traceback.print_exc()
            status = self._board.status
            when = f"after {status.epoch} epochs and {status.step} steps"
            fault = explain(error, self._folder, self._parts.get("model"), when)
            return {
                "state": "failed",
                "reason": fault.reason,
                "error": fault.error,
                "node": fault.node,
            }

    def _train(self) -> dict[str, str]:
        config = self._config()
        with imported(self._folder) as script:
            settings = settings_of(script, config.settings)
            wrong = out_of_range(vars(settings))
            if wrong:
                raise Refused(wrong)
            require_device(settings.device)
            self._board.note(epochs=settings.epochs)
            with (self._folder / files.METRICS).open("ab", buffering=0) as metrics:  # append-only
                reporter = self._reporter(metrics.write, settings.device, config.keep_best)
                try:
                    model = script.train(settings, reporter)
                except BaseException:
                    with contextlib.suppress(Exception):  # the first error is the one to tell
                        reporter.close()
                    raise
                reporter.close()
            if reporter.problem:
                return {"state": "failed", "reason": reporter.problem}
            save(self._folder / files.WEIGHTS, model.state_dict())
        if reporter.stopping:
            return {"state": "stopped", "reason": "Stopped when asked; the weights are kept."}
        return {"state": "finished"}

    def _config(self) -> files.Config:
        try:
            config = files.read_config(self._folder)
            changed = files.changed_files(self._folder, config)
        except (OSError, ValueError) as error:
            raise Refused(f"The run folder cannot be used: {error}") from error
        if changed:
            raise Refused(
                f"Changed since this run was written: {', '.join(changed)}. A run is what its "
                "folder says; start a new one, or run train.py by hand."
            )
        return config

    def _reporter(self, write: Callable[[bytes], object], device: str, keep_best: bool) -> Reporter:
        def on_start(event: Mapping[str, Any]) -> str:
            self._parts = {name: value for name, value in event.items() if name != "event"}
            return off_device(event["model"], device)

        return Reporter(
            write,
            to_floats,
            self._board,
            self._poll,
            on_start=on_start,
            save_checkpoint=self._checkpoint,
            save_best=(lambda: self._keep(files.BEST)) if keep_best else None,
        )

    def _poll(self) -> Control:
        wished = read_control(self._folder)
        return replace(wished, stop=True) if self._stop.asked else wished

    def _checkpoint(self) -> None:
        status = self._board.status
        save_own = self._parts.get("save")
        if callable(save_own):  # a script that can go on from its own checkpoints
            if status.step:
                save_own()
            return
        place = {"epoch": status.epoch, "step": status.step}
        state = {name: state_of(part) for name, part in self._parts.items()}
        content = {"format": 1, **state, "random": random_states(), **place}
        save(self._folder / files.CHECKPOINT, content)

    def _keep(self, name: str) -> None:
        best = self._parts.get("ema", self._parts.get("model"))
        if best is not None:
            save(self._folder / name, best.state_dict())


def to_floats(values: Sequence[torch.Tensor]) -> list[float]:
    """Return the numbers of 0-d tensors with a single wait for the device."""
    import torch

    device = values[0].device
    return torch.stack([value.detach().to(device) for value in values]).tolist()


def devices_here() -> list[str]:
    """Return the devices that can be chosen on this machine, the CPU first."""
    import torch

    found = torch.accelerator.current_accelerator(check_available=True)
    if found is None:
        return ["cpu"]
    count = torch.accelerator.device_count()
    return ["cpu", found.type, *(f"{found.type}:{index}" for index in range(count))]


def require_device(name: str) -> None:
    """Make sure that the chosen device works.

    Raises:
        Refused: it does not; nothing else is tried in its place.

    """
    import torch

    way_out = WAYS_OUT.get(name.partition(":")[0], f"{CHOOSE}.")
    known = devices_here()
    if name not in (*known, "cpu:0"):
        raise Refused(f"There is no device {name!r}. Devices here: {', '.join(known)}. {way_out}")
    try:
        torch.ones(1, device=name).add_(1)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise Refused(f"The device {name!r} cannot be used here: {first}. {way_out}") from error


def off_device(model: torch.nn.Module, chosen: str) -> str:
    """Return what is wrong when a model has weights, but none on the chosen device, else ""."""
    import torch

    found = {parameter.device.type for parameter in model.parameters()}
    if not found or torch.device(chosen).type in found:
        return ""
    return f"{chosen} was chosen, but train.py put the model on {', '.join(sorted(found))}."


def state_of(part: Any) -> Any:
    """Return what has to be saved of a part of the training: its state, or the number it is."""
    if hasattr(part, "state_dict"):
        return part.state_dict()
    if hasattr(part, "get_state"):  # torch.Generator
        return part.get_state()
    if isinstance(part, Mapping):
        return {name: state_of(value) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [state_of(value) for value in part]
    return part if isinstance(part, bool | int | float | str) else None


def random_states() -> dict[str, Any]:
    """Return the states of all global random generators, in types that torch.load trusts."""
    import torch

    states: dict[str, Any] = {"torch": torch.get_rng_state(), "python": random.getstate()}
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]  # torch leaves it untyped
        states["cuda"] = torch.cuda.get_rng_state_all()
    if "numpy" in sys.modules:
        kind, keys, *rest = sys.modules["numpy"].random.get_state()
        states["numpy"] = [kind, keys.tolist(), *rest]
    return states


def save(path: Path, content: object) -> None:
    """Write with torch.save; the old file stays whole until the new one is. Raises OSError."""
    import torch

    with atomic_file(path) as file:
        torch.save(content, file)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train in the folder that the command line names."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    attached = "--attached" in words
    places = [word for word in words if word != "--attached"]
    if len(places) != 1:
        print("usage: python -m app.training.worker [--attached] FOLDER", file=sys.stderr)
        return 2
    return run(Path(places[0]), detached=not attached)


if __name__ == "__main__":
    sys.exit(main())
