"""What people begin with, where an argument has to be said."""

from __future__ import annotations

from graph_editor.document.model import Arg

USUAL: dict[str, tuple[Arg, ...]] = {
    "kernel_size": (3, 2, 1),
    "out_channels": (16,),
    "out_features": (64,),
    "hidden_size": (64,),
    "embedding_dim": (64,),
    "num_embeddings": (1000,),
    "num_heads": (8, 4, 2, 1),
    "nhead": (8, 4, 2, 1),
    "num_groups": (8, 4, 2, 1),
    "output_size": (1,),
    "p": (0.5,),
    "dim": (1,),
    "scale_factor": (2,),
    "step_size": (10,),
    "milestones": ((30, 80),),
    "gamma": (0.9,),
    "T_max": (10,),
    "T_0": (10,),
    "max_lr": (0.01,),
    "total_steps": (1000,),
    "total_iters": (5,),
}
"""Values by argument, the likeliest first."""
