"""Compares the judge with eager torch call by call: ``python -m tests.engine.each_call``.

Every module and operation of the catalogue stands in a training of its own (``walk.py``), with
arguments, shapes and dtypes that are drawn around those of its least use. Whole graphs meet each
corner of a spec seldom; here each is met often. ``--each N --seed S`` draws N trainings of every
spec; what is printed depends on these two alone.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, TypeAlias

from app.engine.judge import Judge
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.document.model import Arg, Project
from tests.catalogue.examples import Example, Mask, Signs, Whole
from tests.engine.differential import DISAGREEING, Comparison, compare_project
from tests.engine.generator_arguments import NEVER, RANGES
from tests.engine.walk import WITH_WEIGHTS, Odd, Turned, drawn, example_of

KINDS = ("nn", "torch", "op", "Tensor", "F", "metric")
DTYPES = (
    *("float32",) * 3, "float64", "bfloat16", "float16", "int64", "int32", "uint8", "bool",
)  # fmt: skip
PORTION = 400
"""How many trainings one judge sees."""
Draw: TypeAlias = Callable[[Spec, int, int], Iterator[Project]]
"""Yields so many drawings with a call of a spec each, for a seed."""


def specs() -> list[Spec]:
    """Return the specs whose calls are drawn, in order of their names."""
    return sorted((s for s in catalogue() if s.kind in KINDS), key=lambda spec: spec.name)


def trainings(spec: Spec, each: int, seed: int) -> Iterator[Project]:
    """Yield drawings with one call of a spec each."""
    random, example = Random(f"{seed} {spec.name}"), example_of(spec.name)
    is_step = spec.kind == "metric" or (
        spec.name.endswith("Loss") and spec.name not in WITH_WEIGHTS
    )
    for _ in range(each):
        wanted = dict(example.inputs)
        # several at once seldom go together, one alone often does
        several = random.random() < 0.6
        for port in wanted if several else random.sample(list(wanted), min(1, len(wanted))):
            wanted[port] = _wanted(random, wanted[port])
        args = dict(drawn_arguments(random, spec, example, 0.35 if several else 0.1))
        is_through = spec.kind != "metric" and random.random() < 0.7
        try:
            yield drawn(spec, Example(args, wanted), is_through, not is_step)
        except IndexError:
            continue  # without an axis there is no batch to be had from the data


def drawn_arguments(
    random: Random, spec: Spec, example: Example, share: float
) -> Iterator[tuple[str, Arg]]:
    """Yield a use's arguments, and a share of all others, or of these anew."""
    yield from example.args.items()
    for argument in spec.arguments:
        name = argument.name
        if name in example.inputs or name in ("args", *NEVER) or random.random() > share:
            continue
        value = _argument(random, argument, example.args.get(name))
        if value is not None:
            yield name, value


def _argument(random: Random, argument: Argument, usual: Arg) -> Arg:
    if usual is not None and random.random() < 0.6:
        return usual
    if argument.choices:
        return random.choice(argument.choices)
    found = RANGES.get(argument.name) or RANGES.get(argument.type)
    if found is None or (usual is None and random.random() < 0.5):
        return usual
    likely, odd = found
    return random.choice(likely if not odd or random.random() < 0.85 else odd)


def _wanted(random: Random, said: Any) -> Any:
    """Return what arrives at a port: of another shape or dtype now and then."""
    if isinstance(said, int):
        return said
    shape = _shape(random, getattr(said, "shape", said))
    dtype = random.choice(DTYPES)
    if isinstance(said, Whole):
        return Whole(said.high, shape) if random.random() < 0.75 else Odd(shape, dtype, said.high)
    if isinstance(said, Mask | Signs):
        return type(said)(shape) if random.random() < 0.7 else Odd(shape, dtype)
    if isinstance(said, Turned):
        return Turned(shape)
    return shape if dtype == "float32" else Odd(shape, dtype)


def _shape(random: Random, shape: tuple[int, ...]) -> tuple[int, ...]:
    kind = random.random()
    if kind < 0.45 or not shape:
        return shape
    if kind < 0.8:
        axis = random.randrange(len(shape))
        return (*shape[:axis], random.choice((1, 2, 3, 4, 5, 8)), *shape[axis + 1 :])
    return shape[:-1] if kind < 0.9 else (*shape, random.choice((1, 2, 3)))


def comparisons(each: int, seed: int, draw: Draw = trainings) -> Iterator[tuple[Spec, Comparison]]:
    """Yield what the judge and torch say of every training."""
    judge, seen = Judge(), 0
    for spec in specs():
        for number, project in enumerate(draw(spec, each, seed)):
            if seen % PORTION == 0:
                judge = Judge()
            seen += 1
            yield spec, compare_project(judge, project, number)


def main(draw: Draw = trainings) -> int:
    """Compare, print every disagreement and the sums; return 1 where there was one."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--each", type=int, default=20, help="how many trainings of each spec")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    words, legal = Counter[str](), Counter[str]()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for spec, found in comparisons(options.each, options.seed, draw):
            words[found.word] += 1
            legal[spec.name] += not found.stops
            if found.word in DISAGREEING:
                print(f"{spec.name}\n{found.text()}", flush=True)
    never = [spec.name for spec in specs() if not legal[spec.name]]
    print(f"{sum(words.values())} trainings of {len(specs())} specs: {dict(words)}")
    print(f"legal: {sum(legal.values())}; never legal: {', '.join(never) or 'none'}")
    return int(any(words[word] for word in DISAGREEING))


if __name__ == "__main__":
    sys.exit(main())
