"""What must be done to some kinds of things before anybody else has them: pupils' images wiped, sessions ended."""

from plugins.physical_loans.at_desk import UNSETTLED
from plugins.physical_loans.models import Copy, Thing
from repository.api import N_, Work

WORDS = {
    "audio_video": N_("Cartões de memória apagados: não ficam imagens nem vozes de alunos"),
    "computers": N_("Contas terminadas e ficheiros de alunos apagados"),
    "virtual_reality": N_("Contas terminadas e gravações apagadas"),
}


def words_for(thing: Thing) -> str:
    """Return the sentence that is ticked at the return of the thing, or an empty text."""
    return WORDS.get(thing.category, "")


def see_to(work: Work, copy: Copy, settled: bool) -> None:
    """Keep a copy from leaving while it may hold what is the last class's alone."""
    if words_for(copy.thing) and not settled and not copy.blocked:
        copy.blocked = UNSETTLED
        work.session.flush()
