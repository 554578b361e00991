"""Frames to a file: GIF by Pillow, MP4 by the program ffmpeg where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segnn.errors import UserError
from segnn.files import check_output, replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Progress = Callable[[int, int], None]
COLOURS = 96


def check_movie(path: str | os.PathLike[str]) -> Path:
    """The path of a movie that can be written here; UserError, before anything is computed, if it
    cannot.
    """
    path = Path(path)
    if path.suffix not in (".gif", ".mp4"):
        raise UserError(
            f"{path}: an animation ends in .gif or .mp4, not {path.suffix or 'nothing'!r}"
        )
    check_output(path)
    if path.suffix == ".mp4" and shutil.which("ffmpeg") is None:
        raise UserError(
            f"{path}: writing .mp4 needs the program ffmpeg, which is not here. Install it, or "
            "write a .gif instead."
        )
    if path.suffix == ".gif":
        try:
            import PIL.Image  # noqa: F401
        except ImportError as error:
            raise UserError(
                f"{path}: writing .gif needs Pillow ({error}). Install it: pip install "
                "'segnn[plots]'"
            ) from error
    return path


def write_movie(
    path: str | os.PathLike[str],
    figure: Figure,
    draw: Callable[[int], None],
    frames: int,
    fps: float = 20.0,
    progress: Progress | None = None,
) -> Path:
    """Call ``draw(n)`` for every frame, take a picture of ``figure`` each time, and write them; the
    last one stays a second.
    """
    path = check_movie(path)
    with replacing(path) as part:
        pictures = _pictures(figure, draw, frames, progress)
        (_write_gif if path.suffix == ".gif" else _write_mp4)(part, pictures, fps)
    return path


def _pictures(
    figure: Figure, draw: Callable[[int], None], frames: int, progress: Progress | None
) -> Iterable[np.ndarray]:
    """RGB pictures (height, width, 3), one after the other."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    for n in range(frames):
        draw(n)
        canvas.draw()  # type: ignore[no-untyped-call]
        seen = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
        yield seen[..., :3].copy()
        if progress is not None:
            progress(n + 1, frames)


def _write_gif(path: Path, pictures: Iterable[np.ndarray], fps: float) -> None:
    """One palette for all frames: what stands still then stays exactly equal and costs nothing."""
    from PIL import Image

    raw = [Image.fromarray(picture) for picture in pictures]
    sample = Image.fromarray(
        np.concatenate(
            [
                np.asarray(raw[n])
                for n in sorted({0, len(raw) // 3, 2 * len(raw) // 3, len(raw) - 1})
            ]
        )
    )
    palette = sample.quantize(COLOURS, method=Image.Quantize.MEDIANCUT)
    entries = np.array(palette.getpalette(), dtype=int).reshape(-1, 3)
    entries[entries.min(1) >= 247] = 255  # the ground stays white; averages make it grey
    palette.putpalette(entries.reshape(-1).tolist())
    images = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in raw]
    each = round(1000 / fps)
    durations = [each] * (len(images) - 1) + [each + 1000]
    images[0].save(
        path,
        format="GIF",
        save_all=True,
        append_images=images[1:],
        duration=durations,
        loop=0,
        optimize=False,
        disposal=1,
    )


def _write_mp4(path: Path, pictures: Iterable[np.ndarray], fps: float) -> None:
    process: subprocess.Popen[bytes] | None = None
    raw = b""
    for picture in pictures:
        even = [side // 2 * 2 for side in picture.shape[:2]]  # the codec wants even sides
        raw = picture[: even[0], : even[1]].tobytes()
        if process is None:
            taken = f"-f rawvideo -pix_fmt rgb24 -s {even[1]}x{even[0]} -r {fps} -i -".split()
            given = ["-an", "-pix_fmt", "yuv420p", "-movflags", "+faststart", str(path)]
            command = ["ffmpeg", "-y", "-loglevel", "error", *taken, *given]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(raw)
    if process is None or process.stdin is None:
        return
    for _ in range(round(fps)):  # a film has one duration for all frames: the last one is repeated
        process.stdin.write(raw)
    _, complaint = process.communicate()
    if process.returncode:
        raise UserError(
            "ffmpeg could not write the animation: "
            f"{complaint.decode(errors='replace').strip()}. Write a .gif."
        )
