"""Runs generated models that have nothing of ours on their path: ``python -S -I FILE FOLDER``.

The folder holds one module per case, ``cases.json`` (module, class, places of the inputs) and
``inputs.pt``; what comes out goes into ``results.pt``. Started without the site's own start-up,
with the folder and one folder of packages as the whole path.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

OURS = ("app", "codegen", "graph_editor", "tests")


def main(folder: Path, packages: str) -> None:
    """Import and run every case of a folder."""
    standard = [p for p in sys.path if "site-packages" not in p]
    sys.path[:] = [str(folder), *standard, packages]
    import torch

    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    inputs = torch.load(folder / "inputs.pt", weights_only=True)
    results = {}
    for case in json.loads((folder / "cases.json").read_text()):
        results[case["module"]] = run(torch, case, inputs[case["module"]])
    foreign = [name for name in OURS if name in sys.modules]
    assert not foreign, f"generated code imported {foreign}"
    torch.save(results, folder / "results.pt")


def run(torch: Any, case: dict[str, Any], batches: list[list[Any]]) -> dict[str, Any]:
    """Return what a generated model starts with, and gives, in both modes, for every batch."""
    module = importlib.import_module(case["module"])
    torch.manual_seed(0)
    model = getattr(module, case["class"])()
    found: dict[str, Any] = {"start": copied(torch, model.state_dict()), "runs": []}
    for values in batches:
        for training in (True, False):
            model.train(training)
            torch.manual_seed(1)
            given = [v.clone() if torch.is_tensor(v) else v for v in values]
            found["runs"].append(attempt(torch, model, lambda g=given: model(*g)))
    found["end"] = copied(torch, model.state_dict())
    return found


def attempt(torch: Any, model: Any, forward: Callable[[], Any]) -> dict[str, Any]:
    """Return results, gradients, and what torch said if numbers or an in-place step stopped it."""
    found: dict[str, Any] = {"results": [], "gradients": {}, "said": ""}
    try:
        results = forward()
        results = results if isinstance(results, tuple) else (results,)
        found["results"] = [r.detach().clone() if torch.is_tensor(r) else r for r in results]
        found["gradients"] = gradients(torch, model, results)
    except Exception as error:
        found["said"] = f"{type(error).__name__}: {error}"
    return found


def copied(torch: Any, state: dict[str, Any]) -> dict[str, Any]:
    """Return a state as it is now."""
    return {k: v.detach().clone() for k, v in state.items() if torch.is_tensor(v)}


def gradients(torch: Any, model: Any, results: tuple[Any, ...]) -> dict[str, Any]:
    """Return every parameter's gradient for a weighted sum of the results, after going back."""
    model.zero_grad()
    loss = weighted(torch, results)
    if loss is not None:
        loss.backward()
    named = model.named_parameters(remove_duplicate=False)
    return {
        name: (p.requires_grad, None if p.grad is None else p.grad.detach().to_dense().clone())
        for name, p in named
    }


def weighted(torch: Any, results: tuple[Any, ...]) -> Any:
    """Return one number to which every element of the results adds another part, or None."""
    terms = []
    for result in results:
        if torch.is_tensor(result) and result.requires_grad:
            flat = torch.view_as_real(result) if result.is_complex() else result
            weights = torch.linspace(-1, 1, flat.numel()).reshape(flat.shape)
            terms.append((flat.to(torch.float32) * weights).sum())
    return sum(terms) if terms else None


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
