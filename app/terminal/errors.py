"""The error that ends a command with one plain sentence."""


class CommandError(Exception):
    """A command cannot do what was asked; the text says what, where and the way out."""
