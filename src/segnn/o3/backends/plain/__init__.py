"""The plain path: every operation from torch's own. The oracle of all kernels; any device and
dtype, differentiable any number of times, visible to every tracer.
"""
