"""The acts of training actions in words, and what their rows are called, as the audit trail shows them."""

from repository.api import N_

AUDIT = {
    "training.account_left": N_("separou a pessoa de uma conta que não é a sua"),
    "training.action_created": N_("criou a ação"),
    "training.action_changed": N_("mudou a ação"),
    "training.action_removed": N_("retirou a ação"),
    "training.action_restored": N_("repôs a ação"),
    "training.edition_created": N_("criou a turma"),
    "training.edition_changed": N_("mudou a turma"),
    "training.edition_removed": N_("retirou a turma"),
    "training.edition_restored": N_("repôs a turma"),
    "training.deliverables_changed": N_("mudou o que há para entregar"),
    "training.participant_added": N_("juntou uma pessoa"),
    "training.participant_changed": N_("mudou os dados de uma pessoa"),
    "training.participant_removed": N_("retirou uma pessoa"),
    "training.participant_restored": N_("repôs uma pessoa"),
    "training.answer_said": N_("disse a que responde um material"),
    "training.given": N_("deu um ficheiro do tabuleiro a alguém"),
    "training.intake_begun": N_("juntou de uma vez os ficheiros de uma turma"),
    "training.intake_redone": N_("repôs o que juntou de uma vez"),
    "training.intake_undone": N_("anulou o que juntou de uma vez"),
    "training.names_put_back": N_("repôs os dados escondidos dos ficheiros de uma turma"),
    "training.names_taken_out": N_("retirou os dados escondidos dos ficheiros de uma turma"),
    "training.table_undone": N_("anulou a importação de uma tabela"),
    "training.put_into_tray": N_("pôs um ficheiro no tabuleiro"),
}
SUBJECTS = {
    "action": N_("ação de formação"),
    "edition": N_("turma"),
    "intake": N_("envio de uma turma"),
    "tableimport": N_("importação de uma tabela"),
    "participant": N_("pessoa de uma turma"),
}
