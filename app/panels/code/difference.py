"""What must be replaced to turn one text into another: the lines between a common head and tail."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QTextCursor, QTextDocument


def changed_lines(old: Sequence[str], new: Sequence[str]) -> tuple[int, int, int]:
    """Return start, end in old and end in new of the lines that differ (from 0, ends excluded)."""
    least = min(len(old), len(new))
    start = next((i for i in range(least) if old[i] != new[i]), least)
    tail = 0
    while tail < least - start and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return start, len(old) - tail, len(new) - tail


def moved_line(
    old: Sequence[str], new: Sequence[str], line: int, changed: tuple[int, int, int]
) -> int:
    """Return where a line (from 0) of an old text is in the new one: what is read stays in place.

    One that was changed is looked for by what it says, or by what the next lines say.
    """
    start, end, new_end = changed
    if line < start:
        return line
    if line >= end:
        return line + new_end - end
    for below, text in enumerate(old[line : line + 20]):
        places = [at for at in range(start, new_end) if new[at] == text] if text.strip() else []
        if places:
            return max(0, min(places, key=lambda at: abs(at - line - below)) - below)
    return line


def replace_lines(
    document: QTextDocument, start: int, end: int, lines: Sequence[str], total: int
) -> None:
    """Put lines in the place of those from start to end of a document that has total lines."""
    cursor = QTextCursor(document)
    keep, move = QTextCursor.MoveMode.KeepAnchor, QTextCursor.MoveOperation
    text = "\n".join(lines)
    if end < total:
        cursor.setPosition(document.findBlockByNumber(start).position())
        cursor.setPosition(document.findBlockByNumber(end).position(), keep)
        text = text + "\n" if lines else ""
    elif start > 0:  # the tail of the document: with the line break before it
        cursor.setPosition(document.findBlockByNumber(start - 1).position())
        cursor.movePosition(move.EndOfBlock)
        cursor.movePosition(move.End, keep)
        text = "\n" + text if lines else ""
    else:
        cursor.select(QTextCursor.SelectionType.Document)
    cursor.beginEditBlock()
    cursor.insertText(text)
    cursor.endEditBlock()
