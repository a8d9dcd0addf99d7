"""Identifiers and comments from what people type: only ASCII words ever reach the code."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Collection, Container, Iterable, Sequence

_ATTRIBUTES = """
    T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda
    double dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter
    get_submodule half ipu load_state_dict modules mtia named_buffers named_children
    named_modules named_parameters parameters register_backward_hook register_buffer
    register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state
    set_submodule share_memory state_dict to to_empty train training type xpu zero_grad
"""
MODULE_ATTRIBUTES = frozenset(_ATTRIBUTES.split())
"""The public attributes of ``torch.nn.Module``; a test holds them against torch."""
IMPORTED = frozenset(("torch", "nn", "F", "self", "cls", "math", "data", "model"))
TAKEN_BY_FILES = frozenset(
    (
        "torch",
        "nn",
        "F",
        "Any",
        "Callable",
        "ExitStack",
        "Path",
        "LETTERS",
        "Report",
        "Scale",
        "Self",
        "Settings",
        "Split",
    )
)
"""What the files of an export import or define with a capital: no class is called so."""
RESERVED = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | frozenset(dir(builtins))
TAKEN = RESERVED | IMPORTED | MODULE_ATTRIBUTES
LONGEST = 40
PORTS = [f"{port}{number}" for port in ("com", "lpt") for number in range(10)]
DEVICES = frozenset(("con", "prn", "aux", "nul", *PORTS))
"""What Windows keeps for devices, in every folder."""
MODULE_WORDS = {
    "Linear": "linear",
    "LazyLinear": "linear",
    "Embedding": "embedding",
    "MultiheadAttention": "attention",
    "Flatten": "flatten",
    "Dropout": "dropout",
    "Identity": "identity",
    "TransformerEncoderLayer": "encoder_layer",
    "TransformerDecoderLayer": "decoder_layer",
}
FAMILIES = (
    ("BatchNorm", "bn"),
    ("LayerNorm", "norm"),
    ("GroupNorm", "norm"),
    ("InstanceNorm", "norm"),
    ("RMSNorm", "norm"),
    ("ConvTranspose", "deconv"),
    ("Conv", "conv"),
    ("Adaptive", "pool"),
    ("MaxPool", "pool"),
    ("AvgPool", "pool"),
    ("Dropout", "dropout"),
)
SIZE_WORDS = {
    "b": "batch",
    "c": "channels",
    "h": "height",
    "s": "source_length",
    "t": "length",
    "w": "width",
}


def slug(text: str) -> str:
    """Return the words of text joined by underscores, in lower case; empty if it has none."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[A-Z]{2})(?=[A-Z][a-z])", "_", plain)
    words = re.findall(r"[a-z0-9]+", plain.lower())
    return _begun("_".join(words)[:LONGEST].strip("_"))


def predicted(stem: str, taken: Container[str]) -> str:
    """Return what a result is called beside the data that it is to be like."""
    return f"predicted_{stem}" if stem in taken else stem


def is_device(name: str) -> bool:
    """Whether a name is no file on Windows, whatever its ending: ``con.py`` is the console."""
    return name.partition(".")[0].lower() in DEVICES


def class_slug(text: str) -> str:
    """Return the words of text joined with capitals: ``Digits CNN`` is ``DigitsCNN``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    words = re.findall(r"[A-Za-z0-9]+", plain)
    name = "".join(word[0].upper() + word[1:] for word in words)[:LONGEST]
    return f"Net{name}" if name[:1].isdigit() else name


def _begun(word: str) -> str:
    return f"n{word}" if word[:1].isdigit() else word


def spec_word(name: str) -> str:
    """Return what a use of a spec is called: ``nn.BatchNorm2d`` is ``bn``."""
    word = name.partition(".")[2]
    if word in MODULE_WORDS:
        return MODULE_WORDS[word]
    family = next((short for start, short in FAMILIES if word.startswith(start)), None)
    parted = name.startswith(("block.", "nn."))
    return family or (slug(word) if parted else slug(word).replace("_", ""))


def size_word(name: str) -> str:
    """Return the variable of a named size: ``B`` is ``batch``."""
    return SIZE_WORDS.get(name.lower(), slug(name)) or "size"


def fresh(base: str, used: Collection[str], numbered: bool = False, start: int = 1) -> str:
    """Return base, or base with the first free number from start on.

    It is never a word that means something else in the code.
    """
    stem = base or "value"
    if not numbered and stem not in used and stem not in TAKEN:
        return stem
    if stem[-1].isdigit():
        stem += "_"
    number = start if numbered else 2
    while f"{stem}{number}" in used or f"{stem}{number}" in TAKEN:
        number += 1
    return f"{stem}{number}"


def distinct(words: Iterable[str]) -> list[str]:
    """Return words of which those that occur several times are numbered."""
    listed = list(words)
    found: list[str] = []
    for word in listed:
        found.append(fresh(word, found, listed.count(word) > 1))
    return found


def remark(text: str, longest: int = 80) -> str:
    """Return text fit for a comment or docstring: printable ASCII on one line.

    A backslash, three quotes or the word that declares a file's encoding cannot come out of it.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    plain = " ".join("".join(c if " " <= c <= "~" else " " for c in plain).split())
    plain = plain.replace("\\", "/").replace('"', "'")
    plain = re.sub(r"(?i)(coding)\s*[:=]", r"\1 ", plain)
    return plain[:longest].strip()


def shape_text(dims: Sequence[object]) -> str:
    """Return a shape fit for a comment: ``(B, 3, 8, 8)``."""
    inside = ", ".join(remark(str(d), 30) or "?" for d in dims)
    return f"({inside},)" if len(dims) == 1 else f"({inside})"


def header(title: str, needs: str = "PyTorch") -> str:
    """Return the first line of every file: within 100 columns the whole title, while it fits.

    Where the line gets too long it says less of what is needed, then nothing, and at last less of
    the title.
    """
    shown = remark(title, LONGEST_LINE) or "Untitled"
    begun = '# Written by Netwright from "{}".'
    for ending in (f" It needs only {needs}; edit it freely.", " Edit it freely.", ""):
        if len(line := begun.format(shown) + ending) <= LONGEST_LINE:
            return line
    words = shown[: LONGEST_LINE - len(begun) - 2]
    return begun.format(f"{words.rpartition(' ')[0] or words} ...")


LONGEST_LINE = 100
"""Columns of a line."""
