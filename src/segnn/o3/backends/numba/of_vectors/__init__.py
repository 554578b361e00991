"""Kernels for functions of a vector: ``segnn.o3.vectors``.

Of every row: its direction and length (``polar``), the harmonics of the direction by products with
it (``harmonics``), functions of the length with their slopes and curvatures (``radial``). The
second derivative is the tangent of the first one: every number is carried with its change.
"""
