"""The headless commands as a user types them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.cli import main
from app.training.history import read_run
from app.training.status import read_status
from graph_editor.document.files import dumps, load

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "assets" / "examples"
DIGITS = EXAMPLES / "digits_cnn.netwright"


def broken(folder: Path, old: str, new: str, example: str = "digits_cnn") -> Path:
    """Write a copy of an example in which some text differs."""
    text = (EXAMPLES / f"{example}.netwright").read_text(encoding="utf-8")
    assert old in text
    path = folder / "broken.netwright"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def wrong_linear(folder: Path) -> Path:
    return broken(
        folder, '"args": {"out_features": 10}', '"args": {"in_features": 100, "out_features": 10}'
    )


def test_a_sound_project_checks_clean_with_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(DIGITS)]) == 0
    out = capsys.readouterr().out
    assert "No problems found." in out
    assert "B×16×8×8" in out
    assert "9,978" in out


def test_a_fault_is_one_line_and_its_fix_mends_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, mended = wrong_linear(tmp_path), tmp_path / "mended.netwright"
    assert main(["check", "--json", str(path)]) == 1
    found = json.loads(capsys.readouterr().out)
    errors = [p for p in found["problems"] if p["severity"] == "error"]
    assert len(errors) == 1
    assert errors[0]["node"] == "head"
    assert "100" in errors[0]["message"]
    assert "512" in errors[0]["message"]

    fix = errors[0]["fixes"][0]["id"]
    before = path.read_bytes()
    assert main(["check", str(path), "--fix", fix, "-o", str(mended)]) == 0
    assert path.read_bytes() == before
    project = load(mended).project
    assert dumps(project).encode() == mended.read_bytes()
    assert main(["check", str(mended)]) == 0


def test_fixes_are_named_by_ids_that_no_two_share(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = wrong_linear(tmp_path)
    text = path.read_text(encoding="utf-8").replace(
        '"args": {"kernel_size": 3, "out_channels": 32',
        '"args": {"in_channels": 5, "kernel_size": 3, "out_channels": 32',
    )
    path.write_text(text, encoding="utf-8")
    assert main(["check", "--json", str(path)]) == 1
    found = json.loads(capsys.readouterr().out)
    ids = [fix["id"] for problem in found["problems"] for fix in problem["fixes"]]
    assert len(ids) == len(set(ids)) > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "no-such.netwright"], "no-such.netwright"),
        (["check", str(DIGITS), "--fix", "x"], "go together"),
        (["check", str(ROOT / "pyproject.toml")], "pyproject.toml"),
        (["generate", "no-such.netwright", "-o", "x"], "no-such.netwright"),
        (["runs", "no-such-folder"], "no-such-folder"),
        (["runs", str(EXAMPLES), "--stop"], "not one run's folder"),
    ],
)
def test_wrong_use_is_told_in_a_line_and_exits_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["train", str(DIGITS), "--epochs", "0"],
        ["train", str(DIGITS), "--seed", str(2**32)],
        ["train", str(DIGITS), "--threads", "many"],
    ],
)
def test_unknown_words_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["generate", str(EXAMPLES / "wine.netwright"), "-o", os.devnull + "/x"], {}),
        (["check", str(DIGITS)], {"PYTHONPATH": "broken"}),
    ],
)
def test_nothing_ends_in_a_traceback(
    tmp_path: Path, arguments: list[str], environment: dict[str, str]
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "torch.py").write_text("raise ImportError('no torch here')", encoding="utf-8")
    paths = {name: str(tmp_path / folder) for name, folder in environment.items()}
    done = subprocess.run(
        [sys.executable, "main.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr.splitlines()[-1]
    assert done.stderr.splitlines()[-1].startswith("netwright: ")


def test_a_terminal_without_our_signs_gets_others(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "main.py", "check", str(EXAMPLES / "wine.netwright")],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"measures" in done.stdout


def test_names_from_a_file_cannot_steer_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = broken(tmp_path, '"name": "head"', '"name": "a\\u001b[2Jb\\nc"')
    assert main(["check", str(path)]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "a\N{REPLACEMENT CHARACTER}[2Jb\N{REPLACEMENT CHARACTER}c" in out


def test_train_with_errors_still_ends_with_a_json_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", str(wrong_linear(tmp_path)), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found == {"run": None, "state": "refused", "epochs": 0}


def test_an_unknown_fix_names_those_on_offer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = wrong_linear(tmp_path)
    assert main(["check", str(path), "--fix", "nonsense", "-o", str(tmp_path / "x")]) == 2
    assert "offered: " in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_generate_writes_the_files_and_spares_changed_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    assert main(["generate", str(DIGITS), "-o", str(folder)]) == 0
    names = {"model.py", "data.py", "train.py", "predict.py", "requirements.txt", "README.md"}
    assert {p.name for p in folder.iterdir()} == names | {"tests"}
    assert (folder / "tests" / "test_model.py").is_file()
    assert main(["generate", str(DIGITS), "-o", str(folder)]) == 0
    mine = folder / "model.py"
    mine.write_text("# mine\n", encoding="utf-8")
    assert main(["generate", str(DIGITS), "-o", str(folder)]) == 2
    assert "model.py" in capsys.readouterr().err
    assert mine.read_text(encoding="utf-8") == "# mine\n"
    assert main(["generate", str(DIGITS), "-o", str(folder), "--force"]) == 0
    assert "class DigitsCNN" in mine.read_text(encoding="utf-8")


def test_generate_refuses_a_drawing_with_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    assert main(["generate", str(wrong_linear(tmp_path)), "-o", str(folder)]) == 1
    assert "head" in capsys.readouterr().err
    assert not folder.exists()


def test_train_ends_with_one_json_line_and_a_whole_run_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = tmp_path / "runs"
    wine = str(EXAMPLES / "wine.netwright")
    options = ["--json", "--epochs", "2", "--seed", "3", "--device", "cpu", "--runs", str(runs)]
    assert main(["train", wine, *options]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["state"] == "finished"
    assert found["epochs"] == 2
    assert {"train_loss", "val_loss", "val_accuracy"} <= set(found)
    folder = Path(found["run"])
    assert {"model.py", "train.py", "data.py", "project.netwright", "loss.svg", "model.pt"} <= {
        p.name for p in folder.iterdir()
    }
    assert read_run(folder).settings["seed"] == 3
    assert main(["runs", str(runs)]) == 0
    assert folder.name in capsys.readouterr().out
    assert main(["runs", str(runs), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == found
    assert main(["runs", str(folder), "--stop"]) == 2
    assert "has ended" in capsys.readouterr().err


def test_a_device_that_is_absent_fails_the_run_in_plain_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wine = str(EXAMPLES / "wine.netwright")
    assert main(["train", wine, "--device", "cuda:77", "--runs", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert "cuda:77" in told.err
    assert "failed" in told.out


def started(tmp_path: Path, *options: str) -> subprocess.Popen[bytes]:
    """Start a long training in a process of its own and wait until it takes steps."""
    command = [
        sys.executable,
        "main.py",
        "train",
        str(DIGITS),
        "--epochs",
        "5000",
        "--runs",
        str(tmp_path),
    ]
    process = subprocess.Popen([*command, *options], cwd=ROOT, stderr=subprocess.DEVNULL)
    until(lambda: any(read_status(run).step > 0 for run in tmp_path.iterdir()))
    return process


def until(holds: object, seconds: float = 120) -> None:
    assert callable(holds)
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_stops_cleanly_and_a_killed_parent_leaves_the_run_alone(tmp_path: Path) -> None:
    stopped, orphaned = tmp_path / "stopped", tmp_path / "orphaned"
    for folder in (stopped, orphaned):
        folder.mkdir()
    process = started(stopped)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    (run,) = stopped.iterdir()
    assert read_status(run).state == "stopped"
    assert (run / "model.pt").exists()
    assert (run / "loss.svg").exists()

    process = started(orphaned)
    process.kill()
    process.wait(60)
    (run,) = orphaned.iterdir()
    before = read_status(run)
    os.kill(before.pid, 0)
    until(lambda: read_status(run).step > before.step)
    assert main(["runs", str(run), "--stop"]) == 0
    until(lambda: read_status(run).ended)
    assert read_status(run).state == "stopped"


def test_the_main_job_needs_no_arguments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([], why="There is no display.") == 0
    out = capsys.readouterr().out
    assert out.startswith("There is no display. Here is the main job in the terminal.\n")
    (run,) = (tmp_path / "runs").iterdir()
    assert str(run / "loss.svg") in out
    assert read_run(run).last["val_accuracy"] >= 0.97


def test_export_writes_one_file_that_trains(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["export", str(DIGITS), "--format", "single_file", "-o", str(tmp_path / "out")]
    assert main(options) == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["digits_cnn.py"]
    assert main([*options, "--weights", "model.pt"]) == 2
    assert "Python files hold none" in capsys.readouterr().err


@pytest.mark.slow
def test_export_to_onnx_tells_the_difference_and_spares_what_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "net.onnx"
    options = ["export", str(DIGITS), "--format", "onnx", "-o", str(file)]
    assert main(options) == 0
    said = capsys.readouterr()
    assert "The largest difference from the model is" in said.out
    assert "Exporting the model …" in said.err
    before = file.read_bytes()
    assert main(options) == 2
    assert main([*options, "--force", "--weights", str(tmp_path / "gone.pt")]) == 1
    assert "There are no weights" in capsys.readouterr().err
    assert file.read_bytes() == before
