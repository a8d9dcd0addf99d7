"""The parts of the summary: its rows as a table, and the table."""
