"""Kernels for graphics cards, in Triton, which torch's builds for CUDA bring along: steerable
linear layers, gates, norms, rows of edges and sums over neighbours. No card has run them yet.
"""
