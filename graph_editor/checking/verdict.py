"""What the judge says of a project: types on ports, inferred parameters, costs and diagnostics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from graph_editor.document.model import NOTHING, Address, Arg, FrozenMap, RuleId

Dim: TypeAlias = int | str
"""A size: a number, or text affine in size names (``B``, ``2*B + 1``, ``B*T``), else ``?``."""
Severity: TypeAlias = Literal["error", "warning", "info"]
Status: TypeAlias = Literal["ok", "error", "waiting", "unknown", "idle"]
NO_CODE = RuleId("no-code")
"""What PyTorch accepts and no code can be written for yet: said by those who write it."""


@dataclass(frozen=True, slots=True)
class TensorType:
    """The type of a tensor on a port. ``device`` is "" unless it differs from the run's."""

    shape: tuple[Dim, ...]
    dtype: str = "float32"
    device: str = ""
    requires_grad: bool = False

    def text(self) -> str:
        """Return the shape as it stands on a wire: ``B×16×8×8``; a scalar is ``scalar``."""
        return "×".join(str(d) for d in self.shape) or "scalar"


@dataclass(frozen=True, slots=True)
class Fix:
    """An edit that was applied to a copy and found to cure.

    ``patch`` is a change of the project in JSON form (``document.files.change_to_json``).
    """

    id: str
    title: str
    patch: FrozenMap[str, object] = NOTHING


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem, placed on the node at fault."""

    code: RuleId
    severity: Severity
    node: Address
    message: str
    detail: str = ""
    """torch's own message, where there is one."""
    port: str = ""
    argument: str = ""
    victims: tuple[Address, ...] = ()
    """Nodes where torch raised, or would raise, because of it."""
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judge's word on one revision of a project.

    Addresses go from the main graph downwards: ``conv`` or ``stage1/conv1``; ports are keyed
    ``address.port`` (``stage1/conv1.output``).
    """

    revision: int = 0
    types: FrozenMap[str, TensorType] = NOTHING
    inferred: FrozenMap[Address, FrozenMap[str, Arg]] = NOTHING
    """Concrete values of ``auto`` parameters by instance."""
    block_inferred: FrozenMap[str, FrozenMap[str, Arg]] = NOTHING
    """For auto parameters inside blocks, at any depth: ``block_id/address`` -> parameter -> an int,
    or an Expr over the block's parameters and the sizes that its inputs name; absent where no
    expression fits. The sizes of what enters and leaves blocks are there as well:
    ``block_id/x.output`` -> ``shape[1]``. ``main/address`` -> parameter -> an Expr over the
    parameters of the main graph, where one depends on them; copies of a repeat share it."""
    parameters: FrozenMap[Address, int] = NOTHING
    """Own learnable elements of each node, without those below it."""
    flops: FrozenMap[Address, int] = NOTHING
    """Floating point operations of one forward pass, per sample: those of a batch by its size.
    Where nothing has a batch, those of the pass."""
    status: FrozenMap[Address, Status] = NOTHING
    diagnostics: tuple[Diagnostic, ...] = ()
    evaluated: int = 0
    """How many operations were executed, not remembered, for this verdict."""
    activations: FrozenMap[Address, int] = NOTHING
    """Bytes that each node is the first to keep for the backward pass, for one whole batch."""
    passing: FrozenMap[Address, int] = NOTHING
    """Bytes of what each node is given and gives, for one whole batch, that no node keeps."""
    standing: FrozenMap[Address, int] = NOTHING
    """That part of ``passing`` which does not grow with the batch."""
    inner: FrozenMap[Address, int] = NOTHING
    """Bytes beside them that come and go inside of a node on the processor."""
    state_keys: FrozenMap[Address, tuple[str, ...]] = NOTHING
    """The names in the ``state_dict`` of each module of custom code, which running it tells."""
    stop: Address = Address("")  # noqa: RUF009  # a string
    """The first node at which eager torch stops, in the first try in which it does; else ""."""

    @property
    def has_errors(self) -> bool:
        """Whether any diagnostic is of error grade."""
        return any(d.severity == "error" for d in self.diagnostics)
