"""Sound drawings of sequences: recurrent layers, attention, masks and tables of embeddings."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Expr, Hole, Name, Slice, Weights
from tests.corpus.valid_sheet import B, Cases, Sheet, Wire, layer

CASES = Cases()
FIRST = {"batch_first": True}
LAST = (Slice(), -1)
"""The last step of B×T×F."""
TURN = layer("Tensor.transpose", dim0=0, dim1=1)
SMALL = {"nhead": 2, "dim_feedforward": 8, "dropout": 0.0}


def scored(s: Sheet, x: Wire, classes: int = 3) -> None:
    s.classify(s.put("nn.Linear", x, out_features=classes), classes)


@CASES
def the_last_step_of_an_lstm(s: Sheet) -> None:
    lstm = s.put("nn.LSTM", s.input(7, 5), hidden_size=6, **FIRST)
    scored(s, s.put("op.getitem", lstm, index=LAST))


@CASES
def the_state_of_the_last_layer(s: Sheet) -> None:
    lstm = s.put("nn.LSTM", s.input(7, 5), hidden_size=6, num_layers=3, dropout=0.2, **FIRST)
    scored(s, s.put("op.getitem", lstm["h_n"], index=-1))


@CASES
def the_states_of_both_ways_are_joined(s: Sheet) -> None:
    gru = s.put("nn.GRU", s.input(7, 5), hidden_size=6, bidirectional=True, **FIRST)
    ends = [s.put("op.getitem", gru["h_n"], index=k) for k in (-2, -1)]
    scored(s, s.put("torch.cat", ends, dim=-1))


@CASES
def the_states_of_all_layers_are_turned_and_flattened(s: Sheet) -> None:
    gru = s.put("nn.GRU", s.input(7, 5), hidden_size=6, num_layers=2, **FIRST)
    scored(s, s.line(gru["h_n"], TURN, layer("Tensor.flatten", start_dim=1)))


@CASES
def one_state_is_squeezed(s: Sheet) -> None:
    rnn = s.put("nn.RNN", s.input(7, 5), hidden_size=6, nonlinearity="relu", **FIRST)
    scored(s, s.put("Tensor.squeeze", rnn["h_n"], dim=0))


@CASES
def time_comes_first_where_it_is_turned(s: Sheet) -> None:
    lstm = s.line(s.input(7, 5), TURN, layer("nn.LSTM", hidden_size=6))
    scored(s, s.put("op.getitem", lstm, index=-1))


@CASES
def time_comes_first_by_a_permutation(s: Sheet) -> None:
    turned = s.put("Tensor.permute", s.input(5, 7), args=(2, 0, 1))
    scored(s, s.put("op.getitem", s.put("nn.GRU", turned, hidden_size=6)["h_n"], index=0))


@CASES
def states_are_handed_on_to_a_decoder(s: Sheet) -> None:
    encoder = s.put("nn.LSTM", s.input(7, 5), hidden_size=6, **FIRST)
    hx = {"hx[0]": encoder["h_n"], "hx[1]": encoder["c_n"]}
    decoder = s.put("nn.LSTM", s.input(3, 4), hidden_size=6, **FIRST, **hx)
    s.regress(s.put("nn.Linear", decoder, out_features=2), 3, 2)


@CASES
def a_state_that_is_learnt(s: Sheet) -> None:
    x = s.input(7, 5)
    start = s.put("param.tensor", shape=(1, 1, 6), init="normal")
    size = s.put("Tensor.size", x, dim=0)
    wide = s.put("Tensor.expand", start, args=(-1, Hole(), -1), **{"args[1]": size})
    gru = s.put("nn.GRU", x, s.put("Tensor.contiguous", wide), hidden_size=6, **FIRST)
    scored(s, s.put("op.getitem", gru, index=LAST))


@CASES
def a_projection_narrows_the_state(s: Sheet) -> None:
    lstm = s.put("nn.LSTM", s.input(7, 5), hidden_size=6, proj_size=4, **FIRST)
    both = [s.put("op.getitem", lstm[port], index=-1) for port in ("h_n", "c_n")]
    scored(s, s.put("torch.cat", both, dim=1))


@CASES
def a_cell_is_unrolled_by_hand(s: Sheet) -> None:
    x = s.input(3, 5)
    steps = [s.put("op.getitem", x, index=(Slice(), step)) for step in range(3)]
    first = state = s.put("nn.GRUCell", steps[0], hidden_size=6)
    for step in steps[1:]:
        state = s.put("nn.GRUCell", step, state, hidden_size=6)
        s.say(state, weights=Weights(same_as=first.node))
    scored(s, state)


@CASES
def one_sequence_without_a_batch(s: Sheet) -> None:
    lstm = s.put("nn.LSTM", s.entry((9, 5)), hidden_size=6)
    s.out(s.line(lstm, layer("op.getitem", index=-1), layer("nn.Linear", out_features=2)))


@CASES
def every_step_has_a_label(s: Sheet) -> None:
    gru = s.put("nn.GRU", s.input(7, 5), hidden_size=6, bidirectional=True, **FIRST)
    scores = s.line(
        gru, layer("nn.Linear", out_features=4), layer("Tensor.transpose", dim0=1, dim1=2)
    )
    s.classify(scores, 4, 7)


@CASES
def a_convolution_reads_time_on_the_last_axis(s: Sheet) -> None:
    conv = layer("nn.Conv1d", out_channels=8, kernel_size=3, padding=2, dilation=2)
    s.classify(
        s.line(
            s.input(5, 9),
            conv,
            "nn.ReLU",
            layer("torch.mean", dim=-1),
            layer("nn.Linear", out_features=3),
        ),
        3,
    )


@CASES
def a_causal_convolution_pads_on_the_left(s: Sheet) -> None:
    conv = layer("nn.Conv1d", out_channels=5, kernel_size=3, dilation=4)
    x = s.input(5, 9)
    deep = s.line(x, layer("F.pad", pad=(8, 0)), conv, "nn.ReLU")
    s.regress(s.put("op.add", x, deep), 5, 9)


def heads(s: Sheet, *sources: Wire, **args: Any) -> Wire:
    return s.put("nn.MultiheadAttention", *sources, num_heads=2, **{**FIRST, **args})


@CASES
def attention_with_a_causal_mask(s: Sheet) -> None:
    x = s.input(6, 8)
    mask = s.line(s.put("torch.ones", size=(6, 6)), layer("torch.triu", diagonal=1), "Tensor.bool")
    attended = heads(s, x, x, x, attn_mask=mask, need_weights=False)
    scored(s, s.put("op.getitem", attended, index=LAST))


@CASES
def attention_with_a_mask_of_padding(s: Sheet) -> None:
    tokens = s.input(6, classes=9)
    x = s.put("nn.Embedding", tokens, num_embeddings=9, embedding_dim=8, padding_idx=0)
    hidden = s.put("op.eq", tokens, other=8)
    attended = heads(s, x, x, x, key_padding_mask=hidden)
    scored(s, s.put("torch.mean", attended, dim=1))


@CASES
def keys_and_values_of_other_widths(s: Sheet) -> None:
    attended = heads(s, s.input(4, 8), s.input(6, 5), s.input(6, 3), kdim=5, vdim=3)
    scored(s, s.put("torch.sum", attended, dim=1))


@CASES
def the_weights_of_attention_are_an_output(s: Sheet) -> None:
    x = s.input(4, 8)
    attended = heads(s, x, x, x, average_attn_weights=False)
    s.out(attended["attn_output_weights"])
    scored(s, s.put("torch.amax", attended, dim=1))


@CASES
def attention_with_time_first(s: Sheet) -> None:
    x = s.put("Tensor.transpose", s.input(4, 8), dim0=0, dim1=1)
    attended = s.put("nn.MultiheadAttention", x, x, x, num_heads=4)
    scored(s, s.put("torch.mean", attended, dim=0))


@CASES
def attention_written_out(s: Sheet) -> None:
    x = s.input(6, 8)
    many = layer("Tensor.unflatten", dim=-1, sizes=(2, 4))
    parts = [
        s.line(
            x, layer("nn.Linear", out_features=8), many, layer("Tensor.transpose", dim0=1, dim1=2)
        )
        for _ in range(3)
    ]
    scores = s.put("op.matmul", parts[0], s.put("Tensor.transpose", parts[1], dim0=-2, dim1=-1))
    weights = s.line(scores, layer("op.truediv", other=2.0), layer("torch.softmax", dim=-1))
    mixed = s.put("op.matmul", weights, parts[2])
    back = s.line(
        mixed, layer("Tensor.transpose", dim0=1, dim1=2), layer("Tensor.flatten", start_dim=2)
    )
    scored(s, s.put("op.getitem", back, index=LAST))


@CASES
def fused_attention_with_shared_keys(s: Sheet) -> None:
    q = s.input(4, 6, 8)
    k, v = s.input(2, 6, 8), s.input(2, 6, 8)
    mixed = s.put("F.scaled_dot_product_attention", q, k, v, is_causal=True, enable_gqa=True)
    scored(s, s.put("Tensor.flatten", mixed, start_dim=1))


@CASES
def an_encoder_with_a_float_mask(s: Sheet) -> None:
    mask = s.line(
        s.put("torch.full", size=(6, 6), fill_value=-1e9), layer("torch.triu", diagonal=1)
    )
    deep = s.put("nn.TransformerEncoderLayer", s.input(6, 8), src_mask=mask, **SMALL, **FIRST)
    scored(s, s.put("torch.mean", deep, dim=1))


@CASES
def a_decoder_looks_at_a_longer_memory(s: Sheet) -> None:
    deep = s.put("nn.TransformerDecoderLayer", s.input(3, 8), s.input(11, 8), **SMALL, **FIRST)
    s.regress(deep, 3, 8)


@CASES
def a_whole_transformer(s: Sheet) -> None:
    small = {"d_model": 8, "nhead": 2, "dim_feedforward": 8, **FIRST}
    counts = {"num_encoder_layers": 1, "num_decoder_layers": 1}
    deep = s.put("nn.Transformer", s.input(5, 8), s.input(3, 8), **small, **counts)
    s.classify(
        s.line(
            deep, layer("nn.Linear", out_features=6), layer("Tensor.transpose", dim0=1, dim1=-1)
        ),
        6,
        3,
    )


@CASES
def a_small_language_model(s: Sheet) -> None:
    tokens = s.input(6, classes=11)
    places = s.put("torch.arange", end=6)
    table = s.put("nn.Embedding", tokens, num_embeddings=11, embedding_dim=8)
    where = s.put("nn.Embedding", places, num_embeddings=6, embedding_dim=8)
    x = s.put("op.add", table, where)
    mask = s.line(s.put("torch.ones", size=(6, 6)), layer("torch.triu", diagonal=1), "Tensor.bool")
    deep = s.put("nn.TransformerEncoderLayer", x, mask, **SMALL, **FIRST, norm_first=True)
    scores = s.line(
        deep,
        layer("nn.LayerNorm", normalized_shape=8),
        layer("nn.Linear", out_features=11, bias=False),
    )
    s.classify(s.put("Tensor.transpose", scores, dim0=1, dim1=2), 11, 6)


@CASES
def scores_of_all_steps_in_one_column(s: Sheet) -> None:
    table = s.put("nn.Embedding", s.input(6, classes=11), num_embeddings=11, embedding_dim=8)
    gru = s.put("nn.GRU", table, hidden_size=8, **FIRST)
    scores = s.out(s.put("nn.Linear", gru, out_features=11))
    column = s.put("Tensor.flatten", scores, start_dim=0, end_dim=1)
    s.loss("nn.CrossEntropyLoss", column, s.put("Tensor.flatten", s.data(6, classes=11)))


@CASES
def the_next_token_is_the_target(s: Sheet) -> None:
    text = s.data(7, classes=11)
    before = s.put("op.getitem", text, index=(Slice(), Slice(None, -1)))
    after = s.put("op.getitem", text, index=(Slice(), Slice(1, None)))
    tokens = s.entry((B, 6), "int64", before)
    table = s.put("nn.Embedding", tokens, num_embeddings=11, embedding_dim=8)
    deep = s.put("nn.Linear", s.put("nn.GRU", table, hidden_size=8, **FIRST), out_features=11)
    scores = s.put("Tensor.transpose", s.out(deep), dim0=1, dim1=2)
    s.loss("nn.CrossEntropyLoss", scores, after)


@CASES
def a_table_with_exactly_as_many_rows_as_there_are_tokens(s: Sheet) -> None:
    rows = s.put("nn.Embedding", s.input(5, classes=7), num_embeddings=7, embedding_dim=4)
    scored(s, s.put("torch.sum", rows, dim=1))


@CASES
def a_table_whose_padding_is_the_row_too_many(s: Sheet) -> None:
    rows = s.put(
        "nn.Embedding", s.input(5, classes=7), num_embeddings=8, embedding_dim=4, padding_idx=-1
    )
    scored(s, s.put("Tensor.flatten", rows, start_dim=1))


@CASES
def bags_of_embeddings(s: Sheet) -> None:
    bags = [
        s.put(
            "nn.EmbeddingBag", s.input(5, classes=7), num_embeddings=7, embedding_dim=4, mode=mode
        )
        for mode in ("mean", "sum", "max")
    ]
    scored(s, s.put("torch.cat", bags, dim=1))


@CASES
def one_token_for_each_sample(s: Sheet) -> None:
    row = s.put("nn.Embedding", s.input(classes=7), num_embeddings=7, embedding_dim=4)
    scored(s, row)


@CASES
def tokens_as_rows_of_ones(s: Sheet) -> None:
    ones = s.line(s.input(5, classes=7), layer("F.one_hot", num_classes=7), "Tensor.float")
    scored(s, s.put("Tensor.flatten", ones, start_dim=-2))


@CASES
def steps_of_any_number(s: Sheet) -> None:
    x = s.entry((B, Expr("T"), 5))
    lstm = s.put("nn.LSTM", x, hidden_size=6, **FIRST)
    places = s.put(
        "torch.arange",
        s.put("const.value", value=0),
        dtype=Name("float32"),
        end=s.put("Tensor.size", x, dim=1),
    )
    far = s.line(places, layer("op.mul", other=0.1), "torch.sin", layer("Tensor.unsqueeze", dim=-1))
    s.out(s.put("op.add", lstm, far))


@CASES
def a_mean_that_leaves_padding_out(s: Sheet) -> None:
    tokens = s.input(6, classes=9)
    x = s.put("nn.Embedding", tokens, num_embeddings=9, embedding_dim=8)
    kept = s.line(
        s.put("op.ne", tokens, other=0), "Tensor.float", layer("Tensor.unsqueeze", dim=-1)
    )
    total = s.put("torch.sum", s.put("op.mul", x, kept), dim=1)
    count = s.line(kept, layer("torch.sum", dim=1), layer("torch.clamp", min=1.0))
    scored(s, s.put("op.truediv", total, count))


@CASES
def scores_where_nothing_is_are_masked(s: Sheet) -> None:
    x = s.input(6, 8)
    scores = s.put("nn.Linear", x, out_features=1)
    hidden = s.put("Tensor.bool", s.data(6, 1, classes=2))
    there = s.entry((B, 6, 1), "bool", hidden)
    masked = s.put("Tensor.masked_fill", scores, there, value=-1e9)
    weights = s.put("torch.softmax", masked, dim=1)
    scored(s, s.put("torch.sum", s.put("op.mul", x, weights), dim=1))


@CASES
def labels_are_looked_up_beside_a_row_for_none(s: Sheet) -> None:
    digits = s.put("data.digits")
    label = s.entry((B,), "int64", digits["label"])
    table = s.put("nn.Embedding", label, num_embeddings=11, embedding_dim=6, padding_idx=10)
    image = s.line(table, layer("nn.Linear", out_features=64), "nn.Sigmoid")
    shaped = s.put("Tensor.unflatten", image, dim=1, sizes=(1, 8, 8))
    s.loss("nn.MSELoss", s.out(shaped), digits)
