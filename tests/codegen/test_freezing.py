"""What is frozen does not move: neither weights nor the running statistics of normalisations."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from app.engine.interpret import Interpreter
from codegen.model import write_model
from codegen.model_memo import ModelWriter
from codegen.written import CannotWrite
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.edits import set_argument
from graph_editor.document.model import FrozenMap, NodeId, Project, Repeat, Weights
from tests.codegen.drawings import Drawing
from tests.codegen.probe import verdict_of
from tests.codegen.sameness import built, check, sample

LEFT_OUT = FrozenMap({"freeze_statistics": False})


def stem() -> Drawing:
    """Return a block with a normalisation and a dropout."""
    block = Drawing().add("x", "io.input", shape=["=B", 6])
    block.add("lin", "nn.Linear", "x", out_features=6).add("norm", "nn.BatchNorm1d", "lin")
    return block.add("drop", "nn.Dropout", "norm").add("y", "io.output", "drop")


def around(stem_block: Drawing, **fields: Any) -> Project:
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("body", "block.stem", {"x": "a"}, **fields)
    main.add("free", "nn.BatchNorm1d", "body.y").add("o", "io.output", "free")
    return main.project(stem=stem_block.block("Stem"))


def moved(project: Project) -> set[str]:
    """Return the addresses of statistics that a training pass moves, in code and drawing alike."""
    verdict = verdict_of(project, sample(project, 2))
    text = check(project, verdict)
    model, direct = built(text), Interpreter(project, verdict, 0)
    places = {key: f"{at}.{name}" for key, (at, name) in text.state_map.items()}
    found = []
    for module, run in ((model, model), (direct.module, direct.forward)):
        before = {k: v.clone() for k, v in module.state_dict().items()}
        inputs = sample(project, 4)
        run(*inputs.values()) if module is model else run(inputs)
        module.train()
        run(*inputs.values()) if module is model else run(inputs)
        after = module.state_dict()
        changed = {k for k in before if not torch.equal(before[k], after[k])}
        found.append({places.get(k, k) for k in changed if k.endswith("running_mean")})
    assert found[0] == found[1]
    return {place.removesuffix(".running_mean") for place in found[0]}


def test_a_frozen_normalisation_stays_in_evaluation_mode() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("n", "nn.BatchNorm1d", "a", _name="norm", _freeze=(".",))
    project = main.add("m", "nn.BatchNorm1d", "n").add("o", "io.output", "m").project()
    assert moved(project) == {"m"}
    text = check(project).source.text
    assert "from typing import Self\n\nimport torch\n" in text
    assert (
        "    def train(self, mode: bool = True) -> Self:\n"
        "        super().train(mode)\n"
        "        self.norm.eval()  # frozen: its statistics stay\n"
        "        return self\n"
    ) in text


def test_statistics_may_be_let_loose_beside_a_frozen_weight() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("n", "nn.BatchNorm1d", "a", _freeze=(".",), freeze_statistics=False)
    project = main.add("o", "io.output", "n").project()
    assert moved(project) == {"n"}
    text = check(project).source.text
    assert "requires_grad_(False)" in text
    assert "def train" not in text
    assert "freeze_statistics" not in text


@pytest.mark.parametrize(
    ("spec", "args", "rests"),
    [
        ("nn.InstanceNorm1d", {"track_running_stats": True}, True),
        ("nn.InstanceNorm1d", {}, False),
        ("nn.BatchNorm1d", {"track_running_stats": False}, False),
        ("nn.LayerNorm", {}, False),
    ],
)
def test_only_what_has_running_statistics_is_held(
    spec: str, args: dict[str, Any], rests: bool
) -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 6, 5])
    main.add("n", spec, "a", _freeze=(".",), **args).add("o", "io.output", "n")
    assert moved(main.project()) == set()
    assert ("def train" in check(main.project()).source.text) is rests


def test_a_frozen_block_holds_its_normalisations_and_nothing_else() -> None:
    project = around(stem(), _freeze=(".",))
    assert moved(project) == {"free"}
    model = built(check(project)).train()
    modes = {type(m).__name__: m.training for m in model.modules()}
    assert modes["Dropout"]
    assert moved(around(stem(), _freeze=(".",), _extra=LEFT_OUT)) == {"free", "body/norm"}


def test_a_part_of_a_block_is_frozen_by_its_address() -> None:
    assert moved(around(stem(), _freeze=("lin",))) == {"free", "body/norm"}
    assert moved(around(stem(), _freeze=("norm",))) == {"free"}


def test_every_copy_of_a_repeated_block_rests() -> None:
    for freeze in ((".",), ("norm",)):
        project = around(stem(), _freeze=freeze, _repeat=Repeat(2))
        assert moved(project) == {"free"}
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("n", "nn.BatchNorm1d", "a", _freeze=(".",), _repeat=Repeat(2))
    assert moved(main.add("o", "io.output", "n").project()) == set()


def test_a_block_that_rests_inside_a_block() -> None:
    outer = Drawing().add("x", "io.input", shape=["=B", 6])
    outer.add("in", "block.stem", {"x": "x"}, _repeat=Repeat(2)).add("y", "io.output", "in.y")
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("w", "block.outer", {"x": "a"}, _freeze=("in/norm",)).add("o", "io.output", "w.y")
    blocks = {"outer": outer.block("Outer"), "stem": stem().block("Stem")}
    assert moved(main.project(**blocks)) == set()
    main.nodes[NodeId("w")] = main.nodes[NodeId("w")].__class__(
        "block.outer", freeze=("in[1]/norm",)
    )
    assert moved(main.project(**blocks)) == {"w/in[0]/norm"}


def test_a_second_call_of_a_frozen_normalisation_rests_too() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("n", "nn.BatchNorm1d", "a", _freeze=(".",))
    main.add("m", "nn.BatchNorm1d", "n", _weights=Weights(same_as=NodeId("n")))
    assert moved(main.add("o", "io.output", "m").project()) == set()


@pytest.mark.parametrize(
    ("project", "node", "words"),
    [
        (around(stem(), _freeze=("lin/weight",)), "body", "lin is no block"),
        (around(stem(), _freeze=("gone",)), "body", "gone"),
        (around(stem(), _freeze=("lin[0]",)), "body", "not repeated"),
        (around(stem(), _freeze=(".",), _extra=FrozenMap({"freeze_statistics": 1})),
         "body", "freeze_statistics"),
    ],
)  # fmt: skip
def test_what_cannot_be_frozen_is_refused_by_name(project: Project, node: str, words: str) -> None:
    verdict = verdict_of(project, sample(project, 2))
    with pytest.raises(CannotWrite) as refusal:
        write_model(project, specs_of(project), verdict)
    assert refusal.value.node == node
    assert words in str(refusal.value)


def test_a_frozen_address_inside_what_is_no_block_is_refused() -> None:
    main = Drawing().add("a", "io.input")
    main.add("l", "nn.Linear", "a", in_features=4, out_features=4, _freeze=("nothing",))
    project = main.add("o", "io.output", "l").project()
    with pytest.raises(CannotWrite, match="l is no block"):
        write_model(project, specs_of(project), Verdict())


def test_statistics_that_differ_inside_a_frozen_block_are_refused() -> None:
    block = stem()
    project = around(block, _freeze=(".",))
    graph = set_argument(project.blocks["stem"].graph, NodeId("norm"), "freeze_statistics", False)  # type: ignore[index]  # an id
    changed = project.with_block(
        "stem",
        block.block("Stem").__class__(
            graph,
            "Stem",
            inputs=project.blocks["stem"].inputs,
            outputs=project.blocks["stem"].outputs,
        ),
    )  # type: ignore[index]  # an id
    with pytest.raises(CannotWrite, match="freeze_statistics"):
        write_model(changed, specs_of(changed), verdict_of(changed, sample(changed, 2)))


@pytest.mark.parametrize("name", ["freeze_statistics", "track_running_stats"])
def test_an_edit_that_lets_statistics_loose_is_written_at_once(name: str) -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("n", "nn.BatchNorm1d", "a", num_features=6, _freeze=(".",)).add("o", "io.output", "n")
    before, writer = main.project(), ModelWriter()
    main.nodes[NodeId("n")] = set_argument(before.main.graph, NodeId("n"), name, False).nodes[
        NodeId("n")
    ]
    after, lookup = main.project(), specs_of(before)
    assert "def train" in writer.write(before, lookup, Verdict()).source.text
    again = writer.write(after, lookup, Verdict()).source.text
    assert again == write_model(after, lookup, Verdict()).source.text
    assert "def train" not in again
