"""Faults of which torch says nothing: the network learns badly, or what is not meant."""

from __future__ import annotations

from graph_editor.document.model import Address, At, Expr, Name
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.broken_losses import AS_FLOAT
from tests.corpus.form import (
    adding,
    being,
    between,
    conv,
    flat,
    having,
    lacking,
    linear,
    net,
    nn,
    op,
    relu,
    running,
    saying,
    wired,
)

STATE = nn("rnn", "LSTM", hidden_size=12, batch_first=True)


def by_state(*layers, **args):  # type: ignore[no-untyped-def]  # a few layers
    """Return a classifier of sequences that reads the last state of an LSTM."""
    first = nn("rnn", "LSTM", hidden_size=12, batch_first=True, **args)
    return net(first, *layers, linear("fc", 4), x=nets.SERIES, classes=4)


def behind(project, *layers):  # type: ignore[no-untyped-def]  # a few layers
    """Return the project with layers between the model and its output."""
    for layer in layers:
        project = between(project, "out.input", layer)
    return project


def warned(name, code, node, says, fix, project, **more):  # type: ignore[no-untyped-def]
    return Broken(name, code, node, says, fix, project, severity="warning", **more)


def remarked(name, code, node, says, fix, project, **more):  # type: ignore[no-untyped-def]
    return Broken(name, code, node, says, fix, project, severity="info", **more)


