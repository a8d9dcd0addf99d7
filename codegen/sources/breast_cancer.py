"""The breast cancer table that ships with scikit-learn."""

from collections.abc import Mapping

from codegen.data_source import SourceCode, scikit_learn_table
from graph_editor.document.model import Arg

SPEC = "data.breast_cancer"


def write(_args: Mapping[str, Arg]) -> SourceCode:
    """Return code for 30 measures of a tumour and whether it is benign."""
    return scikit_learn_table(
        loader="load_breast_cancer",
        variable="tumours",
        summary="The tumours of scikit-learn: 30 measures of 569, malignant (0) or benign (1).",
        features=30,
        title="the breast tumours of scikit-learn",
    )
