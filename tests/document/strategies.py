"""Random projects: everything that the values can say, with no regard to whether it makes sense."""

from hypothesis import strategies as st

from graph_editor.document.model import (
    Address,
    At,
    Block,
    Code,
    Expr,
    FrozenMap,
    Graph,
    Hole,
    InPort,
    Name,
    Node,
    NodeId,
    OutPort,
    Parameter,
    PortPath,
    Project,
    Repeat,
    RuleId,
    Slice,
    Weights,
)

IDS = st.sampled_from(["a", "conv", "conv_k3f9", "x2", "z_" + "9" * 38, "nodes"])
NAMES = st.sampled_from(["input", "dim", "out_features", "T", "_hidden", "main"])
TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["=", "=?", "'=x", "''=", "'", "é∞\u2028", "$name", "a\r\nb\t\x00\x7f"]),
)
KEYS = TEXTS.filter(lambda text: not text.startswith("$"))
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
INTS = st.integers(-(2**63), 2**64)
ADDRESSES = st.sampled_from([".", "a", "body/layer1/blocks[2]/conv1", "x2[0]"]).map(Address)
EXPRS = st.sampled_from(["4 * dim", "", "not an expression !", "=x", " ?"]).map(Expr)
ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    INTS,
    st.floats(allow_nan=False),
    TEXTS,
    EXPRS,
    st.just(Hole()),
    st.sampled_from(["float32", "torch.channels_last", "..."]).map(Name),
    ADDRESSES.map(At),
)


def _grown(inner: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(KEYS, inner, max_size=3).map(FrozenMap),
        st.builds(Slice, inner, inner, inner),
    )


ARGS = st.recursive(ATOMS, _grown, max_leaves=6)
FIELDS = st.recursive(
    st.one_of(st.none(), st.booleans(), INTS, FLOATS, TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(TEXTS, inner, max_size=3).map(FrozenMap),
    ),
    max_leaves=5,
)
EXTRAS = st.dictionaries(TEXTS.map(lambda text: f"x-{text}"), FIELDS, max_size=2).map(FrozenMap)
AXES = st.dictionaries(NAMES, st.integers(-3, 3), max_size=2).map(FrozenMap)
PARAMETERS = st.lists(
    st.builds(
        Parameter, NAMES, st.sampled_from(["int", "float", "bool", "str"]), ARGS, TEXTS, EXTRAS
    ),
    max_size=3,
    unique_by=lambda parameter: parameter.name,
).map(tuple)
REPEATS = st.builds(Repeat, st.one_of(INTS, EXPRS), st.booleans(), AXES, AXES, EXTRAS)
WEIGHTS = st.builds(
    Weights,
    st.none() | IDS.map(NodeId),
    st.none() | ADDRESSES,
    FLOATS | EXPRS,
    INTS | EXPRS,
    st.none() | TEXTS,
    EXTRAS,
)
NODES = st.builds(
    Node,
    st.sampled_from(["nn.Conv2d", "op.add", "block.a", "call.os.path.join", "zz.unknown"]),
    TEXTS,
    st.dictionaries(NAMES, ARGS, max_size=3).map(FrozenMap),
    st.none() | EXPRS,
    st.none() | REPEATS,
    st.none() | WEIGHTS,
    st.lists(ADDRESSES, max_size=2).map(tuple),
    st.lists(st.sampled_from(["scale", "a-b.c_1"]), max_size=2).map(
        lambda rules: tuple(map(RuleId, rules))
    ),
    EXTRAS,
)
PORTS = st.sampled_from(["input", "tensors[1]", "index[1].stop", "mask.padding"])
POINTS = st.tuples(INTS | FLOATS, INTS | FLOATS)
TIES = st.dictionaries(
    st.sampled_from(["head.weight", "a/b[1].weight"]), st.just("embed.weight"), max_size=2
)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Return nodes with wires between them, cycles among them."""
    nodes = {
        NodeId(key): node for key, node in draw(st.dictionaries(IDS, NODES, max_size=3)).items()
    }
    wires = {}
    if nodes:
        ends = st.sampled_from(sorted(nodes))
        for target, port, source in draw(
            st.lists(st.tuples(ends, PORTS, st.tuples(ends, PORTS)), max_size=5)
        ):
            wires[InPort(target, PortPath(port))] = OutPort(*source)
    return Graph(FrozenMap(nodes), FrozenMap(wires), FrozenMap(draw(TIES)), draw(EXTRAS))


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    """Return a block; its interface mentions nodes that it has."""
    graph = draw(graphs())
    if not graph.nodes:
        return Block(graph, draw(TEXTS), draw(PARAMETERS))
    ends = st.lists(st.sampled_from(sorted(graph.nodes)), unique=True, max_size=2).map(tuple)
    inputs, outputs = draw(ends), draw(ends)
    return Block(graph, draw(TEXTS), draw(PARAMETERS), inputs, outputs, draw(TEXTS), draw(EXTRAS))


LAYOUTS = st.fixed_dictionaries(
    {},
    optional={
        "at": st.dictionaries(IDS, POINTS, max_size=3).map(FrozenMap),
        "bends": st.dictionaries(st.just("a.input"), st.lists(POINTS, max_size=2).map(tuple)).map(
            FrozenMap
        ),
        "frames": st.lists(
            st.builds(
                lambda title, nodes: FrozenMap({"title": title, "nodes": tuple(nodes)}),
                TEXTS,
                st.lists(IDS, max_size=2),
            ),
            max_size=2,
        ).map(tuple),
        "notes": st.lists(
            st.builds(lambda at, text: FrozenMap({"at": at, "text": text}), POINTS, TEXTS),
            max_size=2,
        ).map(tuple),
        "x-later": FIELDS,
    },
).map(FrozenMap)
NAME_LISTS = st.lists(NAMES, unique=True, max_size=2).map(tuple)
CODES = st.builds(Code, TEXTS, NAME_LISTS, NAME_LISTS, PARAMETERS, EXTRAS)
PROJECTS = st.builds(
    Project,
    blocks(),
    st.dictionaries(IDS, blocks(), max_size=2).map(FrozenMap),
    st.dictionaries(IDS, CODES, max_size=2).map(FrozenMap),
    st.dictionaries(KEYS, ARGS, max_size=3).map(FrozenMap),
    st.dictionaries(IDS, LAYOUTS, max_size=2).map(FrozenMap),
    EXTRAS,
)
