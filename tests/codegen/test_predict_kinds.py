"""What predict.py makes of each kind of model: texts, sequences, samples, pictures, units."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from tests.codegen.training_projects import executed, imported
from tests.gallery.gallery import written

Ask = Callable[..., str]


@contextmanager
def asked(
    name: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    prefix: str = "",
) -> Iterator[tuple[Ask, torch.nn.Module]]:
    """Return what runs a template's predict.py, and the model whose weights it loads."""
    files = written(name)
    with imported(files):
        predict = executed(files.files["predict.py"].text, "predict")
        torch.manual_seed(1)
        model = getattr(predict, predict.load_model.__annotations__["return"])().eval()
        weights = {prefix + key: value for key, value in model.state_dict().items()}
        torch.save(weights, folder / "model.pt")
        monkeypatch.chdir(folder)

        def ask(*options: str) -> str:
            monkeypatch.setattr(sys, "argv", ["predict.py", *options])
            predict.main()
            return capsys.readouterr().out

        yield ask, model


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Compute in one thread, which is faster for models as small as these."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


Fixtures = tuple[Path, pytest.MonkeyPatch, pytest.CaptureFixture[str]]


@pytest.fixture
def fixtures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Fixtures:
    return tmp_path, monkeypatch, capsys


def pixels(path: Path) -> tuple[int, int, bytes]:
    """Return width, height and bytes of a picture, read by hand."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    length = int.from_bytes(data[33:37], "big")
    assert data[37:41] == b"IDAT"
    rows = zlib.decompress(data[41 : 41 + length])
    assert len(rows) == height * (1 + 3 * width)
    return width, height, rows


@pytest.mark.parametrize("name", ["char_gru", "mini_gpt"])
def test_a_model_of_language_goes_on_from_a_prompt(name: str, fixtures: Fixtures) -> None:
    with asked(name, *fixtures) as (ask, model):
        letters = sys.modules["data"].LETTERS
        said = ask(
            "--prompt", "the cat looks at the moon at ni", "--tokens", "12", "--temperature", "0"
        )
        tokens = [letters.index(letter) for letter in "the cat looks at the moon at ni"]
        for _ in range(12):
            with torch.no_grad():
                tokens.append(int(model(torch.tensor([tokens[-32:]]))[0, -1].argmax()))
        assert said.removesuffix("\n") == "".join(letters[token] for token in tokens)
        one, same, other = (
            ask("--seed", seed, "--tokens", "10", "--temperature", "50") for seed in "112"
        )
        assert one == same != other
        assert len(one) == 12
        for wrong in (("--prompt", "ABC"), ("--prompt", ""), ("--temperature", "-1")):
            with pytest.raises(SystemExit, match=r"prompt|temperature"):
                ask(*wrong)


@pytest.mark.parametrize("name", ["seq2seq", "transformer"])
def test_a_sequence_is_found_token_by_token(name: str, fixtures: Fixtures) -> None:
    with asked(name, *fixtures) as (ask, model), torch.no_grad():
        source = sys.modules["data"].load_data()[1][0][4:5]
        so_far = [10]
        for _ in range(6):
            so_far.append(int(model(source, torch.tensor([so_far]))[0, -1].argmax()))
        said = ask("--samples", "4")
        assert said.strip().endswith("answer " + " ".join(map(str, so_far[1:])))
        torch.save(torch.full((1, 6), 12), "wrong.pt")
        with pytest.raises(SystemExit, match="from 12 to 12, but the model knows 0 to 9"):
            ask("--input", "wrong.pt")


def test_what_makes_samples_of_noise_does_so_by_its_seed(fixtures: Fixtures) -> None:
    with asked("gan", *fixtures, prefix="generator.") as (ask, model):
        assert "5 samples of shape (1, 8, 8) are in samples.png" in ask("--count", "5")
        width, height, first = pixels(Path("samples.png"))
        assert (width, height) == (5 * 64, 64)
        torch.manual_seed(0)
        with torch.no_grad():
            expected = model(torch.randn(5, 16))
        assert first[1] == round(float(expected[0, 0, 0, 0]) * 255)
        ask("--count", "5", "--output", "same.png")
        ask("--count", "5", "--seed", "1", "--output", "other.png")
        assert pixels(Path("same.png"))[2] == first != pixels(Path("other.png"))[2]
        with pytest.raises(SystemExit, match=r"no \.png file"):
            ask("--output", "samples.txt")


def test_what_is_told_what_to_make_makes_that(fixtures: Fixtures) -> None:
    with asked("conditional_gan", *fixtures, prefix="generator.") as (ask, _):
        ask("--label", "3", "--count", "2", "--output", "threes.png")
        ask("--label", "4", "--count", "2", "--output", "fours.png")
        assert pixels(Path("threes.png")) != pixels(Path("fours.png"))
        with pytest.raises(SystemExit, match="from 0 to 9"):
            ask("--label", "10")


def test_a_code_is_drawn_where_the_model_draws_it_itself(fixtures: Fixtures) -> None:
    with asked("vae", *fixtures) as (ask, model):
        assert "3 pictures are in drawn.png" in ask("--draw", "3", "--seed", "2")
        torch.manual_seed(2)
        with torch.no_grad():
            drawn = model.get_submodule("decoder")(torch.randn(3, 12)).sigmoid()
        assert pixels(Path("drawn.png"))[2][1] == round(float(drawn[0, 0, 0, 0]) * 255)
        ask("--samples", "0", "1", "--output", "both.png")
        assert pixels(Path("both.png"))[:2] == (128, 128)
    assert "--draw" not in written("autoencoder").files["predict.py"].text


def test_classes_of_pixels_are_kept_as_a_picture(fixtures: Fixtures) -> None:
    with asked("unet", *fixtures) as (ask, _):
        assert "class 0:" in ask("--samples", "0", "3", "--output", "masks.png")
        assert pixels(Path("masks.png"))[:2] == (2 * 64, 3 * 64)
        torch.save(torch.full((1, 1, 32, 32), 255, dtype=torch.uint8), "white.pt")
        torch.save(torch.ones(1, 1, 32, 32), "one.pt")
        assert ask("--input", "white.pt") == ask("--input", "one.pt")
        for name, value in (("white.csv", "255"), ("one.csv", "1")):
            Path(name).write_text(",".join([value] * 32 * 32) + "\n", encoding="utf-8")
            assert ask("--input", name) == ask("--input", "one.pt")


def test_predictions_are_in_the_units_of_the_data(fixtures: Fixtures) -> None:
    with asked("diabetes", *fixtures) as (ask, model), torch.no_grad():
        _, (features, targets), scales = sys.modules["data"].load_scaled_data()
        mean, deviation = scales["targets"]
        said = ask("--samples", "2")
        raw = float(model(features[2:3])) * float(deviation) + float(mean)
        assert f"expected {float(targets[2]) * float(deviation) + float(mean):.4g}," in said
        assert f"prediction {raw:.4g}" in said
