"""The one writer of user data: a file is replaced whole or left as it was."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

SYSTEM = os.name


def atomic_write(path: str | os.PathLike[str], data: bytes | str) -> None:
    """Replace the file at path by data; whatever happens, the old or the new content is there.

    A link is followed, so that its target is replaced and the link stays. Text is written as
    UTF-8, its line ends untouched. The mode of an existing file is kept.

    Raises:
        OSError: the content is then still the old one, unless the error came from the last step,
            the flush of the folder.

    """
    with _replacing(path) as handle:
        rest = memoryview(data.encode() if isinstance(data, str) else data)
        while rest:
            rest = rest[os.write(handle, rest) :]


def leads_out(folder: str | os.PathLike[str], name: str) -> bool:
    """Whether a file of this name would lie outside a folder: by its parts, or by a link there.

    ``atomic_write`` follows links, also one to a file that is not there yet.
    """
    try:
        inside = Path(os.path.realpath(folder))
        return not Path(os.path.realpath(inside / name)).is_relative_to(inside)
    except ValueError:  # no system takes such a name, so that nothing is written
        return False


@contextlib.contextmanager
def atomic_file(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Open a file for what is too large to hold twice; it takes its place when the block ends.

    The promise is that of ``atomic_write``; an exception inside the block leaves the old content.
    """
    with _replacing(path) as handle, os.fdopen(handle, "wb", closefd=False) as file:
        yield file


@contextlib.contextmanager
def _replacing(path: str | os.PathLike[str]) -> Iterator[int]:
    """Give an open file beside the target; put it on the disk and in the target's place."""
    target = Path(os.path.realpath(path))
    handle, name = tempfile.mkstemp(
        prefix=f".{target.name[:40]}.", suffix=".tmp", dir=target.parent
    )
    try:
        try:
            yield handle
            os.fsync(handle)
        finally:
            os.close(handle)
        Path(name).chmod(_mode(target))
        os.replace(name, target)  # noqa: PTH105  # the name by which the guarantee is known
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    flush_folder(target.parent)


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
