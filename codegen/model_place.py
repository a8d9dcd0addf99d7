"""Where a class makes new tensors: beside what comes in, or where the class itself was moved.

A block into which no tensor comes has nothing that says on which device the rest is. It keeps an
empty buffer, which goes wherever the model is moved and is part of no checkpoint.
"""

from __future__ import annotations

from codegen import emit
from codegen.model_class import ClassPlan
from codegen.model_plan import Planner
from codegen.names import fresh
from codegen.statements import Line, do
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import NodeId


def makes_a_tensor(spec: Spec | None) -> bool:
    """Whether nodes of a spec make a tensor of nothing."""
    if spec is None or spec.name == "const.value":
        return False
    return spec.kind == "const" or any(a.name == "like" for a in spec.arguments)


def is_tensor(plan: ClassPlan, node: NodeId) -> bool:
    """Whether a tensor comes in at an input node, and always does."""
    args = plan.node(node).args
    return args.get("kind") != "size" and args.get("optional") is not True


def own_place(planner: Planner, plan: ClassPlan) -> str:
    """Return the name of the buffer that says where a class is; empty where it needs none."""
    if any(is_tensor(plan, node) for node in plan.inputs()):
        return ""
    makers = [n for n in plan.order if makes_a_tensor(planner.lookup(plan.node(n).spec))]
    if all("like" in plan.wires[node] for node in makers):
        return ""
    used = {*plan.attributes.values(), *plan.parameters.values(), *(e.name for e in plan.extras)}
    return fresh("place", used)


def place_made(name: str) -> Line:
    """Return the statement that makes the buffer."""
    empty = emit.call(emit.name("torch.empty"), [emit.number(0)])
    made = [emit.literal(name), empty]
    keeps = {"persistent": emit.literal(False)}
    return do(emit.call(emit.name("self.register_buffer"), made, keeps))
