"""What is written to whom about a report: staff are alerted, reporter and authors hear the decision with its reason."""

from collections.abc import Iterable

from sqlalchemy import select

from repository.hookspecs import Contact
from repository.mail import post
from repository.models import Item, Membership, Organisation, Report, User
from repository.registry import collect
from repository.words import N_, in_language
from repository.work import Services, Work

REPORTER, AUTHOR = "reporter", "author"
REASONS = {
    "rights": N_("Usa trabalho de outros sem licença"),
    "people": N_("Mostra alunos ou dados pessoais"),
    "wrong": N_("Tem erros ou não abre"),
    "other": N_("Outra coisa"),
}
OUTCOMES = {
    "keep": N_("O centro viu o aviso e manteve o material."),
    "take_down": N_("O centro viu o aviso e retirou o material."),
    "answer": N_("O centro viu o aviso e responde."),
}
# Nothing of a person stands in a subject: it is read over shoulders and on locked screens.
ALERT = (
    N_("Há um aviso por ver"),
    N_("%(reason)s.\n\nMaterial: %(title)s\n\nVer e decidir:\n%(link)s"),
)
URGENT = (
    N_("Aviso urgente: dados pessoais"),
    N_("%(reason)s.\n\nMaterial: %(title)s\n\n%(state)s\n\nVer e decidir:\n%(link)s"),
)
HIDDEN_NOW = N_("O material foi retirado de imediato, até alguém decidir.")
STILL_SHOWN = N_("O material continua à vista: quem avisou não tem conta.")
STILL_THERE = N_("O material não foi retirado por este aviso.")
RECEIPT = (
    N_("Recebemos o seu aviso"),
    N_("Obrigado. O centro vai ver o que se passa e responde com a razão da decisão.\n\nAcompanhar o aviso:\n%(link)s"),
)
HIDDEN = (
    N_("Um material seu está retirado, por agora"),
    N_(
        "Olá, %(name)s.\n\nAvisaram o centro de que o material «%(title)s» mostra alunos ou dados pessoais. Por precaução "
        "deixou já de estar à vista. O centro vai decidir e escreve outra vez.\n\nVer o aviso:\n%(link)s"
    ),
)
DECIDED = (
    N_("O seu aviso foi decidido"),
    "%(outcome)s\n\n%(why)s\n\n%(way)s\n%(link)s",
)
DECIDED_AUTHOR = (
    N_("Decisão sobre um material seu"),
    N_(
        "Olá, %(name)s.\n\nAvisaram o centro sobre o material «%(title)s»: %(reason)s.\n\n%(outcome)s\n\n%(why)s\n\n"
        "%(way)s\n%(link)s"
    ),
)
WAY = N_("Ver o aviso:")
WAY_BACK = N_("Ver o aviso, ou recorrer se não concorda:")
APPEALED = (
    N_("Há um recurso por decidir"),
    N_("Pediram uma segunda decisão sobre um aviso.\n\nMaterial: %(title)s\n\nVer e decidir:\n%(link)s"),
)


def staff_for(work: Work, item: Item | None) -> list[User]:
    """Return the staff who may decide about the item (None: about the site), without its authors; at most 20."""
    today = work.now.date()
    valid = Membership.role.in_(("staff", "administrator")) & (Membership.valid_from <= today)
    open_end = Membership.valid_to.is_(None) | (Membership.valid_to >= today)
    query = select(User).join(Membership).where(valid, open_end, User.disabled_at.is_(None), User.deleted_at.is_(None))
    query = query.where(Membership.organisation_id.in_(_places(work, item)))
    if item is not None:
        own = [item.owner_id, *(credit.user_id for credit in item.credits)]
        query = query.where(User.id.not_in([user_id for user_id in own if user_id]))
    return list(work.session.scalars(query.distinct().order_by(User.id).limit(20)))


def _places(work: Work, item: Item | None) -> list[int]:
    """Return the organisations whose staff decide: that of the item and all above it, or those at the top."""
    parents = dict(work.session.execute(select(Organisation.id, Organisation.parent_id)).all())
    here = item.organisation_id if item else None
    if here is None:
        return [place for place, above in parents.items() if above is None]
    found: list[int] = []
    while here is not None and here not in found:
        found.append(here)
        here = parents.get(here)
    return found


def received(
    work: Work, services: Services, report: Report, item: Item | None, codes: dict[str, str], *, alert: bool = True
) -> None:
    """Alert the staff if so wanted, confirm to the reporter, and tell the authors when the item is out of sight."""
    title, link = _title(item), f"{services.settings.public_url}/admin/reports#aviso-{report.id}"
    state = HIDDEN_NOW if report.hidden else STILL_THERE if report.reporter_id else STILL_SHOWN
    urgent = report.reason == "people" and item is not None
    for colleague in staff_for(work, item) if alert else []:
        said = {"reason": _in(REASONS[report.reason], colleague), "title": title, "link": link}
        _post(work, colleague, URGENT if urgent else ALERT, **said, state=_in(state, colleague))
    for person in _reporter(work, report):
        _post(work, person, RECEIPT, link=_page(services, codes[REPORTER]))
    if report.hidden:
        for author in _authors(work, item):
            _post(work, author, HIDDEN, name=author.name, title=title, link=_page(services, codes[AUTHOR]))


def decided(
    work: Work, services: Services, report: Report, item: Item | None, codes: dict[str, str], appealing: str
) -> None:
    """Tell the reporter and the authors what was decided and why; neither learns who the other is.

    `appealing` is the side that may still ask for a second look, or empty.
    """
    told: list[tuple[str, User | Contact]] = [(REPORTER, person) for person in _reporter(work, report)]
    told += [(AUTHOR, person) for person in _authors(work, item)]
    for side, person in told:
        said = {
            "name": person.name,
            "title": _title(item),
            "reason": _in(REASONS[report.reason], person),
            "outcome": _in(OUTCOMES[report.decision], person),
            "why": report.decision_text,
            "way": _in(WAY_BACK if side == appealing else WAY, person),
        }
        _post(work, person, DECIDED if side == REPORTER else DECIDED_AUTHOR, **said, link=_page(services, codes[side]))


def appealed(work: Work, services: Services, report: Report, item: Item | None) -> None:
    """Alert the staff who may decide the second time: not who decided first, when there is somebody else."""
    people = staff_for(work, item)
    link = f"{services.settings.public_url}/admin/reports#aviso-{report.id}"
    for person in [other for other in people if other.id != report.decided_by_id] or people:
        _post(work, person, APPEALED, title=_title(item), link=link)


def _in(words: str, person: User | Contact) -> str:
    return in_language(words, person.locale)


def _post(work: Work, person: User | Contact, message: tuple[str, str], **said: str) -> None:
    subject, body = message
    post(work, person, _in(subject, person), _in(body, person) % said)


def _page(services: Services, code: str) -> str:
    return f"{services.settings.public_url}/report/{code}"


def _title(item: Item | None) -> str:
    return item.title if item else "Partilha"


def _reporter(work: Work, report: Report) -> list[User | Contact]:
    """Return whom to answer: the address that was given, else the account, else nobody."""
    if report.email:
        return [Contact("", report.email, report.locale)]
    user = work.session.get(User, report.reporter_id) if report.reporter_id else None
    return [user] if user else []


def _authors(work: Work, item: Item | None) -> Iterable[Contact]:
    if item is None:
        return []
    found: list[Contact] = collect(work.hook.item_contacts, work=work, item=item)
    return {contact.address.lower(): contact for contact in found}.values()
