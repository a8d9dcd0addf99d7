"""The items of the scene: a node, a wire, the labels, the error bubble."""
