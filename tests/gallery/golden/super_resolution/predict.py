# Written by Netwright from "Super-resolution". It needs only requirements.txt; edit it freely.
"""Ask a trained SuperResolution for its answers.

python predict.py
python predict.py --samples 0 5 12
python predict.py --input small.npy --output answers.csv
python predict.py --output answers.png
"""

import argparse
import csv
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import torch

from data import load_data
from model import SuperResolution


def main() -> None:
    """Print the answer to every sample."""
    options = parse_options()
    model = load_model(options.weights, options.device)
    answers: dict[str, torch.Tensor] = {}
    if options.input is None:
        _, (small, large) = load_data(options.seed)
        chosen = choose(options.samples, len(small))
        small = small[chosen]
        answers["expected"] = large[chosen]
    else:
        small = read_file(options.input, (1, 16, 16), torch.float32, 1)
        chosen = list(range(len(small)))
    with torch.no_grad():
        predicted_large = model(small.to(options.device))
    answers["large"] = predicted_large
    for row, number in enumerate(chosen):
        words = [f"{name} {told(value[row])}" for name, value in answers.items()]
        print(f"sample {number}: {', '.join(words)}")
    if options.output is not None and options.output.suffix == ".png":
        names = ["expected", "large"]
        shown = [answers[name] for name in names if name in answers]
        save_pictures(options.output, [small, *shown])
        return
    if options.output is not None:
        save(options.output, chosen, answers)


def load_model(weights: Path, device: str) -> SuperResolution:
    """Return the trained model on a device, ready to answer."""
    if not weights.is_file():
        sys.exit(f"There are no weights in {weights}. Train first: python train.py")
    model = SuperResolution()
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


def read_file(
    path: Path, shape: tuple[int, ...], dtype: torch.dtype, most: float = float("inf")
) -> torch.Tensor:
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
    is_whole = not values.is_floating_point() or (
        path.suffix == ".csv" and values.max() > 1 and bool((values == values.round()).all())
    )
    if dtype.is_floating_point and most == 1 and is_whole:
        values = values / 255  # of pictures in whole numbers
    if most < float("inf") and (values.min() < 0 or values.max() > most):
        numbers = f"{values.min():g} to {values.max():g}"
        sys.exit(f"{path} holds numbers from {numbers}, but the model knows 0 to {most:g}.")
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


def save_pictures(path: Path, rows: list[torch.Tensor]) -> None:
    """Keep rows of pictures (N, C, H, W) in 0..1 as one .png file, a sample in each column."""
    if path.suffix != ".png" or not path.parent.is_dir():
        sys.exit(f"{path} is no .png file in a folder that exists.")
    height = max(64, *[row.shape[2] for row in rows])
    strips = []
    for row in rows:
        strip = torch.cat(list(row.detach().cpu().expand(-1, 3, -1, -1)), dim=2).clamp(0, 1)
        times = height // row.shape[2]
        strips.append(strip.repeat_interleave(times, dim=1).repeat_interleave(times, dim=2))
    widest = max(strip.shape[2] for strip in strips)
    strips = [torch.nn.functional.pad(strip, (0, widest - strip.shape[2])) for strip in strips]
    pixels = (torch.cat(strips, dim=1) * 255).round().byte().permute(1, 2, 0).contiguous()
    lines = b"".join(b"\0" + bytes(line.flatten().tolist()) for line in pixels)
    size = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", size), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    with path.open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for kind, body in chunks:
            end = struct.pack(">I", zlib.crc32(kind + body))
            file.write(struct.pack(">I", len(body)) + kind + body + end)


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
        help="a .npy, .pt or .csv file of 0 to 1, or 0 to 255 in whole numbers: (N, 1, 16, 16)",
    )
    parser.add_argument("--output", type=Path, help="keep the answers in a .csv, .pt or .png file")
    options = parser.parse_args()
    if not 0 <= options.seed < 2**32:
        parser.error("--seed is 0 or more, and less than 2**32")
    if options.samples and options.input is not None:
        parser.error("--samples are of the validation part; --input brings samples of its own")
    path, kinds = options.output, (".csv", ".pt", ".png")
    if path is not None and (path.suffix not in kinds or path.is_dir() or not path.parent.is_dir()):
        parser.error(f"{path} is no .csv, .pt or .png file in a folder that exists")
    return options


if __name__ == "__main__":
    main()
