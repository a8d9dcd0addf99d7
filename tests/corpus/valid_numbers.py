"""Sound drawings that play with numbers: broadcasting, negative axes, integers, odd names."""

from __future__ import annotations

from graph_editor.document.model import Expr, Hole, Name, Slice
from tests.corpus.valid_sheet import B, Cases, Sheet, Wire, layer

CASES = Cases()
HEAD = layer("nn.Linear", out_features=3)


def scored(s: Sheet, x: Wire, classes: int = 3) -> None:
    s.classify(s.put("nn.Linear", x, out_features=classes), classes)


def dense(s: Sheet, x: Wire, width: int = 8) -> Wire:
    return s.line(x, layer("nn.Linear", out_features=width), "nn.Tanh")


@CASES
def a_row_meets_a_column(s: Sheet) -> None:
    x = dense(s, s.input(6))
    row, column = (s.put("Tensor.unsqueeze", x, dim=dim) for dim in (1, -1))
    scored(s, s.put("Tensor.flatten", s.put("op.mul", row, column), start_dim=1))


@CASES
def a_mask_of_ones_is_spread_over_channels(s: Sheet) -> None:
    image, mask = s.input(3, 5, 5), s.input(1, 1, 5)
    x = s.put("op.mul", image, mask)
    scored(s, s.line(x, "nn.Flatten"))


@CASES
def a_vector_without_a_batch_is_added(s: Sheet) -> None:
    shift = s.put("param.tensor", shape=(8,), init="normal")
    scored(s, s.put("op.add", dense(s, s.input(6)), shift))


@CASES
def one_learnt_number_scales_all(s: Sheet) -> None:
    scale = s.put("param.tensor", shape=(), init="ones")
    scored(s, s.put("op.mul", dense(s, s.input(6)), scale))


@CASES
def four_axes_meet_two(s: Sheet) -> None:
    x = s.input(2, 4, 5)
    gain = s.put("param.tensor", shape=(4, 1), init="ones")
    scored(s, s.line(s.put("op.mul", x, gain), "nn.Flatten"))


@CASES
def a_batch_of_one_is_spread_over_the_batch(s: Sheet) -> None:
    token = s.put("param.tensor", shape=(1, 1, 8), init="normal")
    x = s.put("nn.Linear", s.input(5, 4), out_features=8)
    wide = s.put("Tensor.expand", token, args=(B, -1, -1))
    scored(s, s.line(s.put("torch.cat", [wide, x], dim=1), layer("op.getitem", index=(Slice(), 0))))


@CASES
def every_axis_is_counted_from_the_end(s: Sheet) -> None:
    x = s.input(4, 5, 6)
    turned = s.line(x, layer("Tensor.transpose", dim0=-1, dim1=-3), layer("torch.softmax", dim=-2),
                    layer("torch.mean", dim=-1), layer("torch.cumsum", dim=-1),
                    layer("Tensor.flatten", start_dim=-2, end_dim=-1))  # fmt: skip
    scored(s, turned)


@CASES
def axes_are_moved_rolled_and_flipped(s: Sheet) -> None:
    x = s.line(s.input(4, 5, 6), layer("torch.movedim", source=1, destination=-1),
               layer("torch.roll", shifts=(7, -1), dims=(1, 2)), layer("torch.flip", dims=(-1, 1)),
               layer("Tensor.permute", args=(0, -1, 1, 2)), "nn.Flatten")  # fmt: skip
    scored(s, x)


@CASES
def cuts_run_past_the_end_and_backwards_from_it(s: Sheet) -> None:
    x = s.input(9, 7)
    cut = s.put("op.getitem", x, index=(Slice(), Slice(-4, None), Slice(None, 100, 3)))
    scored(s, s.put("Tensor.flatten", cut, start_dim=1))


@CASES
def an_ellipsis_and_a_new_axis(s: Sheet) -> None:
    x = s.put("op.getitem", s.input(4, 6), index=(Name("..."), None, Slice(1, None, 2)))
    scored(s, s.put("Tensor.flatten", x, start_dim=1))


@CASES
def a_product_of_matrices_with_a_vector(s: Sheet) -> None:
    vector = s.put("param.tensor", shape=(6,), init="normal")
    x = s.put("op.matmul", s.input(4, 6), vector)
    scored(s, x)


