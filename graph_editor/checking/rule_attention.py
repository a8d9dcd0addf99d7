"""What scaled dot product attention refuses on the processor, and ``meta`` lets pass."""

from __future__ import annotations

from graph_editor.checking.rules import Call, RuleFailure
from graph_editor.checking.strided import Strided
from graph_editor.checking.verdict import TensorType

PORTS = ("query", "key", "value")


def dropped_share(call: Call) -> RuleFailure | None:
    """Refuse a share to drop below 0 where torch computes attention in one piece.

    The other ways, for other shapes, take such a share for none.
    """
    share = call.value("dropout_p")
    if not isinstance(share, int | float) or share >= 0 or not _is_fused(call):
        return None
    return RuleFailure(f"dropout_p is {share}, and has to be between 0 and 1", "", "dropout_p")


def _is_fused(call: Call) -> bool:
    """Whether torch's processor computes this attention in one call without its weights."""
    found = [call.types[port] for port in PORTS if port in call.types]
    mask = call.types.get("attn_mask")
    if len(found) != len(PORTS) or any(len(kind.shape) != 4 for kind in found):
        return False
    if mask is not None and (len(mask.shape) not in (2, 4) or mask.requires_grad):
        return False
    query, *others = (kind.shape for kind in found)
    alike = all((*query[:2], query[3]) == (*other[:2], other[3]) for other in others)
    return alike and all(0 not in kind.shape and _has_rows(kind) for kind in found)


def _has_rows(kind: TensorType) -> bool:
    """Whether the numbers of each row lie one after another in memory."""
    return not isinstance(kind, Strided) or kind.stride[-1] == 1
