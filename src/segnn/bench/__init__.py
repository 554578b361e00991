"""The benchmark: speed and memory beside the same network from e3nn's modules. Used by the command
``segnn bench``.
"""
