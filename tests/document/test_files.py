"""What a project file may not be, each with the place and the reason; and what is kept of it."""

import json
import os
from pathlib import Path

import pytest

from graph_editor.document.files import FileProblem, Problem, dumps, load, loads, save
from graph_editor.document.model import Block, Expr, FrozenMap, Graph, Node, NodeId, Project

HEAD = '"format": "netwright", "format_version": 1, "min_reader": 1'


def _main(text: str) -> str:
    return f'{{{HEAD}, "main": {{"nodes": {{{text}}}}}}}'


def _node(text: str) -> str:
    return _main(f'"a": {{"spec": "nn.ReLU", {text}}}')


def _problems(text: str) -> list[tuple[str, str]]:
    with pytest.raises(FileProblem) as caught:
        loads(text, "f")
    return [(problem.place, problem.reason) for problem in caught.value.problems]


REFUSED = [
    ("", "1:1", "the file is empty"),
    ("  \n ", "2:2", "the file is empty"),
    ("{", "1:2", "is no JSON"),
    (f'{{{HEAD},\n "main" {{}}}}', "2:9", "expecting ':' delimiter"),
    ("[]", "", "must be an object, not a list"),
    ("{}", "format", "no Netwright project"),
    ('{"format": "other"}', "format", "no Netwright project"),
    (f"{{{HEAD}}}", "main", "is missing"),
    ('{"format": "netwright", "main": {}}', "format_version", "whole number from 1"),
    (f'{{{HEAD.replace("1,", "true,")}, "main": {{}}}}', "format_version", "whole number"),
    (f'{{{HEAD}, "main": []}}', "main", "must be an object, not a list"),
    (f'{{{HEAD}, "main": {{}}, "blocks": 3}}', "blocks", "must be an object"),
    (f'{{{HEAD}, "main": {{}}, "blocks": {{"A": {{}}}}}}', "blocks.A", "an id is a-z"),
    (f'{{{HEAD}, "main": {{}}, "blocks": {{"main": {{}}}}}}', "blocks.main", "not main"),
    (f'{{{HEAD}, "main": {{}}, "run": []}}', "run", "must be an object"),
    (f'{{{HEAD}, "main": {{}}, "layout": {{"main": 1}}}}', "layout.main", "must be an object"),
    (
        f'{{{HEAD}, "main": {{}}, "layout": {{"main": {{"at": {{"a": [1]}}}}}}}}',
        "layout.main.at.a",
        "two numbers",
    ),
    (
        f'{{{HEAD}, "main": {{}}, "layout": {{"main": {{"frames": [{{"title": 1}}]}}}}}}',
        "layout.main.frames[0]",
        "a title",
    ),
    (
        f'{{{HEAD}, "main": {{}}, "layout": {{"b": {{"grouped_frames": [{{"index": -1}}]}}}}}}',
        "layout.b.grouped_frames[0]",
        "an index and a frame",
    ),
    (
        f'{{{HEAD}, "main": {{}}, "layout": {{"b": {{"grouped_frames": [{{"index": 0}}]}}}}}}',
        "layout.b.grouped_frames[0].frame",
        "a title",
    ),
    (f'{{{HEAD}, "main": {{"nodes": []}}}}', "main.nodes", "must be an object"),
    (f'{{{HEAD}, "main": {{"name": 4}}}}', "main.name", "must be text, not a whole number"),
    (f'{{{HEAD}, "main": {{"inputs": ["x"]}}}}', "main.inputs", "there is no node x"),
    (f'{{{HEAD}, "main": {{"inputs": [1]}}}}', "main.inputs[0]", "the id of a node"),
    (
        f'{{{HEAD}, "main": {{"inputs": ["a", "a"], "nodes": {{"a": {{"spec": "io.input"}}}}}}}}',
        "main.inputs",
        "twice",
    ),
    (f'{{{HEAD}, "main": {{"ties": {{"a": "b"}}}}}}', "main.ties.a", "tie two parameters"),
    (
        f'{{{HEAD}, "main": {{"parameters": [{{"name": "class", "type": "int"}}]}}}}',
        "main.parameters[0].name",
        "Python identifier",
    ),
    (
        f'{{{HEAD}, "main": {{"parameters": [{{"name": "d", "type": "tensor"}}]}}}}',
        "main.parameters[0].type",
        "int, float, bool, str",
    ),
    (
        f'{{{HEAD}, "main": {{}}, "code": {{"f": {{"text": ["a\\nb"]}}}}}}',
        "code.f.text[0]",
        "one line",
    ),
    (_main('"A": {"spec": "nn.ReLU"}'), "main.nodes.A", "an id is a-z"),
    (_main(f'"{"a" * 41}": {{"spec": "nn.ReLU"}}'), "main.nodes." + "a" * 41, "an id is"),
    (_main('"a": {}'), "main.nodes.a.spec", "is missing"),
    (_main('"a": {"spec": "ReLU"}'), "main.nodes.a.spec", "must be kind.name, not 'ReLU'"),
    (_main('"a": {"spec": "nn.ReLU()"}'), "main.nodes.a.spec", "must be kind.name"),
    (_main('"a": {"spec": "nn.ReLÜ"}'), "main.nodes.a.spec", "must be kind.name"),
    (_main('"a": null'), "main.nodes.a", "must be an object, not null"),
    (_node('"in": {"input": "b.output"}'), "main.nodes.a.in.input", "there is no node b"),
    (_node('"in": {"input": "b"}'), "main.nodes.a.in.input", "must be node.port"),
    (_node('"in": {"input": 4}'), "main.nodes.a.in.input", "must be node.port"),
    (_node('"in": {"inp ut": "a.output"}'), "main.nodes.a.in.inp ut", "is no port"),
    (_node('"in": {"input[-1]": "a.output"}'), "main.nodes.a.in.input[-1]", "is no port"),
    (_node('"in": []'), "main.nodes.a.in", "must be an object"),
    (_node('"args": {"a b": 1}'), "main.nodes.a.args.a b", "Python identifier"),
    (_node('"args": {"lambda": 1}'), "main.nodes.a.args.lambda", "Python identifier"),
    (_node('"args": {"k": NaN}'), "main.nodes.a.args.k", "NaN is no JSON number"),
    (_node('"args": {"k": [1, -Infinity]}'), "main.nodes.a.args.k[1]", "-Infinity is no"),
    (_node('"args": {"k": 1e999}'), "main.nodes.a.args.k", "too large"),
    (_node(f'"args": {{"k": {2**64 + 1}}}'), "main.nodes.a.args.k", "too large"),
    (_node(f'"args": {{"k": {"9" * 5000}}}'), "main.nodes.a.args.k", "too large"),
    (_node('"args": {"k": "\\ud800"}'), "main.nodes.a.args.k", "surrogate"),
    (_node('"args": {"k": {"\\udc00": 1}}'), "main.nodes.a.args.k", "surrogate"),
    (_node('"args": {"k": 1, "k": 2}'), "main.nodes.a.args.k", "stands more than once"),
    (_node('"args": {"k": {"$slice": [1]}}'), "main.nodes.a.args.k", "start, stop and step"),
    (_node('"args": {"k": {"$name": "a b"}}'), "main.nodes.a.args.k", "dotted name"),
    (_node('"args": {"k": {"$name": 1}}'), "main.nodes.a.args.k", "dotted name"),
    (_node('"args": {"k": {"$at": "/a"}}'), "main.nodes.a.args.k", "an address"),
    (_node('"args": {"k": {"$float": "nan"}}'), "main.nodes.a.args.k", '"-inf"'),
    (_node('"args": {"k": {"$new": 1}}'), "main.nodes.a.args.k", "reserved"),
    (_node('"args": {"k": {"$at": "a", "b": 1}}'), "main.nodes.a.args.k", "the only key"),
    (_node(f'"args": {{"k": {"[" * 40}{"]" * 40}}}'), "[0]" * 32, "32 deep"),
    (_node('"when": 3'), "main.nodes.a.when", "must be an expression"),
    (_node('"when": "training"'), "main.nodes.a.when", "must be an expression"),
    (_node('"repeat": {}'), "main.nodes.a.repeat.count", "is missing"),
    (_node('"repeat": {"shared": 1}'), "main.nodes.a.repeat.shared", "true or false"),
    (_node('"repeat": {"count": 1.5}'), "main.nodes.a.repeat.count", "whole number"),
    (_node('"repeat": {"count": 1, "over": {"x": 1.0}}'), "repeat.over.x", "axis of a port"),
    (_node('"weights": {"same_as": "a/b"}'), "weights.same_as", "the id of a node"),
    (_node('"weights": {"follows": ""}'), "weights.follows", "an address"),
    (_node('"weights": {"decay": "0.9"}'), "weights.decay", "a number or an expression"),
    (_node('"weights": {"every": 1.0}'), "weights.every", "a whole number or"),
    (_node('"freeze": ["a//b"]'), "main.nodes.a.freeze[0]", "an address"),
    (_node('"freeze": "a"'), "main.nodes.a.freeze", "must be a list"),
    (_node('"silence": ["Wrong Id"]'), "main.nodes.a.silence[0]", "the id of a rule"),
    (_node(f'"later": {"[" * 40}{"]" * 40}'), "main.nodes.a.later", "32 deep"),
    ("[" * 100_000, "", "deep"),
]


