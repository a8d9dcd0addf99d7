"""The body of main in predict.py, where a model answers samples."""

from __future__ import annotations

from codegen.emit import (
    Expression,
    attribute,
    call,
    list_of,
    name,
    number,
    quoted,
    tuple_of,
)
from codegen.predict_answers import READ
from codegen.predict_asked import Asked, Given
from codegen.predict_text import DRAWN, SHOW
from codegen.statements import Line, Statement, assign, branch, do, within, word
from graph_editor.document.model import Address, NodeId


def main_of(asked: Asked) -> list[Statement]:
    """Return the body of main."""
    return [
        word("options = parse_options()"),
        word("model = load_model(options.weights, options.device)"),
        *(_inside(DRAWN) if asked.code is not None else []),
        word("answers: dict[str, torch.Tensor] = {}"),
        *_inputs(asked),
        *_outputs(asked),
        *_inside(SHOW),
        *[line for output in asked.outputs for line in _whole(asked, *output)],
        *_pictures(asked),
        branch(Expression("options.output is not None"), [word(KEEP)]),
    ]


def _inside(text: str) -> list[Statement]:
    """Return fixed lines of a body, which keep what they are indented beyond it."""
    return [word(line.removeprefix("    ")) for line in text.splitlines()]


def _inputs(asked: Asked) -> list[Statement]:
    """Return the statements that get the inputs, from the data or from files."""
    loaded, files = [_load(asked)] if asked.loads else [], _from_files(asked)
    if not asked.by_data:
        return [*loaded, *files]
    if asked.scales:
        chosen = branch(Expression("options.input is None"), _from_validation(asked), files)
        return [*loaded, chosen]
    given = [*loaded, *_from_validation(asked)]
    return [branch(Expression("options.input is None"), given, files)]


def _load(asked: Asked) -> Statement:
    used = {given.tensor for given in asked.read if asked.by_data}
    used |= set(_expected(asked).values()) if asked.by_data else set()
    names = [name(asked.tensors[t] if t in used else "_") for t in asked.parts.data.names]
    validation = tuple_of(names).text if used else "_"
    at = Address(asked.parts.plan.source)
    if asked.scales:
        loaded = Expression("load_scaled_data(options.seed)")
        return assign(f"_, {validation}, scales", loaded, at)
    return assign(f"_, {validation}", Expression("load_data(options.seed)"), at)


def _from_validation(asked: Asked) -> list[Statement]:
    """Return the statements that take samples of the validation part."""
    at = Address(asked.parts.plan.source)
    first = asked.tensors[asked.read[0].tensor]
    lines: list[Statement] = [word(f"chosen = choose(options.samples, len({first}))")]
    taken = [(g.variable, Expression(f"{asked.tensors[g.tensor]}[chosen]")) for g in asked.read]
    expected = _expected(asked)
    lines += [assign(target, value, at) for target, value in taken]
    for title, tensor in expected.items():
        raw = Expression(f"{asked.tensors[tensor]}[chosen]")
        value = _unscaled(asked, tensor, raw, lines)
        lines.append(assign(f"answers[{quoted(title)}]", value, at))
    return lines


KEEP = "save(options.output, chosen, answers)"


def _pictures(asked: Asked) -> list[Statement]:
    """Return the statements that keep pictures; classes of pixels become shades of grey."""
    if not asked.pictures:
        return []
    names, shade, expected = [], "", _expected(asked)
    for node in asked.pictures:
        classes = asked.parts.verdict.types[f"{node}.output"].shape[1]
        said = asked.titles[node]
        if asked.is_map(node):
            said = _title(asked, node, "class")
            shade = f".unsqueeze(1) / {max(classes - 1, 1) if isinstance(classes, int) else 1}"
        wanted = _title(asked, node, "expected")
        names += [wanted, said] if wanted in expected else [said]
    given = [name(g.variable) for g in asked.read if g.is_picture]
    rows = list_of([*given, Expression("*shown")])
    body = [
        assign("names", list_of(Expression(quoted(each)) for each in names)),
        word(f"shown = [answers[name]{shade} for name in names if name in answers]"),
        do(call(name("save_pictures"), [name("options.output"), rows])),
        word("return"),
    ]
    test = 'options.output is not None and options.output.suffix == ".png"'
    return [branch(Expression(test), body)]


def _expected(asked: Asked) -> dict[str, str]:
    """Return what the data says that answers are to be: titles and the data's tensors."""
    fed = [given.tensor for given in asked.inputs]
    found = {}
    for _, node in asked.outputs:
        tensor = asked.target(node)
        if tensor and tensor not in fed:
            found[_title(asked, node, "expected")] = tensor
    return found


