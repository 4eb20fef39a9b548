"""The moderation's acts in words, as the audit trail shows them: who "approved a material"."""

from repository.api import N_

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
SUBJECTS = {
    "moderation.approve": ("decision", N_("decisão")),
    "moderation.ask": ("question", N_("pergunta")),
    "moderation.moderator_added": ("moderator", N_("quem modera")),
    "moderation.policy": ("policy", N_("regra da moderação")),
}
