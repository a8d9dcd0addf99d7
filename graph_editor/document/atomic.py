"""The one writer of user data: a file is replaced whole or left as it was."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

SYSTEM = os.name


def atomic_write(path: str | os.PathLike[str], data: bytes | str) -> None:
    """Replace the file at path by data; whatever happens, the old or the new content is there.

    A link is followed, so that its target is replaced and the link stays. Text is written as
    UTF-8, its line ends untouched. The mode of an existing file is kept.

    Raises:
        OSError: the content is then still the old one, unless the error came from the last step,
            the flush of the folder.

    """
    target = Path(os.path.realpath(path))
    content = data.encode() if isinstance(data, str) else data
    handle, name = tempfile.mkstemp(
        prefix=f".{target.name[:40]}.", suffix=".tmp", dir=target.parent
    )
    try:
        _fill(handle, content)
        Path(name).chmod(_mode(target))
        os.replace(name, target)  # noqa: PTH105  # the name by which the guarantee is known
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    flush_folder(target.parent)


def _fill(handle: int, content: bytes) -> None:
    """Write content to an open file, wait until it is on the disk, and close it."""
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _mode(target: Path) -> int:
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return 0o666 & ~_mask()


def _mask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def flush_folder(folder: Path) -> None:
    """Make a folder's entries outlast a power cut, where the system has a way to."""
    if SYSTEM == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
