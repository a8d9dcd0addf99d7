"""Ids: legal, short, the same for the same salt, and never given twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_editor.document.ids import ID, IdSource, clean_stem, is_id


@given(st.text(max_size=60))
def test_any_text_makes_a_legal_id(text: str) -> None:
    source = IdSource("salt")
    first = source.fresh(text)
    assert ID.fullmatch(first)
    assert ID.fullmatch(source.again(first))
    assert is_id(first)


def test_the_same_salt_gives_the_same_ids_and_another_others() -> None:
    one, two, other = IdSource("a"), IdSource(b"a"), IdSource("b")
    mine = [one.fresh("relu") for _ in range(50)]
    assert mine == [two.fresh("relu") for _ in range(50)]
    assert len({*mine} & {other.fresh("relu") for _ in range(50)}) <= 1


def test_no_id_is_given_twice() -> None:
    source = IdSource("s")
    made = [source.fresh("n") for _ in range(5000)]  # of a million marks: some meet by chance
    assert len(set(made)) == 5000


def test_an_id_that_is_there_is_not_given() -> None:
    wanted = IdSource("s").fresh("conv")
    assert IdSource("s").fresh("conv", {wanted}) != wanted


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ("nn.Conv2d", "conv2d"),
        ("torch.cat", "cat"),
        ("My block!", "my_block"),
        ("3d", "n_3d"),
        ("", "n"),
        ("Größe", "gr_e"),
        ("x" * 50, "x" * 35),
    ],
)
def test_stems_speak(text: str, stem: str) -> None:
    assert clean_stem(text) == stem


def test_a_copy_keeps_the_stem_and_gets_a_new_mark() -> None:
    source = IdSource("s")
    first = source.fresh("relu")
    second = source.again(first)
    assert first.rpartition("_")[0] == second.rpartition("_")[0] == "relu"
    assert first != second


@pytest.mark.parametrize("text", ["", "A", "1a", "a-b", "a.b", "a" * 41, "_a", "ä", "a\n"])
def test_what_is_no_id(text: str) -> None:
    assert not is_id(text)
