"""Several processes in train.py: torchrun starts them, each takes its share of every batch.

Gradients are added up by hand: that needs no wrapper around the model, so that the names of its
weights, several models and several optimizers stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable

from codegen.emit import Expression, call, name
from codegen.statements import Line, Statement, branch, word
from codegen.train_optimizer import weights_of
from codegen.train_parts import Parts, owner_of
from codegen.train_phases import Learner
from codegen.written import CannotWrite
from graph_editor.document.model import Address

PLACE = """\

# Set by torchrun; a script that is started by hand is one process.
RANK, PROCESSES = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
"""

JOIN = '''\
def join_processes(device: torch.device) -> torch.device:
    """Join the processes that torchrun has started, if it has; return this one's device."""
    if PROCESSES == 1:
        return device
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    dist.init_process_group()
    return device
'''

LEAVE = '''\
def leave_processes() -> None:
    """Wait until every process has done its work, and part."""
    if PROCESSES > 1:
        dist.barrier()
        dist.destroy_process_group()
'''

ADD_UP = '''\
def add_up(tensors: list[torch.Tensor | None]) -> None:
    """Replace every tensor by its sum over the processes."""
    for tensor in tensors:
        if tensor is not None and PROCESSES > 1:
            dist.all_reduce(tensor)
'''

AGREED = '''\
def agreed(value: Any) -> Any:
    """Return what the first process says."""
    values = [value]
    if PROCESSES > 1:
        dist.broadcast_object_list(values, device=torch.device("cpu"))
    return values[0]
'''

GATHERED = '''\
def gathered(value: Any) -> list[Any]:
    """Return what each process says."""
    values = [value] * PROCESSES
    if PROCESSES > 1:
        dist.all_gather_object(values, value)
    return values
'''

HEARD = '''\
def heard_by_all(report: Report) -> Report:
    """Return a report that the first process makes alone, and whose answer all of them get."""
    return lambda event: bool(agreed(RANK == 0 and report(event)))
'''


def check_sharing(parts: Parts) -> None:
    """Raise CannotWrite for a loss that is no mean, which processes cannot take the mean of."""
    for node_id in parts.plan.nodes:
        node = parts.node(owner_of(parts.node(node_id), node_id))
        if node.args.get("reduction") == "sum":
            raise CannotWrite(
                node_id,
                "a loss that is a sum, with several processes, which take the mean of theirs",
                "Choose reduction='mean', or train in one process",
            )


def functions(parts: Parts) -> list[str]:
    """Return the functions that let processes work together, as fixed text."""
    if not parts.features.shares:
        return []
    return [JOIN, LEAVE, ADD_UP, AGREED, *([GATHERED] if parts.features.checkpoint else []), HEARD]


def heard(parts: Parts) -> list[Line]:
    """Return what has one process alone report."""
    if not parts.features.shares:
        return []
    return [word("report = heard_by_all(report)")]


def device(parts: Parts) -> str:
    """Return the expression of the device that a process computes on."""
    chosen = "torch.device(settings.device)"
    return f"join_processes({chosen})" if parts.features.shares else chosen


def apart(parts: Parts) -> list[Statement]:
    """Return what lets each process draw its own numbers, once all have the same weights."""
    if not parts.features.shares:
        return []
    return [branch(Expression("RANK > 0"), [word("torch.manual_seed(settings.seed + RANK)")])]


def share(parts: Parts) -> list[Line]:
    """Return what cuts a process's share out of a batch; none goes without a sample."""
    if not parts.features.shares:
        return []
    cut = Expression("batch[RANK % whole :: PROCESSES]")
    others = [feed.batch for feed in parts.cycled]
    return [
        word("whole = len(batch)"),
        Line("batch = ", cut, "", "what falls to this process"),
        *[word(f"{each} = {each}[RANK % whole :: PROCESSES]") for each in others],
        word("share = len(batch) / max(whole, PROCESSES)"),
    ]


def counted(parts: Parts) -> str:
    """Return for how many samples of a batch a process counts: one may fall to several of them."""
    return "share * whole" if parts.features.shares else "len(batch)"


def weighted(parts: Parts) -> list[Line]:
    """Return what makes the sum of the processes' losses the mean over the batch."""
    return [word("loss = loss * share")] if parts.features.shares else []


def gradients(parts: Parts, learner: Learner) -> list[Line]:
    """Return what adds up the gradients of what an optimizer trains, once they are complete."""
    if not parts.features.shares:
        return []
    weights = weights_of(parts, learner).text
    return [word(f"add_up([weight.grad for weight in {weights}])", Address(learner.node))]


def sums(parts: Parts, totals: Iterable[str]) -> list[Line]:
    """Return what adds up the sums of an epoch."""
    if not parts.features.shares:
        return []
    return [word(f"add_up([{each}])") for each in ("total", *totals)]


def decided(parts: Parts, result: Expression) -> Expression:
    """Return a result by which all processes go."""
    return call(name("agreed"), [result]) if parts.features.shares else result
