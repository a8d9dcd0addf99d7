"""Compares calls of next to nothing with eager torch: ``python -m tests.engine.small_inputs``.

What arrives is empty, a single number or one long on some axis, and comes from no data source, so
that nothing has to have the batch as its first axis. Arguments are drawn as in ``each_call.py``,
whose options serve here too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from random import Random
from typing import Any

from graph_editor.catalogue.ports import output_ports
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import Arg, Name, NodeId, OutPort, Project
from tests.catalogue.examples import Mask, Whole
from tests.engine.each_call import drawn_arguments, main
from tests.engine.walk import USED, B, Training, example_of

SMALL = ((), (), (0,), (1,), (0, 3), (2, 0), (1, 1))
AXES = (-2, -1, 0, 1)


def trainings(spec: Spec, each: int, seed: int) -> Iterator[Project]:
    """Yield drawings with one call of a spec each."""
    random, example = Random(f"{seed} {spec.name}"), example_of(spec.name)
    for _ in range(each if spec.kind != "metric" else 0):
        small = random.choice(SMALL)
        ports = list(example.inputs)
        # one alone, or all at once
        turned = [random.choice(ports)] if ports and random.random() < 0.6 else ports
        made = Training(is_through=False)
        x = made.add("x", "io.input", shape=(B, 2))
        made.shown("shown", x)
        wires = dict[str, OutPort]()
        for index, (port, wanted) in enumerate(example.inputs.items()):
            shape = getattr(wanted, "shape", wanted)
            shape = () if isinstance(shape, int) else shape
            shape = _smaller(random, shape, small) if port in turned else shape
            wires[port] = _filled(made, f"p{index}", wanted, shape)
        args = dict(drawn_arguments(random, spec, example, 0.25))
        if spec.argument("dim") is not None and random.random() < 0.5:
            args["dim"] = random.choice(AXES)
        yield _called(made, spec, wires, args)


def _smaller(random: Random, shape: tuple[int, ...], small: tuple[int, ...]) -> tuple[int, ...]:
    """Return a small shape, or one with an axis of no or one number, one axis fewer or more."""
    kind = random.random()
    if kind < 0.25:
        return small
    if kind < 0.8 and shape:
        axis = random.randrange(len(shape))
        return (*shape[:axis], random.choice((0, 0, 1)), *shape[axis + 1 :])
    if kind < 0.9:
        return shape[1:]
    return (1, *shape) if kind < 0.95 else shape


def _filled(made: Training, name: str, wanted: Any, shape: tuple[int, ...]) -> OutPort:
    """Return a tensor of a shape, with the kind of numbers that an example asks for."""
    if isinstance(wanted, Whole | Mask):
        dtype = Name("int64" if isinstance(wanted, Whole) else "bool")
        return made.add(name, "torch.zeros", size=shape, dtype=dtype)
    return made.add(name, "torch.rand", size=shape)


def _called(made: Training, spec: Spec, wires: dict[str, OutPort], args: dict[str, Arg]) -> Project:
    """Return the drawing of a call whose results are all outputs of the model."""
    made.add(USED, spec.name, wires, **args)
    for index, port in enumerate(output_ports(spec, made.nodes[USED])):
        made.shown(f"y{index}", OutPort(NodeId(USED), port))
    return made.project()


if __name__ == "__main__":
    sys.exit(main(trainings))
