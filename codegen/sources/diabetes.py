"""The diabetes progression table that ships with scikit-learn."""

from collections.abc import Mapping

from codegen.data_source import SourceCode
from graph_editor.document.model import Arg, FrozenMap

SPEC = "data.diabetes"


def write(_args: Mapping[str, Arg]) -> SourceCode:
    """Return code for 10 measures of a patient and the disease's progression.

    The target is standardised too, so that a mean squared error of 1 is what guessing the mean
    gives and the loss reads as one minus R².
    """
    return SourceCode(
        title="the diabetes patients of scikit-learn",
        summary="The diabetes patients of scikit-learn: "
        "10 measures of 442 patients and their progression.",
        returns="features (N, 10) and targets (N, 1), both float32 and\n"
        "standardised with the mean and deviation of the training part",
        tensors=FrozenMap({"x": "features", "target": "targets"}),
        read=(
            "patients = load_diabetes()",
            "features = torch.tensor(patients.data, dtype=torch.float32)",
            "targets = torch.tensor(patients.target, dtype=torch.float32).unsqueeze(1)",
        ),
        scaled=("features", "targets"),
        imports=("from sklearn.datasets import load_diabetes",),
        packages=("scikit-learn",),
    )
