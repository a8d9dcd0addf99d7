"""Which of several faults eager torch stops at first, where lints alone know of some of them."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.judge import Judge
from tests.engine.differential import compare_project
from tests.engine.drawings import node, project
from tests.engine.generator import BATCH

JUDGE = Judge()
FIXED: dict[str, Any] = {"args": [BATCH, 4]}
"""What a reshape takes that no other batch fits."""
SHORT: dict[str, Any] = {"max_lr": 0.1, "total_steps": 2}
"""A schedule that is over in the third step."""
SELF = dict.fromkeys(("query", "key", "value"), "d.p")
DATA: dict[str, Any] = {"ports": {"p": ["=B", 4]}, "samples": 40}


def trained(loss: str = "over", /, **more: Any) -> dict[str, Any]:
    """Return a training in which a result that a sigmoid needs is written over."""
    return {
        "d": node("data.random", **DATA),
        "n": node("nn.Linear", "d.p", out_features=4),
        "s": node("torch.sigmoid", "n"),
        "over": node("nn.LeakyReLU", "s", inplace=True),
        "y": node("io.output", "over"),
        "loss": node("torch.mean", loss),
        "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
        **more,
    }


def learnt(**more: Any) -> dict[str, Any]:
    """Return a weight that is written over, and what cannot train it."""
    return {
        "x": node("io.input", shape=["=B", 4]),
        "w": node("param.tensor", shape=[4]),
        "over": node("nn.LeakyReLU", "w", inplace=True),
        "sum": node("op.add", {"input": "x", "other": "over"}),
        "y": node("io.output", "sum"),
        "loss": node("torch.mean", "sum"),
        "o": node("optim.SparseAdam", {"losses[0]": "loss"}),
        **more,
    }


def scheduled(loss: str = "over", /, **more: Any) -> dict[str, Any]:
    """Return a training in order, but for the length of its schedule."""
    schedule = node("lr_scheduler.OneCycleLR", {"optimizer": "o.optimizer"}, **SHORT)
    return trained(loss, **{"over": node("nn.LeakyReLU", "s"), "c": schedule, **more})


def refused_later(when: str) -> dict[str, Any]:
    """Return a layer off at first, which is refused where it is on and has a weight of one axis."""
    return {
        "x": node("io.input", shape=["=B", 3]),
        "n": node("nn.Linear", "x", in_features=4, out_features=2, when=when),
        "w": node("param.tensor", shape=[2, 3], init="normal"),
        "y": node("io.output", "n"),
        "y2": node("io.output", "w"),
        "loss": node("torch.mean", "w"),
        "o": node("optim.Muon", {"losses[0]": "loss"}),
    }


ASIDE = {"r": node("Tensor.reshape", "n", **FIXED), "y2": node("io.output", "r")}
"""What fails with another batch."""


def weighed(read: str, /, **values: Any) -> dict[str, Any]:
    """Return an attention of whose outputs a loss reads one; ``values`` make what it mixes."""
    return {
        "d": node("data.random", ports={"p": ["=B", 2, 4], "v": ["=B", 2]}, classes={"v": 5}),
        "key": node("Tensor.float", "d.p"),
        "value": node("torch.exp", "d.p"),
        "n": node(
            "nn.MultiheadAttention",
            {"query": "d.p", "key": "key", "value": "value"},
            embed_dim=4,
            num_heads=1,
        ),
        "shown": node("io.output", "n.attn_output"),
        "loss": node("torch.mean", f"n.{read}"),
        "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1, weight_decay=0.1),
        **values,
    }


def labelled(when: str) -> dict[str, Any]:
    """Return a loss with too few scores, which a condition leaves out."""
    return {
        "d": node("data.random", ports={"p": ["=B", 3], "t": ["=B"]}, classes={"t": 4}, samples=18),
        "loss": node("nn.CrossEntropyLoss", {"input": "d.p", "target": "d.t"}, when=when),
        "shown": node("io.output", "loss"),
    }


PARTED = {"split": "tensor", "chunk": "input"}
SIZES: dict[str, dict[str, Any]] = {
    "split": {"split_size_or_sections": 4, "outputs": 2},
    "chunk": {"chunks": 2},
}
"""The port and the arguments of what takes a tensor apart."""


def apart(taken: str, **later: Any) -> dict[str, Any]:
    """Return a tensor that is taken apart, read, and then written over before what comes later."""
    return {
        "d": node("data.random", ports={"p": ["=B", 2, 4]}, samples=18),
        "w": node("nn.Linear", "d.p", out_features=4),
        "row": node("Tensor.flatten", "w", start_dim=1),
        "s": node(f"torch.{taken}", {PARTED[taken]: "row"}, dim=-1, **SIZES[taken]),
        "first": node("torch.mean", "s.chunks[0]"),
        "shown": node("io.output", "first"),
        "turned": node("Tensor.unsqueeze", "w", dim=0),
        "over": node("nn.ReLU", "turned", inplace=True),
        "y": node("io.output", "over"),
        **later,
        "loss": node("torch.mean", "over"),
        "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
    }  # fmt: skip


def placed(*order: int, shape: tuple[int, ...] = (3, 5, 4), copied: bool = False) -> dict[str, Any]:
    """Return a loss of log-probabilities whose axes were moved before, of four classes."""
    moved = [shape[k - 1] for k in order[1:]]
    return {
        "d": node(
            "data.random",
            ports={"p": ["=B", *shape], "t": ["=B", *moved[1:]]},
            classes={"t": 4},
            samples=18,
        ),
        "w": node("nn.Linear", "d.p", out_features=shape[-1]),
        "log": node("nn.LogSoftmax", "w", dim=order[1]),
        "turned": node("Tensor.permute", "log", args=list(order)),
        "n": node("Tensor.contiguous", "turned", when=f"={copied}"),
        "y": node("io.output", "n"),
        "loss": node("nn.NLLLoss", {"input": "n", "target": "d.t"}),
        "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
    }


def rowed(labels: int | str, each: int) -> dict[str, Any]:
    """Return a loss of the labels of all samples in a row, of which each is said to have some."""
    return {
        "d": node(
            "data.random",
            ports={"p": [9, "=B", 4], "t": [labels]},
            classes={"t": 4},
            samples=18,
        ),
        "log": node("nn.LogSoftmax", "d.p", dim=-1),
        "y": node("io.output", "log"),
        "steps": node("torch.full", size=["=B"], fill_value=9),
        "some": node("torch.full", size=["=B"], fill_value=each),
        "loss": node(
            "nn.CTCLoss",
            {
                "log_probs": "log",
                "targets": "d.t",
                "input_lengths": "steps",
                "target_lengths": "some",
            },
        ),
        "shown": node("io.output", "loss"),
    }


def shuffled(width: int, factor: int) -> dict[str, Any]:
    """Return weights of a width whose channels are turned into places."""
    return {
        "x": node("io.input", shape=["=B", 4]),
        "w": node("param.tensor", shape=[2, 4, width, width]),
        "n": node("nn.PixelShuffle", "w", upscale_factor=factor),
        "y": node("io.output", "n"),
        "loss": node("torch.sum", "n"),
        "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
    }


def put_back(axes: int, padding: int) -> dict[str, Any]:
    """Return weights of one place, which go back to where their places of before are known."""
    shape = [2, 4, *[1] * axes]
    return {
        "x": node("io.input", shape=["=B", 4]),
        "w": node("param.tensor", shape=shape),
        "places": node("torch.zeros", size=shape, dtype={"$name": "int64"}),
        "n": node(
            f"nn.MaxUnpool{axes}d",
            {"input": "w", "indices": "places"},
            kernel_size=2,
            padding=padding,
        ),
        "y": node("io.output", "n"),
        "loss": node("torch.sum", "n"),
        "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
    }


ROWS = {"value": node("nn.Embedding", "d.v", num_embeddings=5, embedding_dim=4, sparse=True)}
"""A layer whose gradient no step with weight decay takes."""
OVER = {"over": node("nn.SiLU", "value", inplace=True), "y": node("io.output", "over")}
AT_ONCE = {"r": node("Tensor.reshape", "n", args=[7]), "y2": node("io.output", "r")}
"""What fails with any."""
ORDER = {
    "a step that is refused comes after a call that is": (learnt(), "over"),
    "so it does where another batch is refused": (
        learnt(r=node("Tensor.reshape", "sum", **FIXED), y2=node("io.output", "r")),
        "over",
    ),
    "the way back comes before another batch": (trained(**ASIDE), "o"),
    "the way back comes after all calls": (trained(**AT_ONCE), "r"),
    "the way back of a loss that fails with another batch": (
        trained("r", r=node("Tensor.reshape", "over", **FIXED)),
        "o",
    ),
    "a schedule ends before another batch": (scheduled(**ASIDE), "c"),
    "a schedule ends after all calls": (scheduled(**AT_ONCE), "r"),
    "a schedule of a loss that fails with another batch": (
        scheduled("r", r=node("Tensor.reshape", "over", **FIXED)),
        "c",
    ),
    "a schedule ends after the way back": (
        trained(c=node("lr_scheduler.OneCycleLR", {"optimizer": "o.optimizer"}, **SHORT)),
        "o",
    ),
    "a schedule is made after the way back": (
        trained(
            o=node("optim.ASGD", {"losses[0]": "loss"}),
            c=node("lr_scheduler.CyclicLR", {"optimizer": "o.optimizer"}, base_lr=0.1, max_lr=0.2),
        ),
        "o",
    ),
    "an impossible number comes before the way back": (
        trained(
            k=node("Tensor.long", "d.p"),
            r=node("op.pow", "k", other=-1),
            y2=node("io.output", "r"),
        ),
        "r",
    ),
    "what works in place with another batch alone": (
        trained(over=node("nn.LeakyReLU", "s", inplace=True, when=f"=B != {BATCH}")),
        "o",
    ),
    "what works in place in the last batch alone": (
        trained(
            d=node("data.random", ports={"p": ["=B", 4]}, samples=43),
            over=node("nn.LeakyReLU", "s", inplace=True, when=f"=B < {BATCH}"),
        ),
        "o",
    ),
    "another batch before what works in place in the last one": (
        trained(
            d=node("data.random", ports={"p": ["=B", 4]}, samples=43),
            over=node("nn.LeakyReLU", "s", inplace=True, when=f"=B < {BATCH}"),
            **ASIDE,
        ),
        "r",
    ),
    "what needs a result with another batch alone": (
        trained(
            s=node("torch.sigmoid", "n", when=f"=B != {BATCH}"),
        ),
        "o",
    ),
    "what is kept of a last batch of one sample alone": (
        {
            "d": node("data.random", ports={"p": ["=B", 5, 8]}, samples=16),
            "n": node("nn.MultiheadAttention", SELF, embed_dim=8, num_heads=2, batch_first=True),
            "y": node("io.output", "n.attn_output"),
            "over": node("nn.ReLU6", "d.p", inplace=True),
            "y2": node("io.output", "over"),
            "loss": node("torch.mean", "n.attn_output"),
            "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
        },
        "o",
    ),
    "an output that a condition takes away with another batch": (
        {
            "d": node("data.random", **DATA),
            "c": node("torch.chunk", "d.p", chunks=2, dim=1, when=f"=B == {BATCH}"),
            "y2": node("io.output", "c.chunks[1]"),
            **AT_ONCE,
            "n": node("nn.Linear", "d.p", out_features=4),
            "y3": node("io.output", "n"),
        },
        "r",
    ),
    "an impossible number in the first copy of a repeated node": (
        {
            "d": node("data.random", **DATA),
            "r": {**node("torch.bernoulli", "d.p"), "repeat": {"count": 2, "shared": True}},
            "y": node("io.output", "r"),
        },
        "r[0]",
    ),
    "a cross entropy of one sample that is no batch any more stops on the way back": (
        {
            "d": node(
                "data.random",
                ports={"p": ["=B", 3], "t": ["=B"]},
                classes={"t": 4},
                samples=256,  # the last batch of those to train with holds one
            ),
            "s": node("Tensor.squeeze", "d.p", dim=-2),
            "n": node("nn.Linear", "s", out_features=4),
            "y": node("io.output", "n"),
            "loss": node("nn.CrossEntropyLoss", {"input": "n", "target": "d.t"}),
            "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
        },
        "o",
    ),
    "a layer that writes over a weight in evaluation alone": (
        {
            "w": node("param.tensor", shape=[2, 4, 3]),
            "v": node("Tensor.flatten", "w", start_dim=1),
            "over": node("nn.Hardtanh", "v", inplace=True, when="=not training"),
            "y": node("io.output", "over"),
            "loss": node("torch.mean", "over"),
            "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
        },
        "over",
    ),
    "a weight read from its layer that is written over": (
        {
            "x": node("io.input", shape=["=B", 2]),
            "n": node("nn.PReLU", "x"),
            "w": node("param.of", of={"$at": "n"}, parameter="weight"),
            "over": node("nn.LeakyReLU", "w", inplace=True),
            "y": node("io.output", "over"),
            "y2": node("io.output", "n"),
        },
        "over",
    ),
    "a weight of what is refused in evaluation alone": (refused_later("=not training"), "o"),
    "a weight of what is refused with another batch": (refused_later(f"=B > {BATCH}"), "o"),
    "a weight of what is refused with batches that are not tried": (refused_later("=B > 99"), "o"),
    "a loss at rest, beside one that learns, is refused in evaluation": (
        {
            "x": node("io.input", shape=[2, 3]),
            "d": node("data.random", ports={"t": [2]}, classes={"t": 5}),
            "n": node("nn.Linear", "x", out_features=4, when="=not training"),
            "shown": node("block.part", {"in0": "n", "in1": "d.t"}),
            "y": node("io.output", "shown.out0"),
            "rests": node("block.part", {"in0": "n", "in1": "d.t"}, freeze=["."]),
            "o": node("optim.SGD", {"losses[0]": "rests.out0"}),
        },
        "o",
    ),
    "a layer that writes over what is needed with another batch alone, and worries with each": (
        {
            "x": node("io.input", shape=["=B", 4]),
            "n": node("nn.Linear", "x", out_features=4),
            "loss": node("torch.mean", "n"),
            "shown": node("io.output", "loss"),
            "twice": node("op.mul", "x", other=2.0, when=f"=B == {BATCH}"),
            "over": node("nn.ReLU", "twice", inplace=True),
            "later": node("torch.abs", "twice"),
            "y": node("io.output", "over"),
            "z": node("io.output", "later"),
            "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
        },
        "o",
    ),
    "a part of a weight is read behind a look-up that scales its rows": (
        {
            "d": node("data.random", ports={"p": ["=B"]}, classes={"p": 5}, samples=40),
            "weight": node("param.of", of={"$at": "rows"}, parameter="weight"),
            "parts": node("torch.chunk", "weight", chunks=2, dim=1),
            "first": node("io.output", "parts.chunks[0]"),
            "rows": node("nn.Embedding", "d.p", num_embeddings=5, embedding_dim=4, max_norm=0.5),
            "y": node("io.output", "rows"),
            "loss": node("torch.mean", "parts.chunks[1]"),
            "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
        },
        "loss",
    ),
    "a part of a weight is read before it alone": (
        {
            "d": node("data.random", ports={"p": ["=B"]}, classes={"p": 5}, samples=40),
            "weight": node("param.of", of={"$at": "rows"}, parameter="weight"),
            "parts": node("torch.chunk", "weight", chunks=2, dim=1),
            "loss": node("torch.mean", "parts.chunks[1]"),
            "first": node("io.output", "loss"),
            "rows": node("nn.Embedding", "d.p", num_embeddings=5, embedding_dim=4, max_norm=0.5),
            "y": node("io.output", "rows"),
            "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
        },
        "",
    ),
    "fractions above -1 become no number below 0": (
        {
            "d": node("data.pushes"),
            "whole": node("Tensor.long", "d.state"),
            "hot": node("F.one_hot", {"tensor": "whole"}, num_classes=4),
            "y": node("io.output", "hot"),
        },
        "",
    ),
    "what is written over in the order of the code, though a shared layer is made before": (
        {
            "d": node("data.random", ports={"p": ["=B", 1, 4, 4]}, samples=40),
            "rows": node("Tensor.flatten", "d.p", start_dim=1),
            "n": node("nn.Linear", "rows", out_features=3),
            "shown": node("io.output", "n"),
            "over": node("nn.CELU", "d.p", inplace=True),
            "padded": node("nn.ZeroPad2d", "over", padding=(1, 1, 1, 1)),
            "again": node("nn.ZeroPad2d", "padded", weights={"same_as": "padded"}),
            "y": node("io.output", "again"),
            "loss": node("torch.mean", "n"),
            "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
        },
        "o",
    ),
    "whole numbers, of which there are none, are dropped before what is refused": (
        {
            "none": node("torch.arange", end=0.5, dtype={"$name": "int64"}),
            "dropped": node("nn.Dropout3d", "none"),
            "x": node("io.input", shape=["=B", 3]),
            "refused": node("nn.Linear", "x", in_features=4, out_features=2),
            "y": node("io.output", "dropped"),
            "z": node("io.output", "refused"),
        },
        "refused",
    ),
    "a layer that writes over what is needed on the way back, where there is none": (
        {
            "x": node("io.input", shape=["=B", 3]),
            "n": node("nn.Linear", "x", out_features=4),
            "s": node("torch.sigmoid", "n"),
            "over": node("nn.ReLU", "s", inplace=True, when="=not training"),
            "y": node("io.output", "over"),
            "loss": node("torch.mean", "over"),
            "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
        },
        "",
    ),
    "values that are written over behind an attention": (weighed("attn_output", **OVER), "o"),
    "values that are written over behind one whose weights alone are used": (
        weighed("attn_output_weights", **OVER),
        "",
    ),
    "a sparse gradient of the values of an attention": (weighed("attn_output", **ROWS), "o"),
    "none of the values of one whose weights alone are used": (
        weighed("attn_output_weights", **ROWS),
        "",
    ),
    "labels of a sequence that the last batch has no score for": (
        {
            "d": node(
                "data.random", ports={"p": ["=B", 2, 4], "t": [2, 3]}, classes={"t": 4}, samples=18
            ),
            "turned": node("Tensor.permute", "d.p", args=[2, 1, 0]),
            "log": node("nn.LogSoftmax", "turned", dim=-1),
            "y": node("io.output", "log"),
            "steps": node("torch.full", size=[2], fill_value=4),
            "few": node("torch.full", size=[2], fill_value=1),
            "loss": node(
                "nn.CTCLoss",
                {
                    "log_probs": "log",
                    "targets": "d.t",
                    "input_lengths": "steps",
                    "target_lengths": "few",
                },
            ),
            "shown": node("io.output", "loss"),
        },
        "loss",
    ),
    "a part that is multiplied after its whole was written over": (
        apart("split", n=node("op.mul", "s.chunks[1]", other=2.0), z=node("io.output", "n")),
        "n",
    ),
    "a part of two that is laid out anew after its whole was written over": (
        apart("chunk", n=node("torch.ceil", "s.chunks[0]"), z=node("io.output", "n")),
        "n",
    ),
    "a part that is compared after its whole was written over": (
        apart("split", n=node("op.gt", "s.chunks[1]", other=0), z=node("io.output", "n")),
        "",
    ),
    "a part that is cut off from gradients after its whole was written over": (
        apart("split", n=node("Tensor.detach", "s.chunks[1]"), z=node("io.output", "n")),
        "",
    ),
    "a part that nothing reads after its whole was written over": (apart("chunk"), ""),
    "labels of a loss in evaluation alone": (labelled("=not training"), "loss"),
    "labels of a loss in training alone": (labelled("=training"), "loss"),
    "labels of a loss that is off": (labelled("=False"), ""),
    "log-probabilities of maps whose classes were last": (placed(0, 3, 1, 2), "o"),
    "log-probabilities of maps, turned": (placed(0, 1, 3, 2, shape=(4, 5, 3)), "o"),
    "log-probabilities of maps, copied": (placed(0, 3, 1, 2, copied=True), ""),
    "log-probabilities of a map of one place": (placed(0, 3, 1, 2, shape=(1, 1, 4)), ""),
    "log-probabilities of steps whose classes were last": (placed(0, 2, 1, shape=(5, 4)), ""),
    "labels of all samples in a row of one batch alone": (rowed(30, 5), "loss"),
    "labels of all samples in a row that no batch has": (rowed(7, 5), "loss"),
    "labels of all samples in a row of all batches": (rowed("=5*B", 5), ""),
    "channels of no numbers that are turned into places": (shuffled(0, 2), "o"),
    "channels that stay where they are, of no numbers": (shuffled(0, 1), ""),
    "channels of numbers that are turned into places": (shuffled(3, 2), ""),
    "places of before that are cut off, in a row": (put_back(1, 1), "o"),
    "places of before that are cut off, on a map": (put_back(2, 1), "o"),
    "places of before that are cut off, in a room": (put_back(3, 1), "o"),
    "places of before that are kept": (put_back(2, 0), ""),
}


LATER: dict[str, Any] = {
    "d": node("data.random", ports={"p": ["=B", 3], "q": ["=B", 3]}, samples=256),
    "few": node("op.getitem", "d.p", index=[{"$slice": [None, 2, None]}, 0]),
    "again": node("block.pair", {"in0": "few"}),
    "shown": node("io.output", "again.out0"),
    "one": node("block.pair", {"in0": "few"}),
    "m": node("metric.r2", {"input": "d.q", "target": "one.out0"}),
    "n": node("nn.Linear", "d.p", out_features=1),
    "loss": node("torch.mean", "n"),
    "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
}
"""Two blocks that refuse the last batch alone, of which one feeds a metric that is refused."""
PAIR: dict[str, Any] = {
    "name": "Pair",
    "inputs": ["in0"],
    "outputs": ["out0"],
    "nodes": {"in0": node("io.input", shape=[2]), "out0": node("io.output", "in0")},
}
PART: dict[str, Any] = {
    "name": "Part",
    "inputs": ["in0", "in1"],
    "outputs": ["out0"],
    "nodes": {
        "in0": node("io.input"),
        "in1": node("io.input"),
        "n": node("nn.LinearCrossEntropyLoss", {"input": "in0", "target": "in1"}, num_classes=5),
        "out0": node("io.output", "n"),
    },
}


@pytest.mark.parametrize("case", ORDER)
def test_torch_stops_first(case: str) -> None:
    drawing, stop = ORDER[case]
    uses_block = any(n["spec"] == "block.part" for n in drawing.values())
    found = compare_project(JUDGE, project(drawing, {"part": PART} if uses_block else None))
    assert found.word == "agreed", found.text()
    assert found.verdict.stop == stop


def test_what_was_hidden_behind_another_batch_is_told() -> None:
    drawing = trained("r", r=node("Tensor.reshape", "over", **FIXED))
    found = compare_project(JUDGE, project(drawing))
    wrong = {(d.code, str(d.node)) for d in found.verdict.diagnostics if d.severity == "error"}
    assert ("in-place", "over") in wrong
    assert {at for _, at in wrong} == {"over", "r"}


def test_of_two_faults_of_one_root_the_one_before_the_stop_stays() -> None:
    found = compare_project(JUDGE, project(LATER, {"pair": PAIR}))
    assert found.word == "agreed", found.text()
    assert found.verdict.stop == "m"
    assert {d.node for d in found.verdict.diagnostics if d.severity == "error"} >= {"one"}


def test_no_gradient_goes_back_from_what_a_block_takes_for_its_dtype_alone() -> None:
    asks = {
        "name": "Asks",
        "inputs": ["in0", "in1"],
        "outputs": ["out0"],
        "nodes": {
            "in0": node("io.input"),
            "in1": node("io.input"),
            "cast": node("Tensor.type_as", {"input": "in0", "other": "in1"}),
            "out0": node("io.output", "cast"),
        },
    }
    drawn = {
        "x": node("io.input", shape=["=B", 4]),
        "n": node("nn.Linear", "x", out_features=4),
        "cut": node("op.floordiv", "n", other=2.0),
        "part": {
            **node("block.asks", {"in0": "n", "in1": "cut"}),
            "repeat": {"count": 2, "shared": False},
        },
        "y": node("io.output", "part.out0"),
        "loss": node("torch.mean", "part.out0"),
        "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
    }
    found = compare_project(JUDGE, project(drawn, {"asks": asks}))
    assert found.word == "agreed", found.text()
    assert found.verdict.stop == ""
