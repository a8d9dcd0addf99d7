"""Everything that a drawing is written as: model, data, training, answers, tests and two lists."""

from __future__ import annotations

from codegen.data import write_data
from codegen.model_custom import with_code
from codegen.model_memo import ModelWriter
from codegen.model_test_file import TEST_FILE, write_model_test, write_training_test
from codegen.predict_file import write_predict
from codegen.project_files import write_readme, write_requirements
from codegen.train_file import training_parts, write_train
from codegen.train_start import start_packages
from codegen.training_plan import has_training
from codegen.written import CannotWrite, SourceText, Written
from graph_editor.catalogue.order import Lookup
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Address, FrozenMap, Project


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
    packages, about = ["pytest"] if model.class_name else [], ""
    usage: list[str] = []
    if has_training(project):
        parts = training_parts(*with_code(project, lookup), verdict, model.class_name)
        plan, source = parts.plan, parts.data
        node = project.main.graph.nodes[plan.source]
        files["data.py"] = write_data(project.main.name, Address(plan.source), node, source)
        files["train.py"] = write_train(project, lookup, verdict, model.class_name)
        if (predict := write_predict(parts, model)) is not None:
            files["predict.py"] = predict
            usage = [w for w in predict.text.splitlines() if w.startswith("python predict.py")]
        files[TEST_FILE] = write_training_test(project, parts, model)
        packages, about = ["pytest", "tqdm", *source.packages], source.title
        packages += start_packages(project)
        packages += ["numpy"] if predict is not None and "import numpy" in predict.text else []
    elif model.class_name:
        files[TEST_FILE] = write_model_test(project, lookup, verdict, model)
    files["requirements.txt"] = write_requirements(packages)
    names = [*files, "README.md"]
    files["README.md"] = write_readme(project, verdict, model.class_name, about, names, usage=usage)
    return Written(FrozenMap(files), model.state_map, project.main.name)


def _refuse_errors(verdict: Verdict) -> None:
    for problem in verdict.diagnostics:
        if problem.severity == "error":
            raise CannotWrite(problem.node, problem.message.rstrip("."), "Mend this first")
