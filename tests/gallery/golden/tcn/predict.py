# Written by Netwright from "TCN forecaster". It needs only requirements.txt; edit it freely.
"""Ask a trained TCNForecaster for its answers.

python predict.py
python predict.py --samples 0 5 12
python predict.py --input past.npy --output answers.csv
"""

import argparse
import csv
import sys
from pathlib import Path

import numpy as np
import torch

from data import load_data
from model import TCNForecaster


def main() -> None:
    """Print the answer to every sample."""
    options = parse_options()
    model = load_model(options.weights, options.device)
    answers: dict[str, torch.Tensor] = {}
    if options.input is None:
        _, (past, future) = load_data(options.seed)
        chosen = choose(options.samples, len(past))
        past = past[chosen]
        answers["expected"] = future[chosen]
    else:
        past = read_file(options.input, (1, 48), torch.float32)
        chosen = list(range(len(past)))
    with torch.no_grad():
        predicted_future = model(past.to(options.device))
    answers["prediction"] = predicted_future
    for row, number in enumerate(chosen):
        words = [f"{name} {told(value[row])}" for name, value in answers.items()]
        print(f"sample {number}: {', '.join(words)}")
    if options.output is not None:
        save(options.output, chosen, answers)


def load_model(weights: Path, device: str) -> TCNForecaster:
    """Return the trained model on a device, ready to answer."""
    if not weights.is_file():
        sys.exit(f"There are no weights in {weights}. Train first: python train.py")
    model = TCNForecaster()
    try:
        found = torch.load(weights, map_location="cpu", weights_only=True)
        model.load_state_dict(found)
    except Exception as error:  # whatever is wrong with the file is told
        told = str(error).splitlines()[0]
        sys.exit(f"{weights} does not hold weights of this model. {told}")
    try:
        torch.ones(1, device=device).item()
        return model.to(device).eval()
    except (RuntimeError, AssertionError) as error:
        told = str(error).splitlines()[0]
        sys.exit(f"The device {device} cannot be used here. {told}")


def choose(wanted: list[int], count: int) -> list[int]:
    """Return the places of the samples that are wanted, or else of the first ten."""
    for place in wanted:
        if not 0 <= place < count:
            sys.exit(f"There is no sample {place}: the validation part has {count}, from 0 on.")
    return wanted or list(range(min(10, count)))


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
    fits = len(found) == len(shape) + 1 and all(wanted in (-1, size) for wanted, size in sizes)
    if not fits or 0 in found:
        wanted = ", ".join(["N", *["any" if size == -1 else str(size) for size in shape]])
        sys.exit(f"{path} holds numbers of shape {found}, but the model takes ({wanted}).")
    if values.is_floating_point() and not values.isfinite().all():
        sys.exit(f"{path} holds numbers that are not finite.")
    return values.to(dtype)


def told(value: torch.Tensor) -> str:
    """Return one answer in few words."""
    numbers = value.flatten().tolist()
    if value.dim() > 1 and not value.is_floating_point():
        shares = (value.flatten().bincount() / len(numbers)).tolist()
        return " ".join(f"{number}: {share:.0%}" for number, share in enumerate(shares) if share)
    if len(numbers) > 32:
        return f"{tuple(value.shape)} from {min(numbers):.4g} to {max(numbers):.4g}"
    return " ".join(f"{number:.4g}" for number in numbers)


def save(path: Path, chosen: list[int], answers: dict[str, torch.Tensor]) -> None:
    """Keep the answers: as a table where the name ends in .csv, else as tensors."""
    if path.suffix == ".pt":
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


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", type=Path, default=Path("model.pt"), help="default model.pt")
    parser.add_argument("--device", default="cpu", help="cpu (default), cuda, mps")
    parser.add_argument("--seed", type=int, default=0, help="that of the training")
    parser.add_argument(
        "--samples",
        type=int,
        nargs="*",
        default=[],
        help="places in the validation part, the first ten by default",
    )
    parser.add_argument(
        "--input",
        type=Path,
        help="a .npy, .pt or .csv file of numbers as data.py gives them: (N, 1, 48)",
    )
    parser.add_argument("--output", type=Path, help="keep the answers in a .csv or .pt file")
    options = parser.parse_args()
    if not 0 <= options.seed < 2**32:
        parser.error("--seed is 0 or more, and less than 2**32")
    if options.samples and options.input is not None:
        parser.error("--samples are of the validation part; --input brings samples of its own")
    path, kinds = options.output, (".csv", ".pt")
    if path is not None and (path.suffix not in kinds or path.is_dir() or not path.parent.is_dir()):
        parser.error(f"{path} is no .csv or .pt file in a folder that exists")
    return options


if __name__ == "__main__":
    main()
