"""Emitted text is laid out as ruff's formatter would, and parses to what was meant."""

from __future__ import annotations

import ast
import random
import subprocess
import sys
from pathlib import Path

import pytest

from codegen import emit
from codegen.emit import Expression, name, number
from codegen.statements import (
    Argument,
    Blank,
    Comment,
    Statement,
    assign,
    branch,
    class_of,
    do,
    function,
    give_back,
    imports,
    loop,
    within,
    word,
    write,
)

WORDS = ("x", "features", "self.conv1", "hidden_channels", "torch.nn.functional", "batch", "q")
KEYS = ("dim", "kernel_size", "padding", "bias", "num_embeddings")
SIGNS = ("+", "-", "*", "/", "//", "%", "**", "==", "<", "and", "or")


def formatted(texts: list[str], folder: Path) -> list[str]:
    """Return what ruff makes of each text."""
    paths = [folder / f"sample{i}.py" for i in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "100", "-q"]
    subprocess.run([*command, str(folder)], check=True)
    return [path.read_text(encoding="utf-8") for path in paths]


class Maker:
    """Random expressions and statements, with Python's own text of each beside them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def leaf(self) -> tuple[Expression, str]:
        pick = self.random.random()
        if pick < 0.6:
            text = self.random.choice(WORDS)
            return name(text), text
        if pick < 0.85:
            value = self.random.choice((0, 1, 512, -1, 0.25, 1e-05))
            return number(value), f"({value!r})" if value < 0 else repr(value)
        text = self.random.choice(("bilinear", 'say "hi"', "it's", "a\nb", "é"))
        return emit.literal(text), repr(text)

    def expression(self, depth: int) -> tuple[Expression, str]:
        """Return an expression and its fully parenthesised text."""
        if depth == 0:
            return self.leaf()
        return self.random.choice((self.call, self.call, self.operation, self.display))(depth)

    def call(self, depth: int) -> tuple[Expression, str]:
        callee = self.random.choice(("self.conv1", "torch.cat", "nn.Conv2d", "F.relu"))
        args = [self.expression(depth - 1) for _ in range(self.random.randint(0, 4))]
        keys = self.random.sample(KEYS, self.random.randint(0, 2))
        named = {key: self.leaf() for key in keys}
        made = emit.call(name(callee), [a for a, _ in args], {k: v for k, (v, _) in named.items()})
        inside = [text for _, text in args] + [f"{k}={text}" for k, (_, text) in named.items()]
        return made, f"{callee}({', '.join(inside)})"

    def operation(self, depth: int) -> tuple[Expression, str]:
        sign = self.random.choice(SIGNS)
        (left, a), (right, b) = self.expression(depth - 1), self.leaf()
        if sign in ("and", "or"):  # Python parses a chain of these as one operation
            (left, a) = self.call(1)
        return emit.operation(sign, left, right), f"(({a}) {sign} ({b}))"

    def display(self, depth: int) -> tuple[Expression, str]:
        items = [self.expression(depth - 1) for _ in range(self.random.randint(1, 4))]
        inside = "".join(f"({text}), " for _, text in items)
        if self.random.random() < 0.5:
            return emit.list_of(item for item, _ in items), f"[{inside}]"
        return emit.tuple_of(item for item, _ in items), f"({inside})"

    def statement(self) -> tuple[Statement, str]:
        value, text = self.expression(self.random.randint(0, 3))
        pick = self.random.random()
        if pick < 0.5:
            return assign("output", value), f"output = {text}\n"
        if pick < 0.7:
            return do(value), f"{text}\n"
        if pick < 0.85:
            return loop("item", value, [word("pass")]), f"for item in {text}:\n    pass\n"
        return branch(value, [word("pass")]), f"if {text}:\n    pass\n"


def test_random_statements_are_as_ruff_would_lay_them_out(tmp_path: Path) -> None:
    texts = []
    for seed in range(60):
        maker = Maker(seed)
        pairs = [(word("pass"), "pass\n"), *[maker.statement() for _ in range(12)]]
        source = write([statement for statement, _ in pairs])
        meant = "".join(text for _, text in pairs)
        assert ast.dump(ast.parse(source.text)) == ast.dump(ast.parse(meant))
        texts.append(source.text)
    for mine, ruffs in zip(texts, formatted(texts, tmp_path), strict=True):
        assert mine == ruffs


@pytest.mark.parametrize("length", [60, 70, 76, 80, 90, 130, 300])
def test_every_shape_of_statement_at_every_length(length: int, tmp_path: Path) -> None:
    stem = "word_" * (length // 12)
    words = [name(f"{stem}{i}") for i in range(3)]
    short = [name("w" * (length // 8) + str(i)) for i in range(5)]
    chain = emit.call(name("self.qkv"), [words[0]])
    for each in ("view", "transpose", "reshape"):
        chain = emit.call(emit.attribute(chain, each), short[:3])
    one_link = emit.call(
        emit.attribute(emit.call(name("x.view"), short[:2]), "transpose"), short[:3]
    )
    total = emit.operation("+", emit.operation("+", words[0], words[1]), words[2])
    block = emit.call(name("Block"), short[:2])
    many = emit.comprehension("", block, "_", emit.call(name("range"), [name("depth")]))
    some = emit.comprehension("[]", block, "i", emit.call(name("range"), [name("depth")]))
    body: list[Statement] = [
        assign("x", chain),
        assign("x", one_link),
        assign("x", total),
        give_back(total),
        assign("x", emit.operation("+", name("x"), emit.call(name("self.mix"), short))),
        assign("self.blocks", emit.call(name("nn.ModuleList"), [many])),
        assign("self.blocks", emit.call(name("nn.Sequential"), [emit.starred(some)])),
        assign("self.last", emit.ternary(words[0], block, words[1])),
        do(emit.call(name("print"), [emit.ternary(words[0], block, words[1])])),
        Blank(),
        give_back(emit.tuple_of(short, bare=True)),
    ]
    arguments = [Argument("self"), *(Argument(w.text, "torch.Tensor") for w in short)]
    page = [
        imports("module", ["b" + stem, "a" + stem, "Tensor", "MAXIMUM"]),
        Comment("Why " + "and so on " * (length // 8)),
        class_of(
            "Model", ["nn.Module"], [function("forward", arguments, "torch.Tensor", body)], "A."
        ),
        function(
            "free", [Argument("x", "int", number(3))], "None", [within(block, [word("pass")])]
        ),
    ]
    text = write(page, "# Written.", "A file " + "of words " * (length // 9)).text
    ast.parse(text)
    assert [text] == formatted([text], tmp_path)
    assert all(len(line) <= 100 for line in text.splitlines() if stem not in line)


def test_lines_remember_their_nodes() -> None:
    value = emit.call(name("f"), [name("a" * 40), name("b" * 60)])
    source = write([word("import torch"), assign("x", value, node="conv")])  # type: ignore[arg-type]
    assert len(source.lines) == len(source.text.splitlines())
    assert source.lines == (None, "conv", "conv", "conv", "conv")


def test_a_remark_that_does_not_fit_stands_above() -> None:
    text = write([assign("x", name("a" * 90), remark="(B, 3)")]).text
    assert text == "# (B, 3)\nx = " + "a" * 90 + "\n"
