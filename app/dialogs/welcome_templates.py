"""The examples to start from, as their files say it: title, words, chain and picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.examples import judged_in
from graph_editor.catalogue.families import family_of
from graph_editor.catalogue.order import Lookup, regions
from graph_editor.catalogue.run_settings import DEFAULTS
from graph_editor.catalogue.scope import specs_of
from graph_editor.catalogue.spec import Spec
from graph_editor.document.files import FileProblem, load
from graph_editor.document.model import NOTHING, Node, Project

FORMS = {4: "images", 3: "series", 2: "table"}
"""What data with so many axes most often is."""
TASKS = {
    "classification": "classify",
    "control": "act",
    "language": "write",
    "regression": "predict",
    "similarity": "compare",
}
"""What a data source says its task is -> what a network that is held to that does."""
SHOWN = ("out_channels", "out_features", "hidden_size", "kernel_size", "p", "lr")
"""Arguments that say the most of a layer, the first that it has is shown."""
ARROW = " → "


KINDS = {
    "Images": ("images",),
    "Text": ("text",),
    "Series and sound": ("series",),
    "Tables": ("table",),
    "Generative": ("generate", "rebuild", "write"),
}
"""What one looks for by kind, and the tags that mean it."""
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
    """``9,978 parameters · 20 epochs``."""
    chain: str
    """The layers in order: ``Conv2d 16 → BatchNorm2d → …``."""
    plan: str
    """``CrossEntropyLoss · AdamW lr 0.002 · 20 epochs``."""
    data: str
    """What the data source says of itself."""
    project: Project
    """Drawn in the card's picture."""
    ranks: Mapping[str, int] = NOTHING
    """How many axes the tensors have that leave its outputs, as far as that is known."""

    @property
    def rank(self) -> tuple[object, ...]:
        """Its place among the others: the first, then pictures before tables."""
        forms = list(FORMS.values())
        form = self.tags.partition(" ")[0]
        place = forms.index(form) if form in forms else len(forms)
        return (self.path.stem != FIRST, place, self.title)

    def is_of(self, kind: str) -> bool:
        """Whether it belongs to a kind of ``KINDS``; to all where that is none."""
        return not kind or bool(set(self.tags.split(" · ")) & set(KINDS[kind]))

    def words(self) -> str:
        """Return what a search looks through, in lower case."""
        parts = (self.title, self.doc, self.tags, self.chain, self.plan, self.data)
        return " ".join((*parts, self.path.stem)).lower()


def templates_in(folder: Path) -> Iterator[Template]:
    """Read the examples in a folder, one by one; what cannot be read is passed over."""
    known = judged_in(folder)
    for path in sorted(folder.glob("*.netwright")):
        try:
            yield template_of(path, load(path).project, known.get(path.stem, NOTHING))
        except FileProblem:
            continue


def template_of(path: Path, project: Project, known: Mapping[str, Any] = NOTHING) -> Template:
    """Describe a project, with what is known of it; nothing in it is run."""
    lookup = specs_of(project)
    nodes = project.main.graph.nodes
    source = _source(project, lookup)
    parts = regions(project.main, lookup)
    layers = [nodes[key] for key in parts.model if nodes[key].kind != "io"]
    layers = layers or [nodes[key] for key in parts.step if nodes[key].kind == "block"]
    epochs = project.run.get("epochs", DEFAULTS["epochs"])
    count = f"{known['parameters']:,} parameters · " if "parameters" in known else ""
    return Template(
        path=path,
        title=project.main.name or path.stem,
        doc=project.main.doc,
        tags=_tags(project, source),
        facts=f"{count}{epochs} epochs",
        chain=ARROW.join(_said(node, lookup) for node in layers),
        plan=_plan(project, lookup, epochs),
        data=source.summary if source is not None else "",
        project=project,
        ranks=known.get("ranks", NOTHING),
    )


def _source(project: Project, lookup: Lookup) -> Spec | None:
    nodes = project.main.graph.nodes.values()
    return next((lookup(node.spec) for node in nodes if node.kind == "data"), None)


def _tags(project: Project, source: Spec | None) -> str:
    if source is None:
        return ""
    kinds = source.types.values()
    rank = max((len(kind.shape) for kind in kinds), default=0)
    words = rank == 2 and any(k.dtype == "int64" and len(k.shape) == 2 for k in kinds)
    form = "text" if words else FORMS.get(rank, "")
    return " · ".join(word for word in (form, _task(project, source)) if word)


def _task(project: Project, source: Spec) -> str:
    """Return what the network does: what its losses hold it to, and not what the data are for."""
    graph = project.main.graph
    if not any(node.spec == "io.output" for node in graph.nodes.values()):
        return "generate"  # what is trained makes something of noise, beside what judges it
    read = {target: source for target, source in graph.wires.items() if target.port == "target"}
    given = {s for t, s in graph.wires.items() if graph.nodes[t.node].spec == "io.input"}
    losses = {s for t, s in read.items() if graph.nodes[t.node].kind in ("nn", "F")}
    if losses & given:
        return "rebuild"
    labels = [port for port, kind in source.types.items() if kind.dtype == "int64"]
    task = str(source.facts.get("task"))
    if task == "classification" and not any(s.port in labels for s in graph.wires.values()):
        task = "regression" if not _tells_chances(project) else task
    return TASKS.get(task, "")


def _tells_chances(project: Project) -> bool:
    """Whether a loss of two classes is minimised, whose targets are no whole numbers."""
    return any("BCE" in n.spec or "binary" in n.spec for n in project.main.graph.nodes.values())


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
