"""Writing predict.py for models that make something: texts that go on, and samples of noise."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import dedent, indent

from codegen.emit import Expression, call, name, number
from codegen.predict_meaning import Continued, Draws, is_image, is_picture
from codegen.predict_text import (
    CHOSEN,
    CROPPED,
    GENERATE,
    LOAD_MODEL,
    MAKE,
    MAKE_OPTIONS,
    PADDED,
    SAVE_PICTURES,
    SAY,
    SAY_OPTIONS,
    WITHOUT_FILES,
)
from codegen.statements import Argument, Blank, Statement, assign, function, word
from codegen.statements import write as write_file
from codegen.train_parts import Parts
from codegen.train_text import START, filled, fixed

GAP = (Blank(), Blank())


def text_that_goes_on(parts: Parts, found: Continued) -> tuple[list[Statement], str]:
    """Return the statements of predict.py for a model of language, and how it is run."""
    model, alphabet = parts.model, parts.data.alphabet
    last = ":, -1" if found.axis == 2 else ":, :, -1"
    window = (CROPPED if found.is_named else PADDED).replace("@length", str(found.length))
    place = last.replace("-1", "window.shape[1] - 1")
    window = window.replace("@last", f"[{last}]").replace("@place", f"[{place}]")
    arguments = [Argument("model", model), Argument("tokens", TENSOR), Argument("count", "int")]
    generate = without_gradients(
        "generate",
        [*arguments, Argument("temperature", "float")],
        filled(GENERATE, window=window),
        "Return tokens (1, T) and count more, each drawn from what the model thinks likely.",
    )
    statements: list[Statement] = [
        *fixed(filled(WITHOUT_FILES, struct="", zlib="")),
        Blank(),
        word(f"from data import {alphabet}"),
        word(f"from model import {model}"),
        *_functions(
            SAY.replace("@alphabet", alphabet),
            load_model(model, f"{model}()"),
        ),
        generate,
        *fixed(SAY_OPTIONS.replace("@alphabet", alphabet)),
        *GAP,
        *fixed(START),
    ]
    usage = '\n\npython predict.py\npython predict.py --prompt "the " --tokens 400'
    return statements, usage


def samples_of_noise(parts: Parts, found: Draws) -> tuple[list[Statement], str]:
    """Return the statements of predict.py for what makes samples of noise, and how it is run."""
    model = parts.outside.class_of(found.node)
    known = parts.verdict.types.get(f"{found.port.node}.{found.port.port}")
    pictures = known is not None and is_image(known.shape) and _sees_pictures(parts)
    file = "samples.png" if pictures else "samples.pt"
    lines, options = _inputs(found)
    save = "torch.save(samples, options.output)"
    save = "save_pictures(options.output, [samples])" if pictures else save
    made = indent(write_file(lines).text, "    ")
    main = filled(MAKE, inputs=made, save=f"    {save}\n")
    variable = parts.names[f"module.{found.node}"]
    given = ", ".join(found.inputs)
    main = main.replace("@given", given)
    chosen = CHOSEN.replace("@key", variable)
    parts_of_file = [main, load_model(model, parts.outside.constructed(found.node).text, chosen)]
    parts_of_file += [SAVE_PICTURES] * pictures
    parts_of_file.append(filled(MAKE_OPTIONS, labels=options).replace("@file", file))
    needed = {"struct": "import struct\n" * pictures, "zlib": "import zlib\n" * pictures}
    statements: list[Statement] = [
        *fixed(filled(WITHOUT_FILES, **needed)),
        Blank(),
        word(f"from model import {model}"),
        *_functions(*parts_of_file),
        *GAP,
        *fixed(START),
    ]
    usage = f"\n\npython predict.py\npython predict.py --count 8 --seed 3 --output {file}"
    return statements, usage


def _inputs(found: Draws) -> tuple[list[Statement], str]:
    """Return the statements that make what is fed in, indented, and the options they read."""
    lines: list[Statement] = []
    options = ""
    for argument in found.inputs:
        if argument in found.noise:
            maker, sizes = found.noise[argument]
            shape = [name("options.count"), *map(number, sizes)]
            keywords = {"device": name("options.device")}
            lines.append(assign(argument, call(name(maker), shape, keywords)))
        else:
            _, classes = found.labels[argument]
            lines += fixed(LABELS.format(argument=argument, classes=classes, last=classes - 1))
            options += LABEL_OPTION.format(argument=argument, last=classes - 1)
    return lines, options


LABELS = """\
if not all(0 <= label < {classes} for label in options.{argument}):
    sys.exit("Each --{argument} is from 0 to {last}.")
wanted = options.{argument} or list(range({classes}))
{argument} = torch.tensor([wanted[place % len(wanted)] for place in range(options.count)])
{argument} = {argument}.to(options.device)
"""
LABEL_OPTION = """\
    parser.add_argument(
        "--{argument}",
        type=int,
        nargs="*",
        default=[],
        help="what is made, from 0 to {last}; all in turn by default",
    )
"""


def _sees_pictures(parts: Parts) -> bool:
    """Whether the data holds pictures, so that what is like them is one, too."""
    return any(is_picture(said) for said in parts.spec(parts.plan.source).types.values())


def load_model(model: str, made: str, chosen: str = "") -> str:
    """Return the function that loads a model."""
    return filled(LOAD_MODEL, chosen=chosen).replace("@model", model).replace("@made", made)


TENSOR = "torch.Tensor"


def without_gradients(
    title: str, arguments: Sequence[Argument], text: str, about: str
) -> Statement:
    """Return a function that gives a tensor and keeps nothing for a backward pass."""
    body = fixed(dedent(text))
    return function(title, arguments, TENSOR, body, about, [Expression("torch.no_grad()")])


def _functions(*texts: str) -> list[Statement]:
    return [statement for text in texts for statement in (*GAP, *fixed(text))]
