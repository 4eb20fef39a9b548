"""The audit trail: one row for each change, in the same transaction, never changed afterwards."""

from typing import Any

from repository.models import AuditEntry
from repository.words import N_
from repository.work import Work

ACTIONS = {
    "account.created": N_("criou a conta"),
    "account.deleted": N_("apagou a conta"),
    "account.described": N_("mudou os dados da conta"),
    "account.disabled": N_("fechou a conta"),
    "account.email_changed": N_("mudou o endereço de correio"),
    "account.enabled": N_("reabriu a conta"),
    "account.link_made": N_("pediu uma ligação por correio"),
    "account.password_changed": N_("mudou a palavra-passe"),
    "account.role_granted": N_("deu um papel"),
    "account.role_revoked": N_("retirou um papel"),
    "account.signed_in": N_("iniciou sessão"),
    "account.signed_out": N_("terminou as sessões"),
    "account.unverified": N_("retirou a confirmação de docente"),
    "account.verified": N_("confirmou que é docente"),
    "file.attached": N_("juntou um ficheiro"),
    "file.cleaned": N_("tirou dados escondidos de um ficheiro"),
    "file.put_back": N_("voltou a pôr um ficheiro"),
    "file.uncleaned": N_("repôs os dados escondidos de um ficheiro"),
    "file.removed": N_("retirou um ficheiro"),
    "house.set_up": N_("preparou a instalação"),
    "item.archive": N_("guardou um material fora da pesquisa"),
    "item.created": N_("começou um material"),
    "item.decline": N_("recusou um material"),
    "item.discard": N_("deitou fora um rascunho"),
    "item.publish": N_("publicou um material"),
    "item.recall": N_("recolheu um material entregue"),
    "item.recover": N_("recuperou um rascunho"),
    "item.reinstate": N_("voltou a publicar um material devolvido"),
    "item.reopen": N_("reabriu um material recusado"),
    "item.restore": N_("repôs um material"),
    "item.return": N_("pediu alterações a um material"),
    "item.review": N_("começou a rever um material"),
    "item.submit": N_("entregou um material"),
    "item.undo": N_("anulou a decisão sobre um material"),
    "item.withdraw": N_("retirou um material"),
    "job.dropped": N_("desistiu de um trabalho falhado"),
    "job.retried": N_("repetiu um trabalho falhado"),
    "mail.resumed": N_("voltou a receber um tipo de mensagens"),
    "mail.stopped": N_("deixou de receber um tipo de mensagens"),
    "organisation.added": N_("acrescentou uma organização"),
    "organisation.changed": N_("mudou os dados de uma organização"),
    "organisation.closed": N_("fechou uma organização"),
    "organisation.moved": N_("mudou o lugar de uma organização"),
    "organisation.reopened": N_("reabriu uma organização"),
    "report.appealed": N_("recorreu da decisão sobre um aviso"),
    "report.decided": N_("decidiu um aviso"),
    "report.hid_item": N_("retirou um material por um aviso"),
    "report.received": N_("comunicou um problema"),
    "setting.changed": N_("mudou uma definição"),
    "synonyms.added": N_("acrescentou um grupo de sinónimos"),
    "synonyms.changed": N_("mudou um grupo de sinónimos"),
    "synonyms.removed": N_("apagou um grupo de sinónimos"),
    "term.added": N_("acrescentou um termo"),
    "term.closed": N_("fechou um termo"),
    "term.reopened": N_("reabriu um termo"),
    "token.issued": N_("criou uma senha de acesso"),
    "token.revoked": N_("anulou uma senha de acesso"),
}
SUBJECTS = {
    "accesstoken": N_("senha de acesso"),
    "file": N_("ficheiro"),
    "item": N_("material"),
    "job": N_("trabalho"),
    "mailstop": N_("tipo de mensagens"),
    "organisation": N_("organização"),
    "report": N_("aviso"),
    "storedsetting": N_("definição"),
    "storedterm": N_("termo"),
    "synonymgroup": N_("grupo de sinónimos"),
    "user": N_("conta"),
}
# What was kept before and after, for whatever subject; a plugin has words of its own for its rows.
FIELDS = {
    "address": N_("Morada"),
    "administrator": N_("Conta de administração"),
    "attempts": N_("Tentativas"),
    "audience": N_("Quem pode ver"),
    "by": N_("Por"),
    "code": N_("Código"),
    "council_id": N_("Concelho"),
    "decision": N_("Decisão"),
    "discipline": N_("Disciplinas"),
    "fields": N_("O que mudou"),
    "group": N_("Grupos de recrutamento"),
    "group_code": N_("Grupo de recrutamento"),
    "item": N_("Material"),
    "key": N_("Referência"),
    "keywords": N_("Palavras-chave"),
    "kind": N_("Tipo"),
    "labels": N_("Nomes"),
    "language": N_("Língua"),
    "level": N_("Níveis"),
    "licence": N_("Licença"),
    "link": N_("Ligação"),
    "locale": N_("Idioma"),
    "name": N_("Nome"),
    "name_kept_on_materials": N_("O nome fica nos materiais"),
    "organisation": N_("Organização"),
    "parent": N_("Pertence a"),
    "purpose": N_("Para que serve"),
    "reason": N_("Razão"),
    "role": N_("Papel"),
    "scopes": N_("Para que serve"),
    "sha256": N_("Conteúdo (SHA-256)"),
    "short_name": N_("Nome curto"),
    "size": N_("Tamanho (bytes)"),
    "state": N_("Estado"),
    "summary": N_("Resumo"),
    "title": N_("Título"),
    "type": N_("Tipo"),
    "user": N_("Conta"),
    "value": N_("Valor"),
    "version": N_("Versão"),
    "vocabulary": N_("Vocabulário"),
    "ways": N_("Maneiras de dizer o mesmo"),
    "why": N_("Porquê"),
    "year": N_("Anos"),
}
STATES = {
    "draft": N_("Rascunho"),
    "submitted": N_("Submetido"),
    "in_review": N_("Em revisão"),
    "changes_requested": N_("Por corrigir"),
    "published": N_("Publicado"),
    "declined": N_("Recusado"),
    "withdrawn": N_("Retirado"),
    "archived": N_("Arquivado"),
    "discarded": N_("Deitado fora"),
}
AUDIENCES = {
    "public": N_("Toda a gente"),
    "members": N_("Só quem tem conta"),
    "organisation": N_("Só a organização"),
}
VALUES = {
    "item": STATES | AUDIENCES,
    "report": {
        "rights": N_("Usa trabalho de outros sem licença"),
        "people": N_("Mostra alunos ou dados pessoais"),
        "wrong": N_("Tem erros ou não abre"),
        "other": N_("Outra coisa"),
        "keep": N_("Manter o material"),
        "take_down": N_("Retirar o material"),
        "answer": N_("Responder"),
        "reporter": N_("Quem avisou"),
        "author": N_("Quem fez o material"),
    },
    "user": {"welcome": N_("Boas-vindas"), "password": N_("Palavra-passe nova")},
    "accesstoken": {"read": N_("Ler"), "deposit": N_("Entregar")},
}


def record(
    work: Work, action: str, subject: Any, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None
) -> None:
    """Write who did `action` to `subject` (a row with an id). Names and addresses do not belong in `before` and `after`."""
    subject_id = getattr(subject, "id", None)
    if subject_id is None and hasattr(type(subject), "id"):
        work.session.flush()
        subject_id = subject.id
    work.session.add(
        AuditEntry(
            at=work.now,
            actor_id=work.actor.user_id,
            acting=work.actor.acting,
            action=action,
            subject_kind=type(subject).__name__.lower(),
            subject_id=subject_id if isinstance(subject_id, int) else None,
            before=before or {},
            after=after or {},
        )
    )
