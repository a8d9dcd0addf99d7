"""Reads generated and edited Python back into a drawing. Pure: nothing of a text is ever run."""
