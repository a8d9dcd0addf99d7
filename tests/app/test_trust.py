"""Custom code runs when the user has trusted it, as it stands, and never before."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli import main
from app.engine.client import Engine
from app.engine.judge import Judge
from app.places import home
from app.trust import FILE, is_trusted, trust, withdraw
from codegen import generate
from codegen.written import CannotWrite
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.edits import copy, in_block, paste, set_argument, set_code
from graph_editor.document.files import dumps, load, loads, save
from graph_editor.document.ids import IdSource
from graph_editor.document.model import Address, Code, NodeId, Project
from graph_editor.document.trust_key import needs_trust, trust_key, used_code

ROOT = Path(__file__).resolve().parents[2]
HEAD, SWISH = Address("head"), Address("swish")
SAMPLE = ROOT / "tests" / "projects" / "custom_code.netwright"


@pytest.fixture
def project() -> Project:
    return load(SAMPLE).project


def changed(project: Project, old: str, new: str) -> Project:
    code = project.code["swish"]
    assert old in code.text
    return set_code(project, "swish", replace(code, text=code.text.replace(old, new)))


def test_trust_is_kept_outside_of_the_project_and_lapses_with_any_change(project: Project) -> None:
    assert needs_trust(project)
    assert not is_trusted(project)
    before = dumps(project)
    trust(project)
    assert is_trusted(project)
    assert is_trusted(loads(dumps(project)).project)
    assert dumps(project) == before
    assert trust_key(project) in (home() / FILE).read_text()
    assert not is_trusted(changed(project, "beta * x", "beta * x + 0"))
    code = replace(project.code["swish"], inputs=("z",))
    assert not is_trusted(set_code(project, "swish", code))
    assert not is_trusted(set_code(project, "another", Code("x = 1", (), ("y",))))
    withdraw(project)
    assert not is_trusted(project)


def respelt(project: Project, spell: Callable[[str], str]) -> Project:
    code = project.code["swish"]
    return set_code(project, "swish", replace(code, text=spell(code.text)))


def test_trust_is_of_the_very_code_and_goes_with_no_other(project: Project) -> None:
    project = respelt(project, lambda text: text + "# é\n")
    trust(project)
    for spell in (
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text + "\n",
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace("beta", "\uff42eta"),
        lambda text: text.replace("beta", "b\u200beta"),
    ):
        assert not is_trusted(respelt(project, spell))
    content = json.loads(dumps(project))
    content["main"]["nodes"]["swish"]["args"]["beta"] = 7.0
    assert is_trusted(loads(json.dumps(content)).project)  # a number runs nothing
    content["code"]["swish"]["parameters"][0]["default"] = 1
    assert not is_trusted(loads(json.dumps(content)).project)  # it was 1.0
    content = json.loads(dumps(project))
    content["code"]["other"] = content["code"].pop("swish")
    content["main"]["nodes"]["swish"]["spec"] = "code.other"
    assert not is_trusted(loads(json.dumps(content)).project)
    content = json.loads(dumps(project))
    content["main"]["nodes"]["head"]["weights"] = {"start": "weights.pt"}
    assert not is_trusted(loads(json.dumps(content)).project)


def test_trust_is_of_code_in_blocks_too(project: Project) -> None:
    """A block that comes out of a library brings code that nobody has trusted here."""
    trust(project)
    content = json.loads(dumps(project))
    piece = {**content["code"]["swish"], "text": ["def hidden(x, beta):", "    return x"]}
    nodes = {
        "x": {"spec": "io.input"},
        "h": {"spec": "code.hidden", "in": {"x": "x.output"}},
        "y": {"spec": "io.output", "in": {"input": "h.y"}},
    }
    block = {"name": "Swish", "inputs": ["x"], "outputs": ["y"], "nodes": nodes}
    content["code"]["hidden"], content["blocks"] = piece, {"swish": block}
    drawn = loads(json.dumps(content)).project
    assert used_code(drawn) == ("hidden", "swish")
    assert not is_trusted(drawn)
    assert is_trusted(project)


def test_what_cannot_be_read_trusts_nothing(project: Project) -> None:
    trust(project)
    for text in ("", "[]", '{"trusted": 3}', "\ufeff{", '{"trusted": {"x": {}}}'):
        (home() / FILE).write_text(text)
        assert not is_trusted(project)
    trust(project)
    assert is_trusted(project)


def test_a_project_without_code_needs_no_trust() -> None:
    digits = load(ROOT / "assets/examples/digits_cnn.netwright").project
    assert not needs_trust(digits)
    assert is_trusted(digits)


def test_the_judge_looks_again_when_trust_comes_and_goes(project: Project) -> None:
    allowed: list[bool] = [False]
    judge = Judge(lambda _: allowed[0])
    assert judge.judge(project).status[HEAD] == "waiting"
    allowed[0] = True
    assert judge.judge(project).status[HEAD] == "ok"
    wider = changed(project, "x * torch.sigmoid(beta * x)", "torch.cat([x, x], 1)")
    assert str(judge.judge(wider).types["swish.y"].shape[1]) == "128"
    allowed[0] = False
    assert judge.judge(project).status[HEAD] == "waiting"


HOSTILE = """\
import os

