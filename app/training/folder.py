"""The folder of one run: everything from which the run can be repeated, and all that it leaves."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import platform
import re
import shlex
import time
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, TypeAlias

from app.training.start_weights import copy_start_weights, start_weights
from app.training.status import RunStatus, write_status
from codegen.written import SourceText, Written
from graph_editor.document.atomic import atomic_write
from graph_editor.document.files import loads

Setting: TypeAlias = bool | int | float | str
CONFIG, STATE_MAP, SOURCE_MAP = "config.json", "state_map.json", "source_map.json"
METRICS, LOG, PROJECT = "metrics.jsonl", "worker.log", "project.netwright"
WEIGHTS, BEST, CHECKPOINT = "model.pt", "best.pt", "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class Config:
    """What config.json says about how a run was, or is to be, made."""

    name: str
    created: float
    """Unix time."""
    settings: Mapping[str, Setting]
    """Fields of train.py's Settings that differ from its defaults, and always ``threads``."""
    files: Mapping[str, str]
    """SHA-256 of each file that the run was made from."""
    keep_best: bool = False
    command: str = ""
    python: str = ""
    torch: str = ""


def cores() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows have no such question
        return os.cpu_count() or 1


def default_threads() -> int:
    """Return one thread fewer than there are cores, so that the window keeps one; at least 1."""
    return max(1, cores() - 1)


def create(
    written: Written,
    project_text: str,
    settings: Mapping[str, Setting],
    *,
    project_file: Path,
    runs: Path | None = None,
    keep_best: bool = False,
) -> Path:
    """Write a new run folder and return it; nothing is started.

    ``runs`` is the folder to put it in, by default ``runs`` beside the project file.
    Raises OSError.
    """
    chosen = {"threads": default_threads(), **settings}
    created = time.time()
    folder = _new_folder(runs or project_file.parent / "runs", project_file.stem, created)
    texts = {name: source.text for name, source in written.files.items()} | {PROJECT: project_text}
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        atomic_write(folder / name, text)
    weights = start_weights(loads(project_text).project, project_file.parent)
    copy_start_weights(weights, folder, texts.values())
    write_json(folder / STATE_MAP, {"format": 1, "state": _state_json(written)})
    write_json(folder / SOURCE_MAP, {"format": 1, "files": _lines_json(written.files)})
    config = {
        "format": 1,
        "name": project_file.stem,
        "created": created,
        "project": str(project_file),
        "settings": chosen,
        "keep_best": keep_best,
        "command": repeat_command(chosen),
        "python": platform.python_version(),
        "torch": _version("torch"),
        "packages": {name: _version(name) for name in _required(texts)},
        "platform": platform.platform(),
        "files": {name: digest(text.encode()) for name, text in texts.items()},
    }
    write_json(folder / CONFIG, config)
    write_status(folder, RunStatus(heartbeat=time.time()))
    return folder


def repeat_command(settings: Mapping[str, Setting]) -> str:
    """Return the command that repeats the run by hand, in a copy of its folder."""
    words = ["python", "train.py"]
    for name, value in settings.items():
        option = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            words += [option] * value
        else:
            words += [option, str(value)]
    return shlex.join(words)


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file's bytes as text."""
    return hashlib.sha256(content).hexdigest()


def read_config(folder: Path) -> Config:
    """Read config.json. Raises OSError; ValueError says what is wrong with the content."""
    value = read_object(folder / CONFIG)
    settings, files = value.get("settings"), value.get("files")
    if not isinstance(settings, dict) or not isinstance(files, dict):
        raise ValueError(f"{CONFIG}: settings or files is no object")  # noqa: TRY004
    for name, setting in settings.items():
        if not isinstance(setting, bool | int | float | str):
            raise ValueError(f"{CONFIG}: settings.{name} is neither a number nor text")  # noqa: TRY004
    return Config(
        name=str(value.get("name", folder.name)),
        created=_number(value, "created"),
        settings=settings,
        files={str(name): str(hashed) for name, hashed in files.items()},
        keep_best=value.get("keep_best") is True,
        command=str(value.get("command", "")),
        python=str(value.get("python", "")),
        torch=str(value.get("torch", "")),
    )


def read_object(path: Path) -> dict[str, Any]:
    """Read a file that holds one JSON object. Raises OSError and ValueError."""
    try:
        value = json.loads(path.read_bytes())
    except RecursionError:
        raise ValueError(f"{path.name} is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"{path.name} is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise ValueError(f"{path.name} does not hold an object")  # noqa: TRY004
    return value


def write_json(path: Path, value: object) -> None:
    """Write one JSON value to a file of its own. Raises OSError."""
    atomic_write(path, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def changed_files(folder: Path, config: Config) -> list[str]:
    """Return the files that are no longer what the run was made from, sorted."""
    return sorted(
        name
        for name, hashed in config.files.items()
        if not (folder / name).is_file() or digest((folder / name).read_bytes()) != hashed
    )


def _new_folder(runs: Path, name: str, created: float) -> Path:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9_]+", "-", plain).strip("-")[:40] or "run"
    moment = time.strftime("%Y-%m-%d_%H-%M-%S", time.localtime(created))
    runs.mkdir(parents=True, exist_ok=True)
    for ending in itertools.chain([""], (f"-{k}" for k in itertools.count(2))):
        folder = (runs / f"{moment}-{slug}{ending}").resolve()
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise AssertionError("counting has no end")


def _state_json(written: Written) -> dict[str, dict[str, str]]:
    return {
        key: {"node": address, "parameter": parameter}
        for key, (address, parameter) in written.state_map.items()
    }


def _lines_json(files: Mapping[str, SourceText]) -> dict[str, list[str | None]]:
    return {name: list(source.lines) for name, source in files.items() if source.lines}


def _required(texts: Mapping[str, str]) -> list[str]:
    lines = texts.get("requirements.txt", "").splitlines()
    names = (re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line.strip()) for line in lines)
    return _distinct(["torch", *(found.group() for found in names if found)])


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _number(value: Mapping[str, object], name: str) -> float:
    found = value.get(name, 0.0)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise ValueError(f"{CONFIG}: {name} is not a number")  # noqa: TRY004
    return float(found)
