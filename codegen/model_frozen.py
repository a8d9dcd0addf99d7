"""What does not learn: frozen weights, and running statistics that stay where they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codegen import emit
from codegen.model_addresses import Reached, reach
from codegen.model_arguments import callee
from codegen.model_class import ClassPlan
from codegen.model_expressions import muted
from codegen.model_plan import Planner
from codegen.statements import (
    Argument,
    Line,
    Statement,
    branch,
    do,
    function,
    loop,
    word,
)
from codegen.written import CannotWrite
from graph_editor.document.model import Address, Arg, Expr, Node

STATISTICS = "freeze_statistics"
"""Says, beside what is frozen, whether running statistics are too; true where it is not said."""
TRACKED = "track_running_stats"
"""The argument of every module that has running statistics."""
STAY = "frozen: its statistics stay"


class Frozen:
    """Writes what freezing adds to one class."""

    def __init__(self, planner: Planner, plan: ClassPlan) -> None:
        self.planner = planner
        self.plan = plan
        self.resting: list[Statement] = []
        """What ``train`` does after it has set the mode."""

    def statements(self) -> list[Statement]:
        """Return the end of the constructor. Raises CannotWrite."""
        found: list[Statement] = []
        for node in self.plan.order:
            weights = self.plan.node(node).weights
            if weights is not None and weights.same_as is not None:
                continue  # the node whose weights they are says whether they rest
            for inner in self.plan.node(node).freeze:
                whole = node if inner == "." else f"{node}/{inner}"
                blame = self.plan.address(node)
                reached = reach(self.planner, self.plan, whole, "it freezes", blame)
                if reached is None:
                    continue
                call = emit.call(
                    emit.attribute(reached.path, "requires_grad_"), [emit.literal(False)]
                )
                found.append(_in_loops(reached, do(call, blame), blame))
                self.resting += self.kept(self.plan.node(node), reached, blame)
        if self.resting:
            found.append(do(emit.call(emit.name("self.train"))))
        return found

    def methods(self) -> list[Statement]:
        """Return ``train``, where it has more to do than torch's own."""
        if not self.resting:
            return []
        body = [word("super().train(mode)"), *self.resting, word("return self")]
        arguments = [Argument("self"), Argument("mode", "bool", emit.literal(True))]
        return [function("train", arguments, "Self", body)]

    def kept(self, node: Node, reached: Reached, blame: Address) -> list[Statement]:
        """Return what keeps the statistics of a part that a node freezes, if they are to stay."""
        return list(self._rest(reached, blame)) if self._stay(node, blame) else []

    def _stay(self, node: Node, blame: Address) -> bool:
        said: object = node.args.get(STATISTICS, node.extra.get(STATISTICS, True))
        if not isinstance(said, bool):
            raise CannotWrite(blame, f"{STATISTICS} is not true or false", "Choose one of them.")
        return said

    def _rest(self, reached: Reached, blame: Address) -> Iterator[Statement]:
        """Yield what keeps the statistics below a frozen thing."""
        found = reached.found
        if found.kind != "block":
            if not self._tracks(found) or not self._stay(found, blame):
                return
            if reached.several:
                turns = loop("module", reached.path, [_evaluation("module", blame)], blame)
                yield _in_loops(reached, turns, blame)
            else:
                yield _in_loops(reached, _evaluation(reached.path.text, blame), blame)
            return
        below = list(self._norms(found.spec.partition(".")[2]))
        if any(not self._stay(node, blame) for node in below):
            feature = f"{STATISTICS} that differs inside a frozen block"
            raise CannotWrite(blame, feature, "Freeze the nodes of the block one by one.")
        if below:
            yield _in_loops(reached, self._search(reached, below, blame), blame)

    def _norms(self, key: str) -> Iterator[Node]:
        """Yield the nodes of a block, and of those it uses, that have running statistics."""
        plan = self.planner.plans[key]
        for node in map(plan.node, dict.fromkeys(plan.owner(n) for n in plan.order)):
            if node.kind == "block" and not muted(node):
                yield from self._norms(node.spec.partition(".")[2])
            elif self._tracks(node) and not muted(node):
                yield node

    def _tracks(self, node: Node) -> bool:
        spec = self.planner.lookup(node.spec)
        argument = spec.argument(TRACKED) if spec is not None and node.kind == "nn" else None
        if argument is None:
            return False
        said: Arg = node.args.get(TRACKED, argument.default)
        return isinstance(said, Expr) or bool(said)

    def _search(self, reached: Reached, below: Sequence[Node], blame: Address) -> Statement:
        """Return a loop over all modules of a block that puts some kinds in evaluation mode."""
        specs = [self.planner.lookup(name) for name in sorted({node.spec for node in below})]
        kinds = [callee(spec) for spec in specs if spec is not None]
        either = kinds[0]
        for kind in kinds[1:]:
            either = emit.operation("|", either, kind)
        test = emit.call(emit.name("isinstance"), [emit.name("module"), either])
        body = [branch(test, [_evaluation("module", blame)], node=blame)]
        return loop("module", emit.call(emit.attribute(reached.path, "modules")), body, blame)


def _evaluation(text: str, blame: Address) -> Line:
    return Line("", emit.call(emit.attribute(emit.name(text), "eval")), "", STAY, blame)


def _in_loops(reached: Reached, statement: Statement, blame: Address) -> Statement:
    """Return a statement inside the loops over the copies on its way."""
    for variable, turns in reversed(reached.loops):
        statement = loop(variable, turns, [statement], blame)
    return statement
