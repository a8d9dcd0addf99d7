"""Import of a run folder's own train.py as it stands, apart from what the process had loaded."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from app.training.folder import Setting


class Refused(Exception):  # noqa: N818  # it is a refusal, not a fault
    """The run cannot begin; the message says why and what to do, in plain words."""


@contextlib.contextmanager
def imported(folder: Path) -> Iterator[ModuleType]:
    """Import train.py of a folder; inside the block its modules are the only ones of their names.

    As by hand, the folder is first on the path and the current one. Modules called train, model or
    data that the process had before are put back at the end, and no byte code is written.
    """
    names = {path.stem for path in folder.glob("*.py")}
    before = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    wrote_nothing, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        with contextlib.chdir(folder):
            yield _load(folder / "train.py")
    finally:
        sys.path.remove(str(folder))
        sys.dont_write_bytecode = wrote_nothing
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(before)


def settings_of(script: ModuleType, chosen: Mapping[str, Setting]) -> Any:
    """Build the script's Settings; what was not chosen keeps the script's default.

    Raises:
        Refused: a chosen setting is unknown to the script or of another type.

    """
    if not (is_dataclass(script.Settings) and isinstance(script.Settings, type)):
        raise Refused("Settings in train.py is not a dataclass.")
    defaults = {field.name: field.default for field in fields(script.Settings)}
    values: dict[str, Setting] = {}
    for name, value in chosen.items():
        if name not in defaults:
            raise Refused(f"train.py has no setting {name!r}; it has {', '.join(defaults)}.")
        values[name] = _as_declared(name, value, defaults[name])
    return script.Settings(**values)


def _load(path: Path) -> ModuleType:
    if not path.is_file():
        raise Refused(f"The run folder holds no train.py: {path}.")
    spec = importlib.util.spec_from_file_location("train", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["train"] = module  # dataclasses and pickle look their module up by name
    spec.loader.exec_module(module)
    return module


def _as_declared(name: str, value: Setting, default: object) -> Setting:
    if type(value) is type(default):
        return value
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    raise Refused(f"The setting {name} is {value!r}; train.py wants {type(default).__name__}.")
