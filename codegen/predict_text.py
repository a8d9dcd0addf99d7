"""The parts of predict.py that are the same for every drawing."""

IMPORTS = """\
import argparse
import csv
import sys
from pathlib import Path

import numpy as np
import torch
"""

LOAD_MODEL = '''\
def load_model(weights: Path, device: str) -> {model}:
    """Return the trained model on a device, ready to answer."""
    if not weights.is_file():
        sys.exit(f"There are no weights in {{weights}}. Train first: python train.py")
    model = {model}()
    try:
        model.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    except Exception as error:  # whatever is wrong with the file is told
        sys.exit(f"{{weights}} does not hold weights of this model. {{error}}")
    try:
        return model.to(device).eval()
    except (RuntimeError, AssertionError) as error:
        sys.exit(f"The device {{device}} cannot be used here. {{error}}")
'''

CHOOSE = '''\
def choose(wanted: list[int], count: int) -> list[int]:
    """Return the places of the samples that are wanted, or else of the first ten."""
    for place in wanted:
        if not 0 <= place < count:
            sys.exit(f"There is no sample {place}: the validation part has {count}, from 0 on.")
    return wanted or list(range(min(10, count)))
'''

READ_FILE = '''\
def read_file(path: Path, shape: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:
    """Return the samples that a file holds, each of this shape; -1 stands for any size."""
    try:
        if path.suffix == ".csv":
            table = np.loadtxt(path, delimiter=",", ndmin=2)
            values = torch.from_numpy(table).reshape(len(table), *shape)
        elif path.suffix == ".npy":
            values = torch.from_numpy(np.load(path))
        else:
            values = torch.as_tensor(torch.load(path, weights_only=True))
    except Exception as error:  # whatever is wrong with the file is told
        sys.exit(f"{path} cannot be read as a .npy, .pt or .csv file. {error}")
    found = tuple(values.shape)
    sizes = zip(shape, found[1:], strict=False)
    if len(found) != len(shape) + 1 or any(wanted not in (-1, size) for wanted, size in sizes):
        wanted = ", ".join(["N", *["any" if size == -1 else str(size) for size in shape]])
        sys.exit(f"{path} holds numbers of shape {found}, but the model takes ({wanted}).")
    return values.to(dtype)
'''

TOLD = '''\
def told(value: torch.Tensor) -> str:
    """Return one answer in few words."""
    numbers = value.flatten().tolist()
    if len(numbers) > 8:
        return f"{tuple(value.shape)} from {min(numbers):.4g} to {max(numbers):.4g}"
    return " ".join(f"{number:.4g}" for number in numbers)
'''

SAVE = '''\
def save(path: Path, chosen: list[int], answers: dict[str, torch.Tensor]) -> None:
    """Keep the answers: as a table where the name ends in .csv, else as tensors."""
    if path.suffix != ".csv":
        torch.save({"sample": torch.tensor(chosen), **answers}, path)
        return
    columns = {"sample": chosen}
    for name, value in answers.items():
        rows = value.reshape(len(value), -1)
        for place in range(rows.shape[1]):
            title = name if rows.shape[1] == 1 else f"{name}_{place}"
            columns[title] = rows[:, place].tolist()
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(columns)
        table.writerows(zip(*columns.values(), strict=True))
'''

SHOW = """\
    for row, number in enumerate(chosen):
        words = [f"{name} {told(value[row])}" for name, value in answers.items()]
        print(f"sample {number}: {', '.join(words)}")
    if options.output is not None:
        save(options.output, chosen, answers)
"""
