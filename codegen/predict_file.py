"""Writing predict.py: what the trained model says of samples, or makes, as fits what it learned."""

from __future__ import annotations

from codegen.first_line import first_line
from codegen.model import ModelText
from codegen.predict_answers import answers_of
from codegen.predict_asked import Asked, asked_of
from codegen.predict_made import (
    TENSOR,
    load_model,
    samples_of_noise,
    text_that_goes_on,
    without_gradients,
)
from codegen.predict_main import main_of
from codegen.predict_meaning import Continued, draws_of, sequence_of
from codegen.predict_options import options_body
from codegen.predict_text import (
    CHOOSE,
    DECODE,
    DRAW,
    IMPORTS,
    PLAIN_HEAD,
    RANGE,
    RANGE_HEAD,
    READ_FILE,
    SAVE,
    SAVE_PICTURES,
    TOLD,
    WHOLE,
)
from codegen.statements import Argument, Blank, Statement, function, word
from codegen.statements import write as write_file
from codegen.train_parts import Parts
from codegen.train_text import START, filled, fixed
from codegen.written import SourceText

GAP = (Blank(), Blank())


def write_predict(parts: Parts, model: ModelText) -> SourceText | None:
    """Return predict.py for a project that is trained as planned; None where nothing can be asked.

    That is so where the training has no model with outputs, and nothing makes samples of noise.
    """
    header = first_line(parts.project.main.name, "what requirements.txt lists")
    if not parts.plan.outputs:
        found = draws_of(parts)
        if found is None:
            return None
        statements, usage = samples_of_noise(parts, found)
        about = f"Make samples with a trained {parts.outside.class_of(found.node)}."
        return write_file(statements, header, about + usage)
    if (goes_on := _sequence_alone(parts, model)) is not None and parts.data.alphabet:
        statements, usage = text_that_goes_on(parts, goes_on)
        return write_file(statements, header, f"Let a trained {model.class_name} write." + usage)
    asked = asked_of(parts, model)
    about = f"Ask a trained {model.class_name} for its answers."
    return write_file(_answering(asked), header, about + _usage(asked))


def _sequence_alone(parts: Parts, model: ModelText) -> Continued | None:
    """Return the input of a model of language, which is the only one."""
    answers = answers_of(
        parts.project, parts.lookup, parts.verdict, [node for _, node in model.outputs]
    )
    if len(model.inputs) != 1 or len(answers) != 1:
        return None
    ((output, answer),) = answers.items()
    inputs = [node for _, node in model.inputs]
    return sequence_of(parts, output, answer.axis, answer.target, inputs)


def _usage(asked: Asked) -> str:
    files = " ".join(f"{given.variable}.npy" for given in asked.read)
    samples = "\n\npython predict.py\npython predict.py --samples 0 5 12"
    usage = samples if asked.by_data else "\n"
    usage += f"\npython predict.py --input {files} --output answers.csv"
    usage += "\npython predict.py --output answers.png" * bool(asked.pictures)
    return usage + "\npython predict.py --draw 8" * (asked.code is not None)


def _answering(asked: Asked) -> list[Statement]:
    """Return the statements of a predict.py that answers samples."""
    model, pictures = asked.model.class_name, asked.shows
    needed = {word: f"import {word}\n" * pictures for word in ("struct", "zlib")}
    loads = "load_scaled_data" if asked.scales else "load_data"
    statements: list[Statement] = [
        *fixed(filled(IMPORTS, **needed)),
        Blank(),
        *([word(f"from data import {loads}")] if asked.loads else []),
        word(f"from model import {model}"),
        function("main", (), "None", main_of(asked), "Print the answer to every sample."),
    ]
    texts: list[str | Statement] = [load_model(model, f"{model}()")]
    texts += [CHOOSE] * asked.by_data
    texts += [_read_file(asked)]
    texts += [_decode(asked)] if asked.sequence is not None else []
    texts += [_draw(asked)] if asked.code is not None else []
    texts += [TOLD, SAVE]
    texts += [SAVE_PICTURES] * pictures
    for text in texts:
        statements += [*fixed(text), *GAP] if isinstance(text, str) else [text]
    options = options_body(asked)
    statements.append(
        function("parse_options", (), "argparse.Namespace", options, "Read the command line.")
    )
    return [*statements, *fixed(START)]


def _read_file(asked: Asked) -> str:
    """Return the function that reads a file, with what is looked at in its numbers."""
    ranges = any(given.most for given in asked.read)
    whole = any(given.is_picture for given in asked.read)
    return filled(
        READ_FILE,
        head=RANGE_HEAD if ranges else PLAIN_HEAD,
        whole=WHOLE * whole,
        range=RANGE * ranges,
    )


def _decode(asked: Asked) -> Statement:
    """Return the function that finds a sequence token by token."""
    found = asked.sequence
    assert found is not None
    names = [given.variable for given in asked.inputs]
    so_far = next(g.variable for g in asked.inputs if g.node == found.input)
    others = [variable for variable in names if variable != so_far]
    text = DECODE.replace("@so_far", so_far).replace("@first", others[0])
    text = text.replace("@given", ", ".join(names)).replace("@length", str(found.length))
    text = text.replace("@start", str(asked.parts.data.start))
    text = text.replace("@place", ":, place" if found.axis == 2 else ":, :, place")
    arguments = [Argument("model", asked.model.class_name), *[Argument(n, TENSOR) for n in others]]
    about = "Return the likeliest tokens; each is chosen when those before it are known."
    return without_gradients("decode", arguments, text, about)


def _draw(asked: Asked) -> Statement:
    """Return the function that draws from codes of chance."""
    code = asked.code
    assert code is not None
    made = "code"
    for node in code.steps:
        made = f"model.{asked.model.paths[node]}({made})"
    if asked.answers[code.output].kind == "score of yes":
        made += ".sigmoid()"
    text = DRAW.replace("@code", "code").replace("@size", str(code.size)).replace("@made", made)
    given = {"model": asked.model.class_name, "count": "int", "seed": "int", "device": "str"}
    arguments = [Argument(word, kind) for word, kind in given.items()]
    about = "Return what the model makes of codes that are drawn at random."
    return without_gradients("draw", arguments, text, about)
