"""The moderation's acts in words, as the audit trail shows them: who "approved a material"."""

from repository.api import N_

SUBJECTS = {
    "decision": N_("decisão"),
    "moderator": N_("parte da moderação"),
    "policy": N_("regra de quando se decide"),
    "question": N_("pergunta aos autores"),
}
FIELDS = {
    "assigned": N_("Quem trata"),
    "check": N_("Verificação"),
    "group_code": N_("Grupo de recrutamento"),
    "mode": N_("Quando se decide"),
    "organisation_id": N_("Organização"),
    "scope": N_("Para"),
    "user_id": N_("Pessoa"),
}
AUDIT = {
    "moderation.answered": N_("respondeu a uma pergunta do centro"),
    "moderation.approve": N_("aprovou um material"),
    "moderation.ask": N_("perguntou aos autores de um material"),
    "moderation.claim": N_("ficou com um material para decidir"),
    "moderation.clean": N_("pediu para tirar dados escondidos de uma imagem"),
    "moderation.decline": N_("decidiu não publicar um material"),
    "moderation.edit": N_("corrigiu a ficha de um material entregue"),
    "moderation.look": N_("viu um material que já estava publicado"),
    "moderation.moderator_added": N_("deu a alguém uma parte da moderação"),
    "moderation.moderator_removed": N_("retirou a alguém uma parte da moderação"),
    "moderation.opinion": N_("deu uma segunda opinião"),
    "moderation.policy": N_("mudou quando se decide"),
    "moderation.question_undone": N_("anulou uma pergunta"),
    "moderation.release": N_("deixou um material para outra pessoa"),
    "moderation.return": N_("devolveu um material com um pedido"),
    "moderation.set_aside": N_("pôs de lado um aviso das verificações"),
    "moderation.set_back": N_("voltou a contar um aviso das verificações"),
    "moderation.undone": N_("anulou uma decisão"),
    "moderation.undone_late": N_("anulou uma decisão mais tarde"),
}
