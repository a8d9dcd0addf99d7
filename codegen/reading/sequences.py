"""A class that is a Sequential of its own, read as the module with one chain that it stands for."""

from __future__ import annotations

import ast

from codegen.reading.constructor import is_super
from codegen.reading.paths import CHAIN
from codegen.reading.problems import NotRead

BASE = "torch.nn.Sequential"
FORWARD = "def forward(self, x):\n    return self.chain(x)"


def as_module(code: ast.ClassDef) -> ast.ClassDef:
    """Return the class with its chain as an attribute, and a forward. Raises NotRead."""
    made = [m for m in code.body if isinstance(m, ast.FunctionDef) and m.name == "__init__"]
    if not made:
        raise NotRead(code, f"{code.name} is a chain of nothing")
    body: list[ast.stmt] = []
    for statement in made[0].body:
        body += _chained(statement, code.bases[0])
    (forward,) = ast.parse(FORWARD).body
    for part in ast.walk(forward):
        ast.copy_location(part, made[0])
        if isinstance(part, ast.Attribute):
            part.attr = CHAIN
    constructor = ast.copy_location(
        ast.FunctionDef("__init__", made[0].args, body, [], made[0].returns), made[0]
    )
    rest = [constructor if part is made[0] else part for part in code.body]
    whole = ast.ClassDef(code.name, code.bases, code.keywords, [*rest, forward], [])
    return ast.copy_location(whole, code)


def _chained(statement: ast.stmt, sequential: ast.expr) -> list[ast.stmt]:
    """Return ``super().__init__(a, b)`` as what is set and made in an ordinary constructor."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not is_super(call, "__init__"):
        return [statement]
    chain = ast.copy_location(ast.Call(sequential, call.args, call.keywords), call)
    itself = ast.copy_location(ast.Name("self", ast.Load()), call)
    target = ast.copy_location(ast.Attribute(itself, CHAIN, ast.Store()), call)
    plain = ast.copy_location(ast.Expr(ast.copy_location(ast.Call(call.func, [], []), call)), call)
    return [plain, ast.copy_location(ast.Assign([target], chain), call)]
