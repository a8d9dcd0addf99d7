"""Devices are named as a run takes them, with the memory that is free, or 0 where unknown."""

import pytest
import torch

from app.engine.client import Engine
from app.engine.devices import devices


def test_the_cpu_is_always_there() -> None:
    assert devices()[0] == {"id": "cpu", "name": "CPU", "free": 0, "total": 0}


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
