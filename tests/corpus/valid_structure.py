"""Sound drawings of parts: blocks, repeats, switches, weights that are shared or frozen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graph_editor.document.model import (
    Address,
    Expr,
    Hole,
    Name,
    NodeId,
    Parameter,
    Repeat,
    Weights,
)
from tests.corpus.valid_sheet import B, Cases, Sheet, Wire, layer

CASES = Cases()
WIDTH = Parameter("width", "int")


def scored(s: Sheet, x: Wire, classes: int = 3) -> None:
    s.classify(s.put("nn.Linear", x, out_features=classes), classes)


def residual(s: Sheet) -> None:
    x = s.entry((B, Expr("F")))
    deep = s.line(x, layer("nn.Linear", out_features=Expr("x.shape[-1]")), "nn.ReLU")
    s.out(s.put("op.add", x, deep), "y")


def widened(s: Sheet) -> None:
    x = s.entry((B, Expr("F")))
    s.out(s.line(x, layer("nn.Linear", out_features=Expr("width")), "nn.Tanh"), "y")


def kept(s: Sheet) -> None:
    """Draw a layer that gives as many numbers as it gets."""
    x = s.entry((B, 8))
    s.out(s.line(x, layer("nn.Linear", out_features=8), "nn.Tanh"), "y")


@CASES
def one_block_twice_with_other_widths(s: Sheet) -> None:
    block = s.block("wide", widened, (WIDTH,))
    scored(s, s.put(block, s.put(block, s.input(6), width=7), width=5))


@CASES
def a_parameter_with_a_default(s: Sheet) -> None:
    block = s.block("wide", widened, (replace(WIDTH, default=9),))
    scored(s, s.put(block, s.put(block, s.input(6)), width=Expr("2 * 3")))


@CASES
def a_chain_of_blocks_with_their_own_weights(s: Sheet) -> None:
    scored(s, s.say(s.put(s.block("kept", kept), s.input(8)), repeat=Repeat(4)))


@CASES
def a_chain_of_one_block_with_the_same_weights(s: Sheet) -> None:
    scored(s, s.say(s.put(s.block("kept", kept), s.input(8)), repeat=Repeat(3, shared=True)))


@CASES
def a_chain_of_none(s: Sheet) -> None:
    scored(s, s.say(s.put(s.block("kept", kept), s.input(8)), repeat=Repeat(1)))


@CASES
def every_copy_is_wider_than_the_one_before(s: Sheet) -> None:
    block = s.block("wide", widened, (WIDTH,))
    scored(s, s.say(s.put(block, s.input(6), width=Expr("4 * (i + 1)")), repeat=Repeat(3)))


@CASES
def dilation_grows_along_a_chain(s: Sheet) -> None:
    def dilated(t: Sheet) -> None:
        x = t.entry((B, 4, Expr("T")))
        far = Expr("2 ** step")
        conv = t.put("nn.Conv1d", x, out_channels=4, kernel_size=3, dilation=far, padding=far)
        t.out(t.put("op.add", x, t.put("nn.ReLU", conv)), "y")

    block = s.block("dilated", dilated, (Parameter("step", "int"),))
    x = s.say(s.put(block, s.input(4, 17), step=Expr("i")), repeat=Repeat(4))
    scored(s, s.put("torch.mean", x, dim=-1))


@CASES
def a_block_in_a_block(s: Sheet) -> None:
    def outer(t: Sheet) -> None:
        inner = t.block("kept", kept)
        x = t.entry((B, 8))
        t.out(t.put("op.add", x, t.put(inner, t.put(inner, x))), "y")

    block = s.block("outer", outer)
    scored(s, s.put(block, s.put(block, s.input(8))))


@CASES
def a_block_with_two_inputs_and_two_outputs(s: Sheet) -> None:
    def crossed(t: Sheet) -> None:
        a, b = t.entry((B, 8)), t.entry((B, 5))
        t.out(t.line(a, layer("nn.Linear", out_features=5), "nn.ReLU"), "left")
        t.out(t.line(b, layer("nn.Linear", out_features=8), "nn.ReLU"), "right")

    block = s.block("crossed", crossed)
    first = s.put(block, s.input(8), s.input(5))
    second = s.put(block, first["right"], first["left"])
    scored(s, s.put("torch.cat", [second["left"], second["right"]], dim=1))


@CASES
def a_projection_that_is_there_only_where_widths_differ(s: Sheet) -> None:
    def branch(t: Sheet) -> None:
        x = t.entry((B, Expr("F")))
        side = t.put("nn.Linear", x, out_features=Expr("width"))
        t.say(side, when=Expr("input.shape[-1] != width"))
        deep = t.line(x, layer("nn.Linear", out_features=Expr("width")), "nn.ReLU")
        t.out(t.put("op.add", side, deep), "y")

    block = s.block("branch", branch, (WIDTH,))
    scored(s, s.put(block, s.put(block, s.input(6), width=8), width=8))


@CASES
def noise_only_while_training(s: Sheet) -> None:
    x = s.input(6)
    noise = s.put("op.mul", s.put("torch.randn_like", x), other=0.1)
    scored(s, s.say(s.put("op.add", x, noise), when=Expr("training")))


@CASES
def a_layer_that_is_switched_off(s: Sheet) -> None:
    x = s.say(s.put("nn.Dropout", s.input(6)), when=Expr("False"))
    scored(s, s.put("nn.Tanh", x))


@CASES
def a_layer_that_is_left_out_while_training(s: Sheet) -> None:
    scored(s, s.say(s.put("F.normalize", s.input(6)), when=Expr("not training")))


@CASES
def a_frozen_body_under_a_new_head(s: Sheet) -> None:
    x = s.line(s.input(6), layer("nn.Linear", out_features=8, id="body"), "nn.ReLU")
    s.say(Wire(NodeId("body"), "output"), freeze=(Address("."),))
    scored(s, x)


@CASES
def a_part_of_a_block_is_frozen(s: Sheet) -> None:
    def two(t: Sheet) -> None:
        x = t.entry((B, 6))
        first = t.put("nn.Linear", x, out_features=8, id="first")
        t.out(
            t.line(first, "nn.ReLU", layer("nn.Linear", out_features=8, id="second"), "nn.ReLU"),
            "y",
        )

    scored(s, s.say(s.put(s.block("two", two), s.input(6)), freeze=(Address("first"),)))


@CASES
def two_towers_with_the_same_weights(s: Sheet) -> None:
    first = s.put("nn.Linear", s.input(6), out_features=4)
    second = s.put("nn.Linear", s.input(6), out_features=4)
    s.say(second, weights=Weights(same_as=first.node))
    ends = [s.out(s.put("nn.Tanh", tower)) for tower in (first, second)]
    signs = s.line(s.data(classes=2), layer("op.mul", other=2), layer("op.sub", other=1))
    s.loss("nn.CosineEmbeddingLoss", *ends, signs)


@CASES
def a_table_is_the_last_layer_too(s: Sheet) -> None:
    table = s.put(
        "nn.Embedding", s.input(5, classes=9), num_embeddings=9, embedding_dim=4, id="table"
    )
    state = s.put(
        "op.getitem", s.put("nn.GRU", table, hidden_size=4, batch_first=True)["h_n"], index=-1
    )
    scores = s.put("F.linear", state, s.put("param.of", of=table.at))
    s.classify(scores, 9)


@CASES
def weights_are_tied_by_name(s: Sheet) -> None:
    table = s.put("nn.Embedding", s.input(classes=9), num_embeddings=9, embedding_dim=4, id="table")
    deep = s.line(table, layer("nn.Linear", out_features=4), "nn.Tanh")
    s.classify(s.put("nn.Linear", deep, out_features=9, bias=False, id="scores"), 9)
    s.ties["scores.weight"] = "table.weight"


@CASES
def several_outputs_of_which_one_is_not_trained(s: Sheet) -> None:
    x = s.line(s.input(6), layer("nn.Linear", out_features=8), "nn.ReLU")
    s.out(s.put("torch.softmax", x, dim=-1))
    s.out(x)
    scored(s, x)


@CASES
def an_output_that_is_an_input(s: Sheet) -> None:
    x = s.input(6)
    s.out(x)
    scored(s, s.put("nn.Tanh", x))


@CASES
def a_model_alone_without_data(s: Sheet) -> None:
    s.out(s.line(s.entry((B, 6)), layer("nn.Linear", out_features=2)))


@CASES
def nothing_at_all(s: Sheet) -> None:
    assert not s.nodes


@CASES
def an_input_and_an_output(s: Sheet) -> None:
    s.out(s.entry((B, 3, 8, 8)))


@CASES
def a_network_against_another(s: Sheet) -> None:
    size = s.put("Tensor.size", real := s.data(6), dim=0)
    noise = s.put("torch.randn", size=(Hole(), 4), **{"size[0]": size})
    fake = s.line(noise, layer("nn.Linear", out_features=8, id="maker"), "nn.ReLU",
                  layer("nn.Linear", out_features=6, id="maker2"))  # fmt: skip

    def critic(x: Wire, own: bool) -> Wire:
        ids = ("critic", "critic2") if own else ("", "")
        hidden = s.put("nn.Linear", x, out_features=8, id=ids[0])
        bent = s.put("nn.LeakyReLU", hidden, negative_slope=0.2)
        score = s.put("nn.Linear", bent, out_features=1, id=ids[1])
        if not own:
            for wire, whose in ((hidden, "critic"), (score, "critic2")):
                s.say(wire, weights=Weights(same_as=NodeId(whose)))
        return score

    def lost(score: Wire, spec: str) -> Wire:
        return s.put("nn.BCEWithLogitsLoss", score, s.put(spec, score))

    first = lost(critic(real, own=True), "torch.ones_like")
    second = lost(critic(s.put("Tensor.detach", fake), own=False), "torch.zeros_like")
    third = lost(critic(fake, own=False), "torch.ones_like")
    at = {
        name: Wire(NodeId(name), "output").at for name in ("critic", "critic2", "maker", "maker2")
    }
    s.train("optim.Adam", first, second, trains=(at["critic"], at["critic2"]), order=0)
    s.train("optim.Adam", third, trains=(at["maker"], at["maker2"]), order=1)


@CASES
def a_teacher_that_only_shows(s: Sheet) -> None:
    x = s.input(6)
    taught = s.out(s.put("nn.Linear", x, out_features=3))
    shown = s.line(x, layer("nn.Linear", out_features=3, id="teacher"), "Tensor.detach")
    s.say(Wire(NodeId("teacher"), "output"), freeze=(Address("."),))
    near = s.put("F.log_softmax", taught, dim=-1)
    s.loss("nn.KLDivLoss", near, s.put("torch.softmax", shown, dim=-1), reduction="batchmean")


@CASES
def a_slow_copy_of_a_network(s: Sheet) -> None:
    x = s.input(6)
    quick = s.put("nn.Linear", x, out_features=3, id="quick")
    slow = s.say(s.put("nn.Linear", x, out_features=3),
                 weights=Weights(follows=Address("quick"), decay=0.99))  # fmt: skip
    s.loss("nn.MSELoss", s.out(quick), s.put("Tensor.detach", slow))


@CASES
def codes_that_are_rounded_on_the_way(s: Sheet) -> None:
    code = s.put("nn.Linear", s.input(6), out_features=8)
    off = s.put("Tensor.detach", s.put("op.sub", s.put("torch.round", code), code))
    scored(s, s.put("nn.Tanh", s.put("op.add", code, off)))


@CASES
def a_code_with_a_spread(s: Sheet) -> None:
    x = s.input(6)
    hidden = s.line(x, layer("nn.Linear", out_features=8), "nn.ReLU")
    mean, spread = (s.put("nn.Linear", hidden, out_features=3) for _ in range(2))
    noise = s.put("torch.randn_like", spread)
    code = s.put("op.add", mean, s.put("op.mul", noise, s.put("torch.exp", spread)))
    back = s.line(
        code, layer("nn.Linear", out_features=8), "nn.ReLU", layer("nn.Linear", out_features=6)
    )
    s.loss("nn.MSELoss", s.out(back), s.data(6))
    far = s.put(
        "op.sub", s.put("op.add", s.put("torch.square", mean), s.put("torch.exp", spread)), spread
    )
    s.out(mean)
    s.losses.append(s.put("torch.mean", far))


@CASES
def the_target_is_the_input(s: Sheet) -> None:
    x = s.data(6)
    given = s.entry((B, 6), fed=x)
    code = s.line(
        given, layer("nn.Linear", out_features=2), "nn.Tanh", layer("nn.Linear", out_features=6)
    )
    s.loss("nn.MSELoss", s.out(code), x)


@CASES
def layers_that_work_in_place_where_they_may(s: Sheet) -> None:
    quick: dict[str, Any] = {"inplace": True}
    x = s.line(s.input(2, 6, 6), layer("nn.Conv2d", out_channels=4, kernel_size=3),
               layer("nn.ReLU", **quick), layer("nn.MaxPool2d", kernel_size=2),
               layer("nn.Dropout", p=0.2, **quick), "nn.Flatten")  # fmt: skip
    scored(s, x)


@CASES
def a_dropout_of_nothing_and_of_half(s: Sheet) -> None:
    x = s.line(s.input(6), layer("nn.Dropout", p=0), layer("nn.Linear", out_features=8), "nn.SELU",
               layer("nn.AlphaDropout", p=0.5))  # fmt: skip
    scored(s, x)


@CASES
def a_factor_of_low_rank(s: Sheet) -> None:
    x = s.line(
        s.input(20),
        layer("nn.Linear", out_features=3, bias=False),
        layer("nn.Linear", out_features=20),
        "nn.ReLU",
    )
    scored(s, x)


@CASES
def nobody_reads_the_second_output(s: Sheet) -> None:
    lstm = s.put("nn.LSTM", s.input(5, 6), hidden_size=4, batch_first=True)
    s.out(lstm["c_n"])
    scored(s, s.put("torch.amax", lstm, dim=1))


@CASES
def numbers_of_any_kind_enter(s: Sheet) -> None:
    kinds = ("float64", "float16", "bfloat16", "int32", "uint8", "bool")
    floats = [s.put("Tensor.float", s.input(3, dtype=kind)) for kind in kinds]
    wide = s.put("torch.cat", floats, dim=-1)
    scored(s, s.put("Tensor.to", wide, dtype=Name("float32")))


@CASES
def a_frozen_head_shows_what_it_was_taught_before(s: Sheet) -> None:
    x = s.line(s.input(6), layer("nn.Linear", out_features=8), "nn.ReLU")
    s.out(s.say(s.put("nn.Linear", x, out_features=2), freeze=(Address("."),)))
    scored(s, x)


@CASES
def a_head_that_only_shows_has_the_weights_of_one_that_learns(s: Sheet) -> None:
    x = s.line(s.input(6), layer("nn.Linear", out_features=8), "nn.ReLU")
    taught = s.put("nn.Linear", x, out_features=3)
    calm = s.put("nn.Linear", s.put("F.normalize", x), out_features=3)
    s.out(s.say(calm, weights=Weights(same_as=taught.node)))
    s.classify(taught, 3)
