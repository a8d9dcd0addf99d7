"""The text of every data source, a module each: ``SPEC`` is its spec, ``write`` gives the code."""
