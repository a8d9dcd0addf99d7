"""Writing train.py: plain PyTorch whose features each add lines and change no others."""

from __future__ import annotations

from codegen.data import source_code
from codegen.first_line import first_line
from codegen.settings import settings_of
from codegen.statements import Argument, Blank, Line, Statement, function, imports, word, write
from codegen.train_flow import Flow
from codegen.train_loop import write_evaluate, write_train_function
from codegen.train_modules import Outside
from codegen.train_parts import Parts, variable_names
from codegen.train_text import AS_JSON, MAIN, PARSE_SETTINGS, REPORT, START, fixed
from codegen.training_plan import training_plan
from codegen.written import SourceText
from graph_editor.catalogue.order import Lookup
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Address, Project

IMPORTS = """\
import argparse
import json
import math
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import torch
"""
FUNCTIONAL = "import torch.nn.functional as F"
GAP = (Blank(), Blank())


def write_train(project: Project, lookup: Lookup, verdict: Verdict, model: str) -> SourceText:
    """Return train.py for a project whose model class is called model. Raises CannotWrite."""
    plan = training_plan(project, lookup)
    data = source_code(Address(plan.source), project.main.graph.nodes[plan.source])
    names = variable_names(project, plan, data, lookup, model)
    title = project.main.name
    outside, flow = Outside(project, lookup, verdict), Flow(project, plan, lookup, verdict)
    parts = Parts(project, lookup, verdict, plan, model, title, data, names, outside, flow)
    about = f"Train {' and '.join(parts.classes[:2])} on {data.title}."
    usage = "\n\npython train.py\npython train.py --device cuda --epochs 40"
    return write(_file(parts), first_line(title, "what requirements.txt lists"), about + usage)


def _file(parts: Parts) -> list[Statement]:
    settings = settings_of(parts.project, parts.plan, parts.lookup)
    arguments = [Argument("settings", "Settings"), Argument("report", "Report")]
    functional = any(parts.node(n).kind == "F" for n in parts.plan.nodes)
    return [
        *fixed(IMPORTS),
        *([word(FUNCTIONAL)] if functional else []),
        word("from torch import nn"),
        word("from tqdm import tqdm"),
        Blank(),
        word("from data import load_data"),
        imports("model", parts.classes),
        Blank(),
        *fixed(REPORT),
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
        *fixed(PARSE_SETTINGS),
        *GAP,
        *fixed(AS_JSON),
        *GAP,
        *fixed(MAIN),
        *GAP,
        *fixed(START),
    ]
