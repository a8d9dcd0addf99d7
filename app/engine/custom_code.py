"""Runs custom code that the user has trusted; whoever calls this has asked whether it is."""

from __future__ import annotations

import contextlib
import hashlib
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import CodeType, ModuleType
from typing import Any

import torch
from torch import nn

from graph_editor.catalogue.custom_code import piece_of
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.scope import specs_of
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import Arg, FrozenMap, Project

KIND = "code"
MODULE = "model"
"""The name of the file that the code becomes a part of."""
TEXT = "text"
PASSED_ON = (MemoryError, NotImplementedError)
"""What the judge tells apart by its class; and by these words:"""
WORDS = ("meta tensor", "allocate memory", "enough memory", "bad_alloc", "bad allocation")


class CodeError(Exception):
    """Custom code has failed: the words say where in its text, and with what."""


def runnable(project: Project, spec: Spec) -> Spec:
    """Return a spec under which a trusted piece can be run; each text has a name of its own."""
    text = project.code[piece_of(spec.name)].text
    mark = hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
    return replace(spec, name=f"{spec.name}@{mark}", facts=FrozenMap({TEXT: text}))


def is_runnable(spec: Spec) -> bool:
    """Whether somebody has said that a piece may run."""
    return TEXT in spec.facts


def trusted_specs(project: Project) -> Lookup:
    """Return the specs of a project whose custom code may run."""
    known = specs_of(project)

    def lookup(name: str) -> Spec | None:
        spec = known(name)
        return spec if spec is None or spec.kind != KIND else runnable(project, spec)

    return lookup


def target_of(spec: Spec) -> Any:
    """Return the function or class of a runnable spec. Raises CodeError."""
    text = spec.facts.get(TEXT)
    if not isinstance(text, str):
        raise CodeError(f"{spec.name} is custom code that has not been trusted")
    return getattr(_module(spec.name, text), spec.callee)


@lru_cache(256)
def _module(name: str, text: str) -> ModuleType:
    """Return the module that a text makes."""
    made = ModuleType(MODULE)
    try:
        compiled: CodeType = compile(text, _file(name), "exec", dont_inherit=True)
        with _settings_kept():
            exec(compiled, made.__dict__)  # noqa: S102  # the user has trusted it
    except CodeError:
        raise
    except Exception as error:
        raise _told(error, name) from error
    return made


def made(spec: Spec, positional: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """Return what a node owns: the module of a class; of a function that function itself."""
    found = target_of(spec)
    if not isinstance(found, type):
        return found
    module = run(spec, found, positional, keywords)
    if not isinstance(module, nn.Module):
        raise CodeError(f"{spec.callee} is no nn.Module; let it be one")
    return module


def run(spec: Spec, target: Any, positional: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """Return what a call gives. Raises CodeError, which names the line."""
    try:
        with _settings_kept():
            return target(*positional, **keywords)
    except CodeError:
        raise
    except Exception as error:
        if isinstance(error, PASSED_ON) or any(words in str(error) for words in WORDS):
            raise
        raise _told(error, spec.name) from error


@contextlib.contextmanager
def _settings_kept() -> Iterator[None]:
    """Raise CodeError where settings of torch that hold for all are others afterwards; undo that.

    Other nodes, and other projects, are judged by the same process.
    """
    before = torch.get_default_dtype(), torch.is_grad_enabled()
    try:
        yield
    finally:
        after = torch.get_default_dtype(), torch.is_grad_enabled()
        torch.set_default_dtype(before[0])
        torch.set_grad_enabled(before[1])
    if after != before:
        what = "the dtype of new tensors" if after[0] != before[0] else "whether gradients are kept"
        raise CodeError(
            f"It sets {what} for all of PyTorch, and so for nodes that know nothing of it. Say it "
            "where a tensor is made, or with a with statement"
        )


def state_keys(target: object) -> tuple[str, ...]:
    """Return the names in the ``state_dict`` of a module; a function has none."""
    return tuple(nn.Module.state_dict(target)) if isinstance(target, nn.Module) else ()


def with_defaults(spec: Spec, stage: str, args: Mapping[str, Arg]) -> dict[str, Arg]:
    """Return arguments with the declared defaults of parameters that are not set."""
    declared = {
        a.name: a.default
        for a in spec.arguments
        if a.stage == stage and a.port is None and a.default is not None
    }
    return {**declared, **args}


def _file(name: str) -> str:
    return f"<{name}>"


def _told(error: Exception, name: str) -> CodeError:
    """Return what to say of a failure: the line of the user's own text, and the words."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == _file(name)]
    words = str(error).strip()
    kind = type(error).__name__
    text = f"{kind}: {words}" if words else kind
    return CodeError(f"Line {lines[-1]}: {text}" if lines else text)
