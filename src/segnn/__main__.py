"""``python -m segnn``: the command where the environment's ``bin`` is not on the path."""

from segnn.cli import main

main()
