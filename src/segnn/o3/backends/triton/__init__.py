"""Kernels for graphics cards, in Triton, which torch's builds for CUDA bring along: contractions
with their gathers and sums over neighbours. No card has run them yet.
"""
