"""The words of an expression: numbers, names and signs, each with its column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

MAX_LENGTH = 1000

PATTERN = re.compile(
    r"(?P<number>(?:(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+(?:[eE][+-]?[0-9]+)?))"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\*\*|//|==|!=|<=|>=|[-+*/%<>().,\[\]])"
)
BLANK = " \t"
LONGEST_NUMBER = 40


class ExpressionError(ValueError):
    """An expression cannot be read or has no value; ``place`` is the column, from 0."""

    def __init__(self, message: str, place: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.place = place

    def __str__(self) -> str:
        return f"{self.message} (column {self.place + 1})"


@dataclass(frozen=True, slots=True)
class Token:
    """One word of an expression."""

    kind: Literal["number", "name", "sign", "end"]
    text: str
    place: int
    value: int | float = 0

    @property
    def shown(self) -> str:
        """The token as a message shows it."""
        return "the end" if self.kind == "end" else self.text


def tokens(text: str) -> list[Token]:
    """Return the words of text, with an end mark. Raises ExpressionError."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"is longer than {MAX_LENGTH} characters", MAX_LENGTH)
    found: list[Token] = []
    place = 0
    while place < len(text):
        if text[place] in BLANK:
            place += 1
            continue
        match = PATTERN.match(text, place)
        if match is None:
            raise ExpressionError(f"{text[place]!r} has no meaning here", place)
        found.append(_token(match))
        place = match.end()
    found.append(Token("end", "", len(text)))
    return found


def _token(match: re.Match[str]) -> Token:
    text, place = match.group(), match.start()
    if match.lastgroup == "name":
        return Token("name", text, place)
    if match.lastgroup == "sign":
        return Token("sign", text, place)
    if len(text) > LONGEST_NUMBER:
        raise ExpressionError("the number is too long", place)
    if text.isdigit():
        if text[0] == "0" and text.strip("0"):
            raise ExpressionError("a whole number does not begin with 0", place)
        return Token("number", text, place, int(text))
    value = float(text)
    if value == float("inf"):
        raise ExpressionError("the number is too large", place)
    return Token("number", text, place, value)
