"""Writing predict.py: what the trained model says of samples, as fits what it learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codegen.data_source import SourceCode
from codegen.emit import (
    Expression,
    attribute,
    call,
    name,
    number,
    quoted,
    tuple_of,
)
from codegen.first_line import first_line
from codegen.model import ModelText
from codegen.names import fresh
from codegen.predict_answers import READ, Answer, answers_of
from codegen.predict_options import Input, input_type, options_body
from codegen.predict_text import (
    CHOOSE,
    IMPORTS,
    LOAD_MODEL,
    READ_FILE,
    SAVE,
    SHOW,
    TOLD,
)
from codegen.statements import (
    Blank,
    Line,
    Statement,
    assign,
    branch,
    function,
    within,
    word,
)
from codegen.statements import write as write_file
from codegen.train_text import START, fixed
from codegen.training_plan import Plan
from codegen.written import SourceText
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.run_settings import DEFAULTS
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Address, NodeId, Project

_OWN = """
    Path answers argparse choose chosen csv load_data load_model main model name np
    options parse_options read_file row save sys told torch train validation value words
"""
OWN_NAMES = frozenset(_OWN.split())
GAP = (Blank(), Blank())


@dataclass(frozen=True, slots=True)
class Asked:
    """What predict.py asks of the drawing."""

    model: ModelText
    data: SourceCode
    source: NodeId
    inputs: tuple[Input, ...]
    """Of each input its variable, its type, and the tensor of the data that is fed into it."""
    outputs: tuple[tuple[str, NodeId], ...]
    """Of each output its variable and its node."""
    answers: Mapping[NodeId, Answer]
    verdict: Verdict
    seed: int
    tensors: Mapping[str, str]
    """The variables of the data's tensors."""


def write_predict(
    project: Project,
    lookup: Lookup,
    verdict: Verdict,
    plan: Plan,
    data: SourceCode,
    model: ModelText,
) -> SourceText:
    """Return predict.py for a project that is trained as planned."""
    asked = _asked(project, lookup, verdict, plan, data, model)
    about = f"Ask a trained {model.class_name} for its answers."
    by_data = plan.is_fed_by_data
    files = " ".join(f"{variable}.npy" for variable, _, _ in asked.inputs)
    usage = (
        "\n\npython predict.py\npython predict.py --samples 0 5 12" if by_data else "\n"
    ) + f"\npython predict.py --input {files} --output answers.csv"
    statements: list[Statement] = [
        *fixed(IMPORTS),
        Blank(),
        *([word("from data import load_data")] if by_data else []),
        word(f"from model import {model.class_name}"),
        function("main", (), "None", _main(asked), "Print the answer to every sample."),
    ]
    chosen = (CHOOSE,) if by_data else ()
    for part in (LOAD_MODEL.format(model=model.class_name), *chosen, READ_FILE, TOLD, SAVE):
        statements += [*fixed(part), *GAP]
    read = options_body(asked.inputs, asked.seed if by_data else None)
    statements[-2:] = [
        function("parse_options", (), "argparse.Namespace", read, "Read the command line.")
    ]
    statements += fixed(START)
    header = first_line(project.main.name, "what requirements.txt lists")
    return write_file(statements, header, about + usage)


def _asked(
    project: Project,
    lookup: Lookup,
    verdict: Verdict,
    plan: Plan,
    data: SourceCode,
    model: ModelText,
) -> Asked:
    taken = {*OWN_NAMES, model.class_name}

    def own(stem: str) -> str:
        taken.add(found := fresh(stem, taken))
        return found

    tensors = {tensor: own(tensor) for tensor in data.names}
    fed = [data.tensors.get(p.port, "") if plan.is_fed_by_data else "" for p in plan.feeds]
    inputs = []
    for (stem, node), tensor in zip(model.inputs, fed, strict=False):
        variable = stem if stem == tensors.get(tensor) else own(stem)
        inputs.append((variable, input_type(project, verdict, node), tensor))
    seed = project.run.get("seed", DEFAULTS["seed"])
    assert isinstance(seed, int)  # training_limits.check_run has said so
    return Asked(
        model,
        data,
        plan.source,
        tuple(inputs),
        tuple((own(stem), node) for stem, node in model.outputs),
        answers_of(project, lookup, verdict, [node for _, node in model.outputs]),
        verdict,
        seed,
        tensors,
    )


