"""The numba kernels: what they read are flat arrays and tables, and they know no torch (but for its
number of threads).
"""
