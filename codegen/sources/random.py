"""Made-up tensors, to try a drawing without data."""

from collections.abc import Mapping

from codegen.data_source import SourceCode
from graph_editor.document.model import Arg, Expr, FrozenMap, Name

SPEC = "data.random"
ARGUMENTS = ("ports", "dtypes", "classes", "samples")
PORTS: FrozenMap[str, Arg] = FrozenMap({"x": (Expr("B"), 8), "y": (Expr("B"), 1)})
SAMPLES = 256
FLOATS = ("float32", "float64", "float16", "bfloat16")


def write(args: Mapping[str, Arg]) -> SourceCode:
    """Return code for normal numbers, or for class labels where ``classes`` names the port."""
    samples = args.get("samples", SAMPLES)
    if isinstance(samples, bool) or not isinstance(samples, int) or samples < 2:
        raise ValueError("samples is not a whole number above 1")
    ports = {port: _shape(port, shape) for port, shape in _table(args, "ports", PORTS).items()}
    dtypes, classes = _table(args, "dtypes", FrozenMap()), _table(args, "classes", FrozenMap())
    if lost := [port for port in (*dtypes, *classes) if port not in ports]:
        raise ValueError(f"{lost[0]} is not among the ports")
    lines = [_line(port, ports[port], samples, dtypes, classes) for port in sorted(ports)]
    return SourceCode(
        title="made-up tensors",
        summary=f"Made-up tensors: {samples:,} samples drawn at random, the same for one seed.",
        returns=", ".join(_described(port, ports[port]) for port in sorted(ports)),
        tensors=FrozenMap({port: port for port in sorted(ports)}),
        read=("generator = torch.Generator().manual_seed(seed)", *lines),
        drawn=samples,
    )


def _table(args: Mapping[str, Arg], key: str, default: FrozenMap[str, Arg]) -> FrozenMap[str, Arg]:
    value = args.get(key)
    if value is not None and not isinstance(value, FrozenMap):
        raise ValueError(f"{key} is not a table by port")
    found = default if value is None else value
    if wrong := [port for port in found if not port.isidentifier() or not port.isascii()]:
        raise ValueError(f"{wrong[0]!r} is no name for a port")
    return found


def _shape(port: str, shape: Arg) -> tuple[int, ...]:
    """Return the sizes after the batch's."""
    dims = shape if isinstance(shape, tuple) else ()
    if not dims or not isinstance(dims[0], Expr) or dims[0].text.strip() != "B":
        raise ValueError(f"the shape of {port} does not begin with =B")
    sizes = tuple(d for d in dims[1:] if isinstance(d, int) and not isinstance(d, bool) and d > 0)
    if len(sizes) < len(dims) - 1:
        raise ValueError(f"the shape of {port} has a name for a size, not a plain number")
    return sizes


def _line(
    port: str,
    shape: tuple[int, ...],
    samples: int,
    dtypes: FrozenMap[str, Arg],
    classes: FrozenMap[str, Arg],
) -> str:
    sizes, count, dtype = (samples, *shape), classes.get(port), dtypes.get(port)
    said = dtype.text if isinstance(dtype, Name) else "int64" if count is not None else "float32"
    if isinstance(count, int) and not isinstance(count, bool) and count > 0:
        if said != "int64":
            raise ValueError(f"{port} holds class labels, which are int64, not {said}")
        return f"{port} = torch.randint({count}, {sizes!r}, generator=generator)"
    if said not in FLOATS or count is not None:
        raise ValueError(f"{port} is {said}: say in classes how many values it takes")
    kind = "" if said == "float32" else f", dtype=torch.{said}"
    return f"{port} = torch.randn({', '.join(map(str, sizes))}, generator=generator{kind})"


def _described(port: str, shape: tuple[int, ...]) -> str:
    return f"{port} ({', '.join(['N', *map(str, shape)])}{'' if shape else ','})"
