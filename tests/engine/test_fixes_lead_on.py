"""A fix that leaves an error is offered where that is another fault, and not its own doing."""

from __future__ import annotations

from graph_editor.document.model import Project, Slice
from tests.checking.drawings import B, judged
from tests.corpus import nets
from tests.corpus.form import conv, linear, net, nn, op, relu, several, two


def titles(project: Project) -> list[str]:
    """Return the fixes of the only error."""
    (problem,) = [d for d in judged(project).diagnostics if d.severity == "error"]
    return [fix.title for fix in problem.fixes]


def test_a_join_along_the_steps_is_none_where_labels_are_left_over() -> None:
    """Seven steps beside four: put one behind the other, they are eleven for seven labels."""
    few = op("few", "op.getitem", "x", index=(nets.EVERY, Slice(None, 4)))
    broken = net(
        few, op("join", "torch.cat", several("x", "few"), dim=2), linear("head", 4),
        op("turn", "Tensor.transpose", dim0=1, dim1=2), x=nets.SERIES, y=(B, 7), classes=4,
    )  # fmt: skip
    assert "Set dim to 1" not in titles(broken)


def test_fewer_pieces_are_none_where_one_is_read() -> None:
    """Heads of queries, keys and values: the layer before is to be wider, and no piece to go."""
    broken = net(
        linear("all", 10), op("parts", "torch.chunk", chunks=3, dim=-1, outputs=3),
        op("sum", "op.add", two("parts.chunks[0]", "parts.chunks[1]")),
        op("more", "op.add", two("sum", "parts.chunks[2]")), linear("head", 4),
        x=nets.TABLE, classes=4,
    )  # fmt: skip
    assert "Set outputs to 2" not in titles(broken)


def test_one_of_several_paddings_is_offered() -> None:
    """Both convolutions of a branch lose the border; the second is seen behind the first alone."""

    def kept(name: str, at: str) -> tuple:  # type: ignore[type-arg]
        layer = nn(name, "Conv1d", at, out_channels=5, kernel_size=3)
        return layer, relu(f"{name}_act"), op(f"{name}_sum", "op.add", two(at, f"{name}_act"))

    broken = net(
        op("turn", "Tensor.transpose", dim0=1, dim1=2), *kept("one", "turn"),
        *kept("other", "one_sum"), op("mean", "torch.mean", dim=2), linear("head", 4),
        x=nets.SERIES, classes=4,
    )  # fmt: skip
    assert titles(broken)[0] == "Set padding of “one” to 1"
    assert not any("Insert" in title for title in titles(broken))


def test_two_faults_are_cured_one_behind_the_other() -> None:
    broken = net(
        conv("one", 8), relu("act"), conv("two", 8, in_channels=3), nn("flat", "Flatten"),
        linear("head", 4, in_features=100), x=nets.RGB, classes=4,
    )  # fmt: skip
    assert titles(broken)[0] == "Set in_channels to 8"
