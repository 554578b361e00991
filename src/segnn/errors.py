"""The one exception for mistakes of the user."""


class UserError(ValueError):
    """A mistake of the user, told in one message: what was got, where, what was expected, what to
    do.

    It is a ``ValueError``, so that code which calls the library needs no name of ours to catch it.
    The command line prints the message without a traceback and exits with status 2.
    """
