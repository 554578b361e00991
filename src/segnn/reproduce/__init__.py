"""The paper's tables repeated: declared sweeps of trainings, their stored results, the tables and
plots made from them.
"""
