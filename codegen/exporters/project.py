"""The whole project: one file for the model, one for the data, and what goes with them."""

from codegen.written import SourceText, Written
from graph_editor.document.model import FrozenMap

KEY, TITLE, HOLDS, PLACE = "project", "Python project", "model, data, train", 0


def files(written: Written) -> FrozenMap[str, SourceText]:
    """Return every file that was written."""
    return written.files
