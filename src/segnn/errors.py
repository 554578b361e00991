"""The one exception for mistakes of the user."""


class UserError(Exception):
    """A mistake of the user, told in one message: what was got, where, what was expected, what to
    do.

    The command line prints the message without a traceback and exits with status 2.
    """
