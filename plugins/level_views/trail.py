"""The acts of the plugin in words, as the audit trail shows them."""

from repository.api import N_

SUBJECTS = {
    "viewchoice": N_("vista de nível"),
    "personchoice": N_("níveis de uma pessoa"),
    "adoption": N_("adoção por um grupo"),
    "challenge": N_("desafio"),
    "challengeanswer": N_("resposta a um desafio"),
    "triednote": N_("nota de quem experimentou"),
}
FIELDS = {
    "challenge": N_("Desafio"),
    "first": N_("O que é seu vem primeiro"),
    "hidden": N_("Escondido"),
    "levels": N_("Níveis"),
    "place": N_("Lugar"),
}
AUDIT = {
    "level_views.arranged": N_("mudou a ordem, o nome ou a visibilidade de um nível"),
    "level_views.adopted": N_("pôs um material na prateleira do seu grupo"),
    "level_views.let_go": N_("tirou um material da prateleira do seu grupo"),
    "level_views.posed": N_("pôs um desafio no quadro"),
    "level_views.answered": N_("respondeu a um desafio"),
    "level_views.unanswered": N_("retirou uma resposta a um desafio"),
    "level_views.hidden": N_("tirou um desafio do quadro"),
    "level_views.back": N_("pôs um desafio de volta no quadro"),
    "level_views.tried": N_("contou como correu o que experimentou"),
    "level_views.tried_restored": N_("desfez a mudança da sua nota de quem experimentou"),
    "level_views.tried_taken": N_("retirou a sua nota de quem experimentou"),
    "level_views.tried_back": N_("voltou a pôr a sua nota de quem experimentou"),
    "level_views.tried_hidden": N_("escondeu uma nota de quem experimentou"),
    "level_views.tried_shown": N_("voltou a mostrar uma nota de quem experimentou"),
    "level_views.chosen": N_("escolheu os seus níveis"),
}