def _main(asked: Asked) -> list[Statement]:
    """Return the body of main."""
    given = _from_files(asked)
    if all(tensor for _, _, tensor in asked.inputs):
        given = [branch(Expression("options.input is None"), _from_validation(asked), given)]
    return [
        word("options = parse_options()"),
        word("model = load_model(options.weights, options.device)"),
        word("answers: dict[str, torch.Tensor] = {}"),
        *given,
        within(Expression("torch.no_grad()"), [_call(asked)]),
        *[line for output in asked.outputs for line in _answers(asked, *output)],
        *fixed_inside(SHOW),
        *[line for output in asked.outputs for line in _whole(asked, *output)],
    ]


def fixed_inside(text: str) -> list[Statement]:
    """Return fixed lines of a body, which keep what they are indented beyond it."""
    return [word(line.removeprefix("    ")) for line in text.splitlines()]


def _from_validation(asked: Asked) -> list[Statement]:
    """Return the statements that read samples of the validation part."""
    used = [tensor for _, _, tensor in asked.inputs]
    expected = _expected(asked)
    used += expected.values()
    names = [name(asked.tensors[t] if t in used else "_") for t in asked.data.names]
    first, at = asked.tensors[used[0]], Address(asked.source)
    lines: list[Statement] = [
        assign(f"_, {tuple_of(names).text}", Expression("load_data(options.seed)"), at),
        word(f"chosen = choose(options.samples, len({first}))"),
    ]
    lines += [
        assign(variable, Expression(f"{asked.tensors[tensor]}[chosen]"), at)
        for variable, _, tensor in asked.inputs
    ]
    for title, tensor in expected.items():
        lines.append(word(f"answers[{quoted(title)}] = {asked.tensors[tensor]}[chosen]"))
    return lines


def _expected(asked: Asked) -> dict[str, str]:
    """Return what the data says that answers are to be: titles and the data's tensors."""
    found = {}
    fed = [tensor for _, _, tensor in asked.inputs]
    for title, node in asked.outputs:
        target = asked.answers[node].target
        if target is not None and target.node == asked.source:
            tensor = asked.data.tensors.get(target.port)
            if tensor is not None and tensor not in fed:
                found[_title(asked, title, "expected")] = tensor
    return found


def _title(asked: Asked, output: str, word: str) -> str:
    """Return what an answer is called; with several outputs also of which it is."""
    return word if len(asked.outputs) == 1 else f"{output} {word}" if word else output


def _from_files(asked: Asked) -> list[Statement]:
    """Return the statements that read the inputs from files."""
    several = len(asked.inputs) > 1
    lines: list[Statement] = []
    for place, (variable, known, _) in enumerate(asked.inputs):
        sizes = tuple_of(number(s if isinstance(s, int) else -1) for s in known.shape[1:])
        file = name(f"options.input[{place}]" if several else "options.input")
        arguments = [file, sizes, name(f"torch.{known.dtype}")]
        lines.append(assign(variable, call(name("read_file"), arguments)))
    first = asked.inputs[0][0]
    for variable, _, _ in asked.inputs[1:]:
        told = f'sys.exit("The files of {first} and {variable} hold different numbers of samples.")'
        lines.append(branch(Expression(f"len({variable}) != len({first})"), [word(told)]))
    return [*lines, word(f"chosen = list(range(len({first})))")]


def _call(asked: Asked) -> Line:
    targets = tuple_of([name(variable) for variable, _ in asked.outputs], bare=True)
    if len(asked.outputs) == 1:
        targets = name(asked.outputs[0][0])
    given = [
        call(attribute(name(variable), "to"), [name("options.device")])
        for variable, _, _ in asked.inputs
    ]
    return assign(targets, call(name("model"), given))


def _is_by_sample(asked: Asked, node: NodeId) -> bool:
    """Whether the first axis of an output is that of the samples."""
    known = asked.verdict.types.get(f"{node}.output")
    return known is None or known.shape[:1] == asked.inputs[0][1].shape[:1]


def _answers(asked: Asked, variable: str, node: NodeId) -> list[Statement]:
    """Return the statements that note what an output says of each sample."""
    if not _is_by_sample(asked, node):
        return []
    answer, output = asked.answers[node], name(variable)
    return [
        assign(f"answers[{quoted(_title(asked, variable, title))}]", value, Address(node))
        for title, value in READ[answer.kind](output, answer.axis)
    ]


def _whole(asked: Asked, variable: str, node: NodeId) -> list[Statement]:
    """Return the statement that shows an output of which samples have no part of their own."""
    if _is_by_sample(asked, node):
        return []
    return [word(f'print(f"{variable}: {{told({variable})}}")', Address(node))]
