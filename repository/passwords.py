"""Passwords: hashed with argon2id at the cost OWASP recommends, and refused when they are easily guessed."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from repository.errors import Invalid
from repository.words import N_

SHORTEST, LONGEST = 10, 200
# OWASP Password Storage Cheat Sheet: m=19 MiB, t=2, p=1; the library's default would take 64 MiB and 145 ms each.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# At most four at a time, so that a crowd at the door cannot use up the memory.
_PLACES = threading.BoundedSemaphore(4)
_GUESSED = ("password", "palavrapasse", "123456", "qwerty", "partilha", "abcdef", "111111", "professor", "escola")


@cache
def _nobody() -> str:
    """Return what is verified when there is no such account, so that the answer takes as long as for a real one."""
    return _HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the argon2id hash with its parameters and salt."""
    with _PLACES:
        return _HASHER.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Return whether the password belongs to the hash; an empty hash takes as long and never matches."""
    with _PLACES:
        try:
            return _HASHER.verify(password_hash or _nobody(), password[:LONGEST]) and bool(password_hash)
        except (VerificationError, InvalidHashError):
            return False


def check_strength(password: str, email: str, name: str) -> None:
    """Raise Invalid for a password that is short, common, or made of the person's own name or address."""
    plain = password.lower().replace(" ", "")
    if len(password) < SHORTEST:
        raise Invalid(
            N_("Use pelo menos %(least)s caracteres. Uma frase curta serve."), field="password", least=SHORTEST
        )
    if len(password) > LONGEST:
        raise Invalid(N_("Use no máximo %(most)s caracteres."), field="password", most=LONGEST)
    own = [part for part in (email.split("@")[0], *name.lower().split()) if len(part) > 3]
    left = plain
    for word in (*_GUESSED, *own):
        left = left.replace(word, "")
    if len(set(plain)) < 5 or len(left) < 4:
        raise Invalid(
            N_("Esta palavra-passe adivinha-se depressa. Junte palavras sem relação entre si."), field="password"
        )
