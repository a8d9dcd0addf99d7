"""The errors that people meet most in PyTorch: each has a case in the corpus and offers a cure.

The list goes by what is asked most where people ask about PyTorch: shapes first, then targets,
dtypes, sequences, gradients. That a cure cures is proved for all cases in ``test_broken.py``.
"""

from __future__ import annotations

import pytest

from app.engine.judge import Judge
from graph_editor.document.files import apply_change
from graph_editor.document.model import Project
from tests.checking.drawings import cured, errors, judged, one
from tests.corpus.broken import Broken, blamed, corpus
from tests.corpus.form import BATCH, between, nn, saying
from tests.corpus.nets import mlp
from tests.corpus.real import stops

BY_NAME = {case.name: case for case in corpus()}
COMMON = {
    "mat1 and mat2 shapes cannot be multiplied": "mlp-second-layer",
    "the flattened size is another one": "cnn-for-another-image-size",
    "a Linear layer straight behind a convolution": "cnn-without-flatten",
    "channels of a convolution": "second-convolution",
    "grey images where colour is expected": "colour-net-on-grey-images",
    "images without an axis for the channel": "images-without-channels",
    "channels stand last": "channels-last-image",
    "channels of a transposed convolution": "unet-up",
    "features of a batch norm": "norm-of-the-layer-before",
    "a batch norm for another number of axes": "norm-1d-behind-images",
    "the shape of a layer norm": "layer-norm-width",
    "a kernel larger than the map": "kernel-larger-than-the-map",
    "one pooling too many": "one-pool-too-many",
    "groups that do not divide the channels": "depthwise-width",
    "a shortcut of another shape": "shortcut-without-projection",
    "sizes that do not broadcast": "places-of-another-length",
    "sizes in a concatenation": "unet-of-an-odd-image",
    "inner sizes of a matrix product": "keys-not-turned",
    "a view of another size": "view-for-another-image",
    "a view with the batch size in it": "view-with-a-batch-in-it",
    "a view after a transpose": "view-behind-a-turn",
    "permute with another number of axes": "permute-of-three-axes",
    "dimension out of range": "mean-over-an-axis-too-far",
    "index out of bounds": "picks-a-step-too-far",
    "the batch is flattened too": "flatten-takes-the-batch-too",
    "heads that do not divide the width": "heads-of-attention",
    "the width of an attention": "width-of-attention",
    "input_size of an LSTM": "features-of-another-number",
    "all steps of an LSTM before one label": "all-steps-for-one-label",
    "the last state of an LSTM, layers first": "state-straight-into-linear",
    "batch_first left out": "lstm-reads-the-batch",
    "an embedding of floats": "words-converted-to-float",
    "an embedding with too few rows": "more-words-than-rows",
    "whole numbers into a Linear layer": "whole-numbers-into-linear",
    "float64 from NumPy into a Linear layer": "doubles-into-linear",
    "class labels that are floats": "labels-are-floats",
    "class labels in a column": "labels-in-a-column",
    "one-hot labels": "one-hot-labels",
    "class labels out of range": "fewer-scores-than-digits",
    "a binary target of whole numbers": "answers-are-whole-numbers",
    "a binary target of another shape": "answers-in-a-row",
    "one score for a cross entropy": "cross-entropy-of-one-score",
    "a target that is stretched": "prices-in-a-row",
    "softmax before a cross entropy": "softmax-of-a-classifier",
    "raw scores into BCELoss": "raw-scores-into-bce",
    "grad can be created only for scalars": "loss-of-every-sample",
    "no grad_fn: what was detached": "detached-scores",
    "everything is frozen": "everything-frozen",
    "changed by an in-place operation": "relu-in-place-behind-sigmoid",
    "an optimizer forgotten": "nobody-trains",
    "a learning rate far too high": "rate-far-too-high",
    "a batch norm and a last batch of one": "last-batch-of-one",
    "a wire forgotten": "wire-forgotten",
    "a layer misspelt": "layer-misspelt",
    "dropout in percent": "dropout-in-percent",
    "places for the patches alone, and a class token": "places-without-the-token",
    "a class token that is not expanded": "token-for-all-samples",
    "the shape of an attention mask": "mask-of-another-length",
    "the shape of a padding mask": "mask-of-paddings",
    "only bool and floating types of attn_mask": "mask-of-whole-numbers",
    "target size must be the same as input size": "two-scores-for-one-answer",
    "loss called with the target first": "labels-before-scores",
    "argmax before the loss": "choice-before-cross-entropy",
    "expected more than 1 spatial element": "instance-norm-behind-the-mean",
    "curves into a transformer": "curves-into-an-encoder",
    "einsum: subscript has another size": "einsum-of-another-size",
    "einsum: number of subscripts": "einsum-of-a-sequence",
    "expected input batch_size to match target batch_size": "view-splits-samples",
    "the view of LeNet on images of MNIST": "lenet-on-28-pixels",
    "expected hidden size": "state-of-one-direction",
    "the hidden state has the batch first": "state-with-the-batch-first",
    "output[-1] with batch_first": "last-sample-for-the-last-step",
    "expected target size, a label fewer": "labels-without-the-last-word",
    "logits flattened, labels not": "logits-merged-labels-not",
    "expanded size must match the existing size": "expand-without-an-axis",
    "number of dimensions of repeat": "repeat-of-one-number",
    "split_sizes do not sum": "parts-of-another-sum",
    "k not in range": "largest-of-too-few",
    "frames before channels in a Conv3d": "video-with-the-frames-first",
    "noise for a fixed batch": "noise-for-32-samples",
    "an autoencoder that gives a smaller image": "grown-to-a-smaller-image",
}


