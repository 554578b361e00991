"""See what a steerable network carries: glyphs, the recorded forward pass, pictures, animations."""

from segnn.viz.files import save_mesh
from segnn.viz.glyph import Glyph, channel, glyph
from segnn.viz.record import record
from segnn.viz.recording import Recording, load_recording
from segnn.viz.sphere import Sphere, sphere

__all__ = [
    "Glyph",
    "Recording",
    "Sphere",
    "channel",
    "glyph",
    "load_recording",
    "record",
    "save_mesh",
    "sphere",
]
