"""requirements.txt of an export: the distributions that its files import."""

from __future__ import annotations

from collections.abc import Iterable

from codegen.third_party import lines_for
from codegen.written import SourceText

REQUIREMENTS = {
    "numpy": "numpy>=1.26",
    "pytest": "pytest>=8.3  # for tests/ alone",
    "torch": "torch>=2.11,<2.14",
    "safetensors": "safetensors>=0.5",
    "scikit-learn": "scikit-learn>=1.5",
    "tqdm": "tqdm>=4.66",
}
"""What each distribution must be for the written code; torch as the catalogue is held against."""

UNKNOWN = "# {module}: custom code imports it; add the package that brings it"


def write_requirements(packages: Iterable[str], imported: tuple[str, ...] = ()) -> SourceText:
    """Return requirements.txt for torch, packages, and modules that custom code imports."""
    lines = [REQUIREMENTS[name] for name in sorted({"torch", *packages})]
    known, unknown = lines_for(imported)
    lines = sorted({*lines, *known}, key=lambda line: line.lower())
    lines += [UNKNOWN.format(module=module) for module in unknown]
    return SourceText("\n".join(lines) + "\n", (None,) * len(lines))
