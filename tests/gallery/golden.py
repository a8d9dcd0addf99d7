"""The gallery's code as it is committed, to be read in review: ``python -m tests.gallery.golden``.

Writes what the generator says now. ``test_golden.py`` holds the two together, and what it holds is
what the other tests of the gallery run.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.gallery.gallery import NAMES, written

FOLDER = Path(__file__).with_name("golden")
PLAIN = ("model.py", "data.py", "train.py", "predict.py")
FILES = {**dict(zip(PLAIN, PLAIN, strict=True)), "tests/test_model.py": "model_tests.py"}
"""The files that are committed, and their names there: no test is taken for one of ours."""


def texts(name: str) -> dict[str, str]:
    """Return the committed files of a template, as they are written now."""
    made = written(name).files
    return {FILES[file]: source.text for file, source in made.items() if file in FILES}


def main() -> int:
    """Write the files of all templates anew, and remove those of templates that are gone."""
    wanted = {FOLDER / name / file: text for name in NAMES for file, text in texts(name).items()}
    for path in FOLDER.glob("*/*.py"):
        if path not in wanted:
            path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{len(wanted)} files of {len(NAMES)} templates")
    return 0


if __name__ == "__main__":
    sys.exit(main())
