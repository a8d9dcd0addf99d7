"""What a data source gives to data.py: its sentence, its imports, the statements that read it."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from codegen import sources
from graph_editor.document.model import NOTHING, Arg, FrozenMap, NodeId


@dataclass(frozen=True, slots=True)
class SourceCode:
    """The text pieces of one data source; every statement fits into a line of 100 columns."""

    title: str
    """What it is, as in "Train a model on ...": ``the handwritten digits of scikit-learn``."""
    summary: str
    """The sentence that data.py begins with."""
    returns: str
    """The tensors that load_data returns for each part, with their shapes and types."""
    tensors: FrozenMap[str, str]
    """The source's ports, in order, and what their tensors are called."""
    read: tuple[str, ...]
    """Statements that build every tensor for all samples."""
    scaled: tuple[str, ...] = ()
    """Tensors that are standardised by the mean and deviation of the training part, in order."""
    transformed: tuple[tuple[str, NodeId], ...] = ()
    """Statements of transforms that come then, each with the node that it is of."""
    rescaled: tuple[str, ...] = ()
    """Tensors that transforms make."""
    drawn: int = 0
    """How many samples were drawn independently of each other; 0 for samples in a given order."""
    constants: tuple[str, ...] = ()
    """Statements above the function, of what other files want to know."""
    stratify: str = ""
    """What the classes of the samples are called in ``read``; empty where there are none."""
    start: int | None = None
    """The token that such other sequences begin with; None where they begin anywhere."""
    alphabet: str = ""
    """What data.py calls the characters that tokens are the places of."""
    follows: FrozenMap[str, str] = NOTHING
    """Ports of sequences that hold what comes one place later in those of other ports."""
    imports: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    """The distributions that the imports need beside torch."""

    @property
    def with_scale(self) -> frozenset[str]:
        """The tensors that are not as they were read, but scaled."""
        return frozenset((*self.scaled, *self.rescaled))

    @property
    def scales(self) -> bool:
        """Whether something is scaled after it was read."""
        return bool(self.scaled or self.transformed)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tensors, in order."""
        return tuple(self.tensors.values())


SPLIT = "split"
"""The argument of every source that says how its samples are divided."""
Writer = Callable[[Mapping[str, Arg]], SourceCode]
"""Makes the code of a source from its node's arguments. Raises ValueError for a wrong one."""


@cache
def writers() -> dict[str, Writer]:
    """Return the writer of every source by its spec: each module in codegen/sources is one."""
    found = (
        import_module(f"codegen.sources.{m.name}") for m in pkgutil.iter_modules(sources.__path__)
    )
    return {module.SPEC: module.write for module in found}


@cache
def arguments() -> dict[str, frozenset[str]]:
    """Return by spec the arguments that a source's writer reads, and ``split``."""
    found = {}
    for m in pkgutil.iter_modules(sources.__path__):
        module = import_module(f"codegen.sources.{m.name}")
        found[module.SPEC] = frozenset((SPLIT, *getattr(module, "ARGUMENTS", ())))
    return found


def scikit_learn_table(
    loader: str, variable: str, summary: str, features: int, title: str
) -> SourceCode:
    """Return a source that classifies the rows of one of scikit-learn's tables."""
    return SourceCode(
        title=title,
        summary=summary,
        returns=f"features (N, {features}) float32, standardised with the mean and\n"
        "deviation of the training part, and labels (N,) int64",
        tensors=FrozenMap({"x": "features", "label": "labels"}),
        read=(
            f"{variable} = {loader}()",
            f"features = torch.tensor({variable}.data, dtype=torch.float32)",
            f"labels = torch.tensor({variable}.target, dtype=torch.int64)",
        ),
        scaled=("features",),
        stratify="labels",
        imports=(f"from sklearn.datasets import {loader}",),
        packages=("scikit-learn",),
    )


def standardised(tensor: str) -> tuple[str, ...]:
    """Return the statements that scale a tensor by the training part's mean and deviation."""
    return (
        f"mean, deviation = {tensor}[train].mean(dim=0), {tensor}[train].std(dim=0)",
        f"{tensor} = ({tensor} - mean) / deviation",
        f'scales["{tensor}"] = mean, deviation',
    )


def whole(args: Mapping[str, Arg], name: str, default: int, least: int = 2, most: int = 0) -> int:
    """Return an argument that is a whole number. Raises ValueError where it is none, or too far."""
    value = args.get(name, default)
    legal = f"above {least - 1}" if not most else f"from {least} to {most}"
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{name} is not a whole number {legal}")
    if most and value > most:
        raise ValueError(f"{name} is not a whole number {legal}")
    return value


GENERATOR = "generator = torch.Generator().manual_seed(seed)"
"""The first statement of data that are drawn at random."""
