"""Works out numbers that the drawing alone fixes, with torch on the processor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from app.engine.execute import call, flatten_outputs, named
from graph_editor.checking.failure import Source
from graph_editor.checking.fixed_numbers import SHAPED_LIKE, Call, Ends
from graph_editor.checking.verdict import TensorType


def work_out(calls: Sequence[Call], source: Source) -> Ends | None:
    """Return the least and the largest number of an output; None where there are none."""
    known: dict[str, Any] = {}
    with torch.no_grad(), torch.device("cpu"):
        for site, arriving in calls:
            assert site.spec is not None
            given = {port: known.get(before.key) for port, before in arriving.items()}
            try:
                if site.node.spec in SHAPED_LIKE:
                    given = {port: _empty(kind) for port, kind in site.inputs.items()}
                made = call(site.spec, None, site.args, given)
                results = flatten_outputs(site.spec, site.node, made)
            except Exception:  # torch raises what it likes, and it is told where it was judged
                return None
            known |= {f"{site.address}.{port}": value for port, value in results.items()}
    return _ends(known.get(source.key))


def _empty(kind: TensorType) -> torch.Tensor:
    return torch.empty([int(size) for size in kind.shape], dtype=named(kind.dtype))


def _ends(found: Any) -> Ends | None:
    if not isinstance(found, torch.Tensor) or not found.numel() or found.is_complex():
        return None
    low, high = found.min().item(), found.max().item()
    return None if low != low or high != high else (float(low), float(high))
