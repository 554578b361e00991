"""Where a recipe was read from, and the mistakes found in it, told with file, line, key and the
nearest valid name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from segnn.errors import UserError

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Origin:
    """The file of a recipe, the line of every key path, and the overrides that replaced some of
    them.

    ``short`` is the name of the one target where the file has the short form, else None. All
    origins are equal: two recipes that say the same are the same, wherever they were read.
    """

    name: str = field(default="the recipe", compare=False)
    lines: dict[Path, int] = field(default_factory=dict, compare=False)
    overrides: dict[Path, str] = field(default_factory=dict, compare=False)
    short: str | None = field(default=None, compare=False)

    def written(self, path: Path) -> Path:
        """``path`` as the file has it: a recipe with the section target, which is the short form of
        one target named ``short``, knows nothing of targets.
        """
        return ("target", *path[2:]) if path[:2] == ("targets", self.short) else path

    def where(self, path: Path) -> str:
        """ "line 12", or "--set training.epochs=x", of this key or of the nearest one above it that
        is written.
        """
        for length in range(len(path), 0, -1):
            if path[:length] in self.overrides:
                return f"--set {short(self.overrides[path[:length]])}"
            if path[:length] in self.lines and not self._replaced(path[:length]):
                inside = [
                    f"--set {short(text)}"
                    for key, text in self.overrides.items()
                    if key[: len(path)] == path
                ]
                return ", ".join([f"line {self.lines[path[:length]]}", *inside])
        return ""

    def _replaced(self, path: Path) -> bool:
        """Whether an override took the place of something above ``path``."""
        return any(path[:length] in self.overrides for length in range(1, len(path)))


@dataclass(frozen=True)
class Mistake:
    """One mistake in a recipe: the key path, what is wrong, and labelled details (got, expected,
    nearest …).
    """

    path: Path
    problem: str
    details: tuple[tuple[str, str], ...] = ()

    def tell(self, origin: Origin) -> str:
        """The lines of the message."""
        path = origin.written(self.path)
        head = ": ".join(
            part for part in (origin.where(path), key_name(path), self.problem) if part
        )
        return "\n".join(
            [f"  {head}", *(f"      {label:<9} {text}" for label, text in self.details)]
        )


def short(text: str, limit: int = 80) -> str:
    """``text``, its end left out if it is long."""
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def key_name(path: Path) -> str:
    """``training.epochs``, ``inputs[1]``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def refuse(mistakes: list[Mistake], origin: Origin) -> None:
    """Raise one UserError that tells all mistakes; nothing if there are none."""
    if mistakes:
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        raise UserError(
            "\n".join([f"{origin.name}: {count}", *(mistake.tell(origin) for mistake in mistakes)])
        )
