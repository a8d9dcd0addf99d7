"""Faults that torch accepts silently: one file per fault, its docstring its manual page."""
