"""Writing tests/test_model.py: what one may ask of the models, and of a step of their training."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from codegen.emit import Expression, list_of, name, quoted, tuple_of
from codegen.first_line import first_line
from codegen.model import ModelText
from codegen.model_test_checks import Check, checks_of, gradient_check
from codegen.model_test_subjects import alone, trained
from codegen.model_test_text import (
    CHOSEN,
    FALLS,
    FINITE,
    IMPORTS,
    LEARN,
    LEARNS,
    NEEDS_CUDA,
    SOME_LEARN,
    TRAINING_IMPORTS,
    UNWRITTEN,
)
from codegen.names import fresh
from codegen.statements import (
    Argument,
    Blank,
    Statement,
    assign,
    function,
    give_back,
    imports,
    word,
)
from codegen.statements import write as write_file
from codegen.train_parts import Parts
from codegen.train_text import filled, fixed
from codegen.written import SourceText
from graph_editor.catalogue.order import Lookup
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Address, Arg, Project

TEST_FILE = "tests/test_model.py"
_OWN = """
    Any Path after all_of_it alone batch before cache changed epochs event group groups idle layer
    layers learn load_data losses math model moved n name nn one optimizer optimizers other p patch
    pytest reached report samples slope tmp_path together torch train trained unread watch weight
"""
OWN_NAMES = frozenset(_OWN.split())
GAP = (Blank(), Blank())
EPOCHS = 10


def write_training_test(project: Project, parts: Parts, model: ModelText) -> SourceText:
    """Return tests/test_model.py for a project that is trained as planned."""
    taken = {*OWN_NAMES, *parts.classes}
    tensors = own_names(parts.data.names, taken)
    subjects = trained(project, parts, model, tensors, taken)
    statements: list[Statement] = [
        *fixed(TRAINING_IMPORTS),
        *([imports("model", [s.class_name for s in subjects])] if subjects else []),
        _first_samples(list(tensors.values()), Address(parts.plan.source)),
        *fixed(_learn(parts)),
        *GAP,
        *[_test(check) for subject in subjects for check in checks_of(subject)],
        *fixed(_learning(parts, model)),
        *GAP,
        *fixed(FALLS if parts.plan.alone else FINITE),
    ]
    whom = " and ".join(parts.classes[:2])
    about = f"Checks of {whom}, and of {'their' if len(subjects) > 1 else 'its'} training"
    header = first_line(project.main.name, "what requirements.txt lists")
    return write_file(_without_unused(statements), header, f"{about}: python -m pytest.")


def write_model_test(
    project: Project, lookup: Lookup, verdict: Verdict, model: ModelText
) -> SourceText:
    """Return tests/test_model.py for a model that is trained elsewhere."""
    subject = alone(project, lookup, verdict, model, {*OWN_NAMES, model.class_name})
    checks = [*checks_of(subject), *gradient_check(subject)]
    statements: list[Statement] = [
        *fixed(IMPORTS),
        Blank(),
        word(f"from model import {model.class_name}"),
        *[_test(check) for check in checks],
    ]
    about = f"Checks of {model.class_name}: python -m pytest."
    header = first_line(project.main.name, "PyTorch and pytest")
    return write_file(_without_unused(statements), header, about)


def _without_unused(statements: Sequence[Statement]) -> list[Statement]:
    """Return statements without the imports that no test needs."""
    text = write_file([s for s in statements if not _imports(s)]).text
    needed = {
        "import pytest": "pytest.",
        "from pathlib import Path": "Path",
        "from torch import nn": "nn.",
    }
    return [s for s in statements if (needed.get(_imports(s)) or "") in text]


def _imports(statement: Statement) -> str:
    """Return a plain import, or nothing for what is none."""
    text = getattr(statement, "prefix", "")
    return text if text.startswith(("import ", "from ")) else ""


def own_names(stems: Iterable[str], taken: set[str]) -> dict[str, str]:
    """Return a variable for each stem, which is taken from then on."""
    found = {}
    for stem in stems:
        found[stem] = fresh(stem, taken)
        taken.add(found[stem])
    return found


def _test(check: Check) -> Statement:
    return function(check.title, check.arguments, "None", check.body, "", check.marks)


def _learn(parts: Parts) -> str:
    """Return the text of what trains for the tests."""
    chosen, condition = "", "weight.requires_grad"
    if parts.plan.outputs and any(learner.trains for learner in parts.learners):
        names = [quoted(learner.called("optimizer")) for learner in parts.learners]
        listed = list_of(Expression(n) for n in names).text
        chosen, condition = CHOSEN.replace("@names", listed), "id(weight) in trained"
    features = parts.features
    text = filled(LEARN, chosen=chosen, needed=NEEDS_CUDA if features.scales else "")
    device = 'device="cuda", ' if features.scales else ""
    epochs = EPOCHS + 2 * _waits(parts.project)
    words = {
        "@condition": condition,
        "@unwritten": UNWRITTEN if features.writes else "",
        "@settings": f"train.Settings({device}epochs={epochs}, batch_size=8)",
        "@back": ".cpu()" if features.scales else "",
    }
    for mark, said in words.items():
        text = text.replace(mark, said)
    return text


def _learning(parts: Parts, model: ModelText) -> str:
    """Return the text of the test that every weight learns of which some loss hears."""
    paths = sorted(model.paths[n] for n in parts.flow.unread() if n in model.paths)
    if not paths:
        return LEARNS
    begins = [quoted(path.replace("[", ".").replace("]", "") + ".") for path in paths]
    several = tuple_of([Expression(b) for b in begins]).text
    return SOME_LEARN.replace("@unread", several if len(begins) > 1 else begins[0])


def _waits(project: Project) -> int:
    """Return how many batches an optimizer waits for before it takes a step."""
    nodes = project.main.graph.nodes.values()
    found: list[Arg] = [n.args.get(key) for n in nodes for key in ("accumulate", "every")]
    return max((n for n in found if isinstance(n, int)), default=0)


def _first_samples(tensors: Sequence[str], source: Address) -> Statement:
    several = len(tensors) > 1
    unpacked = tuple_of(name(t) for t in tensors)
    width = ", ".join(["torch.Tensor"] * len(tensors))
    body = [
        assign(f"{unpacked.text}, _", Expression("load_data()"), source),
        give_back(tuple_of([Expression(f"{t}[:count]") for t in tensors], bare=several)),
    ]
    about = "Return the first samples of the training part."
    return function("samples", [Argument("count", "int")], f"tuple[{width}]", body, about)