def test_there_are_more_than_thirty_of_them() -> None:
    assert len(COMMON) >= 30
    assert len(set(COMMON.values())) == len(COMMON)


@pytest.mark.parametrize("kind", COMMON)
def test_each_offers_a_cure(kind: str) -> None:
    assert blamed(BY_NAME[COMMON[kind]]).fixes


WITHHELD = (
    ("kernel-of-an-old-net", "Set kernel_size to 8"),
    ("places-of-another-width", "Set embedding_dim of “table” to 32"),
    ("unet-of-an-odd-image", "Resize tensors[1] to 6×6"),
    ("towers-joined-along-the-batch", "Set out_features of “wide” to 8"),
)
"""What a diagnoser proposes and torch refuses: the next layer does not fit then."""


@pytest.mark.parametrize(("name", "title"), WITHHELD)
def test_what_was_tried_and_does_not_cure_is_never_shown(name: str, title: str) -> None:
    case = BY_NAME[name]
    assert title not in {fix.title for fix in blamed(case).fixes}
    changed = [edited for words, edited in _proposed(case) if words == title]
    assert len(changed) == 1
    assert stops(changed[0], BATCH)


def _proposed(case: Broken) -> list[tuple[str, Project]]:
    """Return all that is proposed for a case, tried or not, with what would become of it."""
    report = Judge()._attempts(case.project, None, None, lambda: False)[2]
    proposals = [p for found in report.proposals.values() for p in found]
    return [(p.title, p.edit(case.project)) for p in proposals]


def test_every_fix_was_judged_before_it_is_shown() -> None:
    case, judge = BY_NAME["mlp-last-layer"], Judge()
    seen: list[Project] = []
    attempts = judge._attempts

    def watched(project: Project, *rest: object, **options: object) -> object:
        seen.append(project)
        return attempts(project, *rest, **options)  # type: ignore[arg-type]  # handed on

    judge._attempts = watched  # type: ignore[method-assign, assignment]  # to see what is judged
    fixes = judge.judge(case.project).diagnostics[0].fixes
    assert len(fixes) == 3
    assert seen[0] is case.project
    applied = [apply_change(case.project, dict(fix.patch)) for fix in fixes]
    assert all(project in seen for project in applied)


def test_of_two_faults_of_one_node_each_is_cured_by_itself() -> None:
    wide = nn("norm", "BatchNorm1d", num_features=64)
    both = saying(between(mlp(), "act1.input", wide), "data", samples=46)
    first = one(judged(both), "norm-num-features")
    assert "Set num_features to 32" in {fix.title for fix in first.fixes}
    left = cured(both, first, "Set num_features to 32")
    second = one(left, "batch-of-one")
    assert (second.node, len(list(errors(left)))) == ("norm", 1)
    assert second.fixes
