"""Everything that a drawing is written as: model, data, training, answers, tests and two lists."""

from __future__ import annotations

from codegen.deferred import Deferred
from codegen.feeds import write_feeds
from codegen.model_memo import ModelWriter
from codegen.model_test_file import TEST_FILE, write_model_test, write_training_test
from codegen.predict_file import write_predict
from codegen.project_files import write_requirements
from codegen.readme import write_readme
from codegen.third_party import imported_by
from codegen.train_file import parts_of, state_of_blocks, write_script
from codegen.train_start import start_packages
from codegen.training_plan import has_training
from codegen.written import CannotWrite, SourceText, Written
from graph_editor.catalogue.order import Lookup
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import FrozenMap, Project


def generate(
    project: Project, lookup: Lookup, verdict: Verdict, writer: ModelWriter | None = None
) -> Written:
    """Return all files of a judged project; without data and optimizer the model alone.

    The verdict must be on this very project: it says what ``auto`` parameters are. Raises
    CannotWrite for a drawing with errors and for what has no code yet. Who writes one drawing again
    and again keeps a writer, which makes that fast.
    """
    _refuse_errors(verdict)
    model = (writer or ModelWriter()).write(project, lookup, verdict)
    files: dict[str, SourceText] = {"model.py": model.source}
    packages, parts = ["pytest"] if model.class_name else [], None
    state = model.state_map
    if has_training(project):
        parts = parts_of(project, lookup, verdict, model.class_name)
        files["data.py"] = write_feeds(project.main.name, parts.feeds)
        files["train.py"] = write_script(parts)
        if not parts.plan.outputs:
            state = Deferred(lambda: state_of_blocks(project, lookup, verdict))
        if (predict := write_predict(parts, model)) is not None:
            files["predict.py"] = predict
        files[TEST_FILE] = write_training_test(project, parts, model)
        packages = ["pytest", "tqdm"]
        packages += [package for feed in parts.feeds for package in feed.code.packages]
        packages += start_packages(project)
        packages += ["numpy"] if predict is not None and "import numpy" in predict.text else []
    elif model.class_name:
        files[TEST_FILE] = write_model_test(project, lookup, verdict, model)
    imported = imported_by(model.source.text) if project.code else ()
    files["requirements.txt"] = write_requirements(packages, imported)
    files["README.md"] = write_readme(project, verdict, model, files, parts, imported)
    return Written(FrozenMap(files), state, project.main.name)


def _refuse_errors(verdict: Verdict) -> None:
    for problem in verdict.diagnostics:
        if problem.severity == "error":
            raise CannotWrite(problem.node, problem.message.rstrip("."), "Mend this first")
