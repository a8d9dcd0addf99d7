"""The pages of the manual on faults that the judge finds before torch is asked."""

from __future__ import annotations

PAGES: dict[str, tuple[str, str]] = {
    "missing-input": (
        "An input that has to be fed, and that nothing feeds; or an input of the model of which "
        "neither data nor a shape of its own says anything.",
        "a wire from an output that nothing reads yet, or from the data.",
    ),
    "missing-argument": (
        "An argument without a default that is not filled in, such as `out_features`.",
        "the number of classes that the data names, or what people begin with.",
    ),
    "expression": (
        "An argument, a condition or a number of copies whose text is no expression, names what is "
        "not known there, or divides by zero. Known are the parameters of the block, named sizes, "
        "`B`, `training`, and `i` and `n` in copies.",
        "a name that is nearly the same, the default, or no condition.",
    ),
    "unknown-spec": (
        "A kind of node that is not in the catalogue: misspelt, or from a newer version.",
        "the kind whose name is nearly the same.",
    ),
    "unknown-argument": (
        "An argument that this kind of node does not have.",
        "renames it to the argument that is nearly the same, or takes it away.",
    ),
    "unknown-port": (
        "A wire into an input that this kind of node does not have.",
        "takes the wire away.",
    ),
    "input-shape": (
        "An input node that declares another shape than arrives. A size by name stands for any "
        "size, and for the same one wherever it is named again.",
        "the shape that arrives, the parameter of the block that the size is declared by, or maps "
        "resized to the size.",
    ),
    "input-type": (
        "An input node that declares another dtype than arrives.",
        "converts what arrives, or declares what arrives.",
    ),
    "repeat-count": (
        "A number of copies that is none: below 0, above 1000, or no whole number.",
        "no repeat.",
    ),
    "too-many-copies": (
        "A block with repeats within repeats, which comes to more than 10,000 nodes with all "
        "copies; so many are not judged.",
        "none; the run is not stopped by it. Fewer copies are judged.",
    ),
    "repeat-scan": (
        "A repeat over the slices of an input, which cannot be judged yet.",
        "none; the run is not stopped by it.",
    ),
    "recursive-block": (
        "A block that is used within itself, and so would never end.",
        "takes that use out.",
    ),
    "tie-mismatch": (
        "Two weights that are to be the same one, and have other shapes.",
        "lets each be a weight of its own.",
    ),
    "refused-where-on": (
        "A node that is switched off at all sizes that are tried, and that PyTorch refuses at a "
        "size at which its condition holds. The message names one.",
        "none; where the condition holds, the node needs other arguments.",
    ),
    "not-a-loss": (
        "A wire into an optimizer that brings no loss.",
        "a wire from a loss of the drawing.",
    ),
    "metric-not-scalar": (
        "A schedule that watches a tensor in place of a single number.",
        "a wire from a loss of the drawing.",
    ),
    "wrong-kind": (
        "A schedule whose optimizer, or whose parts, are something else.",
        "a wire from an optimizer of the drawing.",
    ),
    "foreign-scheduler": (
        "A schedule of several whose parts belong to another optimizer than it does.",
        "lets the part belong to the same one.",
    ),
    "gradient-not-sparse": (
        "SparseAdam for weights whose gradients are not sparse.",
        "Adam.",
    ),
    "gradient-sparse": (
        "An embedding with `sparse`, and an optimizer that as it is set takes no such gradients.",
        "takes back what is in the way, sets `sparse` to False, or SparseAdam.",
    ),
    "weight-not-matrix": (
        "Muon for weights that are no matrices, such as biases.",
        "AdamW; or name the matrices in `trains`, and give the rest to a second optimizer.",
    ),
    "weight-empty": (
        "Adafactor for weights without any number, over which it takes means.",
        "AdamW.",
    ),
    "refused-numbers": (
        "Numbers that the drawing alone makes (constants, places, counts), and that PyTorch "
        "refuses in some batch: a divisor of 0, a place that is not there.",
        "none of its own; another size, or another number where they are made.",
    ),
    "depends-on-data": (
        "A node whose result has a size that only the data decide, such as what a mask picks.",
        "none; what follows is not judged, and the run is not stopped by it.",
    ),
    "custom-code": (
        "Custom code that you have not trusted as it stands, so that it is not run and not judged.",
        "none; read it, then trust it: open the node, or `netwright trust FILE`.",
    ),
    "custom-code-text": (
        "Custom code that is no Python, does not define what its node calls, takes other inputs or "
        "parameters than are declared, or gives a name of the file it goes into another meaning.",
        "none; the message names the line and what to write.",
    ),
    "custom-code-hidden": (
        "Custom code with signs that do not show, or that turn the order of what does: what is "
        "read need not be what runs.",
        "none; the editor of the code shows them all.",
    ),
    "custom-code-failed": (
        "Trusted custom code that raises an error with what arrives at it, or gives something else "
        "than its outputs say.",
        "none; the message names the line of the code and Python's reason.",
    ),
    "torch": (
        "A refusal that nothing here explains better: what arrives, and torch's reason in short.",
        "none.",
    ),
}
"""By id: what is wrong, and what the fix does."""
