"""Sums over products of truth values are refused where the processor has no product for them."""

from __future__ import annotations

import random

import torch

from graph_editor.checking.rule_einsum import multiplies_matrices_of_bool

LETTERS = "ijk"


def equation(source: random.Random) -> tuple[str, list[tuple[int, ...]]]:
    """Return an equation of two or three operands, and shapes with many a 1 among them."""
    count = source.choice((2, 2, 3))
    terms = ["".join(source.choices(LETTERS, k=source.randint(1, 3))) for _ in range(count)]
    sizes = {letter: source.choice((1, 2)) for letter in LETTERS}
    shapes = []
    for term in terms:
        own = {c: sizes[c] if source.random() < 0.8 else 1 for c in term}
        shapes.append(tuple(own[c] for c in term))
    text = ",".join(terms)
    if source.random() < 0.8:
        kept = [c for c in sorted(set("".join(terms))) if source.random() < 0.5]
        text += "->" + "".join(kept)
    if source.random() < 0.3:  # axes that the dots stand for
        text = ",".join(f"...{t}" for t in text.partition("->")[0].split(",")) + (
            "->..." + text.partition("->")[2] if "->" in text else ""
        )
        shapes = [(source.choice((1, 3)), *shape) for shape in shapes]
    return text, shapes


def takes(text: str, shapes: list[tuple[int, ...]], device: str) -> bool:
    tensors = [torch.ones(shape, dtype=torch.bool, device=device) for shape in shapes]
    try:
        torch.einsum(text, *tensors)
    except RuntimeError:
        return False
    return True


def test_refused_just_where_the_processor_refuses_what_meta_takes() -> None:
    source, seen = random.Random(1), {False: 0, True: 0}
    for _ in range(2500):
        text, shapes = equation(source)
        if takes(text, shapes, "meta"):
            refused = not takes(text, shapes, "cpu")
            assert multiplies_matrices_of_bool(text, shapes) is refused, (text, shapes)
            seen[refused] += 1
    assert min(seen.values()) > 200
