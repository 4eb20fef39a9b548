"""Something back: a code for what was accepted, a page anybody can check it on, and the same as a PDF."""

import io
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import segno
from fpdf import FPDF
from sqlalchemy import select

from plugins.training_actions import links
from plugins.training_actions.contributions import authors_of
from plugins.training_actions.models import Contribution, Edition, Participant
from repository.api import N_, Item, NotFound, State, Work, counts_of, open_look, post

# Crockford's alphabet without U, so that nothing can be misread on the telephone: no I, L, O; 32 signs, 5 bits each.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
LENGTH = 8  # 40 bits: guessing one that exists is as good as hopeless
KIND = "training_actions.thanks"
LETTER = (
    N_("Está publicado: %(title)s"),
    N_(
        "Olá, %(name)s.\n\nO centro publicou «%(title)s». Obrigado: outra pessoa vai dar esta aula sem começar do zero."
        "\n\nO recibo, com o código %(code)s e com quantas vezes foi visto e descarregado:\n\n%(receipt)s\n\n"
        "A página do material:\n\n%(item)s\n\n%(centre)s"
    ),
)


def new_code() -> str:
    """Return a code such as PQ7-4MKD-2F: eight signs at random and a check sign, in groups."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return shown(signs + check_sign(signs))


def check_sign(signs: str) -> str:
    """Return the sign that makes the code come out even: one wrong sign or two neighbours swapped are always noticed.

    Each sign counts by its place, 1 to 8, modulo 31; 31 is prime and larger than the alphabet's reach but for its last
    sign, which counts as 0 would and is told from it by no one place alone.
    """
    return ALPHABET[sum(place * ALPHABET.index(sign) for place, sign in enumerate(signs, 1)) % 31]


def shown(signs: str) -> str:
    """Return nine signs in the groups people read them in."""
    return f"{signs[:3]}-{signs[3:7]}-{signs[7:]}"


def read_code(text: str) -> str | None:
    """Return a code as typed by hand in its one right form, or None when it can be none."""
    signs = re.sub(r"[\s-]", "", text.upper()).translate(MISREAD)
    if len(signs) != LENGTH + 1 or any(sign not in ALPHABET for sign in signs):
        return None
    return shown(signs) if signs[-1] == check_sign(signs[:-1]) else None
