"""What to say of a failure that no diagnoser knows: what arrives, and torch's reason in short."""

from __future__ import annotations

import re
from dataclasses import replace

from app.engine.evaluate_record import Trouble
from graph_editor.checking.failure import Failure, Site

PROBES = {
    "batch": "",
    "next_batch": " It works with this project's batch size only: a size in it is fixed to that.",
    "last_batch": " It fails for the last batch of an epoch, which is smaller than the others.",
    "validation": " It fails in evaluation, to which the whole validation part goes at once: it is "
    "smaller than a batch.",
    "sizes": " It works for one value of a named size only: a number in it is fixed to that.",
}
"""What to say where a call fails only in some tries."""
LONGEST = 200
_FUNCTION = re.compile(r"^(?:[\w.:]+\(\)|[A-Za-z_]\w*(?:\.\w+)+)\s*:\s*")
_OUR_TRIAL = re.compile(r"\bmeta\b", re.IGNORECASE)
"""torch speaks of how the judge asked, which means nothing to a reader."""
_DTYPES = {
    "Long": "int64", "Int": "int32", "Float": "float32", "Double": "float64", "Half": "float16",
    "BFloat16": "bfloat16", "Bool": "bool",
}  # fmt: skip
_DTYPE = re.compile(rf"(?<=[\s'])({'|'.join(_DTYPES)})(?=[\s',.;]|$)")


def generic(trouble: Trouble, failure: Failure) -> Trouble:
    """Return what to say of a failure that no diagnoser knows."""
    if trouble.message:
        return trouble
    site = failure.site
    title = site.spec.title if site.spec else site.node.spec
    said = reason(failure.message)
    because = f": {said}." if said else "."
    if failure.phase == "construct":
        return replace(trouble, message=f"{title} cannot be made with these arguments{because}")
    arriving = ", ".join(f"{port}: {_arriving(site, port)}" for port in site.inputs)
    rest = PROBES[failure.probe]
    if not failure.training and failure.probe != "validation":
        rest = " It works in training and fails in evaluation." + rest
    text = f"{title} cannot be applied to what arrives ({arriving or 'nothing'}){because}{rest}"
    return replace(trouble, message=text)


def _arriving(site: Site, port: str) -> str:
    return f"{site.shown(port)} {site.inputs[port].dtype}"


def reason(message: str) -> str:
    """Return the first line of torch's words without names of functions; dtypes as in Python."""
    first = next((line.strip() for line in message.splitlines() if line.strip()), "")
    text = _DTYPE.sub(lambda found: _DTYPES[found[1]], _FUNCTION.sub("", first)).rstrip(" .:;")
    if _OUR_TRIAL.search(text):
        return ""
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rsplit(' ', 1)[0]} …"
