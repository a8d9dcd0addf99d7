"""The dialog of custom code: what it shows, what it changes, and that trust lapses as one types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest

from app.dialogs.code_dialog import CodeDialog
from app.dialogs.code_editor import CodeEditor, Colouring, Colours
from app.dialogs.code_form import Unsaid, names_in, value_of
from app.panels.code.colouring import open_quotes, python_spans
from app.session.custom_code import piece_selected
from app.session.session import Session
from app.session.why_not import UNTRUSTED, why_not_train
from app.trust import is_trusted, trust
from graph_editor.canvas.theme import theme
from graph_editor.document.edits.custom_code import change_code
from graph_editor.document.files import load
from graph_editor.document.hidden import is_hidden, meant, shown
from graph_editor.document.model import Code, InPort, NodeId, OutPort, Parameter, PortPath, Project
from tests.panels.judged import session_on

SAMPLE = Path(__file__).parents[1] / "projects" / "custom_code.netwright"
COLOURING = Colouring(python_spans, open_quotes)
HIDDEN = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200d\ufeff\u00a0\U000e0041"
Open = Callable[..., CodeDialog]


@pytest.fixture
def coded(qt: QApplication) -> Iterator[Session]:
    made = session_on(load(SAMPLE).project)
    yield made
    made.close()


@pytest.fixture
def opened(qt: QApplication, coded: Session) -> Iterator[Open]:
    made: list[CodeDialog] = []

    def open_dialog(key: str = "") -> CodeDialog:
        dialog = CodeDialog(coded, COLOURING, (40.0, 80.0), key)
        made.append(dialog)
        dialog.show()
        qt.processEvents()
        return dialog

    yield open_dialog
    for dialog in made:
        dialog.close()
        dialog.deleteLater()


@given(st.text(alphabet=st.characters() | st.sampled_from(f"{HIDDEN}⟨⟩U+20E\n\tab")))
def test_what_is_shown_hides_nothing_and_is_read_back(text: str) -> None:
    visible = shown(text)
    assert not any(map(is_hidden, visible))
    assert meant(visible) == text


def test_every_sign_of_the_trojan_kind_is_seen(opened: Open) -> None:
    dialog = opened("swish")
    assert all(map(is_hidden, HIDDEN))
    dialog.editor.set_code(f"# {HIDDEN}\n")
    text = dialog.editor.toPlainText()
    assert text.isprintable() or text.replace("\n", "").isprintable()
    assert text.count("⟨") == len(HIDDEN)
    assert dialog.editor.code() == f"# {HIDDEN}\n"
    pasted = QMimeData()
    pasted.setText("a\u202eb")
    dialog.editor.set_code("")
    dialog.editor.insertFromMimeData(pasted)
    assert dialog.editor.toPlainText() == "a⟨RLO⟩b"
    dialog.editor.setPlainText("")
    dialog.editor.insertPlainText("𝒳\u200bz")  # as an input method does
    assert dialog.editor.toPlainText() == "𝒳⟨ZWSP⟩z"
    dialog.editor.set_code("x\u202e = 1")
    dialog.check()
    assert "Line 1" in dialog.problem.text()


def test_python_is_coloured_over_several_lines(qt: QApplication) -> None:
    document = QTextDocument()
    look = theme("light")
    colours = Colours(document, COLOURING, look)
    document.setPlainText("def f():\n    '''a\n    b'''\n    return 1")
    colours.rehighlight()

    def colour(line: int) -> set[str]:
        formats = document.findBlockByNumber(line).layout().formats()
        return {each.format.foreground().color().name() for each in formats}

    assert look.hex("k_key") in colour(0)
    assert colour(1) == colour(2) == {look.hex("k_str")}
    assert look.hex("k_num") in colour(3)


def test_ok_is_one_step_that_can_be_undone(opened: Open, coded: Session) -> None:
    before = coded.project
    dialog = opened("swish")
    dialog.editor.set_code(dialog.editor.code().replace("beta * x)", "x * beta)"))
    dialog.form.outputs.setText("out")
    dialog.ok_button.click()
    assert not dialog.isVisible()
    after = coded.project
    assert "x * beta" in after.code["swish"].text
    assert after.main.graph.wires[wired("head", "input")] == OutPort(NodeId("swish"), "out")
    coded.undo()
    assert coded.project is before


def wired(node: str, port: str) -> InPort:
    return InPort(NodeId(node), PortPath(port))


def test_cancel_and_ok_without_a_change_make_no_step(opened: Open, coded: Session) -> None:
    before = coded.project
    opened("swish").ok_button.click()
    dialog = opened("swish")
    dialog.editor.set_code("nonsense")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert coded.project is before
    assert not coded.document.can_undo


def test_a_new_piece_comes_with_its_node(opened: Open, coded: Session) -> None:
    dialog = opened()
    assert dialog.check() == ""
    dialog.form.name.end(False)
    QTest.keyClicks(dialog.form.name, "2")
    assert "def my_code2(" in dialog.editor.code()
    assert dialog.check() == ""
    dialog.form.add_parameter(Parameter("scale", "float", 2.0))
    assert "does not take the parameter scale" in dialog.check()
    dialog.editor.set_code("def my_code2(x, scale):\n    return x * scale\n")
    assert dialog.check() == ""
    dialog.ok_button.click()
    (chosen,) = coded.selection
    assert coded.project.main.graph.nodes[chosen].spec == "code.my_code2"
    assert coded.project.code["my_code2"].parameters == (Parameter("scale", "float", 2.0),)
    assert piece_selected(coded) == "my_code2"
    coded.undo()
    assert "my_code2" not in coded.project.code
    assert chosen not in coded.project.main.graph.nodes


def test_a_name_that_is_taken_or_none_keeps_the_dialog_open(opened: Open, coded: Session) -> None:
    dialog = opened()
    for name, words in (("swish", "already"), ("Two", "small letter"), ("", "small letter")):
        dialog.form.name.setText(name)
        dialog.ok_button.click()
        assert dialog.isVisible()
        assert words in dialog.problem.text()
    assert not coded.document.can_undo


def test_a_faulty_line_is_named_and_marked(opened: Open) -> None:
    dialog = opened("swish")
    dialog.editor.set_code("import torch\n\n\ndef swish(x, beta)\n    return x\n")
    assert dialog.check().startswith("Line 4: ")
    assert dialog.editor.faulty == 4
    (mark,) = dialog.editor.extraSelections()
    assert mark.cursor.blockNumber() == 3
    dialog.editor.set_code("def swish(x, beta):\n    return x\n")
    dialog.check()
    assert dialog.editor.faulty == 0


def test_trust_is_given_here_and_lapses_as_one_types(opened: Open, coded: Session) -> None:
    assert why_not_train(coded)
    dialog = opened("swish")
    assert not dialog.trust.isChecked()
    dialog.trust.click()
    dialog.ok_button.click()
    assert is_trusted(coded.project)
    assert not coded.document.can_undo
    dialog = opened("swish")
    assert dialog.trust.isChecked()
    text = dialog.editor.code()
    dialog.editor.insertPlainText(" ")
    assert not dialog.trust.isChecked()
    dialog.editor.set_code(text)
    assert dialog.trust.isChecked()  # it is what was trusted
    dialog.editor.set_code(text + "\n# more\n")
    dialog.ok_button.click()
    assert not is_trusted(coded.project)
    coded.undo()
    assert is_trusted(coded.project)
    dialog = opened("swish")
    dialog.trust.click()
    dialog.ok_button.click()
    assert not is_trusted(coded.project)


def test_training_says_that_trust_is_wanted(coded: Session) -> None:
    coded.start_engine()
    assert why_not_train(coded) == UNTRUSTED
    trust(coded.project)
    assert why_not_train(coded) != UNTRUSTED


def test_the_keyboard_gets_in_and_out_of_the_editor(opened: Open) -> None:
    dialog = opened("swish")
    editor = dialog.editor
    assert dialog.focusWidget() is editor
    editor.set_code("")
    for text in ("def swish(x, beta):", "return x"):
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert editor.code() == "def swish(x, beta):\n    return x\n    "
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.code().endswith("\n        ")
    QTest.keyClick(editor, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert dialog.focusWidget() is dialog.trust
    QTest.keyClick(dialog.trust, Qt.Key.Key_Backtab)
    assert isinstance(dialog.focusWidget(), CodeEditor)
    QTest.keyClick(editor, Qt.Key.Key_Tab)  # nothing was typed since
    assert dialog.focusWidget() is dialog.trust


def test_ports_and_defaults_are_read_or_refused_in_plain_words() -> None:
    assert names_in(" x , mask", "input") == ("x", "mask")
    assert value_of("0.5", "float", "p") == 0.5
    assert value_of("3", "int", "p") == 3
    assert value_of("true", "bool", "p") is True
    assert value_of("", "float", "p") is None
    with pytest.raises(Unsaid):
        names_in("x, 2y", "input")
    with pytest.raises(Unsaid):
        value_of("a", "int", "p")


def test_wires_and_values_follow_ports_and_parameters() -> None:
    project = load(SAMPLE).project
    code = project.code["swish"]
    renamed = change_code(project, "swish", replace(code, inputs=("z",), parameters=()))
    graph = renamed.main.graph
    assert graph.wires[wired("swish", "z")] == OutPort(NodeId("flat"), "output")
    assert wired("swish", "x") not in graph.wires
    assert not graph.nodes[NodeId("swish")].args
    more = change_code(project, "swish", replace(code, inputs=("a", "b")))
    assert not [end for end in more.main.graph.wires if end.node == "swish"]
    added = change_code(project, "other", Code("def other(x): return x", ("x",), ("y",)))
    assert isinstance(added, Project)
    assert added.main is project.main
