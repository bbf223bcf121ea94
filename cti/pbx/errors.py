"""What can go wrong with the private Asterisk; each message is meant for people."""


class PbxError(Exception):
    """The private Asterisk cannot do what was asked."""


class CannotUnpack(PbxError):
    """Debian's packages could not be fetched or unpacked."""


class NoAsterisk(PbxError):
    """There is neither a system Asterisk that will do, nor a way to unpack one."""


class PortInUse(PbxError):
    """A port that Asterisk needs belongs to another program."""


class BadPlan(PbxError):
    """A value must not enter Asterisk's configuration."""


class DidNotStart(PbxError):
    """Asterisk ended, or was not ready in time."""
