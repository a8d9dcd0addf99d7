"""What train.py does with the weights of each epoch: averages, the best ones, an early stop."""

from __future__ import annotations

from codegen.emit import Expression
from codegen.run_features import Watched
from codegen.statements import Line, Statement, branch, word
from codegen.train_parts import Parts
from codegen.train_shadows import needs_follow

FOLLOW = '''\
@torch.no_grad()
def follow(ema: nn.Module, model: nn.Module, decay: float) -> None:
    """Move averaged weights towards those of the model; the buffers are the model's."""
    for mean, weight in zip(ema.parameters(), model.parameters(), strict=True):
        mean.lerp_(weight, 1 - decay)
    for buffer, present in zip(ema.buffers(), model.buffers(), strict=True):
        buffer.copy_(present)
'''
DECAY = "min(settings.ema_decay, (1 + step) / (10 + step))"
"""Short at first, so that the weights of the start are soon forgotten."""

WRITE_FILE = '''\
def write_file(content: object, name: str) -> None:
    """Write a file that is replaced at once, so that it is whole whatever happens."""
'''
FIRST_ALONE = """\
    if RANK > 0:
        return
"""
REPLACE = """\
    torch.save(content, f"{name}.part")
    Path(f"{name}.part").replace(name)
"""


def functions(parts: Parts) -> list[str]:
    """Return the functions for averages and for files, as fixed text."""
    features = parts.features
    alone = FIRST_ALONE * features.shares
    return [
        *([FOLLOW] if features.averages or needs_follow(parts) else []),
        *([WRITE_FILE + alone + REPLACE] if features.writes else []),
    ]


def copied(parts: Parts) -> list[Line]:
    """Return what makes the copy that holds averaged weights."""
    return [word("ema = copy.deepcopy(model)")] if parts.features.averages else []


def averaged(parts: Parts) -> list[Line]:
    """Return what averages the weights after a step."""
    return [word(f"follow(ema, model, {DECAY})")] if parts.features.averages else []


def compiled(parts: Parts) -> list[Line]:
    """Return what compiles the models in place, so that their weights keep their names."""
    if not parts.features.compiles:
        return []
    return [word(f"{model}.compile()") for model in parts.models]


def begun(parts: Parts) -> list[Line]:
    """Return what is remembered from epoch to epoch, before the first one."""
    best, stop = parts.features.best, parts.features.stop
    return [
        *([word(f"best = {best.worst}")] if best is not None else []),
        *([word(f"record, waited = {stop.worst}, 0")] if stop is not None else []),
    ]


def judged(parts: Parts) -> list[Statement]:
    """Return what the result of an epoch decides, before it is reported."""
    best, stop = parts.features.best, parts.features.stop
    found: list[Statement] = []
    if best is not None:
        value = _value(best)
        kept = [
            word(f"best = {value}"),
            word(f'write_file({parts.returned}.state_dict(), "best.pt")'),
        ]
        found.append(branch(Expression(f"{value} {best.sign} best"), kept))
    if stop is not None:
        value, better = _value(stop), "max" if stop.grows else "min"
        found.append(word(f"waited = 0 if {value} {stop.sign} record else waited + 1"))
        found.append(word(f"record = {better}(record, {value})"))
    return found


def stopped(parts: Parts) -> list[Statement]:
    """Return what begins no epoch when it has not become better for long."""
    if parts.features.stop is None:
        return []
    return [branch(Expression("waited >= settings.patience"), [word(f"return {parts.returned}")])]


def kept(parts: Parts) -> list[Statement]:
    """Return what writes a checkpoint of the epoch behind which the training stops early."""
    if parts.features.stop is None or not parts.features.checkpoint:
        return []
    return [branch(Expression("waited >= settings.patience"), [word("save()")])]


def _value(watched: Watched) -> str:
    return f'result["{watched.metric}"]'
