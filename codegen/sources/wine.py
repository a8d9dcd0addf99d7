"""The wines that ship with scikit-learn."""

from collections.abc import Mapping

from codegen.data_source import SourceCode, scikit_learn_table
from graph_editor.document.model import Arg

SPEC = "data.wine"


def write(_args: Mapping[str, Arg]) -> SourceCode:
    """Return code for 13 measures of a wine and its grower."""
    return scikit_learn_table(
        loader="load_wine",
        variable="wines",
        summary="The wines of scikit-learn: 13 chemical measures of 178 wines of 3 growers.",
        features=13,
        title="the wines of scikit-learn",
    )
