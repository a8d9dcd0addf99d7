"""Text of a file to a JSON tree, refusing what a project file must not hold."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator

from graph_editor.document.file_args import Json
from graph_editor.document.file_problems import Complaints, FileProblem

MAX_BYTES = 64 * 2**20
MAX_DEPTH = 64
LARGEST = 2**64
ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class _Refused:
    """Stands in the tree where the text has something that is refused."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


class _Doubled(dict[str, Json]):
    """An object of which a key stands more than once in the text."""

    repeated: tuple[str, ...] = ()


def parse_json(text: str, path: str) -> Json:
    """Return the tree that text says.

    Raises:
        FileProblem: for text that is no JSON (with line and column), and for repeated keys, NaN,
            infinite or huge numbers, lone surrogates and too deep nesting (with the place).

    """
    complaints = Complaints(path)
    reader = _Reader()
    try:
        tree: Json = json.loads(
            text,
            object_pairs_hook=reader.object,
            parse_int=reader.whole,
            parse_float=reader.fraction,
            parse_constant=reader.constant,
        )
    except json.JSONDecodeError as error:
        complaints.add(f"{error.lineno}:{error.colno}", _sentence(error, text))
    except RecursionError:
        complaints.add("", f"is nested more than {MAX_DEPTH} deep")
    complaints.settle()
    if reader.refused or ESCAPED_SURROGATE.search(text) or not is_unicode(text):
        for place, reason in _faults(tree, ""):
            complaints.add(place, reason)
        complaints.settle()
    return tree


def _sentence(error: json.JSONDecodeError, text: str) -> str:
    if not text.strip():
        return "the file is empty"
    return f"is no JSON: {error.msg[:1].lower()}{error.msg[1:]}"


class _Reader:
    """The hooks of the parser; refused says whether the tree has to be searched for faults."""

    def __init__(self) -> None:
        self.refused = False

    def refuse(self, reason: str) -> _Refused:
        self.refused = True
        return _Refused(reason)

    def object(self, pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        self.refused = True
        doubled = _Doubled(found)
        counts = Counter(key for key, _ in pairs)
        doubled.repeated = tuple(sorted(key for key, count in counts.items() if count > 1))
        return doubled

    def whole(self, text: str) -> int | _Refused:
        if len(text) < 19:
            return int(text)
        if len(text) > 21 or abs(int(text)) > LARGEST:
            return self.refuse("the number is too large")
        return int(text)

    def fraction(self, text: str) -> float | _Refused:
        value = float(text)
        return value if math.isfinite(value) else self.refuse("the number is too large")

    def constant(self, text: str) -> _Refused:
        return self.refuse(f"{text} is no JSON number")


def _faults(tree: object, place: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(tree, _Refused):
        yield place, tree.reason
    elif isinstance(tree, str):
        if not is_unicode(tree):
            yield place, "the text holds half of a surrogate pair"
    elif depth > MAX_DEPTH:
        yield place, f"is nested more than {MAX_DEPTH} deep"
    elif isinstance(tree, list):
        for index, item in enumerate(tree):
            yield from _faults(item, f"{place}[{index}]", depth + 1)
    elif isinstance(tree, dict):
        if isinstance(tree, _Doubled):
            for key in tree.repeated:
                yield join(place, key), "stands more than once"
        for key, item in tree.items():
            if not is_unicode(key):
                yield place, "a key holds half of a surrogate pair"
                continue
            yield from _faults(item, join(place, key), depth + 1)


def is_unicode(text: str) -> bool:
    """Whether text can be written as UTF-8, that is, holds no lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def join(place: str, key: str) -> str:
    """Return the place of key inside place."""
    return f"{place}.{key}" if place else key


def decode(data: bytes, path: str) -> str:
    """Return the text of a file's bytes; FileProblem unless they are UTF-8 without a mark."""
    complaints = Complaints(path)
    if len(data) > MAX_BYTES:
        complaints.add("", f"is larger than {MAX_BYTES // 2**20} MiB")
    elif data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        complaints.add("1:1", "begins with a byte order mark; save it as UTF-8 without one")
    complaints.settle()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        complaints.add(f"{line}:{column}", "is not UTF-8 text")
        raise FileProblem(complaints.problems) from None
