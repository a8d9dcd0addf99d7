"""Following a growing file: torn lines, spoilt lines, and where a run ends."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.training import follow as following
from app.training.follow import Follower, Tail, follow, read_records
from app.training.status import RunStatus, write_status


def lines(count: int) -> bytes:
    records = ({"event": "step", "step": k, "name": "é\n"} for k in range(count))
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records).encode()


@settings(max_examples=60, deadline=None)
@given(cuts=st.lists(st.integers(0, 400), max_size=12))
def test_any_cutting_of_the_writes_gives_the_same_records(
    cuts: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("tail") / "metrics.jsonl"
    whole, found = lines(10), []
    tail = Tail(path)
    assert tail.poll() == []
    places = [0, *sorted(cut for cut in cuts if cut < len(whole)), len(whole)]
    for start, end in itertools.pairwise(places):
        with path.open("ab") as file:
            file.write(whole[start:end])
        found += tail.poll()
    assert [record["step"] for record in found] == list(range(10))
    assert tail.spoilt == 0


def test_a_torn_last_line_waits_for_its_end(tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(b'{"step": 1}\n{"st')
    tail = Tail(path)
    assert tail.poll() == [{"step": 1}]
    assert tail.poll() == []
    with path.open("ab") as file:
        file.write(b'ep": 2}\n')
    assert tail.poll() == [{"step": 2}]


def test_spoilt_lines_are_counted_and_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(b'{"step": 1}\nnonsense\n[1]\n\xff\xfe\n\n{"step": 2}\n')
    tail = Tail(path)
    assert [record["step"] for record in tail.rest()] == [1, 2]
    assert tail.spoilt == 3


def test_a_file_that_became_shorter_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(lines(5))
    tail = Tail(path)
    assert len(tail.poll()) == 5
    path.write_bytes(lines(2))
    assert len(tail.poll()) == 2


def test_a_long_file_comes_in_portions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PORTION", 50)
    (tmp_path / "metrics.jsonl").write_bytes(lines(30))
    tail = Tail(tmp_path / "metrics.jsonl")
    assert 0 < len(tail.poll()) < 3
    assert len(list(read_records(tmp_path))) == 30


def test_following_ends_with_the_run_and_misses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_status(tmp_path, RunStatus("finished"))
    monkeypatch.setattr(following, "PORTION", 100)
    (tmp_path / "metrics.jsonl").write_bytes(lines(20))
    assert [record["step"] for record in follow(tmp_path)] == list(range(20))


def test_a_folder_without_status_ends_at_once(tmp_path: Path) -> None:
    records, status = Follower(tmp_path).poll()
    assert records == []
    assert status.state == "unreadable"
    assert list(follow(tmp_path)) == []
