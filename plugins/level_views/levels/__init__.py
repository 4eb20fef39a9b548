"""The views that ship: pre-school to secondary, adults, inclusion. Another plugin adds one by `register_level_views`."""

from plugins.level_views.levels.adults import ADULTS
from plugins.level_views.levels.cycles import SECOND, THIRD
from plugins.level_views.levels.inclusion import INCLUSION
from plugins.level_views.levels.secondary import SECONDARY
from plugins.level_views.levels.young import FIRST, PRE_SCHOOL

VIEWS = (PRE_SCHOOL, FIRST, SECOND, THIRD, SECONDARY, ADULTS, INCLUSION)
