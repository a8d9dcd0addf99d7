"""Weights that a training starts from: which file they are in, and what loads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from codegen.emit import Expression, call, literal, name
from codegen.statements import Line, do
from codegen.train_parts import Parts, owner_of
from codegen.written import CannotWrite
from graph_editor.document.model import Address, NodeId, Project

RUN = "run:"
SAFE, PICKLED = ".safetensors", (".pt", ".pth")

LOAD = '''\
def load_weights(module: nn.Module, file: str) -> None:
    """Start from the weights in a file, and say which names do not fit."""
    path = Path(__file__).parent / file
    if not path.is_file():
        sys.exit(f"{path} is missing: the training starts from the weights in it.")
    try:
        weights = @read
        report = module.load_state_dict(weights, strict=False)
    except Exception as error:  # whatever is wrong with the file is told
        words = " ".join(f"{type(error).__name__}: {error}".split()).partition(". ")[0]
        sys.exit(f"{file} does not hold weights that fit: {words}.")
    missing, unexpected = report.missing_keys, report.unexpected_keys
    if len(missing) == len(module.state_dict()):
        sys.exit(f"{file} has none of the weights that it was chosen for.")
    print(f"{file}: {len(weights) - len(unexpected)} tensors loaded", end="")
    print(f"; missing: {', '.join(missing) or 'none'}", end="")
    print(f"; unexpected: {', '.join(unexpected) or 'none'}")
'''
READ = {
    (True, False): "load_file(path)",
    (False, True): 'torch.load(path, map_location="cpu", weights_only=True)',
    (True, True): """(
            load_file(path)
            if path.suffix == ".safetensors"
            else torch.load(path, map_location="cpu", weights_only=True)
        )""",
}


def file_of(node_id: str, start: str) -> str:
    """Return the file of start weights, from the folder of train.py. Raises CannotWrite.

    ``run:NAME/model.pt`` is a file of an earlier run, whose folder lies beside this one.
    """
    text = start.removeprefix(RUN)
    scheme, colon, _ = text.partition(":")
    if colon:
        raise CannotWrite(
            node_id,
            f"weights of {scheme} to start from are not supported yet",
            "Save them to a .safetensors file, and choose that",
        )
    path = PurePosixPath(text)
    if not text.endswith((SAFE, *PICKLED)):
        raise CannotWrite(
            node_id, f"{text} is no file of weights", "Choose a .safetensors, .pt or .pth file"
        )
    odd = any(not c.isprintable() or c == "\\" for c in text)
    if odd or path.is_absolute() or ".." in path.parts or str(path) != text:
        raise CannotWrite(
            node_id,
            f"{text!r} does not lie beside the project",
            "Put the file into the project's folder, and name it from there",
        )
    return f"../{text}" if start.startswith(RUN) else text


def start_packages(project: Project) -> list[str]:
    """Return the distributions that reading start weights needs beside torch."""
    nodes = project.main.graph.nodes.values()
    starts = [n.weights.start for n in nodes if n.weights is not None and n.weights.start]
    return ["safetensors"] if any(start.endswith(SAFE) for start in starts) else []


def start_files(project: Project) -> list[str]:
    """Return the files of start weights that lie beside the project. Raises CannotWrite."""
    nodes = project.main.graph.nodes
    found = [
        file_of(n, weights.start)
        for n in sorted(nodes)
        if (weights := nodes[n].weights) is not None and weights.start
    ]
    return [each for each in dict.fromkeys(found) if not each.startswith("../")]


def _started(parts: Parts) -> Iterator[tuple[NodeId, str]]:
    """Yield the nodes that start from a file, and the file."""
    main = parts.project.main.graph.nodes
    inside = sorted(n for n in parts.plan.model if n in main)
    for node_id in (*inside, *parts.owners):
        weights = main[node_id].weights
        if weights is not None and weights.start and owner_of(main[node_id], node_id) == node_id:
            yield node_id, file_of(node_id, weights.start)


def started(parts: Parts) -> list[tuple[Expression, str]]:
    """Return the modules that start from a file, and the file. Raises CannotWrite."""
    return [(_module(parts, node_id), file) for node_id, file in _started(parts)]


def _module(parts: Parts, node_id: NodeId) -> Expression:
    variable = parts.names.get(f"module.{node_id}")
    if variable is not None:
        return name(variable)
    return parts.outside.inside(node_id, "weights start", node_id)


def loaded(parts: Parts) -> list[Line]:
    """Return the statements that load start weights. Raises CannotWrite."""
    return [
        do(call(name("load_weights"), [_module(parts, node), literal(file)]), Address(node))
        for node, file in _started(parts)
    ]


def kinds(parts: Parts) -> tuple[bool, bool]:
    """Return whether a safetensors file is read, and whether a checkpoint of torch is."""
    files = [file for _, file in _started(parts)]
    return any(f.endswith(SAFE) for f in files), any(not f.endswith(SAFE) for f in files)


def functions(parts: Parts) -> list[str]:
    """Return the function that loads weights, as fixed text."""
    read = READ.get(kinds(parts))
    return [] if read is None else [LOAD.replace("@read", read)]
