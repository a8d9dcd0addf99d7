"""The generator: a judged drawing becomes files of Python that need nothing of ours."""

from codegen.project import generate

__all__ = ["generate"]
