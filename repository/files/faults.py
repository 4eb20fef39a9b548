"""What can be wrong inside a file, for the readers; none of these is a refusal in the user's words."""


class Broken(Exception):
    """The bytes do not have the structure that they claim to have."""


class Bomb(Exception):
    """Unpacking or drawing this would cost far more than its size promises."""


class TooMany(Bomb):
    """It holds more members than anybody would look at."""


class Encrypted(Exception):
    """It cannot be read without a password."""


class TooBig(Exception):
    """It is longer than a reader takes on."""


class Signed(Exception):
    """Somebody signed it: changed in any way, the signature would no longer hold."""
