"""The examples to start from, as their files say it: title, words, chain and picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.dialogs.welcome_sketch import Sketch, sketch_of
from graph_editor.catalogue.families import family_of
from graph_editor.catalogue.order import Lookup, regions
from graph_editor.catalogue.run_settings import DEFAULTS
from graph_editor.catalogue.scope import specs_of
from graph_editor.catalogue.spec import Spec
from graph_editor.document.files import FileProblem, load
from graph_editor.document.model import Node, Project

EXAMPLES = Path(__file__).resolve().parents[2] / "assets" / "examples"
FORMS = {4: "images", 3: "series", 2: "table"}
"""What data with so many axes most often is."""
TASKS = {
    "classification": "classify",
    "control": "act",
    "language": "write",
    "regression": "predict",
    "similarity": "compare",
}
"""What a data source says its task is -> what the network does."""
SHOWN = ("out_channels", "out_features", "hidden_size", "kernel_size", "p", "lr")
"""Arguments that say the most of a layer, the first that it has is shown."""
ARROW = " → "


FIRST = "digits_cnn"
"""The example that is opened at the very first start."""


@dataclass(frozen=True, slots=True)
class Template:
    """One example."""

    path: Path
    title: str
    doc: str
    tags: str
    """``images · classify``."""
    facts: str
    """``11 layers · 20 epochs``."""
    chain: str
    """The layers in order: ``Conv2d 16 → BatchNorm2d → …``."""
    plan: str
    """``CrossEntropyLoss · AdamW lr 0.002 · 20 epochs``."""
    data: str
    """What the data source says of itself."""
    sketch: Sketch

    @property
    def rank(self) -> tuple[object, ...]:
        """Its place among the others: the first, then pictures before tables."""
        forms = list(FORMS.values())
        form = self.tags.partition(" ")[0]
        place = forms.index(form) if form in forms else len(forms)
        return (self.path.stem != FIRST, place, self.title)

    def words(self) -> str:
        """Return what a search looks through, in lower case."""
        parts = (self.title, self.doc, self.tags, self.chain, self.plan, self.data)
        return " ".join((*parts, self.path.stem)).lower()


def templates_in(folder: Path) -> Iterator[Template]:
    """Read the examples in a folder, one by one; what cannot be read is passed over."""
    for path in sorted(folder.glob("*.netwright")):
        try:
            yield template_of(path, load(path).project)
        except FileProblem:
            continue


def template_of(path: Path, project: Project) -> Template:
    """Describe a project; nothing in it is run."""
    lookup = specs_of(project)
    nodes = project.main.graph.nodes
    source = _source(project, lookup)
    parts = regions(project.main, lookup)
    layers = [nodes[key] for key in parts.model if nodes[key].kind != "io"]
    layers = layers or [nodes[key] for key in parts.step if nodes[key].kind == "block"]
    epochs = project.run.get("epochs", DEFAULTS["epochs"])
    count = f"{len(layers)} layer{'s' * (len(layers) != 1)}"
    return Template(
        path=path,
        title=project.main.name or path.stem,
        doc=project.main.doc,
        tags=_tags(source),
        facts=f"{count} · {epochs} epochs",
        chain=ARROW.join(_said(node, lookup) for node in layers),
        plan=_plan(project, lookup, epochs),
        data=source.summary if source is not None else "",
        sketch=sketch_of(project, lookup),
    )


def _source(project: Project, lookup: Lookup) -> Spec | None:
    nodes = project.main.graph.nodes.values()
    return next((lookup(node.spec) for node in nodes if node.kind == "data"), None)


def _tags(source: Spec | None) -> str:
    if source is None:
        return ""
    ranks = [len(kind.shape) for kind in source.types.values()]
    form = FORMS.get(max(ranks, default=0), "")
    task = TASKS.get(str(source.facts.get("task")), "")
    return " · ".join(word for word in (form, task) if word)


def _plan(project: Project, lookup: Lookup, epochs: object) -> str:
    nodes = project.main.graph.nodes.values()
    families = ("loss", "optim", "lr_scheduler")
    said = [
        _said(node, lookup)
        for family in families
        for node in nodes
        if (node.kind if family != "loss" else family_of(lookup(node.spec), node.kind)) == family
    ]
    return " · ".join([*said, f"{epochs} epochs"])


def _said(node: Node, lookup: Lookup) -> str:
    """Return a node in a word and a number: ``Conv2d 16``."""
    spec = lookup(node.spec)
    title = spec.title if spec is not None else node.spec.partition(".")[2]
    values = (node.args.get(name) for name in SHOWN)
    shown = next((v for v in values if isinstance(v, int | float) and v is not True), None)
    mark = "lr " if "lr" in node.args else ""
    return f"{title} {mark}{shown}" if shown is not None else title