@CASES
def a_product_of_stacks_of_other_heights(s: Sheet) -> None:
    weight = s.put("param.tensor", shape=(3, 6, 2), init="normal")
    x = s.line(s.input(4, 6), layer("Tensor.unsqueeze", dim=1))
    scored(s, s.put("Tensor.flatten", s.put("op.matmul", x, weight), start_dim=1))


@CASES
def einsum_contracts_two_axes(s: Sheet) -> None:
    weight = s.put("param.tensor", shape=(4, 6, 8), init="normal")
    x = s.put("torch.einsum", args=("btf,tfo->bo", Hole(), Hole()),
              **{"args[1]": s.input(4, 6), "args[2]": weight})  # fmt: skip
    scored(s, s.put("torch.tanh", x))


@CASES
def einsum_with_an_ellipsis(s: Sheet) -> None:
    x = s.put("torch.einsum", args=("...i,...j->...ij", Hole(), Hole()),
              **{"args[1]": s.input(4), "args[2]": s.input(5)})  # fmt: skip
    scored(s, s.put("Tensor.flatten", x, start_dim=1))


@CASES
def a_reshape_lets_one_axis_follow(s: Sheet) -> None:
    x = s.line(s.input(4, 6), layer("Tensor.reshape", args=(B, 2, -1)), layer("torch.amax", dim=1),
               layer("Tensor.view", args=(-1, 3, 4)), layer("torch.sum", dim=(1,)))  # fmt: skip
    scored(s, x)


@CASES
def a_size_of_another_tensor_shapes_this_one(s: Sheet) -> None:
    image = s.input(2, 3, 3)
    sizes = [s.put("Tensor.size", image, dim=k) for k in (0, 1)]
    flat = s.put("Tensor.reshape", image, args=(Hole(), Hole(), -1),
                 **{f"args[{k}]": size for k, size in enumerate(sizes)})  # fmt: skip
    scored(s, s.put("torch.mean", flat, dim=1))


@CASES
def an_expression_of_what_arrives_shapes_it(s: Sheet) -> None:
    half = (Expr("input.shape[0]"), Expr("input.shape[1] // 2"), 2)
    x = s.put("Tensor.reshape", s.input(10), args=half)
    scored(s, s.put("torch.logsumexp", x, dim=-1))


@CASES
def parts_of_uneven_size(s: Sheet) -> None:
    first = s.put("torch.split", s.input(9), split_size_or_sections=(2, 3, 4), dim=1, outputs=3)
    parts = [dense(s, first[f"chunks[{k}]"], 4) for k in range(3)]
    scored(s, s.line(s.put("torch.stack", parts, dim=1), layer("torch.mean", dim=1)))


@CASES
def chunks_of_which_the_last_is_smaller(s: Sheet) -> None:
    first = s.put("torch.chunk", s.input(8), chunks=3, dim=-1)
    scored(s, s.put("torch.cat", [first[f"chunks[{k}]"] for k in (2, 0, 1)], dim=1))


@CASES
def rows_are_taken_apart_and_stacked(s: Sheet) -> None:
    parts = s.put("torch.unbind", s.input(3, 6), dim=1, outputs=3)
    stacked = s.put("torch.stack", [parts[f"chunks[{k}]"] for k in (1, 2, 0)], dim=-1)
    scored(s, s.put("torch.prod", stacked, dim=-1))


@CASES
def a_join_along_the_batch_and_back(s: Sheet) -> None:
    both = s.put("torch.cat", [s.input(6), s.input(6)], dim=0)
    halves = s.put("torch.chunk", dense(s, both), chunks=2, dim=0)
    scored(s, s.put("op.sub", halves["chunks[0]"], halves["chunks[1]"]))


@CASES
def whole_numbers_are_divided_and_compared(s: Sheet) -> None:
    tokens = s.input(5, classes=50)
    half = s.put("op.floordiv", tokens, other=7)
    rest = s.put("op.mod", tokens, other=7)
    table = s.put("nn.Embedding", half, num_embeddings=8, embedding_dim=4)
    other = s.put("nn.Embedding", rest, num_embeddings=7, embedding_dim=4)
    scored(s, s.put("torch.mean", s.put("op.add", table, other), dim=1))


