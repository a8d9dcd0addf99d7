"""Start Netwright: its window, or one headless command."""

import sys

from app.start import main

if __name__ == "__main__":
    sys.exit(main())
