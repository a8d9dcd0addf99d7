"""Draws graphs out of sound patterns alone: whatever they are composed of, nothing may fire.

A graph begins with data of some kind, goes through parts that are right in themselves (a
convolution without bias before its norm, a residual, an LSTM whose last step is taken) and ends in
a head with its loss.
"""

from __future__ import annotations

from graph_editor.document.model import Project
from tests.engine.sound_ends import ENDS, trained
from tests.engine.sound_ground import Flow, Ground
from tests.engine.sound_parts import KEEPING, TURNING

STARTS = (1, 2, 3, 3, "tokens", "pixels")
"""What the data gives: rows, sequences, images, token numbers, grey levels."""


def draw(seed: int) -> Project:
    """Return the project that a seed stands for."""
    ground = Ground(seed)
    flow = _start(ground)
    for _ in range(ground.size(1, 6)):
        parts = KEEPING if ground.random.random() < 0.75 else TURNING
        flow = ground.random.choice(parts[len(flow.dims)])(ground, flow)
    if flow.dims and len(flow.dims) > 1 and not ground.one_in(4):
        flow = ground.random.choice(TURNING[len(flow.dims)][:2])(ground, flow)
    ground.random.choice(ENDS)(ground, flow)
    trained(ground)
    return ground.sheet.project()


def _start(ground: Ground) -> Flow:
    sheet, kind = ground.sheet, ground.random.choice(STARTS)
    if kind == "tokens":
        steps, rows, width = ground.size(3, 8), ground.size(5, 12), ground.size(3, 8)
        tokens = sheet.input(steps, classes=rows)
        table = sheet.put("nn.Embedding", tokens, num_embeddings=rows, embedding_dim=width)
        return Flow(table, (steps, width))
    if kind == "pixels":
        dims = (ground.size(1, 3), ground.size(3, 9), ground.size(3, 9))
        levels = sheet.put("Tensor.float", sheet.input(*dims, classes=256))
        return Flow(sheet.put("op.truediv", levels, other=255.0), dims)
    counts = {1: (ground.size(3, 12),), 2: (ground.size(3, 8), ground.size(3, 8))}
    image = (ground.size(1, 3), ground.size(3, 11), ground.size(3, 11))
    dims = counts.get(int(kind), image)
    return Flow(sheet.input(*dims), dims)
