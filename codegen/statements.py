"""Statements of Python as values, each knowing its node, and their text laid out in 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from codegen.emit import Expression, Listed, call
from codegen.emit import name as named
from codegen.layout import WIDTH, ImportedNames, inside_brackets, laid_out
from codegen.written import SourceText
from graph_editor.document.model import Address


@dataclass(frozen=True, slots=True)
class Line:
    """A simple statement: text, an expression that may be broken, and a remark at its end."""

    prefix: str
    value: Expression | None = None
    suffix: str = ""
    remark: str = ""
    node: Address | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """A compound statement: a header, its body, and clauses such as else that follow it."""

    header: Line
    body: Sequence[Statement]
    clauses: Sequence[Suite] = ()
    decorators: Sequence[Line] = ()
    docstring: str = ""
    apart: bool = False
    """A class or function: two blank lines about it at the top of a file, one elsewhere."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on lines of its own."""

    text: str
    node: Address | None = None


@dataclass(frozen=True, slots=True)
class Blank:
    """An empty line between two groups of statements."""


Statement = Line | Suite | Comment | Blank


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter of a function: name, type and default."""

    name: str
    type: str = ""
    default: Expression | None = None

    @property
    def expression(self) -> Expression:
        """Return the parameter as it stands between a definition's parentheses."""
        text = f"{self.name}: {self.type}" if self.type else self.name
        if self.default is not None:
            text += f" = {self.default.text}" if self.type else f"={self.default.text}"
        return Expression(text)


def assign(
    target: Expression | str, value: Expression, node: Address | None = None, remark: str = ""
) -> Line:
    """Return ``target = value``."""
    text = target if isinstance(target, str) else target.text
    return Line(text + " = ", value, "", remark, node)


def give_back(value: Expression, node: Address | None = None, remark: str = "") -> Line:
    """Return ``return value``."""
    return Line("return ", value, "", remark, node)


def do(value: Expression, node: Address | None = None, remark: str = "") -> Line:
    """Return an expression as a statement."""
    return Line("", value, "", remark, node)


def word(text: str, node: Address | None = None) -> Line:
    """Return a statement of one word or of fixed text, as ``pass`` or ``import torch``."""
    return Line(text, None, "", "", node)


def loop(
    target: str, iterable: Expression, body: Sequence[Statement], node: Address | None = None
) -> Suite:
    """Return ``for target in iterable:``."""
    return Suite(Line(f"for {target} in ", iterable, ":", "", node), body)


def branch(
    test: Expression,
    body: Sequence[Statement],
    orelse: Sequence[Statement] = (),
    node: Address | None = None,
) -> Suite:
    """Return ``if test:`` with an optional else."""
    clauses = [Suite(word("else:", node), orelse)] if orelse else []
    return Suite(Line("if ", test, ":", "", node), body, clauses)


def within(context: Expression, body: Sequence[Statement], node: Address | None = None) -> Suite:
    """Return ``with context:``."""
    return Suite(Line("with ", context, ":", "", node), body)


def function(
    name: str,
    arguments: Sequence[Argument],
    returns: str,
    body: Sequence[Statement],
    docstring: str = "",
    decorators: Iterable[Expression] = (),
    node: Address | None = None,
) -> Suite:
    """Return a function; a method is one with ``self`` first."""
    header = call(named(name), [argument.expression for argument in arguments])
    marks = [Line("@", each) for each in decorators]
    return Suite(
        Line("def ", header, f" -> {returns}:", "", node), body, (), marks, docstring, True
    )


def class_of(
    name: str,
    bases: Sequence[str],
    body: Sequence[Statement],
    docstring: str = "",
    decorators: Iterable[Expression] = (),
    node: Address | None = None,
) -> Suite:
    """Return a class."""
    head = f"class {name}({', '.join(bases)}):" if bases else f"class {name}:"
    marks = [Line("@", each) for each in decorators]
    return Suite(Line(head, None, "", "", node), body, (), marks, docstring, True)


def imports(module: str, names: Sequence[str]) -> Line:
    """Return ``from module import names``, sorted as isort does by default in ruff."""
    ordered = sorted(names, key=lambda n: (not n.isupper() or len(n) < 2, n[0].islower(), n))
    return Line(f"from {module} import ", ImportedNames(ordered))


@dataclass(slots=True)
class Page:
    """The lines written so far."""

    texts: list[str] = field(default_factory=list)
    nodes: list[Address | None] = field(default_factory=list)

    def put(self, text: str, node: Address | None = None) -> None:
        """Add one line."""
        self.texts.append(text)
        self.nodes.append(node)

    def finished(self) -> SourceText:
        """Return the file's text, ended by one newline."""
        return SourceText("\n".join(self.texts) + "\n", tuple(self.nodes))


