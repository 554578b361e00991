"""A trained model applied again and again: the trajectory, and how it leaves the simulator's."""

from segnn.rollout.measure import measure
from segnn.rollout.plot import error_plot
from segnn.rollout.repeat import Trajectory, check_softening, rollout, simulated

__all__ = ["Trajectory", "check_softening", "error_plot", "measure", "rollout", "simulated"]
