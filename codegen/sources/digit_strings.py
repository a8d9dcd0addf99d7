"""Strings of digits and the same digits in another order, for models from sequence to sequence."""

from collections.abc import Mapping

from codegen.data_source import GENERATOR, SourceCode, whole
from graph_editor.document.model import Arg, FrozenMap

SPEC = "data.digit_strings"
ARGUMENTS = ("length", "order", "samples")
LENGTH, SAMPLES = 6, 2000
ORDERS = {"reversed": "sources.flip(1)", "sorted": "sources.sort(dim=1).values"}


def write(args: Mapping[str, Arg]) -> SourceCode:
    """Return code for strings of digits, what they become, and that one place later."""
    length, samples = whole(args, "length", LENGTH, 4), whole(args, "samples", SAMPLES)
    order = args.get("order", "reversed")
    if not isinstance(order, str) or order not in ORDERS:
        raise ValueError(f"order is not one of {', '.join(ORDERS)}")
    return SourceCode(
        title=f"strings of digits that are to be {order}",
        summary=f"{samples:,} strings of {length} digits, and the same digits {order}.",
        returns="strings, strings so far (they begin with 10) and\n"
        f"wanted strings, each (N, {length}) int64",
        tensors=FrozenMap({"source": "sources", "so_far": "so_far", "target": "targets"}),
        read=(
            GENERATOR,
            f"sources = torch.randint(10, ({samples}, {length}), generator=generator)",
            f"targets = {ORDERS[order]}",
            "start = torch.full_like(targets[:, :1], 10)",
            "so_far = torch.cat([start, targets[:, :-1]], dim=1)",
        ),
        drawn=samples,
        start=10,
        follows=FrozenMap({"target": "so_far"}),
    )
