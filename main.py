"""Start Netwright: a headless command, or with no arguments the main job on the digits example."""

import sys

from app.cli import main

if __name__ == "__main__":
    sys.exit(main())
