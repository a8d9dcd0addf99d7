"""Editors for the parameters of nodes: what a value looks like as text, and one editor a kind."""