CASES = [
    # --- what stands before a loss -------------------------------------------------------------
    warned("softmax-of-a-classifier", "softmax-before-cross-entropy", "soft", ("B×10",),
           "Switch “soft” off", behind(nets.cnn(), nn("soft", "Softmax", dim=1))),
    warned("softmax-of-a-classifier-doubled", "softmax-before-cross-entropy", "soft",
           ("B×10", "behind “twice”"), "Switch “soft” off",
           behind(nets.cnn(), nn("soft", "Softmax", dim=1), op("twice", "op.mul", other=2.0))),
    warned("softmax-of-a-classifier-cut-off", "softmax-before-cross-entropy", "soft",
           ("B×10", "behind “least”"), "Switch “soft” and “least” off",
           behind(nets.cnn(), nn("soft", "Softmax", dim=1), op("least", "torch.clamp", min=1e-6))),
    warned("softmax-in-evaluation", "softmax-before-cross-entropy", "soft",
           ("B×10", "validation alone"), "",
           having(behind(nets.cnn(), nn("soft", "Softmax", dim=1)), "soft",
                  when=Expr("not training"))),
    warned("softmax-of-pixels", "softmax-before-cross-entropy", "soft", ("B×3×16×16",),
           "Switch “soft” off", behind(nets.unet(), nn("soft", "Softmax", dim=1))),
    remarked("log-softmax-of-a-classifier", "softmax-before-cross-entropy", "soft", ("B×4",),
             "Switch “soft” off", behind(nets.mlp(), nn("soft", "LogSoftmax", dim=1))),
    warned("sigmoid-of-an-answer", "sigmoid-before-logits-loss", "sig", ("0.5", "0.73", "B×1"),
           "Switch “sig” off", behind(between(nets.yes_or_no(classes=2), "loss.target", AS_FLOAT),
                                    nn("sig", "Sigmoid")), changes=("loss",)),
    warned("raw-scores-into-nll", "logits-into-probability-loss", "loss", ("B×10", "log-prob"),
           "Use CrossEntropyLoss instead", nets.cnn(loss="NLLLoss"), changes=("loss",)),
    warned("raw-scores-into-nll-kept", "logits-into-probability-loss", "loss", ("B×4",),
           "Insert LogSoftmax before it", nets.mlp(loss="NLLLoss"), changes=("loss",)),
    warned("softmax-into-nll", "logits-into-probability-loss", "loss", ("B×4", "probabilities"),
           "Use LogSoftmax instead",
           behind(nets.mlp(loss="NLLLoss"), nn("soft", "Softmax", dim=1))),
    warned("raw-scores-into-bce", "logits-into-probability-loss", "loss", ("0 and 1", "B×1"),
           "Insert Sigmoid before it",
           between(nets.yes_or_no(loss="BCELoss", classes=2), "loss.target", AS_FLOAT),
           refused=True, changes=("loss",)),
    warned("relu-on-scores", "activation-on-logits", "last", ("B×10",), "Switch “last” off",
           behind(nets.cnn(), relu("last"))),
    warned("dropout-on-scores", "activation-on-logits", "drop", ("B×4",), "Switch “drop” off",
           behind(nets.lstm(), nn("drop", "Dropout", p=0.2))),
    warned("prices-in-a-row", "target-stretched", "loss", ("B×1", "B", "B×B"),
           "Add an axis of size 1 to target", nets.regression(y=(B,))),
    warned("prices-in-a-column", "target-stretched", "loss", ("B×1", "B×B"),
           "Drop the last axis of target",
           behind(nets.regression(), op("row", "Tensor.squeeze", dim=1))),
    remarked("more-scores-than-classes", "more-classes-than-labels", "fc3", ("100", "4 classes"),
             "Set out_features to 4", saying(nets.mlp(), "fc3", out_features=100)),
    warned("softmax-of-no-axis", "softmax-without-dim", "soft", ("B×7×7",), "Set dim to -1",
           being(nets.attention(), "soft", "nn.Softmax")),
    # --- what goes in --------------------------------------------------------------------------
    warned("pixels-as-they-are", "unscaled-input", "conv1", ("0 to 255", "B×1×12×12"),
           "Divide by 255",
           between(nets.cnn(tokens=256), "conv1.input", op("float", "Tensor.float"))),
    warned("numbers-as-they-are", "unscaled-input", "fc1", ("0 to 99", "B×13"), "Divide by 99",
           between(nets.mlp(tokens=100), "fc1.input", op("float", "Tensor.float"))),
    warned("padding-is-a-class", "embedding-padding", "table", ("0", "10 classes", "(B)"),
           "Set padding_idx to None",
           wired(being(net(nn("table", "Embedding", num_embeddings=10, embedding_dim=8,
                              padding_idx=0), linear("fc", 10), x=(B,), tokens=10, classes=10),
                       "data", "data.digits"), x__input="data.label", loss__target="data.label")),
    # --- sequences -----------------------------------------------------------------------------
    warned("lstm-reads-the-batch", "time-first", "rnn", ("axis 0", "B×7×5", "7"),
           "Set batch_first to True", saying(nets.lstm(), "rnn", batch_first=False)),
    warned("gru-reads-the-batch", "time-first", "rnn", ("axis 0", "B×9×12"),
           "Set batch_first to True", saying(nets.tagger(), "rnn", batch_first=False)),
    warned("attention-over-the-batch", "time-first", "attend", ("axis 0", "B×7×12"),
           "Set batch_first to True", saying(nets.multihead(), "attend", batch_first=False)),
    warned("encoder-over-the-batch", "time-first", "mix", ("axis 0", "B×9×16"),
           "Set batch_first to True", saying(nets.transformer(), "mix", batch_first=False)),
    warned("rows-as-one-sequence", "time-first", "rnn", ("B×13", "3 axes"),
           "Make every sample a sequence of one step",
           net(nn("rnn", "LSTM", hidden_size=12, batch_first=True), flat("flat", "rnn.output"),
               linear("fc", 4), x=nets.TABLE, classes=4)),
    warned("states-laid-into-rows", "recurrent-state", "rows", ("B×24", "2×B×12"),
           "Put the batch first (axes 0 and 1)",
           by_state(op("rows", "Tensor.reshape", "rnn.h_n", args=(B, 24)), bidirectional=True)),
    Broken("last-state-by-batch", "recurrent-state", "pick", ("sample -1", "1×B×12"),
           "Set index to -1",
           by_state(op("pick", "op.getitem", "rnn.h_n", index=(nets.EVERY, -1)))),
    Broken("state-flattened", "recurrent-state", "flat", ("12", "1×B×12"),
           "Take the state of the last layer", by_state(flat("flat", "rnn.h_n"))),
    # --- the batch -----------------------------------------------------------------------------
    warned("squeezed-everything", "batch-dependence", "flat", ("B×16×1", "1"), "Set dim to 2",
           being(nets.signal(), "flat", "Tensor.squeeze")),
    warned("squeezed-the-batch", "batch-dependence", "row", ("dim 0", "B×1"), "Switch “row” off",
           behind(nets.regression(), op("row", "Tensor.squeeze", dim=0))),
    # --- gradients -----------------------------------------------------------------------------
    warned("encoder-cut-off", "no-gradient", "cut", ("2 layers", "detach"), "Switch “cut” off",
           between(nets.autoencoder(), "grow1.input", op("cut", "Tensor.detach"))),
    warned("signs-only", "no-gradient", "act2", ("sign", "2 layers"), "Use tanh instead",
           being(nets.mlp(), "act2", "torch.sign")),
    warned("a-second-head-without-a-loss", "leads-to-no-loss", "second", ("Linear", "no loss"), "",
           adding(nets.mlp(), linear("second", 3, "act2"), op("out2", "io.output", "second"))),
    remarked("a-branch-forgotten", "reaches-no-loss", "extra", ("1 node",), "",
             adding(nets.mlp(), linear("side", 5, "act1"), relu("extra", "side"))),
    warned("nobody-trains", "no-optimizer", "loss", ("“loss”",), "Add an AdamW optimizer",
           lacking(nets.mlp(), "adam")),
    warned("rate-of-zero", "learning-rate", "adam", ("0.0", "0.001"), "Set lr to 0.001",
           saying(nets.mlp(), "adam", lr=0.0)),
    warned("rate-far-too-high", "learning-rate", "adam", ("10", "0.1"), "Set lr to 0.001",
           saying(nets.cnn(), "adam", lr=10.0)),
    warned("rate-far-too-low", "learning-rate", "adam", ("1e-09",), "Set lr to 0.001",
           saying(nets.cnn(), "adam", lr=1e-9)),
    warned("changed-in-place-before-it-is-read", "in-place", "act2", ("in place", "“other”"),
           "Set inplace to False",
           net(linear("fc1", 8), nn("act2", "ReLU", "fc1", inplace=True),
               op("other", "op.neg", "fc1"),
               op("add", "op.add", {"input": "act2", "other": "other"}), linear("fc2", 4),
               x=nets.TABLE, classes=4)),
    # --- layers --------------------------------------------------------------------------------
    warned("everything-dropped", "dropout-percent", "drop", ("p ", "1", "zeros"), "Set p to 0.5",
           between(nets.mlp(), "fc2.input", nn("drop", "Dropout", p=1))),
    remarked("kept-for-dropped", "dropout-percent", "drop", ("0.9", "0.1"), "Set p to 0.1",
             between(nets.mlp(), "fc2.input", nn("drop", "Dropout", p=0.9))),
    remarked("bias-under-a-norm", "bias-before-norm", "conv1", ("8 numbers", "B×8×16×16"),
             "Set bias to False", saying(nets.normed_cnn(), "conv1", bias=True)),
    remarked("nothing-in-between", "linear-after-linear", "fc2",
    ("13 to 32", "32 to 16", "13 to 16"),
             "Insert a ReLU before “fc2”", lacking(nets.mlp(), "act1")),
    # --- what is said of a node and leads nowhere ----------------------------------------------
    Broken("switched-on-by-the-epoch", "name-not-known", "act1", ("when", "epoch", "training loop"),
           "Remove when", having(nets.mlp(), "act1", when=Expr("epoch > 3")), by_torch=False),
    warned("freezes-what-has-no-weights", "no-meaning", "act1", ("freeze", "ReLU"),
           "Remove freeze", having(nets.mlp(), "act1", freeze=(Address("."),))),
    warned("trains-what-has-no-weights", "no-such-weight", "adam", ("trains", "act1"),
           "Take act1 out of trains",
           saying(nets.mlp(), "adam", trains=(At(Address("fc1")), At(Address("act1"))))),
    Broken("trains-what-is-not-there", "no-such-weight", "adam", ("trains", "neck"),
           "Take neck out of trains",
           saying(nets.mlp(), "adam", trains=(At(Address("fc1")), At(Address("neck")))),
           by_torch=False),
    Broken("epochs-of-none", "run-settings", ".", ("epochs", "0", "1 or more"), "Set epochs to 10",
           running(nets.mlp(), epochs=0), by_torch=False, changes=("run",)),
    Broken("misspelt-setting", "run-settings", ".", ("epoch",), "Rename it to epochs",
           running(nets.mlp(), epoch=3), by_torch=False, changes=("run",)),
    Broken("split-of-more-than-all", "data-split", "data", ("1.3", "1"),
           "Set split to train 0.8, val 0.2",
           saying(nets.mlp(), "data", split={"train": 0.9, "val": 0.4}), by_torch=False,
           changes=("data",)),
]  # fmt: skip
_ = (Expr, Name, conv, wired)
