"""The acts of the plugin in words, as the audit trail shows them."""

from repository.api import N_

SUBJECTS = {
    "viewchoice": N_("vista de nível"),
    "personchoice": N_("níveis de uma pessoa"),
    "adoption": N_("adoção por um grupo"),
}
AUDIT = {
    "level_views.arranged": N_("mudou a ordem, o nome ou a visibilidade de um nível"),
    "level_views.adopted": N_("pôs um material na prateleira do seu grupo"),
    "level_views.let_go": N_("tirou um material da prateleira do seu grupo"),
    "level_views.chosen": N_("escolheu os seus níveis"),
}
