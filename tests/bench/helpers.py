"""The workloads with one tiny graph and small networks of the same kind."""

from dataclasses import replace

from segnn.bench.workloads import WORKLOADS


def small(name):
    """A workload of the same steps, degrees and inputs, one layer deep and as narrow as its irreps
    allow.
    """
    workload = WORKLOADS[name]
    hidden = workload.hidden and "4x0e+4x1o"
    return replace(workload, sizes=(workload.tiny,), width=4, hidden=hidden, layers=1)


__all__ = ["small"]
