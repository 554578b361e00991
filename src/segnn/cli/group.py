"""Groups of commands that say which ones there are."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class Group(TyperGroup):
    """An unknown command is told with the known ones, unless it is near to one of them."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that ``args`` begin with."""
        known = self.list_commands(ctx)
        if args and args[0] not in known:
            from segnn.words import nearest

            near = nearest(args[0], known)
            hint = f"Did you mean '{near}'?" if near else f"Known: {', '.join(known)}"
            ctx.fail(f"No such command '{args[0]}'. {hint}")
        return super().resolve_command(ctx, args)
