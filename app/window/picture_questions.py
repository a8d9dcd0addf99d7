"""The dialogs that ask and tell, made with words as they have them in earnest, to be pictured."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from app.dialogs.ask_save import AskSave, TroubleDialog
from app.dialogs.conflict_dialog import ConflictDialog
from app.dialogs.error_dialog import ErrorDialog
from app.dialogs.question import Question
from app.dialogs.recovery_dialog import RecoveryDialog
from app.session.recovery import Lost
from app.session.saving import Conflict, Trouble
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.files import dumps
from graph_editor.document.journal import Recovered
from graph_editor.document.model import NodeId

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog, QWidget

    from app.session.session import Session

FILE = "digits_cnn.netwright"


def questions(session: Session, folder: Path, parent: QWidget) -> dict[str, QDialog]:
    """Return every dialog that is opened by what happens, not by a command, with a name each."""
    look, project = session.theme, session.project
    head = NodeId("head")
    other = in_block(project, "main", lambda g: set_argument(g, head, "out_features", 12))
    changed = Conflict(
        folder / FILE,
        f"{FILE} was changed on disk",
        "It was changed 3 minutes ago by another program.",
        project,
        dumps(other).encode(),
    )
    trouble = Trouble(
        folder / FILE,
        f"{FILE} was not saved",
        "There is no space left on the disk. The file is as it was; the changes are still here.",
    )
    lost = [
        Lost(
            folder / "a.journal", time.time() - 40, Recovered(other, str(folder / FILE), 12, 0, 12)
        ),
        Lost(folder / "b.journal", time.time() - 7200, Recovered(project, "", 3, 1, 3)),
        Lost(
            folder / "c.journal", time.time() - 90_000, None, "the record's first line is damaged"
        ),
    ]
    refused = Question(
        "wine.netwright was not opened",
        "It is no Netwright project: line 1 is no JSON.",
        look,
        parent,
    )
    refused.add_button("Close", "primary").clicked.connect(refused.accept)
    refused.fit_words()
    conflict = ConflictDialog(changed, look, parent)
    conflict.show_difference.click()
    report = ["12:00:01 drawn", "12:00:02 judged"]
    return {
        "save": AskSave(FILE, 3, look, parent),
        "conflict": conflict,
        "trouble": TroubleDialog(trouble, look, parent),
        "recovery": RecoveryDialog(lost, look, parent),
        "refused": refused,
        "error": ErrorDialog(_caught(), folder / FILE, report, parent),
    }


def _caught() -> Exception:
    try:
        raise KeyError("conv1")
    except KeyError as error:
        return error
