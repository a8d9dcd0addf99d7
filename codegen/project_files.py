"""requirements.txt of an export: the distributions that its files import."""

from __future__ import annotations

from collections.abc import Iterable

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


def write_requirements(packages: Iterable[str]) -> SourceText:
    """Return requirements.txt for torch and packages."""
    lines = [REQUIREMENTS[name] for name in sorted({"torch", *packages})]
    return SourceText("\n".join(lines) + "\n", (None,) * len(lines))
