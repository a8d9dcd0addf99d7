"""The code of the gallery reads back to its drawings, from the Python alone."""

from __future__ import annotations

import pytest

from codegen.reading.isomorphism import isomorphic
from codegen.reading.model import read_model
from codegen.reading.naming import main_class
from tests.codegen.reading.test_round_trip import has_left_overs
from tests.codegen.reading.texts import SPECS, formatted, stripped, written_again
from tests.gallery.gallery import NAMES, project_of, written


@pytest.mark.parametrize("name", NAMES)
def test_a_template_reads_back_from_its_python(name: str) -> None:
    project, text = project_of(name), written(name).files["model.py"].text
    for each in (stripped(text), formatted(stripped(text))):
        found = read_model(each, SPECS, main_class(project))
        assert found.problems == ()
        assert isomorphic(project, found.project) == ""
    if not has_left_overs(project):
        assert stripped(written_again(text, main_class(project))) == stripped(text)
