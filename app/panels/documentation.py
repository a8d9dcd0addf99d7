"""PyTorch's own documentation, asked of the engine in a thread, remembered, and made readable."""

from __future__ import annotations

import re
import textwrap
import threading
from collections.abc import Iterator

from PySide6.QtCore import QObject, Qt, Signal

from app.session.posting import deliver
from app.session.session import Session

ROLE = re.compile(r":[a-z:]+:`~?([^`<]+?)(?:\s*<[^`>]*>)?`")
LINK = re.compile(r"`([^`<]+?)(?:\s*<[^`>]*>)?`__?")
SUBSCRIPT = re.compile(r"(?<=[_^])\{(\w+)\}")
FRACTION = re.compile(r"\\d?frac\s*\{([^{}]*)\}\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
FRAME = re.compile(r"[ \t]*\\(?:begin|end)\{[^{}]*\}(?:\{[^{}]*\})?[ \t]*\n?")
"""The begin or end of a formula that has several lines."""
WORDS = re.compile(r"\\(log|exp|max|min|tanh|sinh|cos|sin|lim|div)(?![A-Za-z])")
ROOT = re.compile(r"\\sqrt\s*\{([^{}]*)\}")
TARGET = re.compile(r"^[ \t]*\.\. _[^\n]*:\n?(?:[ \t]*https?:[^\n]*\n?)?", re.MULTILINE)
CODE = re.compile(r"``([^`]+)``")
TEX = re.compile(
    r"\\(?:text(?:tt|bf|it)?|math(?:cal|bb|rm|bf)|operatorname|hat|bar|tilde)\{([^{}]*)\}"
)
BREAK = re.compile(r"[ \t]*\\\\[ \t]*$", re.MULTILINE)
"""The end of a line in a formula of several lines."""
SIGNS = {
    r"\times": "×",
    r"\star": "⋆",
    r"\sum": "Σ",
    r"\prod": "Π",
    r"\sqrt": "√",
    r"\leq": "≤",
    r"\le": "≤",
    r"\geq": "≥",
    r"\ge": "≥",
    r"\epsilon": "ε",
    r"\gamma": "γ",
    r"\beta": "β",
    r"\lambda": "λ",
    r"\theta": "θ",
    r"\mu": "μ",
    r"\sigma": "σ",
    r"\alpha": "α",
    r"\infty": "∞",
    r"\lfloor": "⌊",
    r"\rfloor": "⌋",
    r"\ldots": "…",
    r"\dots": "…",
    r"\cdot": "·",
    r"\in": "∈",
    r"\ell": "ℓ",  # the letter of formulas
    r"\odot": "⊙",
    r"\otimes": "⊗",
    r"\ast": "∗",  # the sign of formulas
    r"\top": "ᵀ",
    r"\Vert": "‖",
    r"\lVert": "‖",
    r"\rVert": "‖",
    r"\vert": "|",
    r"\delta": "δ",
    r"\Phi": "Φ",
    r"\varepsilon": "ε",
    r"\cdots": "⋯",
    r"\to": "→",
    r"\neq": "≠",
    r"\not=": "≠",
    r"\sim": "~",
    r"\lceil": "⌈",
    r"\rceil": "⌉",
    r"\quad": " ",
    r"\left": "",
    r"\right": "",
}
ARGUMENT = re.compile(r"(?P<indent>\s*)(?P<name>\w+)\s*(?:\([^)]*\))?\s*:\s*(?P<text>.*)")
HEADINGS = ("args:", "arguments:", "parameters:", "keyword args:", "keyword arguments:")


class Documentation(QObject):
    """What PyTorch says of specs; ``ready`` comes when a text that was asked for is there."""

    ready = Signal(str)
    _came = Signal(str, str)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._texts: dict[str, str] = {}
        self._asked: set[str] = set()
        self._came.connect(self._keep, Qt.ConnectionType.QueuedConnection)

    def text(self, spec: str) -> str | None:
        """Return a spec's documentation; None where it has been asked for, or cannot be yet."""
        if spec in self._texts:
            return self._texts[spec]
        if spec not in self._asked and self._session.engine_state == "ready":
            self._asked.add(spec)
            threading.Thread(
                target=self._ask, args=(spec,), name="documentation", daemon=True
            ).start()
        return None

    def parameter(self, spec: str, name: str) -> str:
        """Return what PyTorch says of one parameter; empty where it says nothing, or not yet."""
        return parameter_text(self.text(spec) or "", name)

    def _ask(self, spec: str) -> None:
        judging = self._session.judging
        try:
            answer = judging.request({"type": "documentation", "spec": spec}).result(timeout=60)
            text = str(answer.get("text", ""))
        except Exception:  # whatever keeps the engine from answering, there is no text
            self._asked.discard(spec)
            return
        deliver(self._came, spec, text)

    def _keep(self, spec: str, text: str) -> None:
        self._texts[spec] = text
        self.ready.emit(spec)


def documentation_of(session: Session) -> Documentation:
    """Return the one memory of documentation of a session."""
    option = Qt.FindChildOption.FindDirectChildrenOnly
    found = session.findChild(Documentation, options=option)
    return found if isinstance(found, Documentation) else Documentation(session)


def readable(text: str) -> str:
    """Return documentation without the marks of reStructuredText and TeX."""
    text = _left(TARGET.sub("", text))
    text = ROLE.sub(r"\1", text)
    text = CODE.sub(r"\1", text)
    text = LINK.sub(r"\1", text)
    text = BREAK.sub("", FRAME.sub("", text.replace(r"\_", "_")))
    text = WORDS.sub(r"\1", text)
    for _ in range(3):
        text = SUBSCRIPT.sub(r"\1", TEX.sub(r"\1", text))
        text = ROOT.sub(lambda found: f"√{_apart(found[1])}", text)
        text = FRACTION.sub(lambda found: f"{_apart(found[1])} / {_apart(found[2])}", text)
    for sign, plain in SIGNS.items():
        text = re.sub(re.escape(sign) + r"(?![A-Za-z])", plain, text)
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(".. math::")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _left(text: str) -> str:
    """Return a docstring without the indent that all lines but the first have."""
    first, _, rest = text.partition("\n")
    return f"{first}\n{textwrap.dedent(rest)}"


def _apart(part: str) -> str:
    """Return a part of a formula, in brackets where it is more than one word."""
    words = " ".join(part.split())
    return words if re.fullmatch(r"[\w\[\].]*", words) else f"({words})"


def flowing(text: str) -> str:
    """Return text whose paragraphs are one line each, to be wrapped by who shows it."""
    return "\n\n".join(_flowing(paragraph) for paragraph in text.split("\n\n"))


def _flowing(paragraph: str) -> str:
    lines = paragraph.splitlines()
    indents = {len(line) - len(line.lstrip()) for line in lines}
    kept = any(line.lstrip().startswith((">>>", "...", "* ", "- ", "|")) for line in lines)
    described = len(lines) > 1 and any(ARGUMENT.match(line) for line in lines[1:])
    formula = all(" = " in line for line in lines)
    if kept or described or formula or len(indents) > 1 or len(lines) < 2:
        return paragraph
    return " " * indents.pop() + " ".join(line.strip() for line in lines)


def parameter_text(text: str, name: str) -> str:
    """Return the paragraph that a docstring has on a parameter, on one line."""
    lines = text.splitlines()
    for place, line in enumerate(lines):
        found = ARGUMENT.match(line)
        if found is None or found["name"] != name or not _in_arguments(lines[:place]):
            continue
        more = list(_deeper(lines[place + 1 :], len(found["indent"])))
        whole = " ".join([found["text"].strip(), *more]).strip()
        words = readable(textwrap.shorten(whole, 320, placeholder=" …"))
        return words[:1].upper() + words[1:]
    return ""


def _in_arguments(before: list[str]) -> bool:
    """Whether the lines above say that arguments are described here."""
    for line in reversed(before):
        if line and not line[0].isspace():
            return line.strip().lower() in HEADINGS
    return False


def _deeper(lines: list[str], indent: int) -> Iterator[str]:
    for line in lines:
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            return
        if not line.strip():
            return
        yield line.strip()


def first_lines(text: str) -> str:
    """Return the first paragraph of a docstring, without the signature above it."""
    for paragraph in text.split("\n\n"):
        plain = " ".join(paragraph.split())
        if plain and "->" not in plain.split(".")[0] and not plain.startswith(".."):
            return readable(textwrap.shorten(plain, 320, placeholder=" …"))
    return ""
