"""Why a model is not exported, in plain words."""

from __future__ import annotations


class RefusedExport(Exception):  # noqa: N818  # it is a refusal, not a fault
    """Nothing was written; ``node`` is the node at fault, empty where it is not known."""

    def __init__(self, reason: str, node: str = "") -> None:
        super().__init__(reason)
        self.node = node
