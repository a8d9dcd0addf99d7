# Written by Netwright from "Mini GPT". It needs only what requirements.txt lists; edit it freely.
"""Let a trained MiniGPT write.

python predict.py
python predict.py --prompt "the " --tokens 400
"""

import argparse
import sys
from pathlib import Path

import torch

from data import LETTERS
from model import MiniGPT


def main() -> None:
    """Print how the model goes on from a prompt."""
    options = parse_options()
    unknown = sorted(set(options.prompt) - set(LETTERS))
    if unknown or not options.prompt:
        sys.exit(f"The prompt may hold only these characters, and one at least: {LETTERS!r}")
    if options.tokens < 0 or options.temperature < 0:
        sys.exit("--tokens and --temperature are 0 or more.")
    if not 0 <= options.seed < 2**32:
        sys.exit("--seed is 0 or more, and less than 2**32.")
    model = load_model(options.weights, options.device)
    torch.manual_seed(options.seed)
    tokens = torch.tensor([[LETTERS.index(letter) for letter in options.prompt]])
    tokens = tokens.to(options.device)
    said = generate(model, tokens, options.tokens, options.temperature)
    print("".join(LETTERS[token] for token in said[0].tolist()))


def load_model(weights: Path, device: str) -> MiniGPT:
    """Return the trained model on a device, ready to answer."""
    if not weights.is_file():
        sys.exit(f"There are no weights in {weights}. Train first: python train.py")
    model = MiniGPT()
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


@torch.no_grad()
def generate(model: MiniGPT, tokens: torch.Tensor, count: int, temperature: float) -> torch.Tensor:
    """Return tokens (1, T) and count more, each drawn from what the model thinks likely."""
    for _ in range(count):
        logits = model(tokens[:, -32:])[:, -1]  # at most as many as in training
        if temperature == 0:
            token = logits.argmax(dim=1, keepdim=True)
        else:
            chances = (logits / temperature).softmax(dim=1)
            token = torch.multinomial(chances, 1)
        tokens = torch.cat([tokens, token], dim=1)
    return tokens


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prompt", default=LETTERS[0], help="what the text begins with")
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


if __name__ == "__main__":
    main()
