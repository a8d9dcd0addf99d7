# Written by Netwright from "Conditional GAN". It needs only requirements.txt; edit it freely.
"""Make samples with a trained Generator.

python predict.py
python predict.py --count 8 --seed 3 --output samples.png
"""

import argparse
import struct
import sys
import zlib
from pathlib import Path

import torch

from model import Generator


def main() -> None:
    """Make samples of noise and keep them."""
    options = parse_options()
    if options.count < 1:
        sys.exit("--count is 1 or more.")
    if not 0 <= options.seed < 2**32:
        sys.exit("--seed is 0 or more, and less than 2**32.")
    model = load_model(options.weights, options.device)
    torch.manual_seed(options.seed)
    noise = torch.randn(options.count, 16, device=options.device)
    if not all(0 <= label < 10 for label in options.label):
        sys.exit("Each --label is from 0 to 9.")
    wanted = options.label or list(range(10))
    label = torch.tensor([wanted[place % len(wanted)] for place in range(options.count)])
    label = label.to(options.device)
    with torch.no_grad():
        samples = model(noise, label)
    save_pictures(options.output, [samples])
    print(f"{len(samples)} samples of shape {tuple(samples.shape[1:])} are in {options.output}.")


def load_model(weights: Path, device: str) -> Generator:
    """Return the trained model on a device, ready to answer."""
    if not weights.is_file():
        sys.exit(f"There are no weights in {weights}. Train first: python train.py")
    model = Generator()
    try:
        found = torch.load(weights, map_location="cpu", weights_only=True)
        own = "generator."
        found = {key.removeprefix(own): found[key] for key in found if key.startswith(own)}
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
    parser.add_argument("--count", type=int, default=16, help="how many samples (default 16)")
    parser.add_argument(
        "--label",
        type=int,
        nargs="*",
        default=[],
        help="what is made, from 0 to 9; all in turn by default",
    )
    parser.add_argument("--seed", type=int, default=0, help="another one gives other samples")
    kept = Path("samples.png")
    parser.add_argument("--output", type=Path, default=kept, help="default samples.png")
    parser.add_argument("--weights", type=Path, default=Path("model.pt"), help="default model.pt")
    parser.add_argument("--device", default="cpu", help="cpu (default), cuda, mps")
    return parser.parse_args()


if __name__ == "__main__":
    main()
