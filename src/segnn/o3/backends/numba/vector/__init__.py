"""Vector operations in LLVM code, which the kernels call as ordinary functions."""