def _title(asked: Asked, node: NodeId, said: str) -> str:
    """Return what an answer is called; with several outputs also of which it is."""
    return said if len(asked.outputs) == 1 else f"{asked.titles[node]} {said}"


def _scale(tensor: str) -> Line:
    return assign("mean, deviation", Expression(f"scales[{quoted(tensor)}]"))


def _unscaled(asked: Asked, tensor: str, value: Expression, before: list[Statement]) -> Expression:
    """Return a value in the units of the data; what it needs is added to the statements before."""
    if not asked.is_scaled(tensor):
        return value
    before.append(_scale(tensor))
    return Expression(f"{value.text} * deviation + mean")


def _from_files(asked: Asked) -> list[Statement]:
    """Return the statements that read the inputs from files, scaled as the data is."""
    several = len(asked.read) > 1
    lines: list[Statement] = []
    for place, given in enumerate(asked.read):
        file = name(f"options.input[{place}]" if several else "options.input")
        lines.append(assign(given.variable, _read(given, file), Address(given.node)))
        if asked.is_scaled(given.tensor):
            scaled = Expression(f"({given.variable} - mean) / deviation")
            lines += [_scale(given.tensor), assign(given.variable, scaled)]
    first = asked.read[0].variable
    for given in asked.read[1:]:
        other = given.variable
        told = f'sys.exit("The files of {first} and {other} hold different numbers of samples.")'
        lines.append(branch(Expression(f"len({other}) != len({first})"), [word(told)]))
    return [*lines, word(f"chosen = list(range(len({first})))")]


def _read(given: Given, file: Expression) -> Expression:
    sizes = tuple_of(number(s if isinstance(s, int) else -1) for s in given.known.shape[1:])
    arguments = [file, sizes, name(f"torch.{given.known.dtype}")]
    arguments += [number(given.most)] if given.most else []
    return call(name("read_file"), arguments)


def _outputs(asked: Asked) -> list[Statement]:
    """Return the call of the model, and what its outputs say."""
    given = [call(attribute(name(g.variable), "to"), [name("options.device")]) for g in asked.read]
    if asked.sequence is not None:
        found = call(name("decode"), [name("model"), *given])
        return [assign('answers["answer"]', found)]
    targets = tuple_of([name(variable) for variable, _ in asked.outputs], bare=True)
    if len(asked.outputs) == 1:
        targets = name(asked.outputs[0][0])
    asking = within(Expression("torch.no_grad()"), [assign(targets, call(name("model"), given))])
    if asked.triplet:
        return [asking, *_distances(asked)]
    return [asking, *[line for output in asked.outputs for line in _answers(asked, *output)]]


def _distances(asked: Asked) -> list[Statement]:
    """Return the statements that note how far two vectors are from a first one."""
    variables = {node: variable for variable, node in asked.outputs}
    anchor, *others = asked.triplet
    return [
        assign(
            f'answers["distance to {asked.titles[node]}"]',
            Expression(f"({variables[anchor]} - {variables[node]}).norm(dim=1)"),
            Address(node),
        )
        for node in others
    ]


def _is_by_sample(asked: Asked, node: NodeId) -> bool:
    """Whether the first axis of an output is that of the samples."""
    known = asked.parts.verdict.types.get(f"{node}.output")
    return known is None or known.shape[:1] == asked.inputs[0].known.shape[:1]


def _answers(asked: Asked, variable: str, node: NodeId) -> list[Statement]:
    """Return the statements that note what an output says of each sample."""
    if not _is_by_sample(asked, node):
        return []
    answer, output, at = asked.answers[node], name(variable), Address(node)
    if asked.is_picture_of(node):
        made = call(attribute(output, "sigmoid")) if answer.kind == "score of yes" else output
        return [assign(f"answers[{quoted(asked.titles[node])}]", made, at)]
    lines: list[Statement] = []
    for title, value in READ[answer.kind](output, answer.axis):
        alone = title == "prediction" and not asked.target(node) and len(asked.outputs) > 1
        said = asked.titles[node] if alone else _title(asked, node, title)
        place = f"answers[{quoted(said)}]"
        if answer.kind == "numbers" and asked.is_scaled(asked.target(node)):
            value = _unscaled(asked, asked.target(node), Expression(f"{variable}.cpu()"), lines)
        if title == "match":
            value = Expression(f"torch.tensor(chosen)[{value.text}.cpu()]")
        lines.append(assign(place, value, at))
    return lines


def _whole(asked: Asked, variable: str, node: NodeId) -> list[Statement]:
    """Return the statement that shows an output of which samples have no part of their own."""
    if _is_by_sample(asked, node):
        return []
    return [word(f'print(f"{variable}: {{told({variable})}}")', Address(node))]