@CASES
def the_largest_place_is_looked_up(s: Sheet) -> None:
    place = s.put("torch.argmax", s.input(6), dim=1)
    scored(s, s.put("nn.Embedding", place, num_embeddings=6, embedding_dim=4))


@CASES
def the_best_three_are_gathered(s: Sheet) -> None:
    x = dense(s, s.input(6))
    best = s.put("torch.topk", x, k=3)
    again = s.put("torch.gather", x, best["indices"], dim=1)
    scored(s, s.put("torch.cat", [best, again], dim=1))


@CASES
def numbers_are_sorted_and_their_order_undone(s: Sheet) -> None:
    x = dense(s, s.input(6))
    ordered = s.put("torch.sort", x, descending=True)
    places = s.put("torch.argsort", ordered["indices"])
    scored(s, s.put("torch.gather", ordered, places, dim=1))


@CASES
def true_and_false_choose(s: Sheet) -> None:
    x = dense(s, s.input(6))
    positive = s.put("op.gt", x, other=0)
    small = s.put("op.lt", s.put("torch.abs", x), other=0.5)
    both = s.put("op.or", s.put("op.and", positive, small), s.put("op.invert", positive))
    scored(s, s.put("torch.where", both, x, other=0.0))


@CASES
def masks_are_numbers_too(s: Sheet) -> None:
    x = s.input(6)
    mask = s.put("Tensor.float", s.put("op.ge", x, other=0.0))
    count = s.put("torch.sum", mask, dim=1, keepdim=True)
    scored(s, s.put("torch.cat", [s.put("op.mul", x, mask), count], dim=1))


@CASES
def integers_meet_floats(s: Sheet) -> None:
    tokens = s.input(6, classes=5)
    scored(s, s.put("op.mul", tokens, other=0.25))


@CASES
def double_precision_all_the_way(s: Sheet) -> None:
    x = s.put("Tensor.float", s.input(6, dtype="float64"))
    scored(s, dense(s, x))


@CASES
def double_numbers_in_and_out_of_a_step(s: Sheet) -> None:
    wide = s.put("Tensor.to", dense(s, s.input(6)), dtype=Name("float64"))
    exact = s.put("torch.logsumexp", wide, dim=1, keepdim=True)
    scored(s, s.put("Tensor.float", exact))


@CASES
def half_precision_of_a_sum(s: Sheet) -> None:
    x = dense(s, s.input(6))
    half = s.put("Tensor.to", x, dtype=Name("bfloat16"))
    scored(s, s.put("op.add", half, x))


@CASES
def a_type_is_taken_from_another(s: Sheet) -> None:
    x = dense(s, s.input(6))
    scored(s, s.put("op.mul", x, s.put("Tensor.type_as", s.input(8, classes=2), x)))


@CASES
def noise_is_added_to_what_arrives(s: Sheet) -> None:
    x = s.input(6)
    noise = s.put("op.mul", s.put("torch.randn_like", x), other=0.1)
    scored(s, dense(s, s.put("op.add", x, noise)))


@CASES
def a_network_of_nothing_but_shapes(s: Sheet) -> None:
    s.out(
        s.line(
            s.input(4, 6), layer("torch.mean", dim=1), layer("F.normalize", dim=-1), "nn.Softsign"
        )
    )


@CASES
def distances_of_all_pairs(s: Sheet) -> None:
    x = dense(s, s.input(6))
    left, right = (s.put("Tensor.unsqueeze", x, dim=dim) for dim in (0, 1))
    far = s.put("torch.linalg.vector_norm", s.put("op.sub", left, right), dim=-1)
    s.out(x)
    s.loss("nn.MSELoss", far, s.put("torch.zeros_like", far))


@CASES
def powers_and_logarithms(s: Sheet) -> None:
    x = s.put("torch.square", dense(s, s.input(6)))
    up = s.line(x, "torch.log1p", layer("op.pow", other=0.5))
    scored(s, s.put("torch.cat", [up, s.put("torch.exp", s.put("op.neg", x))], dim=1))


