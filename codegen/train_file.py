"""Writing train.py: plain PyTorch whose features each add lines and change no others."""

from __future__ import annotations

from codegen import train_checkpoint, train_feeds, train_processes, train_start, train_watch
from codegen.feeds import feeds_of
from codegen.first_line import first_line
from codegen.model_custom import with_code
from codegen.names import class_slug
from codegen.run_features import Features, features_of
from codegen.settings import settings_of
from codegen.state_map import held_state
from codegen.statements import Argument, Blank, Line, Statement, function, imports, word, write
from codegen.train_custom import check_pieces, pieces_used
from codegen.train_flow import Flow
from codegen.train_loop import write_evaluate, write_train_function
from codegen.train_modules import Outside
from codegen.train_parts import Parts, variable_names
from codegen.train_precision import check_precision, check_scaling
from codegen.train_text import (
    AGAIN,
    ALONE,
    AS_JSON,
    EARLIER,
    LEAVE,
    MAIN,
    PARSE_SETTINGS,
    REPORT,
    REQUIRE_DEVICE,
    START,
    SWITCH,
    THERE,
    TWICE,
    filled,
    fixed,
)
from codegen.training_plan import training_plan
from codegen.written import SourceText
from graph_editor.catalogue.order import Lookup
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Address, Project

IMPORTS = """\
import argparse
@copy
import json
import math
@os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import torch
@dist
"""
DISTRIBUTED = """\
import torch.distributed as dist
import torch.distributed.nn.functional  # loaded later, it would hold on to the processes for good
"""
"""Its functions have the group of all processes as a default, as it is when they are defined.

An optimizer loads it. If the processes have met by then, their threads outlive the interpreter,
which ends some trainings with an abort, after their last line.
"""
SHARED = {"alone": ALONE, "twice": TWICE, "leave": LEAVE}
"""What main does otherwise where several processes share the work."""
FUNCTIONAL = "import torch.nn.functional as F"
GAP = (Blank(), Blank())


def write_train(project: Project, lookup: Lookup, verdict: Verdict, model: str) -> SourceText:
    """Return train.py for a project whose model class is called model. Raises CannotWrite."""
    return write_script(parts_of(project, lookup, verdict, model))


def write_script(parts: Parts) -> SourceText:
    """Return train.py. Raises CannotWrite."""
    if parts.features.precision:
        check_precision(parts.project, parts.plan.nodes, parts.lookup)
    if parts.features.scales:
        check_scaling(parts.plan.phases)
    if parts.features.shares:
        train_processes.check_sharing(parts)
    named = parts.model if parts.plan.outputs else class_slug(parts.title)
    about = f"Train {named or ' and '.join(parts.classes[:2])} on {parts.trained_on}."
    docstring = "\n".join([about, "", *run_commands(parts.features)])
    done = write(_file(parts), first_line(parts.title, "what requirements.txt lists"), docstring)
    check_pieces(done.text, pieces_used(parts))
    return done


def run_commands(features: Features) -> list[str]:
    """Return the commands that run the training by hand, the plainest first."""
    script = "train.py --device cuda" if features.scales else "train.py"
    return [
        f"python {script}",
        "python train.py --device cuda --epochs 40",
        *([f"python {script} --resume"] if features.checkpoint else []),
        *([f"torchrun --standalone --nproc_per_node=2 {script}"] if features.shares else []),
    ]


def state_of_blocks(
    project: Project, lookup: Lookup, verdict: Verdict
) -> dict[str, tuple[Address, str]]:
    """Return the owner of every weight that is saved where the blocks are the models."""
    parts = parts_of(project, lookup, verdict, "")
    held = {n: parts.names[f"module.{n}"] for n in parts.trained if parts.node(n).kind != "param"}
    return held_state(parts.outside.planner, parts.outside.plan, held)


def parts_of(project: Project, lookup: Lookup, verdict: Verdict, model: str) -> Parts:
    """Return what the pieces of a project's train.py share. Raises CannotWrite."""
    project, lookup = with_code(project, lookup)
    plan = training_plan(project, lookup)
    feeds = feeds_of(project, plan, verdict)
    names = variable_names(project, plan, feeds, lookup, model)
    outside, flow = Outside(project, lookup, verdict), Flow(project, plan, lookup, verdict)
    features = features_of(project, plan.metrics, plan.loss_names)
    shared = (project.main.name, feeds, names, outside, flow, features)
    return Parts(project, lookup, verdict, plan, model, *shared)


def _file(parts: Parts) -> list[Statement]:
    settings = settings_of(parts.project, parts.plan, parts.lookup)
    arguments = [Argument("settings", "Settings"), Argument("report", "Report")]
    pieces = pieces_used(parts)
    kinds = (parts.node(n).kind for n in parts.plan.nodes if parts.spec(n).callee not in pieces)
    functional = "F" in kinds
    features = parts.features
    return [
        *fixed(_imports(features, bool(parts.shadows))),
        *([word(FUNCTIONAL)] if functional else []),
        *([word("from safetensors.torch import load_file")] if train_start.kinds(parts)[0] else []),
        word("from torch import nn"),
        word("from tqdm import tqdm"),
        Blank(),
        imports("data", [feed.loader for feed in parts.feeds]),
        imports("model", [*parts.classes, *pieces]),
        Blank(),
        *fixed(REPORT + train_processes.PLACE * features.shares),
        *GAP,
        *fixed("@dataclass\nclass Settings:"),
        *fixed('    """Everything that may be changed from the command line."""\n\n'),
        *[Line(f"    {s.line}", None, "", s.remark, s.node) for s in settings],
        function(
            "train",
            arguments,
            "nn.Module",
            write_train_function(parts),
            "Train a fresh model; metrics go to report as plain numbers or detached tensors.",
        ),
        write_evaluate(parts),
        *fixed("\n\n".join([*_functions(parts), *_frame(features)])),
    ]


def _imports(features: Features, copies: bool) -> str:
    """Return the imports of the standard library and of torch itself."""
    shares = features.shares
    return filled(
        IMPORTS,
        copy="import copy\n" * bool(features.averages or copies),
        os="import os\n" * shares,
        dist=DISTRIBUTED * shares,
    )


def _functions(parts: Parts) -> list[str]:
    """Return the functions that features need, as fixed text."""
    return [
        *train_feeds.functions(parts),
        *train_start.functions(parts),
        *train_watch.functions(parts),
        *train_checkpoint.functions(parts),
        *train_processes.functions(parts),
    ]


def _frame(features: Features) -> list[str]:
    """Return what makes a command of the file, function by function."""
    again = bool(features.checkpoint)
    main = filled(MAIN, there=THERE * again, earlier=EARLIER * again, again=AGAIN * again)
    return [
        filled(PARSE_SETTINGS, switch=SWITCH * again),
        REQUIRE_DEVICE,
        AS_JSON,
        filled(main, **{name: text * features.shares for name, text in SHARED.items()}),
        START,
    ]
