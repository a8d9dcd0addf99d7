"""A way back that ends the process is foretold exactly where torch does end it."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from tests.engine.eager_crash import ends_the_process

TRY = """
import sys, torch
torch.set_num_threads(1)
given = eval(sys.argv[1])
(torch.nn.GroupNorm(2, 4)(given) ** 2).sum().backward()
print("done")
"""
GIVEN = {
    "torch.ones(5, 6, 6, 4).permute(0, 3, 1, 2)": True,
    "torch.ones(5, 6, 6, 4).permute(0, 3, 1, 2)[:, :, ::2]": True,
    "torch.ones(5, 2, 3, 3, 4).permute(0, 4, 1, 2, 3)": True,
    "torch.ones(5, 6, 6, 4).permute(0, 3, 1, 2).contiguous()": False,
    "torch.ones(5, 6, 6, 4).permute(0, 3, 1, 2).requires_grad_()": False,
    "torch.ones(5, 6, 4, 6).permute(0, 2, 1, 3)": False,
    "torch.ones(5, 6, 4).permute(0, 2, 1)": False,
}


@pytest.mark.parametrize("given", GIVEN)
def test_torch_ends_the_process_where_it_is_said_to(given: str) -> None:
    tensor = eval(given)  # noqa: S307  # a text of the table above
    loss = (torch.nn.GroupNorm(2, 4)(tensor) ** 2).sum()
    assert ends_the_process(loss) == GIVEN[given]
    command = [sys.executable, "-c", TRY, given]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (ended.returncode != 0, "done" in ended.stdout) == (GIVEN[given], not GIVEN[given])
