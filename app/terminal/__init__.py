"""The headless commands, one file each, as the terminal shows them."""
