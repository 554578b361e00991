"""The parts that the systems of a task are divided into, in this order everywhere."""

SPLITS = ("train", "valid", "test")
