"""Weights of a table that begin with another deviation than torch gives them."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.judge import Judge
from codegen.reading.isomorphism import isomorphic
from codegen.reading.model import read_model
from codegen.written import CannotWrite
from graph_editor.document.model import Project
from tests.codegen.drawings import INT64, Drawing
from tests.codegen.reading.texts import SPECS, stripped
from tests.codegen.sameness import check


def project(**more: Any) -> Project:
    """Return a table of vectors and a head that shares it."""
    main = Drawing().add("a", "io.input", shape=["=B", 3], dtype=INT64, _name="tokens")
    main.add("e", "nn.Embedding", "a", num_embeddings=9, embedding_dim=4, init_std=0.02, **more)
    main.add("h", "nn.Linear", "e", out_features=9, bias=False, _name="head")
    return main.add("o", "io.output", "h").project(ties={"h.weight": "e.weight"})


def test_the_weights_are_filled_where_they_are_made_and_read_back() -> None:
    drawn = project()
    text = check(drawn, Judge().judge(drawn)).source.text
    lines = [line.strip() for line in text.splitlines()]
    place = lines.index("self.embedding = nn.Embedding(9, 4)")
    assert lines[place + 1] == "nn.init.normal_(self.embedding.weight, std=0.02)"
    found = read_model(stripped(text), SPECS, "Net")
    assert found.problems == ()
    assert isomorphic(drawn, found.project) == ""


def test_a_row_of_padding_would_not_stay_empty() -> None:
    drawn = project(padding_idx=0)
    with pytest.raises(CannotWrite, match="init_std beside"):
        check(drawn, Judge().judge(drawn))
