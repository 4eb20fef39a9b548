"""The acts of the plugin in words, as the audit trail shows them."""

from repository.api import N_

SUBJECTS = {"viewchoice": N_("vista de nível")}
AUDIT = {"level_views.arranged": N_("mudou a ordem, o nome ou a visibilidade de um nível")}
