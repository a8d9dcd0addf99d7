"""Draws the nodes of a random graph one by one; torch itself, never the judge, guides the drawing.

Each node is tried on real tensors at two batch sizes, and at two values of another named size, so
that what is on every wire is known.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch

from graph_editor.catalogue.load import catalogue
from graph_editor.document.model import Address, At, FrozenMap, Name, Node, OutPort
from tests.catalogue.examples import MODULES, VARIANTS, Example, Mask, Signs, Whole
from tests.catalogue.operation_examples import OPERATIONS
from tests.engine.generator_arguments import arguments_for
from tests.engine.generator_ground import ODD, Draft, Ground, Output, Refused, spec_named

ENTRIES = [e for e in (*MODULES.items(), *OPERATIONS.items(), *VARIANTS) if e[0] != "const.value"]
FAMILIES = [
    *["nn"] * 4,
    "torch",
    "torch",
    "F",
    "Tensor",
    "op",
    "const",
    *["join"] * 5,
    "own",
    "twin",
]


LOOKED_UP = ("nn.Embedding", "nn.EmbeddingBag")
"""What may have gradients of the rows that are looked up alone."""


class Growth(Ground):
    """One graph that grows."""

    # --- steps ---------------------------------------------------------------------------------

    def grow(self, want_refusal: bool) -> bool:
        """Add one node that torch takes, or else one that it refuses; return whether one was."""
        for _ in range(30 if want_refusal else 12):
            self.draft = Draft()
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    is_taken = self._try(want_refusal)
            except Refused:
                continue
            if self.looks_up and self._has_weights():
                continue
            if is_taken != want_refusal:
                self._commit()
                return True
        return False

    def _try(self, wild: bool) -> bool:
        """Draft one node; return whether torch takes it."""
        family = self.random.choice(FAMILIES)
        if family == "own":
            return self._weight(wild)
        if family == "twin":
            return self._twin()
        name, example = self._entry(family)
        spec = catalogue().get(name)
        assert spec is not None
        if not wild and self.random.random() < 0.06:
            return self._place(spec, example.args, self._as_said(example))
        is_loose = self.random.random() < (0.5 if wild else 0.2)
        inputs, known = self._inputs(example, is_loose)
        if not wild:
            self._squeeze(name, inputs)
        first = next(iter(inputs.values())).dims if inputs else ()
        args = arguments_for(self.random, spec, example.args, known, first, self._said(first), wild)
        if wild and inputs and self.random.random() < 0.5:
            self._spoil(inputs)
        return self._place(spec, args, inputs)

    def _has_weights(self) -> bool:
        """Whether what is drafted would own weights of its own."""
        made = self.draft.made
        kinds = {node.spec for node in self.draft.nodes.values()}
        return "param.tensor" in kinds or _has_own(made)

    def look_up(self) -> None:
        """Begin with rows that are looked up, and let no other node own weights."""
        self.draft, name = Draft(), self.random.choice(LOOKED_UP)
        example = dict(ENTRIES)[name]
        inputs, known = self._inputs(example, is_loose=False)
        args = arguments_for(self.random, spec_named(name), example.args, known, (), (), wild=False)
        self.is_sparse = self.random.random() < 0.7
        args |= {"sparse": self.is_sparse, "scale_grad_by_freq": False}
        args.pop("max_norm", None)
        if self._place(spec_named(name), args, inputs):
            self._commit()
            self.looks_up = True

    def _as_said(self, example: Example) -> dict[str, Output]:
        """Return what feeds an example, exactly of the shapes that it has."""
        found = dict[str, Output]()
        for path, wanted in example.inputs.items():
            shape = getattr(wanted, "shape", wanted)
            if isinstance(wanted, int):
                raise Refused
            found[path] = self._source(wanted, tuple(map(self._own_size, shape)))
        return found

    def _twin(self) -> bool:
        """Draft a layer like one that is there, on something of the same shape."""
        owners = [n for n, made in self.made.items() if n in self.nodes and _has_own(made)]
        if not owners:
            raise Refused
        like = self.random.choice(sorted(owners))
        known = {output.port: output for output in self.outputs}
        inputs = {t.port: known[s] for t, s in self.wires.items() if t.node == like and s in known}
        for path, given in inputs.items():
            same = [o for o in self.outputs if (o.dims, o.dtype, o.high) == _kind(given)]
            inputs[path] = self.random.choice(same or [given])
        node = self.nodes[like]
        return self._place(spec_named(node.spec), node.args, inputs)

    def _squeeze(self, name: str, inputs: dict[str, Output]) -> None:
        """Let what a loss of chances is given be chances, mostly."""
        if name != "nn.BCELoss" or self.random.random() < 0.2:
            return
        for path, given in inputs.items():
            if self._place(spec_named("torch.sigmoid"), {}, {"input": given}):
                inputs[path] = self.draft.outputs[-1]

    def _spoil(self, inputs: dict[str, Output]) -> None:
        """Let one input be of another dtype, or of another size along an axis."""
        path = self.random.choice(sorted(inputs))
        given = inputs[path]
        if not isinstance(given.values[0], torch.Tensor):
            return
        if given.dims and self.random.random() < 0.4:
            axis = self.random.randrange(len(given.dims))
            more = tuple(size + 1 for size in given.dims[axis])
            dims = (*given.dims[:axis], more, *given.dims[axis + 1 :])
            inputs[path] = self._source((), dims)
        elif self._place(
            spec_named("Tensor.to"), {"dtype": Name(self.random.choice(ODD))}, {"input": given}
        ):
            inputs[path] = self.draft.outputs[-1]

    def _entry(self, family: str) -> tuple[str, Example]:
        if family == "join":
            return self.random.choice([e for e in ENTRIES if len(e[1].inputs) > 1])
        return self.random.choice([e for e in ENTRIES if e[0].startswith(family + ".")])

    def _weight(self, wild: bool) -> bool:
        """Draft a node that reads the weight of another; return whether there is such a weight."""
        owners = [n for n, made in self.made.items() if isinstance(made, torch.nn.Module)]
        owners = [n for n in owners if n in self.nodes]
        if not owners:
            raise Refused
        owner = self.random.choice(sorted(owners))
        found = dict(self.made[owner].named_parameters())
        names = [*found, *(["nonsense"] if wild or not found else [])]
        name = self.random.choice(names)
        id_ = self._id("n")
        args = FrozenMap({"of": At(Address(owner)), "parameter": name})
        self.draft.nodes[id_] = Node("param.of", args=args)
        value = found.get(name, torch.zeros(1))
        self.draft.outputs.append(Output(OutPort(id_, "output"), (value,) * len(self.tried)))
        return name in found

    def _inputs(
        self, example: Example, is_loose: bool, must_learn: bool = False
    ) -> tuple[dict[str, Output], dict[int, tuple[int, ...]]]:
        """Return what feeds each port, and what the example's sizes stand for."""
        found: dict[str, Output] = {}
        known: dict[int, tuple[int, ...]] = {}
        for path, wanted in example.inputs.items():
            if is_loose and self.outputs and isinstance(wanted, tuple | Whole | Mask | Signs):
                found[path] = self._any()
            elif isinstance(wanted, int):
                found[path] = self._size()
            elif not found:
                found[path] = self._first(wanted, must_learn)
            else:
                found[path] = self._partner(wanted, known)
            shape = getattr(wanted, "shape", wanted)
            if isinstance(shape, tuple):
                for size, dim in zip(shape, found[path].dims, strict=False):
                    known.setdefault(size, dim)
            if isinstance(wanted, Whole) and found[path].high:
                known.setdefault(wanted.high, (found[path].high,) * len(self.tried))
        return found, known

    def _any(self) -> Output:
        recent = self.outputs[-4:]
        return self.random.choice(recent if self.random.random() < 0.6 else self.outputs)

    def _first(self, wanted: Any, must_learn: bool) -> Output:
        """Return an output that may stand where the example has something of this kind."""
        any_kind = self.random.random() < 0.1
        ranked = [o for o in self._everything() if _rank(o, wanted)]
        fits = [o for o in ranked if any_kind or _is_kind(o, wanted)]
        if must_learn:
            fits = [o for o in fits if learns(o)] or fits
        unused = [o for o in fits if o.port not in self.used]
        if fits and self.random.random() < 0.9:
            return self.random.choice(unused or fits)
        bent = self._bent(wanted)
        if bent is not None:
            return bent
        dims = tuple(map(self._own_size, self._varied(wanted)))
        if isinstance(wanted, Whole) and dims and self.random.random() < 0.5:
            most = max(map(max, dims))
            wanted = replace(wanted, high=max(most + self.random.choice((-1, 0, 0, 1)), 1))
        return self._source(wanted, dims)

    def _varied(self, wanted: Any) -> tuple[int | str | None, ...]:
        """Return an example's sizes, the first of which is mostly the batch (None); one of the
        others may have a name.
        """  # fmt: skip
        shape: list[int | str | None] = list(getattr(wanted, "shape", wanted))
        if not shape or self.random.random() < 0.15:
            return tuple(shape)
        names = [name for name in self.tried[0] if name != "B"]
        if names and len(shape) > 1 and self.random.random() < 0.5:
            shape[self.random.randrange(1, len(shape))] = names[0]
        return (None, *shape[1:])

    def _bent(self, wanted: Any) -> Output | None:
        """Return an output brought to the wanted rank, and to floats, by a node of its own."""
        shape = getattr(wanted, "shape", wanted)
        floats = [o for o in self.outputs if o.dtype == torch.float32 and o.dims]
        if not isinstance(wanted, tuple) or not floats or self.random.random() < 0.3:
            return None
        chosen = self.random.choice(floats[-5:])
        rank = len(chosen.dims)
        if rank > len(shape) > 0:
            spec, args = "Tensor.flatten", {"start_dim": len(shape) - 1}
        elif rank < len(shape):
            spec, args = "Tensor.unsqueeze", {"dim": self.random.randint(0, rank)}
        else:
            return None
        if not self._place(spec_named(spec), args, {"input": chosen}):
            return None
        made = self.draft.outputs[-1]
        return made if len(made.dims) == len(shape) else None

    def _partner(self, wanted: Any, known: Mapping[int, tuple[int, ...]]) -> Output:
        """Return an output of the shape that the first input and the example ask for."""
        shape = getattr(wanted, "shape", wanted)
        dims = tuple(known.get(size, self._own_size(size)) for size in shape)
        if isinstance(wanted, Whole):
            high = known.get(wanted.high, self._own_size(wanted.high))
            if len(set(high)) > 1 or high[0] < 1:
                raise Refused
            wanted = replace(wanted, high=high[0])
        fits = [
            o
            for o in self.outputs
            if o.dims == dims
            and _is_kind(o, wanted)
            and (not isinstance(wanted, Whole) or o.high == wanted.high)
        ]
        if fits and self.random.random() < 0.8:
            return self.random.choice(fits)
        return self._source(wanted, dims)

    def _own_size(self, size: int | str | None) -> tuple[int, ...]:
        """Return a size in each try: a number, one that has a name, or the batch (None)."""
        if isinstance(size, int):
            return (size,) * len(self.tried)
        return tuple(names[size or "B"] for names in self.tried)

    def _everything(self) -> list[Output]:
        return [*self.outputs, *self.draft.outputs]


def _has_own(made: Any) -> bool:
    return isinstance(made, torch.nn.Module) and any(True for _ in made.parameters())


def _kind(output: Output) -> tuple[Any, ...]:
    return output.dims, output.dtype, output.high


def learns(output: Output) -> bool:
    value = output.values[0]
    return isinstance(value, torch.Tensor) and value.requires_grad


def _rank(output: Output, wanted: Any) -> bool:
    return len(output.dims) == len(getattr(wanted, "shape", wanted))


def _is_kind(output: Output, wanted: Any) -> bool:
    if isinstance(wanted, Whole):
        return output.high > 0
    if isinstance(wanted, Mask):
        return bool(output.dtype == torch.bool)
    return bool(output.dtype == torch.float32)
