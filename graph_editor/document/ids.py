"""Ids for new nodes and blocks: short, random enough for merges, and never used twice."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from collections.abc import Container

ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
STEM_LENGTH = 35
"""With an underscore and four characters this makes the 40 that an id may have."""


class IdSource:
    """Makes ids such as ``relu_k3f9``: a stem and four base32 characters of blake2(salt, serial).

    The salt is the session's: two people who edit copies of one file make different ids, so that
    their files can be merged. The same salt gives the same ids, which tests rely on.
    """

    def __init__(self, salt: str | bytes) -> None:
        data = salt.encode() if isinstance(salt, str) else salt
        self._key = hashlib.blake2b(data, digest_size=32).digest()
        self._serial = itertools.count(1)
        self._given: set[str] = set()

    def fresh(self, stem: str, taken: Container[str] = ()) -> str:
        """Return an id that this source has not given before and that taken does not hold."""
        root = clean_stem(stem)
        while True:
            made = f"{root}_{self._mark(next(self._serial))}"
            if made not in self._given and made not in taken:
                self._given.add(made)
                return made

    def again(self, old: str, taken: Container[str] = ()) -> str:
        """Return a new id for a copy of what is called old: its stem stays, its mark is new."""
        return self.fresh(MARK.sub("", old) or old, taken)

    def _mark(self, serial: int) -> str:
        digest = hashlib.blake2b(str(serial).encode(), key=self._key, digest_size=5).digest()
        return base64.b32encode(digest).decode().lower()[:4]


MARK = re.compile(r"_[a-z2-7]{4}$")


def clean_stem(text: str) -> str:
    """Return the start of an id from any text: a spec's name (``nn.Conv2d``), a title, an id."""
    last = text.rpartition(".")[2]
    words = re.sub(r"[^a-z0-9]+", "_", last.lower()).strip("_")
    if not words[:1].isalpha():
        words = f"n_{words}".rstrip("_")
    return words[:STEM_LENGTH].rstrip("_")


def is_id(text: str) -> bool:
    """Whether text may be the id of a node or block."""
    return ID.fullmatch(text) is not None
