"""The command line of predict.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codegen.emit import Expression, call, name, number, quoted, tuple_of
from codegen.layout import WIDTH
from codegen.names import shape_text
from codegen.predict_asked import Asked, Given
from codegen.statements import Line, Statement, branch, do, word

ROOM = WIDTH - len('        help="",')
"""Columns for what is said of an option."""


def options_body(asked: Asked) -> list[Statement]:
    """Return the body of parse_options."""
    inputs, by_data = asked.read, asked.by_data
    path: dict[str, Expression] = {"type": name("Path")}
    given = dict(path)
    if len(inputs) > 1:
        titles = [Expression(quoted(g.variable.upper())) for g in inputs]
        given |= {"nargs": number(len(titles)), "metavar": tuple_of(titles)}
    if not by_data:
        given["required"] = name("True")
    kinds = ".csv, .pt or .png" if asked.pictures else ".csv or .pt"
    known = '(".csv", ".pt", ".png")' if asked.pictures else '(".csv", ".pt")'
    kept = f"keep the answers in a {kinds} file"
    return [
        word("parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])"),
        _option("weights", path | {"default": Expression('Path("model.pt")')}, "default model.pt"),
        _option("device", {"default": Expression('"cpu"')}, "cpu (default), cuda, mps"),
        *([_seed(asked.seed)] if asked.loads else []),
        *([_samples()] if by_data else []),
        *([_draw()] if asked.code is not None else []),
        _option("input", given, _files_words(inputs, asked.is_scaled(inputs[0].tensor))),
        _option("output", path, kept),
        word("options = parser.parse_args()"),
        *([_seed_checked()] if asked.loads else []),
        *([_either()] if by_data else []),
        word(f"path, kinds = options.output, {known}"),
        branch(
            Expression(
                "path is not None and "
                "(path.suffix not in kinds or path.is_dir() or not path.parent.is_dir())"
            ),
            [word(f'parser.error(f"{{path}} is no {kinds} file in a folder that exists")')],
        ),
        word("return options"),
    ]


def _seed(seed: int) -> Line:
    return _option("seed", {"type": name("int"), "default": number(seed)}, "that of the training")


def _seed_checked() -> Statement:
    """Return what refuses a seed that the data cannot be split with."""
    said = word('parser.error("--seed is 0 or more, and less than 2**32")')
    return branch(Expression("not 0 <= options.seed < 2**32"), [said])


def _samples() -> Line:
    """Return the option that chooses samples of the validation part."""
    several = {"nargs": Expression('"*"'), "default": Expression("[]")}
    about = "places in the validation part, the first ten by default"
    return _option("samples", {"type": name("int")} | several, about)


def _either() -> Statement:
    """Return what refuses samples of the data beside those of a file."""
    words = "--samples are of the validation part; --input brings samples of its own"
    said = word(f'parser.error("{words}")')
    return branch(Expression("options.samples and options.input is not None"), [said])


def _draw() -> Line:
    about = "draw so many pictures of random codes instead, into --output"
    return _option("draw", {"type": name("int"), "default": number(0)}, about)


def _option(flag: str, keywords: Mapping[str, Expression], about: str) -> Line:
    arguments = [Expression(quoted(f"--{flag}"))]
    said = {**keywords, "help": Expression(quoted(about))}
    return do(call(name("parser.add_argument"), arguments, said))


def _files_words(inputs: Sequence[Given], scaled: bool) -> str:
    """Return what files are read for the inputs, with their shapes where there is room."""
    shapes = [
        shape_text(["N", *["any" if isinstance(s, str) else s for s in g.known.shape[1:]]])
        for g in inputs
    ]
    whose = "for each input" if len(shapes) > 1 else _what_numbers(inputs[0], scaled)
    words = f"a .npy, .pt or .csv file {whose}: {', '.join(shapes)}"
    return words if len(words) <= ROOM else words.partition(":")[0]


def _what_numbers(given: Given, scaled: bool) -> str:
    """Return which numbers a file of an input holds."""
    if given.is_picture:
        return "of 0 to 1, or 0 to 255 in whole numbers"
    if given.most:
        return f"of whole numbers from 0 to {given.most}"
    return "of numbers as they were measured" if scaled else "of numbers as data.py gives them"
