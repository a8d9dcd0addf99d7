"""What predict.py asks of the drawing, where a model answers samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from codegen.model import ModelText
from codegen.names import fresh, predicted
from codegen.predict_answers import Answer, answers_of, triplet_of
from codegen.predict_meaning import (
    Code,
    Continued,
    code_of,
    declared,
    input_type,
    is_image,
    is_picture,
    sequence_of,
)
from codegen.train_parts import Parts
from graph_editor.catalogue.run_settings import DEFAULTS
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import NodeId, OutPort

_OWN = """
    Path answers argparse choose chosen code count csv decode draw load_data load_scaled_data
    load_model main model name names np number options parse_options path place read_file row save
    save_pictures struct sys token tokens told torch train validation value words zlib
"""
OWN_NAMES = frozenset(_OWN.split())
FOR_SCALES = ("deviation", "mean", "scales")
MAPS = 4
"""The axes of scores of classes for every pixel."""


@dataclass(frozen=True, slots=True)
class Given:
    """An input of the model."""

    variable: str
    known: TensorType
    node: NodeId
    tensor: str
    """The tensor of the data that is fed into it, or nothing."""
    most: int = 0
    """The largest of its numbers, where the data says that they begin at 0."""
    is_picture: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What predict.py asks of the drawing."""

    parts: Parts
    model: ModelText
    inputs: tuple[Given, ...]
    outputs: tuple[tuple[str, NodeId], ...]
    """Of each output its variable and its node."""
    titles: Mapping[NodeId, str]
    """What outputs are called."""
    answers: Mapping[NodeId, Answer]
    seed: int
    tensors: Mapping[str, str]
    """The variables of the data's tensors."""
    sequence: Continued | None
    """The input that is made while the answer is found, token by token."""
    code: Code | None

    @property
    def by_data(self) -> bool:
        """Whether samples of the validation part can be asked about."""
        return all(given.tensor for given in self.inputs)

    @property
    def read(self) -> tuple[Given, ...]:
        """The inputs that are read."""
        own = self.sequence.input if self.sequence is not None else None
        return tuple(given for given in self.inputs if given.node != own)

    @property
    def scales(self) -> bool:
        """Whether something that is read or answered was scaled for the training."""
        used = {given.tensor for given in self.read}
        used |= {self.target(node) for _, node in self.outputs}
        return bool(used & self.parts.data.with_scale)

    @property
    def loads(self) -> bool:
        """Whether the data is loaded."""
        return self.by_data or self.scales

    def target(self, output: NodeId) -> str:
        """Return the tensor of the data that an output is to be, or nothing."""
        plan, port = self.parts.plan, self.answers[output].target
        port = plan.shown.get(port, port) if port is not None else None
        if port is None or port.node != plan.source:
            return ""
        return self.parts.data.tensors.get(port.port, "")

    def is_scaled(self, tensor: str) -> bool:
        """Whether a tensor of the data is not as it was read."""
        return tensor in self.parts.data.with_scale

    def is_picture_of(self, output: NodeId) -> bool:
        """Whether an output is to be pictures of the data."""
        target = self.answers[output].target
        known = self.parts.verdict.types.get(f"{output}.output")
        said = declared(self.parts, target)
        fits = known is not None and is_image(known.shape) and is_picture(said)
        return fits and not self.is_scaled(self.target(output))

    def is_map(self, output: NodeId) -> bool:
        """Whether an output says a class for every pixel."""
        known = self.parts.verdict.types.get(f"{output}.output")
        answer = self.answers[output]
        classes = answer.kind in ("scores", "logarithms", "best") and answer.axis == 1
        return known is not None and classes and len(known.shape) == MAPS

    @property
    def triplet(self) -> tuple[NodeId, ...]:
        """The three outputs of which only distances count."""
        nodes = [node for _, node in self.outputs]
        return triplet_of(self.parts.project, self.parts.lookup, nodes)

    @property
    def pictures(self) -> tuple[NodeId, ...]:
        """The outputs that can be looked at: pictures, or else classes of pixels."""
        nodes = [node for _, node in self.outputs]
        pictures = tuple(filter(self.is_picture_of, nodes))
        return pictures or tuple(filter(self.is_map, nodes))[:1]

    @property
    def shows(self) -> bool:
        """Whether pictures are kept."""
        return bool(self.pictures) or self.code is not None


def asked_of(parts: Parts, model: ModelText) -> Asked:
    """Return what a model of answers is asked."""
    taken = {*OWN_NAMES, model.class_name, *(FOR_SCALES if parts.data.scales else ())}

    def own(stem: str) -> str:
        taken.add(found := fresh(stem, taken))
        return found

    plan, data = parts.plan, parts.data
    tensors = {tensor: own(tensor) for tensor in data.names}
    inputs = []
    for (stem, node), port in zip(model.inputs, plan.feeds, strict=False):
        tensor = data.tensors.get(port.port, "") if port.node == plan.source else ""
        variable = stem if stem == tensors.get(tensor) else own(stem)
        inputs.append(_given(parts, variable, node, port, tensor))
    seed = parts.project.run.get("seed", DEFAULTS["seed"])
    assert isinstance(seed, int)  # training_limits.check_run has said so
    outputs = tuple((own(predicted(stem, taken)), node) for stem, node in model.outputs)
    answers = answers_of(parts.project, parts.lookup, parts.verdict, [n for _, n in outputs])
    sequence = _sequence(parts, outputs, answers, inputs)
    titles = {node: stem for stem, node in model.outputs}
    found = (titles, answers, seed, tensors, sequence)
    asked = Asked(parts, model, tuple(inputs), outputs, *found, code=None)
    code = code_of(parts)
    is_drawn = code is not None and asked.is_picture_of(code.output)
    return replace(asked, code=code) if is_drawn else asked


def _given(parts: Parts, variable: str, node: NodeId, port: OutPort, tensor: str) -> Given:
    known, said = input_type(parts.project, parts.verdict, node), declared(parts, port)
    most, picture = 0, False
    if said is not None and tensor not in parts.data.with_scale and said.low == 0:
        picture = is_picture(said)
        whole = said.classes is not None and not known.dtype.startswith("float")
        most = 1 if picture else int(said.high or 0) if whole else 0
    return Given(variable, known, node, tensor, most, picture)


def _sequence(
    parts: Parts,
    outputs: tuple[tuple[str, NodeId], ...],
    answers: Mapping[NodeId, Answer],
    inputs: list[Given],
) -> Continued | None:
    """Return the input that one output continues, beside others from which it is found."""
    if len(outputs) != 1 or len(inputs) < 2 or parts.data.start is None:
        return None
    answer = answers[outputs[0][1]]
    nodes = [given.node for given in inputs]
    return sequence_of(parts, outputs[0][1], answer.axis, answer.target, nodes)