def write(statements: Sequence[Statement], header: str = "", docstring: str = "") -> SourceText:
    """Return a file: a fixed first line, a docstring, and statements."""
    page = Page()
    if header:
        page.put(header)
    if docstring:
        _put_docstring(page, docstring, 0)
        page.put("")
    _put_all(page, statements, 0)
    return page.finished()


def _put_all(page: Page, statements: Sequence[Statement], indent: int) -> None:
    gap = [""] if indent else ["", ""]
    before: Statement | None = None
    for index, statement in enumerate(statements):
        if type(statement) is Line and type(before) is Line:  # as most are
            _put_line(page, statement, indent)
            before = statement
            continue
        if before is not None and not isinstance(before, Blank | Comment):
            follower = statement
            if isinstance(statement, Comment) and index + 1 < len(statements):
                follower = statements[index + 1]  # a comment belongs to what it stands above
            if _apart(before) or _apart(follower):
                for blank in gap:
                    page.put(blank)
        _put(page, statement, indent)
        before = statement


def _apart(statement: Statement) -> bool:
    return isinstance(statement, Suite) and statement.apart


def _put(page: Page, statement: Statement, indent: int) -> None:
    if isinstance(statement, Line):
        _put_line(page, statement, indent)
    elif isinstance(statement, Suite):
        for decorator in statement.decorators:
            _put_line(page, decorator, indent)
        _put_line(page, statement.header, indent)
        if statement.docstring:
            _put_docstring(page, statement.docstring, indent + 4)
            if not statement.header.value and statement.body:
                page.put("")
        _put_all(page, statement.body, indent + 4)
        for clause in statement.clauses:
            _put(page, clause, indent)
    elif isinstance(statement, Comment):
        for text in wrapped(statement.text, WIDTH - indent - 2):
            page.put(f"{' ' * indent}# {text}", statement.node)
    else:
        page.put("")


def _put_line(page: Page, line: Line, indent: int) -> None:
    pad = " " * indent
    value = line.value
    if isinstance(value, Listed):
        _put_listed(page, line, value, indent)
        return
    text = line.prefix + value.text + line.suffix if value else line.prefix + line.suffix
    remark = f"  # {line.remark}" if line.remark else ""
    if indent + len(text) + len(remark) <= WIDTH:
        page.texts.append(pad + text + remark)
        page.nodes.append(line.node)
        return
    if remark:  # a remark must not break the line before it
        for part in wrapped(line.remark, WIDTH - indent - 2):
            page.put(f"{pad}# {part}", line.node)
    if line.value is None or indent + len(text) <= WIDTH:
        page.put(pad + text, line.node)
        return
    for each in laid_out(line.prefix, line.value, line.suffix, indent):
        page.put(each, line.node)


def _put_listed(page: Page, line: Line, value: Listed, indent: int) -> None:
    """Write one argument to the line; the trailing comma keeps them apart."""
    page.put(f"{' ' * indent}{line.prefix}{value.callee.text}(", line.node)
    pad, room = " " * (indent + 4), WIDTH - indent - 4 - len(",")
    for item, node in zip(value.items, value.nodes, strict=True):
        if len(item.text) <= room:
            page.texts.append(f"{pad}{item.text},")
            page.nodes.append(node)
            continue
        for text in inside_brackets("", item, ",", indent + 4):
            page.put(text, node)
    page.put(f"{' ' * indent}){line.suffix}", line.node)


def _put_docstring(page: Page, text: str, indent: int) -> None:
    """Write a docstring: one line if it fits, else a first sentence and what follows it."""
    pad = " " * indent
    safe = text.replace("\\", "/").replace('"""', "'''")
    if safe.endswith('"'):
        safe = safe[:-1] + "'"
    first, _, rest = safe.strip().partition("\n")
    if not rest and indent + len(first) + 6 <= WIDTH:
        page.put(f'{pad}"""{first}"""')
        return
    lines = wrapped('"""' + first, WIDTH - indent - 3)
    for line in lines:
        page.put(pad + line)
    if not rest and len(lines) == 1:
        page.texts[-1] += '"""'
        return
    for paragraph in rest.split("\n") if rest else ():
        for line in wrapped(paragraph, WIDTH - indent):
            page.put((pad + line).rstrip())
    page.put(f'{pad}"""')


def wrapped(text: str, width: int) -> list[str]:
    """Return text in lines of at most width columns; a blank text is one empty line."""
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]
