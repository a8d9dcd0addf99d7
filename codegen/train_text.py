"""The parts of train.py that are the same for every drawing."""

from __future__ import annotations

from codegen.statements import Blank, Statement, word

REPORT = """\
# Called at the start, after every batch and after every epoch; returns True to ask for a stop.
Report = Callable[[dict[str, Any]], bool | None]
"""

PARSE_SETTINGS = '''\
def parse_settings() -> Settings:
    """Read the settings from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for field in fields(Settings):
        option, default = "--" + field.name.replace("_", "-"), field.default
        parser.add_argument(option, type=type(default), default=default, help=f"default {default}")
    return Settings(**vars(parser.parse_args()))
'''

MAIN = '''\
def main() -> None:
    """Train with a progress bar; keep the numbers in metrics.jsonl and the weights in model.pt."""
    settings = parse_settings()
    interrupted: list[int] = []

    def interrupt(number: int, frame: object) -> None:
        # The first Ctrl+C ends the training after this batch, a second one at once.
        interrupted.append(number)
        signal.signal(number, signal.SIG_DFL)

    signal.signal(signal.SIGINT, interrupt)
    with Path("metrics.jsonl").open("w") as log, tqdm(unit="batch") as progress:

        def show(event: dict[str, Any]) -> bool:
            if event["event"] == "start":
                progress.reset(settings.epochs * event["batches"])
                return bool(interrupted)
            numbers = {k: v.item() if torch.is_tensor(v) else v for k, v in event.items()}
            log.write(json.dumps(numbers) + "\\n")
            if event["event"] == "step":
                progress.update()
            else:
                progress.set_postfix({k: v for k, v in event.items() if k.startswith("val_")})
            return bool(interrupted)

        model = train(settings, show)
    torch.save(model.state_dict(), "model.pt")
'''

START = """\
if __name__ == "__main__":
    main()
"""


def fixed(text: str) -> list[Statement]:
    """Return fixed text, which keeps its own indentation, as statements."""
    lines = text.splitlines()
    return [word(line) if line else Blank() for line in lines]
