"""Everything that a drawing is written as: model.py, data.py, train.py and what goes with them."""

from __future__ import annotations

from codegen.data import source_code, write_data
from codegen.model_memo import ModelWriter
from codegen.project_files import write_readme, write_requirements
from codegen.train_file import write_train
from codegen.train_start import start_packages
from codegen.training_plan import has_training, training_plan
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
    packages, about = [], ""
    if has_training(project):
        plan = training_plan(project, lookup)
        node = project.main.graph.nodes[plan.source]
        source = source_code(Address(plan.source), node)
        files["data.py"] = write_data(project.main.name, Address(plan.source), node)
        files["train.py"] = write_train(project, lookup, verdict, model.class_name)
        packages, about = ["tqdm", *source.packages], source.title
        packages += start_packages(project)
    files["requirements.txt"] = write_requirements(packages)
    names = [*files, "README.md"]
    files["README.md"] = write_readme(project, verdict, model.class_name, about, names)
    return Written(FrozenMap(files), model.state_map)


def _refuse_errors(verdict: Verdict) -> None:
    for problem in verdict.diagnostics:
        if problem.severity == "error":
            raise CannotWrite(problem.node, problem.message.rstrip("."), "Mend this first")
