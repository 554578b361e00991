"""Kernels for single operations on rows, of which each is differentiable any number of times: the
route of third derivatives, and of what no fused kernel serves.

Chunks of rows or nodes run in parallel; a row of the result is written by one thread in a fixed
order.
"""
