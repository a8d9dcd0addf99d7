"""The user's settings: one table gives their defaults, the checks, the dialog and the manual."""