@CASES
def a_scalar_minus_a_tensor(s: Sheet) -> None:
    x = s.put("torch.sigmoid", dense(s, s.input(6)))
    rest = s.put("op.sub", input=1.0, other=x)
    scored(s, s.put("torch.cat", [x, rest], dim=-1))


@CASES
def a_lower_triangle_and_its_diagonal(s: Sheet) -> None:
    x = s.line(s.input(5, 5), layer("torch.tril", diagonal=-1))
    scored(
        s,
        s.put(
            "torch.cat",
            [s.put("torch.sum", x, dim=-1), s.put("torch.diagonal", x, dim1=-2, dim2=-1)],
            dim=1,
        ),
    )


@CASES
def copies_of_rows_and_of_blocks(s: Sheet) -> None:
    x = s.put("Tensor.unsqueeze", dense(s, s.input(6), 4), dim=1)
    block = s.put("Tensor.repeat", x, args=(1, 3, 2))
    each = s.put("torch.repeat_interleave", x, repeats=3, dim=1)
    scored(s, s.put("Tensor.flatten", s.put("torch.cat", [block, each], dim=-1), start_dim=1))


@CASES
def an_axis_of_one_is_squeezed_by_name(s: Sheet) -> None:
    x = s.put("Tensor.squeeze", s.input(1, 6, 1), dim=(1, -1))
    scored(s, x)


@CASES
def an_axis_that_is_not_one_stays(s: Sheet) -> None:
    scored(s, s.put("Tensor.squeeze", s.input(6), dim=1))


@CASES
def constants_that_are_written_out(s: Sheet) -> None:
    fixed = s.put("const.tensor", value=((0.1, 0.2, 0.3), (1.0, 2.0, 3.0)))
    x = s.put("op.matmul", s.input(2), fixed)
    scored(s, s.put("op.add", x, s.put("buffer.tensor", shape=(3,), init="ones")))


@CASES
def something_is_written_into_a_copy(s: Sheet) -> None:
    x = s.put("op.mul", s.input(6), other=1.0)
    scored(s, s.put("op.setitem", x, index=(Slice(), 0), value=0.0))


@CASES
def a_lerp_between_two_ways(s: Sheet) -> None:
    x = s.input(6)
    gate = s.line(x, layer("nn.Linear", out_features=8), "nn.Sigmoid")
    scored(s, s.put("torch.lerp", dense(s, x), dense(s, x), gate))


@CASES
def frequencies_are_complex(s: Sheet) -> None:
    x = s.input(6)
    wave = s.put("Tensor.to", x, dtype=Name("complex64"))
    scored(s, s.put("torch.abs", s.put("op.mul", wave, wave)))


@CASES
def names_that_python_keeps_for_itself(s: Sheet) -> None:
    names = ["class", "self", "1st layer!", "def", "forward", "x", "läyer — ü", "None", "training"]
    x = s.input(6)
    for name in names:
        x = s.say(s.put("nn.Linear", x, out_features=6), name=name)
        x = s.say(s.put("nn.ReLU", x), name=name)
    scored(s, x)


@CASES
def names_with_nothing_to_go_by(s: Sheet) -> None:
    x = s.say(s.input(6), name="import os")
    for name in ("", "   ", "...", "_", "__init__", "a" * 60, "日本語", "\N{FIRE}"):
        x = s.say(s.line(x, layer("nn.Linear", out_features=6), "nn.ELU"), name=name)
    scored(s, x)


@CASES
def bilinear_of_two_inputs(s: Sheet) -> None:
    scored(s, s.line(s.put("nn.Bilinear", s.input(4), s.input(5), out_features=8), "nn.GELU"))


@CASES
def a_gate_halves_the_width(s: Sheet) -> None:
    scored(s, s.line(s.input(6), layer("nn.Linear", out_features=16), layer("nn.GLU", dim=-1)))


@CASES
def several_axes_are_named_at_once(s: Sheet) -> None:
    x = s.put("F.normalize", s.input(4, 5), dim=(1, 2))
    positive = s.put("op.gt", x, other=0.0)
    told = [s.put(f"torch.{name}", positive, dim=(-1, 1), keepdim=True) for name in ("all", "any")]
    both = s.put("Tensor.float", s.put("op.xor", told[0], told[1]))
    scored(s, s.line(s.put("op.add", x, both), "nn.Flatten"))
