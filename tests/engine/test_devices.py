"""Devices are named as a run takes them, with the memory that is free, or 0 where unknown."""

from pathlib import Path

import pytest
import torch

from app.engine.client import Engine
from app.engine.devices import devices
from app.engine.free_memory import _limited, _linux


def test_the_cpu_is_always_there_with_this_machines_memory() -> None:
    cpu = devices()[0]
    assert (cpu["id"], cpu["name"]) == ("cpu", "CPU")
    assert 0 < cpu["free"] <= cpu["total"]


def test_memory_is_what_the_system_could_give() -> None:
    text = "MemTotal:  2000 kB\nMemFree:  100 kB\nMemAvailable:  900 kB\nHugePages_Total: 0\n"
    assert _linux(text) == (900 * 1024, 2000 * 1024)
    assert _linux("MemTotal: 2000 kB\nMemFree: 100 kB\n") == (100 * 1024, 2000 * 1024)


def test_a_container_has_no_more_than_its_limit(tmp_path: Path) -> None:
    def limited(most: str, used: int) -> tuple[int, int]:
        (tmp_path / "memory.max").write_text(most)
        (tmp_path / "memory.current").write_text(str(used))
        (tmp_path / "memory.stat").write_text("anon 3\ninactive_file 50\n")
        return _limited(900, 2000, tmp_path)

    assert _limited(900, 2000, tmp_path / "nowhere") == (900, 2000)
    assert limited("max", 10) == (900, 2000)
    assert limited("5000", 10) == (900, 2000)
    assert limited("1000", 300) == (750, 1000)  # cached files are given up where they must
    assert limited("1000", 20) == (900, 1000)
    assert limited("1000", 1500) == (0, 1000)


def test_every_cuda_device_has_name_and_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def memory(index: int) -> tuple[int, int]:
        if index == 1:
            raise RuntimeError("CUDA error: all CUDA-capable devices are busy or unavailable")
        return 3 * 2**30, 8 * 2**30

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: f"Card {index}")
    monkeypatch.setattr(torch.cuda, "mem_get_info", memory)
    assert [(d["id"], d["name"], d["free"]) for d in devices()[1:3]] == [
        ("cuda:0", "Card 0", 3 * 2**30),
        ("cuda:1", "Card 1", 0),
    ]


@pytest.mark.gpu
def test_a_real_card_says_its_memory() -> None:
    if not torch.cuda.is_available():
        pytest.skip("there is no CUDA device on this machine")
    card = devices()[1]
    assert card["id"] == "cuda:0"
    assert 0 < card["free"] <= card["total"]


def test_the_engine_answers_with_devices() -> None:
    with Engine("judge") as engine:
        answer = engine.request({"type": "devices"})
    assert answer["devices"][0]["id"] == "cpu"
    assert answer["torch"] == torch.__version__
