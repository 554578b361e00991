"""The operations of `segnn.o3` by the kernels of this folder: their arguments, tables and
derivatives.
"""
