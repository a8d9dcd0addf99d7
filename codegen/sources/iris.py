"""The iris flowers that ship with scikit-learn."""

from collections.abc import Mapping

from codegen.data_source import SourceCode, scikit_learn_table
from graph_editor.document.model import Arg

SPEC = "data.iris"


def write(_args: Mapping[str, Arg]) -> SourceCode:
    """Return code for 4 measures of a flower and its species."""
    return scikit_learn_table(
        loader="load_iris",
        variable="flowers",
        summary="The iris flowers of scikit-learn: 4 measures of 150 flowers of 3 species.",
        features=4,
        title="the iris flowers of scikit-learn",
    )
