"""The handwritten digits that ship with scikit-learn."""

from collections.abc import Mapping

from codegen.data_source import SourceCode
from graph_editor.document.model import Arg, FrozenMap

SPEC = "data.digits"


def write(_args: Mapping[str, Arg]) -> SourceCode:
    """Return code for 8x8 grey images, scaled to 0..1, and their digits."""
    return SourceCode(
        title="the handwritten digits of scikit-learn",
        summary="The handwritten digits of scikit-learn: "
        "1,797 grey images of 8x8 pixels in 10 classes.",
        returns="images (N, 1, 8, 8) float32 in 0..1, labels (N,) int64",
        tensors=FrozenMap({"image": "images", "label": "labels"}),
        read=(
            "digits = load_digits()",
            "images = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1) / 16",
            "labels = torch.tensor(digits.target, dtype=torch.int64)",
        ),
        stratify="labels",
        imports=("from sklearn.datasets import load_digits",),
        packages=("scikit-learn",),
    )
