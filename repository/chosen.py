"""Settings that administrators choose in the browser: stored, audited, and in force at once."""

from typing import Any

from repository import audit
from repository.errors import Conflict, Invalid, NotFound
from repository.models import StoredSetting
from repository.permissions import require_permission
from repository.settings import Settings, parse
from repository.vocabularies import Vocabularies
from repository.words import N_
from repository.work import Work

LONGEST = 300


def choose(work: Work, settings: Settings, vocabularies: Vocabularies, name: str, value: Any) -> Any:
    """Store a setting and return it in its type; the caller puts it in force after the commit.

    Raises NotFound for one that is not chosen in the browser, Conflict for one that a file or the environment fixes,
    Invalid for a value that it does not take, and NotAllowed.
    """
    require_permission(work, "settings.manage")
    setting = settings.declared.get(name)
    if setting is None or not setting.editable or setting.secret:
        raise NotFound(N_("Esta definição não se muda aqui."))
    if not settings.may_be_chosen(name):
        raise Conflict(N_("Esta definição está fixada fora da página."), field=name)
    parsed = parse(setting, value)
    if isinstance(parsed, str) and len(parsed) > LONGEST:
        raise Invalid(N_("Use no máximo %(most)s caracteres."), field=name, most=LONGEST)
    if name == "default_licence" and parsed not in vocabularies.licences:
        raise Invalid(N_("Escolha uma licença da lista."), field=name)
    row = work.session.get(StoredSetting, name)
    before = row.value if row else setting.default
    if parsed == settings[name] and (row is None or before == parsed):
        return parsed
    row = row or StoredSetting(name=name)
    row.value, row.changed_at = parsed, work.now
    work.session.add(row)
    audit.record(work, "setting.changed", row, {"name": name, "value": before}, {"name": name, "value": parsed})
    return parsed
