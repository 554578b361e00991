"""What files of systems hold, before anyone trains on them: species, sizes, boxes, labels, and what
is odd about them. Needs neither a recipe nor torch.
"""

from segnn.data.inspect.look import inspect

__all__ = ["inspect"]
