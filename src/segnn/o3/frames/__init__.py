"""Frames of edges: whether an attribute has them, what a layer is in them, and when they pay."""
