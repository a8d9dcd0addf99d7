"""What has to be installed for the imports of custom code: a package for each known name."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

PACKAGES = {
    "PIL": "pillow>=11",
    "cv2": "opencv-python>=4.10",
    "datasets": "datasets>=3",
    "einops": "einops>=0.8",
    "huggingface_hub": "huggingface-hub>=0.25",
    "jaxtyping": "jaxtyping>=0.2.34",
    "librosa": "librosa>=0.10",
    "matplotlib": "matplotlib>=3.9",
    "networkx": "networkx>=3.3",
    "numpy": "numpy>=1.26",
    "pandas": "pandas>=2.2",
    "safetensors": "safetensors>=0.5",
    "scipy": "scipy>=1.13",
    "skimage": "scikit-image>=0.24",
    "sklearn": "scikit-learn>=1.5",
    "soundfile": "soundfile>=0.12",
    "sympy": "sympy>=1.13",
    "timm": "timm>=1",
    "torchaudio": "torchaudio>=2.11",
    "torchmetrics": "torchmetrics>=1.4",
    "torchvision": "torchvision>=0.26,<0.29",
    "tqdm": "tqdm>=4.66",
    "transformers": "transformers>=4.45",
    "typing_extensions": "typing-extensions>=4.12",
    "yaml": "pyyaml>=6",
}
"""What is imported -> the line of requirements.txt that brings it."""
OURS = frozenset(("torch", "data", "model", "predict", "train"))
"""What every export lists or holds anyway."""


def imported_by(text: str) -> tuple[str, ...]:
    """Return the modules of third parties that a Python file imports, wherever it does."""
    return tuple(sorted(set(_tops(text)) - sys.stdlib_module_names - OURS))


def lines_for(modules: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Return the lines of requirements.txt for modules, and those that no package is known for."""
    known = [PACKAGES[module] for module in modules if module in PACKAGES]
    return known, [module for module in modules if module not in PACKAGES]


def _tops(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
