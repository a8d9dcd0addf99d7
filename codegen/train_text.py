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
@switch
        parser.add_argument(option, type=type(default), default=default, help=f"default {default}")
    settings = Settings(**vars(parser.parse_args()))
    for name, value in vars(settings).items():
        least = 1 if type(value) is int and name != "seed" else 0
        if not isinstance(value, str) and not least <= value < math.inf:
            parser.error(f"--{name.replace('_', '-')} is {least} or more, not {value}")
    if settings.seed >= 2**32:
        parser.error(f"--seed is less than 2**32, not {settings.seed}")
    return settings
'''
SWITCH = """\
        if isinstance(default, bool):
            parser.add_argument(option, action="store_true", help="off by default")
            continue
"""

MAIN = '''\
def main() -> None:
    """Train with a progress bar; keep the numbers in metrics.jsonl and the weights in model.pt."""
    settings = parse_settings()
@there
@alone
    require_device(settings.device)
    interrupted: list[int] = []
    problems: list[str] = []
@earlier

    def interrupt(number: int, frame: object) -> None:
        # The first Ctrl+C ends the training after this batch, a second one at once.
        interrupted.append(number)
@twice
        signal.signal(number, signal.SIG_DFL)

    signal.signal(signal.SIGINT, interrupt)
    with Path("metrics.jsonl").open("a", buffering=1) as log, tqdm(unit="batch") as progress:

        def show(event: dict[str, Any]) -> bool:
            if event["event"] == "start":
                log.truncate(0)  # what an earlier training wrote is kept until this one begins
                progress.reset(settings.epochs * event["batches"])
@again
                return bool(interrupted)
            numbers = {name: as_json(value) for name, value in event.items()}
            log.write(json.dumps(numbers) + "\\n")
            if event["event"] == "step":
                progress.update()
            else:
                progress.set_postfix({k: v for k, v in event.items() if k.startswith("val_")})
            for name, value in numbers.items():
                if name.endswith("loss") and value is None:
                    place = f"epoch {event['epoch']}, step {event['step']}"
                    problems.append(f"{name} is not a finite number at {place}.")
            return bool(interrupted or problems)

        model = train(settings, show)
    if problems:
        sys.exit(f"{problems[0]} A smaller learning rate or scaled inputs usually cure it.")
    if not progress.n:
        sys.exit("It was ended before the first batch; nothing was written to model.pt.")
    torch.save(model.state_dict(), "model.pt")
@leave
'''
ALONE = """\
    if RANK > 0:  # the first process alone shows and writes, and hears Ctrl+C
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        train(settings, lambda event: False)
        leave_processes()
        return
"""
LEAVE = "    leave_processes()\n"
TWICE = """\
        if PROCESSES > 1:
            return  # torchrun hands it on, so that it comes twice
"""
THERE = """\
    if settings.resume and not Path("checkpoint.pt").is_file():
        sys.exit("There is no checkpoint.pt to go on from: begin without --resume.")
"""
EARLIER = """\
    earlier: list[str] = []
    if settings.resume and Path("metrics.jsonl").is_file():
        earlier = Path("metrics.jsonl").read_text().splitlines(keepends=True)
"""
AGAIN = """\
                log.writelines(earlier[: event["step"] + event["complete"]])
                progress.update(event["step"])
"""

REQUIRE_DEVICE = '''\
def require_device(name: str) -> None:
    """End with the reason where a device cannot be used here."""
    try:
        torch.ones(1, device=name).item()
    except (AssertionError, RuntimeError) as error:
        sys.exit(f"--device {name} cannot be used here: {str(error).splitlines()[0]}")
'''

AS_JSON = '''\
def as_json(value: Any) -> Any:
    """Return what JSON can hold: a number for a tensor, and null for NaN and infinity."""
    value = value.item() if torch.is_tensor(value) else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
'''

START = """\
if __name__ == "__main__":
    main()
"""


def filled(text: str, **parts: str) -> str:
    """Return fixed text in which each line ``@name`` is replaced by the lines of that name."""
    for name, lines in parts.items():
        text = text.replace(f"@{name}\n", lines)
    return text


def fixed(text: str) -> list[Statement]:
    """Return fixed text, which keeps its own indentation, as statements."""
    lines = text.splitlines()
    return [word(line) if line else Blank() for line in lines]
