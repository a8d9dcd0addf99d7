"""The parts of predict.py that are the same for every drawing."""

IMPORTS = """\
import argparse
import csv
@struct
import sys
@zlib
from pathlib import Path

import numpy as np
import torch
"""
WITHOUT_FILES = """\
import argparse
@struct
import sys
@zlib
from pathlib import Path

import torch
"""

LOAD_MODEL = '''\
def load_model(weights: Path, device: str) -> @model:
    """Return the trained model on a device, ready to answer."""
    if not weights.is_file():
        sys.exit(f"There are no weights in {weights}. Train first: python train.py")
    model = @made
    try:
        found = torch.load(weights, map_location="cpu", weights_only=True)
@chosen
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
'''
CHOSEN = """\
        own = "@key."
        found = {key.removeprefix(own): found[key] for key in found if key.startswith(own)}
"""
"""The weights of one of several modules that were trained together."""

CHOOSE = '''\
def choose(wanted: list[int], count: int) -> list[int]:
    """Return the places of the samples that are wanted, or else of the first ten."""
    for place in wanted:
        if not 0 <= place < count:
            sys.exit(f"There is no sample {place}: the validation part has {count}, from 0 on.")
    return wanted or list(range(min(10, count)))
'''

READ_FILE = '''\
@head
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
@whole
@range
    return values.to(dtype)
'''
PLAIN_HEAD = (
    "def read_file(path: Path, shape: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:\n"
)
RANGE_HEAD = """\
def read_file(
    path: Path, shape: tuple[int, ...], dtype: torch.dtype, most: float = float("inf")
) -> torch.Tensor:
"""
WHOLE = """\
    is_whole = not values.is_floating_point() or (
        path.suffix == ".csv" and values.max() > 1 and bool((values == values.round()).all())
    )
    if dtype.is_floating_point and most == 1 and is_whole:
        values = values / 255  # of pictures in whole numbers
"""
RANGE = """\
    if most < float("inf") and (values.min() < 0 or values.max() > most):
        numbers = f"{values.min():g} to {values.max():g}"
        sys.exit(f"{path} holds numbers from {numbers}, but the model knows 0 to {most:g}.")
"""

TOLD = '''\
def told(value: torch.Tensor) -> str:
    """Return one answer in few words."""
    numbers = value.flatten().tolist()
    if value.dim() > 1 and not value.is_floating_point():
        shares = (value.flatten().bincount() / len(numbers)).tolist()
        return " ".join(f"{number}: {share:.0%}" for number, share in enumerate(shares) if share)
    if len(numbers) > 32:
        return f"{tuple(value.shape)} from {min(numbers):.4g} to {max(numbers):.4g}"
    return " ".join(f"{number:.4g}" for number in numbers)
'''

SAVE = '''\
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
'''

SAVE_PICTURES = '''\
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
    lines = b"".join(b"\\0" + bytes(line.flatten().tolist()) for line in pixels)
    size = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", size), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    with path.open("wb") as file:
        file.write(b"\\x89PNG\\r\\n\\x1a\\n")
        for kind, body in chunks:
            end = struct.pack(">I", zlib.crc32(kind + body))
            file.write(struct.pack(">I", len(body)) + kind + body + end)
'''

SHOW = """\
    for row, number in enumerate(chosen):
        words = [f"{name} {told(value[row])}" for name, value in answers.items()]
        print(f"sample {number}: {', '.join(words)}")
"""
DECODE = """\
    @so_far = torch.full((len(@first), @length), @start, device=@first.device)
    tokens: list[torch.Tensor] = []
    for place in range(@length):
        token = model(@given)[@place].argmax(dim=1)
        tokens.append(token)
        if place + 1 < @length:
            @so_far[:, place + 1] = token
    return torch.stack(tokens, dim=1)
"""

DRAW = """\
    torch.manual_seed(seed)
    @code = torch.randn(count, @size, device=device)
    return @made
"""
DRAWN = """\
    if options.draw:
        path = options.output or Path("drawn.png")
        save_pictures(path, [draw(model, options.draw, options.seed, options.device)])
        print(f"{options.draw} pictures are in {path}.")
        return
"""

GENERATE = """\
    for _ in range(count):
@window
        if temperature == 0:
            token = logits.argmax(dim=1, keepdim=True)
        else:
            chances = (logits / temperature).softmax(dim=1)
            token = torch.multinomial(chances, 1)
        tokens = torch.cat([tokens, token], dim=1)
    return tokens
"""
CROPPED = """\
        logits = model(tokens[:, -@length:])@last  # at most as many as in training
"""
PADDED = """\
        window = tokens[:, -@length:]
        filler = window.new_zeros(1, @length - window.shape[1])
        logits = model(torch.cat([window, filler], dim=1))[@place]
"""

SAY = '''\
def main() -> None:
    """Print how the model goes on from a prompt."""
    options = parse_options()
    unknown = sorted(set(options.prompt) - set(@alphabet))
    if unknown or not options.prompt:
        sys.exit(f"The prompt may hold only these characters, and one at least: {@alphabet!r}")
    if options.tokens < 0 or options.temperature < 0:
        sys.exit("--tokens and --temperature are 0 or more.")
    if not 0 <= options.seed < 2**32:
        sys.exit("--seed is 0 or more, and less than 2**32.")
    model = load_model(options.weights, options.device)
    torch.manual_seed(options.seed)
    tokens = torch.tensor([[@alphabet.index(letter) for letter in options.prompt]])
    tokens = tokens.to(options.device)
    said = generate(model, tokens, options.tokens, options.temperature)
    print("".join(@alphabet[token] for token in said[0].tolist()))
'''
SAY_OPTIONS = '''\
def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prompt", default=@alphabet[0], help="what the text begins with")
    parser.add_argument("--tokens", type=int, default=200, help="how many follow (default 200)")
    parser.add_argument(
        "--temperature",
        type=float,
        default=0.8,
        help="0 takes the likeliest each time, 1 draws as the model thinks (default 0.8)",
    )
    parser.add_argument("--seed", type=int, default=0, help="another one gives another text")
    parser.add_argument("--weights", type=Path, default=Path("model.pt"), help="default model.pt")
    parser.add_argument("--device", default="cpu", help="cpu (default), cuda, mps")
    return parser.parse_args()
'''

MAKE = '''\
def main() -> None:
    """Make samples of noise and keep them."""
    options = parse_options()
    if options.count < 1:
        sys.exit("--count is 1 or more.")
    if not 0 <= options.seed < 2**32:
        sys.exit("--seed is 0 or more, and less than 2**32.")
    model = load_model(options.weights, options.device)
    torch.manual_seed(options.seed)
@inputs
    with torch.no_grad():
        samples = model(@given)
@save
    print(f"{len(samples)} samples of shape {tuple(samples.shape[1:])} are in {options.output}.")
'''
MAKE_OPTIONS = '''\
def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=16, help="how many samples (default 16)")
@labels
    parser.add_argument("--seed", type=int, default=0, help="another one gives other samples")
    kept = Path("@file")
    parser.add_argument("--output", type=Path, default=kept, help="default @file")
    parser.add_argument("--weights", type=Path, default=Path("model.pt"), help="default model.pt")
    parser.add_argument("--device", default="cpu", help="cpu (default), cuda, mps")
    return parser.parse_args()
'''
