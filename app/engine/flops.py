"""Counts floating point operations as torch's own table of formulas does, with less ceremony."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry


class FlopCount(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's base has no types
    """Adds up what runs inside a ``with``; torch's FlopCounterMode gives the same totals.

    That one also tracks modules and draws a table, which is three times as slow. Attention is
    counted as its two whole products, causal or not, as torch's formula for it has it, and an LSTM
    step by step. On the processor torch takes fused calls for these that its table does not know,
    and counts nothing of them.
    """

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Whether torch has to keep its compiler away from this: nothing here is ever compiled."""
        return False

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # as above
        self.total = 0

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[type],  # the signature is torch's
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run one operation and add its price, where it has one."""
        kwargs = kwargs or {}
        if func._overloadpacket not in flop_registry:
            with self:
                parts = func.decompose(*args, **kwargs)
            if parts is not NotImplemented:
                return parts
        result = func(*args, **kwargs)
        price = flop_registry.get(func._overloadpacket)
        if price is not None:
            self.total += price(*args, **kwargs, out_val=result)
        return result
