"""Verdicts on a graph: their values, rules, lints and diagnosers. No Qt, no torch."""
