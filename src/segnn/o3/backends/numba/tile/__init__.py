"""What is done with a tile: some rows, while they lie in a core's second-level cache."""
