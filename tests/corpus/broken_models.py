"""Whole models that researchers draw, each with one thing wrong: GAN, VAE, GPT, two towers ..."""

from __future__ import annotations

from functools import cache
from typing import Any

from graph_editor.document.files import loads
from graph_editor.document.model import Expr, Project, Repeat
from tests.corpus.broken import Broken
from tests.corpus.form import BATCH, SAMPLES, being, having, lacking, running, saying, wired
from tests.corpus.nets import PROJECTS

B, T = Expr("B"), Expr("T")


@cache
def whole(name: str) -> Project:
    """Return one of the projects that other tests judge, in small batches."""
    text = (PROJECTS / f"{name}.netwright").read_text(encoding="utf-8")
    return running(loads(text).project, batch_size=BATCH)


def gpt() -> Project:
    """Return a small GPT that reads random characters."""
    shapes = {"next": (B, T), "tokens": (B, T)}
    short = having(whole("small_gpt"), "blocks", repeat=Repeat(1))
    return being(short, "text", "data.random", ports=shapes,
                 classes={"next": 65, "tokens": 65}, samples=SAMPLES)  # fmt: skip


def translation() -> Project:
    """Return a network that translates random words."""
    shapes = {"next": (B, T), "previous": (B, T), "source": (B, Expr("S"))}
    words = dict.fromkeys(shapes, 32)
    return being(whole("seq2seq"), "pairs", "data.random", ports=shapes, classes=words,
                 samples=SAMPLES)  # fmt: skip


def moves() -> Project:
    """Return an actor and a critic that learn from random moves."""
    shapes = {"action": (B,), "state": (B, 8), "value_target": (B, 1)}
    return being(whole("actor_critic"), "moves", "data.random", ports=shapes,
                 classes={"action": 4}, samples=SAMPLES)  # fmt: skip


def part(name: str, node: str, **args: Any) -> Project:
    """Return a project in which a node says something else."""
    return saying(whole(name), node, **args)


CASES = [
    # --- generative ----------------------------------------------------------------------------
    Broken("gan-noise-of-another-size", "input-shape", "generator", ("20", "16"),
           "Let z take B×20", part("gan", "noise", size=(whole("gan").main.graph.nodes["noise"]
                                                             .args["size"][0], 20)),
           beside=("bias-before-norm",)),
    Broken("gan-image-of-another-size", "reshape-size", "generator/shape", ("1×8×8", "64", "100"),
           "Set out_features of “pixels” to 64", part("gan", "generator/pixels", out_features=100),
           beside=("bias-before-norm",)),
    Broken("gan-critic-of-one-width", "linear-in-features", "on_real/hidden", ("784", "64"),
           "Set in_features to 64", part("gan", "critic/hidden", in_features=784),
           beside=("bias-before-norm",)),
    Broken("vae-deviation-of-another-width", "shapes-do-not-broadcast", "z", ("B×8", "B×6"),
           "Set out_features of “to_log_var” to 8",
           part("vae", "encoder/to_log_var", out_features=6)),
    Broken("vae-picture-of-another-width", "reshape-size", "decoder/shape", ("1×8×8", "49"),
           "Set out_features of “pixels” to 64", part("vae", "decoder/pixels", out_features=49)),
    Broken("vae-latent-of-another-width", "input-shape", "decoder", ("8", "12"),
           "Set latent to 12", part("vae", "encoder", latent=12)),
    # --- language ------------------------------------------------------------------------------
    Broken("gpt-heads-that-do-not-divide", "uneven-heads", "blocks[0]/attn/q_split",
           ("is 64", "is 5", "divide 64"), "Set heads of “attn” to 4",
           saying(gpt(), "blocks", heads=5)),
    Broken("gpt-heads-not-merged", "reshape-size", "blocks[0]/attn/merge",
           ("32 values", "with 64", "4×16"), "Set args to (input.shape[0], T, -1)",
           saying(gpt(), "attention/merge", args=(B, T, Expr("dim // 2")))),
    Broken("gpt-vocabulary-too-small", "embedding-range", "embed", ("60 rows", "64"),
           "Set num_embeddings to 65", saying(gpt(), "embed", num_embeddings=60)),
    Broken("gpt-head-too-small", "too-few-classes", "head", ("60 scores", "65 classes"),
           "Set out_features of “head” to 65", saying(gpt(), "head", out_features=60)),
    Broken("gpt-places-not-cut", "shapes-do-not-broadcast", "add", ("T", "32"),
           "Cut other to T along axis 1", wired(gpt(), add__other="pos"),
           beside=("reaches-no-loss",)),
    Broken("gpt-residual-of-another-width", "shapes-do-not-broadcast", "blocks[0]/add2",
           ("64", "32"), "Set out_features of “down” to 64",
           saying(gpt(), "layer/down", out_features=32)),
    Broken("gpt-logits-not-flattened", "class-target", "loss", ("65", "class number"),
           "Merge all axes of the logits but the classes", wired(gpt(), loss__input="logits"),
           beside=("reaches-no-loss",)),
    Broken("translation-state-of-another-width", "first-state", "decoder", ("×48", "1×B×40"),
           "Set hidden_size to 48", saying(translation(), "decoder", hidden_size=40)),
    Broken("translation-heads", "not-divisible", "attention", ("48", "7"),
           "Set num_heads to 8", saying(translation(), "attention", num_heads=7)),
    # --- others --------------------------------------------------------------------------------
    Broken("towers-of-other-widths", "matmul-inner-sizes", "similar", ("32", "24"),
           "Set dim of “right_tower” to 32", part("two_towers", "right_tower", dim=24)),
    Broken("towers-not-turned", "matmul-inner-sizes", "similar", ("rows of 32", "columns of 6"),
           "Swap the last two axes of other",
           lacking(whole("two_towers"), "turned")),
    Broken("moves-not-as-a-column", "gather-index", "chosen", ("1 axis", "2 axes", "B×4"),
           "Add an axis of size 1 at the end of index",
           wired(moves(), chosen__index="moves.action"),
           beside=("reaches-no-loss",)),
]  # fmt: skip
