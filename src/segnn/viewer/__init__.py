"""The viewer: a page on localhost that draws a system and what the network carries, and runs the
model again on demand.
"""

from segnn.viewer.plain import PlainSession
from segnn.viewer.session import Session

__all__ = ["PlainSession", "Session"]