open({path!r}, "a").write("run")
MARK = open({path!r}, "a")


def swish(x, beta=open({path!r}, "a").write("run") or 1.0, *, more=print("run", file=MARK)):
    MARK.write("run")
    return x
"""


@pytest.fixture
def sentinel(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "executed"
    yield path
    assert not path.exists()


def test_nothing_of_untrusted_code_is_executed(
    project: Project, sentinel: Path, tmp_path: Path
) -> None:
    """Opening, checking, writing, copying, pasting: the file that it would make stays away."""
    place, text = hostile_file(project, sentinel, tmp_path), HOSTILE.format(path=str(sentinel))
    events: list[str] = []
    _watch(events)
    opened = load(place).project
    verdict = Judge().judge(opened)
    assert verdict.status[SWISH] == "unknown"
    with pytest.raises(CannotWrite):
        generate(opened, specs_of(opened), verdict)
    fixed = in_block(opened, "main", lambda g: set_argument(g, NodeId("head"), "in_features", 64))
    written = generate(fixed, specs_of(fixed), Judge().judge(fixed))
    assert text.splitlines()[0] in written.files["model.py"].text
    fragment = copy(opened, "main", [NodeId("swish")])
    pasted = paste(Project(), "main", fragment, IdSource("a"))
    assert pasted.project.code["swish"].text == text
    assert not events


def hostile_file(project: Project, sentinel: Path, folder: Path) -> Path:
    text = HOSTILE.format(path=str(sentinel))
    save(
        folder / "hostile.netwright",
        set_code(project, "swish", replace(project.code["swish"], text=text)),
    )
    return folder / "hostile.netwright"


@pytest.mark.slow
def test_no_command_executes_untrusted_code(
    project: Project, sentinel: Path, tmp_path: Path
) -> None:
    place = hostile_file(project, sentinel, tmp_path)
    with Engine("judge") as engine:
        assert engine.judge(load(place).project).status[SWISH] == "unknown"
    assert main(["check", str(place), "--fix-all", "-o", str(tmp_path / "fixed.netwright")]) == 0
    assert main(["generate", str(place), "-o", str(tmp_path / "out")]) == 2
    assert main(["train", str(place), "--runs", str(tmp_path / "runs")]) == 2


def _watch(events: list[str]) -> None:
    """Note whenever this process executes or compiles to run what the text holds."""

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if event == "exec" and "swish" in getattr(arguments[0], "co_names", ()):
            events.append(event)

    sys.addaudithook(hear)


def test_the_command_shows_asks_and_keeps(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "mine.netwright"
    save(place, changed(project, "# ", "# \u202e\x1b[2J "))
    assert main(["trust", str(place)]) == 2  # nobody to ask
    out = capsys.readouterr()
    assert "⟨RLO⟩⟨U+001B⟩[2J" in out.out
    assert "\u202e" not in out.out
    assert "line 5 holds signs that do not show" in out.out
    assert "--yes" in out.err
    assert main(["train", str(place), "--runs", str(tmp_path / "runs")]) == 2
    assert "have not trusted (swish)" in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()
    assert main(["trust", str(place), "--yes"]) == 0
    assert is_trusted(load(place).project)
    assert main(["trust", str(place), "--withdraw"]) == 0
    assert not is_trusted(load(place).project)


@pytest.mark.slow
def test_the_check_says_what_waits_for_trust(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "mine.netwright"
    save(place, changed(project, "# ", "# \u202e "))
    assert main(["check", "--json", str(place)]) == 0
    found = json.loads(capsys.readouterr().out)["problems"]
    assert {p["code"] for p in found} == {"custom-code", "custom-code-hidden", "no-code"}
    assert "netwright trust" in found[0]["message"]
    trust(load(place).project)
    assert main(["check", "--json", str(place)]) == 0
    found = json.loads(capsys.readouterr().out)["problems"]
    assert {p["code"] for p in found} == {"custom-code-hidden"}


@pytest.mark.slow
def test_trusted_code_trains(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = ["--runs", str(tmp_path / "runs"), "--epochs", "2", "--json"]
    assert main(["trust", str(SAMPLE), "--yes"]) == 0
    capsys.readouterr()
    assert main(["train", str(SAMPLE), *runs]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["state"], told["epochs"]) == ("finished", 2)
