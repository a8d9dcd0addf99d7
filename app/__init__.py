"""The frame around the editor: commands, the engine and training runs."""
