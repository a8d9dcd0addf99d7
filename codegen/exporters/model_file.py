"""The model alone, for a project that has data and training of its own."""

from codegen.written import SourceText, Written
from graph_editor.document.model import FrozenMap

KEY, TITLE, HOLDS, PLACE = "model", "Model alone", "model.py", 2


def files(written: Written) -> FrozenMap[str, SourceText]:
    """Return model.py."""
    return FrozenMap({"model.py": written.files["model.py"]})
