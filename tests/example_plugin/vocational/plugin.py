"""A view of its own for vocational courses: all of it is said here, and nothing else knows of it."""

from collections.abc import Iterable

from repository.api import N_, LevelBlock, LevelView, Way, hookimpl

COURSES = ("TECN", "FCT", "PAP")

VOCATIONAL = LevelView(
    code="prof",
    name=N_("Cursos profissionais"),
    title=N_("Da sala à oficina"),
    lead=N_("Componente técnica, formação em contexto de trabalho e prova de aptidão."),
    preset={"level": ("sec",), "discipline": COURSES},
    level="sec",
    years=True,
    picture=("hexagon", "stripes", "quarter", "two"),
    facets=("year", "type", "kind"),
    look="pictures",
    first={"type": ("experiment",)},
    weight=55,
    blocks=(
        LevelBlock("matrix", N_("Por componente e ano"), rows=COURSES, notes={"PAP": N_("prova final")}),
        LevelBlock(
            "themes",
            N_("Por área"),
            ways=(
                Way(N_("Eletricidade e eletrónica"), q="eletricidade", tile="hexagon"),
                Way(N_("Cozinha e restaurante"), q="cozinha", tile="circle"),
            ),
        ),
        LevelBlock("shelf", N_("Oficina que se leva"), filters={"kind": ("physical",)}, look="lines", aside=True),
        LevelBlock("links", N_("Para a prova"), ways=(Way(N_("Critérios"), {"type": ("rubric",)}),), aside=True),
        LevelBlock("shelf", N_("Acabado de chegar"), look="pictures"),
    ),
)


@hookimpl
def register_level_views() -> Iterable[LevelView]:
    return (VOCATIONAL,)
