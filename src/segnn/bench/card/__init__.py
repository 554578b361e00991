"""All that a graphics card has to show, within minutes: ``make gpu``.

Stages run one after the other, each in a process of its own with a limit of time, and each leaves a
JSON file behind: a run that is cut short keeps what it had. Nothing needs a network.
"""
