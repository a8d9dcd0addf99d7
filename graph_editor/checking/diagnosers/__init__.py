"""What may be behind a refused call: one file per cause, its docstring its manual page."""