@pytest.mark.parametrize(("text", "place", "reason"), REFUSED)
def test_a_malformed_file_is_refused_with_place_and_reason(
    text: str, place: str, reason: str
) -> None:
    problems = _problems(text)
    assert any(place in where and reason in why for where, why in problems), problems


def test_all_problems_are_told_at_once_but_no_more_than_twenty() -> None:
    text = _main(", ".join(f'"A{k}": {{"spec": "nn.ReLU"}}' for k in range(50)))
    assert len(_problems(text)) == 20
    text = _main('"A": {"spec": "b"}, "c": {"spec": "nn.ReLU", "in": {"x": "d.y"}}')
    assert [place for place, _ in _problems(text)] == [
        "main.nodes.A",
        "main.nodes.A.spec",
        "main.nodes.c.in.x",
    ]


def test_a_problem_reads_as_one_line() -> None:
    assert str(Problem("f.netwright", "main.name", "must be text")) == (
        "f.netwright: main.name: must be text"
    )
    with pytest.raises(FileProblem, match="f: main: is missing"):
        loads(f"{{{HEAD}}}", "f")


@pytest.mark.parametrize(
    ("content", "place", "reason"),
    [
        (b"", "1:1", "empty"),
        (b"\xef\xbb\xbf{}", "1:1", "byte order mark"),
        (b"\xff\xfe{\x00}\x00", "1:1", "byte order mark"),
        (b'{"a":\n "\xff"}', "2:3", "not UTF-8"),
        (b'"\xed\xa0\x80"', "1:2", "not UTF-8"),
    ],
)
def test_wrong_bytes_are_refused(content: bytes, place: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "a.netwright"
    path.write_bytes(content)
    with pytest.raises(FileProblem) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert problem.path == str(path)
    assert problem.place == place
    assert reason in problem.reason


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path, reason in (
        (tmp_path / "absent", "no such file"),
        (tmp_path, "is a folder"),
        (Path("a\0b"), "null"),
    ):
        with pytest.raises(FileProblem, match=reason):
            load(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes among its files")
def test_a_pipe_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileProblem, match="no regular file"):
        load(tmp_path / "pipe")


def test_a_file_that_may_not_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "a.netwright"
    save(path, Project())
    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(FileProblem, match="permission denied"):
        load(path)


def test_a_huge_file_is_not_even_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("files", "file_json"):
        monkeypatch.setattr(f"graph_editor.document.{module}.MAX_BYTES", 1000)
    path = tmp_path / "a.netwright"
    path.write_bytes(b"\xff" * 1001)
    with pytest.raises(FileProblem, match="is larger than"):
        load(path)


def test_a_file_of_a_newer_version_is_kept_whole() -> None:
    text = dumps(loads(_node('"args": {"p": 1}, "spin": [1.0, {"b": null}]')).project)
    text = text.replace('"format_version": 1', '"format_version": 7')
    loaded = loads(text)
    assert not loaded.read_only
    assert "newer Netwright" in loaded.warnings[0]
    assert dumps(loaded.project) == text


def test_a_file_that_asks_for_a_newer_reader_is_for_reading_only(tmp_path: Path) -> None:
    text = dumps(Project()).replace(
        '"format_version": 1, "min_reader": 1', '"format_version": 9, "min_reader": 8'
    )
    loaded = loads(text)
    assert loaded.read_only
    assert dumps(loaded.project) == text
    with pytest.raises(FileProblem, match="reading only"):
        save(tmp_path / "a.netwright", loaded.project)
    broken = text.replace('"nodes": {}', '"nodes": "of another form"')
    assert "newer Netwright" in _problems(broken)[0][1]


def test_saving_refuses_what_could_not_be_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "a.netwright"
    save(path, Project())
    before = path.read_bytes()

    def with_args(**args: object) -> Project:
        node = Node("nn.ReLU", args=FrozenMap(args))  # type: ignore[arg-type]
        return Project(Block(Graph(FrozenMap({NodeId("a"): node}))))

    for project, reason in (
        (with_args(p=float("nan")), "nan"),
        (with_args(p="\ud800"), "surrogate"),
        (with_args(p=2**70), "too large"),
        (with_args(p=Expr("?")), "not come back"),
        (with_args(p=FrozenMap({"$x": 1})), "reserved"),
        (with_args(p={1, 2}), "no argument"),
        (Project(Block(Graph(FrozenMap({NodeId("B"): Node("nn.ReLU")})))), "an id is"),
        (Project(extra=FrozenMap({"main": 1})), "kept aside"),
        (Project(extra=FrozenMap({"x": object()})), "JSON"),
        (Project(extra=FrozenMap({"x": float("inf")})), "JSON compliant"),
    ):
        with pytest.raises(FileProblem, match=reason):
            save(path, project)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["a.netwright"]  # noqa: PTH208  # names are what is asked


def test_a_full_disk_is_told_as_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileProblem, match="No space left on device"):
        save(tmp_path / "a.netwright", Project())


def test_each_node_has_one_line_with_what_comes_in() -> None:
    nodes = '"b": {"spec": "nn.ReLU"}, "a": {"in": {"y": "b.z", "x": "b.z"}, "spec": "op.add"}'
    lines = dumps(loads(_main(nodes)).project).splitlines()
    assert lines[4] == '   "a": {"spec": "op.add", "in": {"x": "b.z", "y": "b.z"}},'
    assert lines[5] == '   "b": {"spec": "nn.ReLU"}'


def test_no_text_can_add_a_line() -> None:
    name = "a\nb\r\x85\u2028\u2029\x0b\x0c\x1c"
    text = dumps(Project(Block(name=name)))
    assert len(text.splitlines()) == len(dumps(Project(Block(name="a"))).splitlines())
    assert loads(text).project.main.name == name


def test_a_project_file_is_json() -> None:
    assert json.loads(dumps(Project())) == {
        "format": "netwright",
        "format_version": 1,
        "min_reader": 1,
        "main": {"nodes": {}},
    }
