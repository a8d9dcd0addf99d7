"""The text of every data source, a module each: ``SPEC`` is its spec's name, ``write(args)`` its code."""
