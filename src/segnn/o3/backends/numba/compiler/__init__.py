"""How the kernels are compiled, stored and called: numba reads them, LLVM compiles each function
once.
"""
