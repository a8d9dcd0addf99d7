"""Parts of blocks beside the model that do not learn: a line for each, and for its statistics."""

from __future__ import annotations

from codegen.emit import attribute, call, literal
from codegen.model_frozen import Frozen
from codegen.statements import Line, Statement, do
from codegen.train_parts import Parts
from codegen.written import CannotWrite
from graph_editor.document.model import Address, NodeId


def parts_frozen(parts: Parts, node_id: NodeId) -> list[Line]:
    """Return the statements after a block is made that let parts of it rest."""
    node, variable, lines = parts.node(node_id), parts.names[f"module.{node_id}"], []
    for inner in node.freeze if "." not in node.freeze else ():
        found = parts.outside.part(variable, f"{node_id}/{inner}", "it freezes", node_id)
        resting = call(attribute(found.path, "requires_grad_"), [literal(False)])
        lines.append(do(resting, Address(node_id)))
    return lines


def statistics_kept(parts: Parts) -> list[Statement]:
    """Return what keeps running statistics of frozen parts, once all are in training mode."""
    lines: list[Statement] = []
    for node_id in parts.owners:
        node = parts.node(node_id)
        if "." in node.freeze or not node.freeze:
            continue
        variable, planner = parts.names[f"module.{node_id}"], parts.outside.planner
        for inner in node.freeze:
            found = parts.outside.part(variable, f"{node_id}/{inner}", "it freezes", node_id)
            if found.found.kind == "block" and "module" in parts.names.values():
                raise CannotWrite(
                    node_id,
                    f"it freezes {inner} while something is called module",
                    "Give that another name",
                )
            lines += Frozen(planner, found.plan).kept(node, found, Address(node_id))
    return lines
