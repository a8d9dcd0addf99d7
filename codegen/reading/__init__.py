"""Reads generated and edited Python back into a drawing. Pure: nothing of a text is ever run.

``model.read_model`` reads a model.py from the Python alone, ``merge.merge`` takes what was edited
in one into the drawing that it was written from, ``scripts.merge_script`` the values of train.py
and data.py, and ``settling.settle`` leaves to inference again what inference finds.
``isomorphism.isomorphic`` says whether two drawings are the same model.

What leaves no trace in code, and so makes no difference there:

- ids, positions, frames, notes, silenced rules, fields of newer versions;
- names of nodes that the code calls by what they are, and titles beyond the words of a name;
- the sizes and dtypes of inputs, but for the sizes that forward asks for; their names ("B", "T")
  are told from variables ("batch", "length");
- data, losses, optimizers and all else outside the model; which class is the main graph's, where
  several are used by no other: the first one then, unless it is said;
- nodes that are switched off for good, and what only they read; results that nobody reads;
- arguments that say torch's default; ``i`` and ``n`` of a repeat apart, where an expression gets a
  number, as the count for ``n``, or a size that building a module asks for;
- parameters left to inference: the code states numbers, or constructor parameters that the drawing
  does not have;
- a constant that one call reads is a value of that call; an index of one part is that part;
- whose device a new tensor is made on, since all in a model are on one; that one writes into a
  copy several times; which of several equal inputs a size is asked of; two nodes that read the same
  weight;
- where a block's outputs go on in a loop (``again``), if no loop uses it.
"""
