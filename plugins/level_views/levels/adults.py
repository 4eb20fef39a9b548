"""Adult education: by level of the courses (B1 to NS), by key competence, by what people come for."""

from repository.api import N_, LevelBlock, LevelView, Way

ADULTS = LevelView(
    code="adu",
    name=N_("Adultos"),
    title=N_("A partir do que já se sabe"),
    lead=N_("Cursos EFA, reconhecimento de competências, formação modular e português para quem chega."),
    preset={"level": ("adu",)},
    level="adu",
    picture=("arch", "two", "arch", "quarter", "plain", "arch", "leaf"),
    ways=(
        Way(N_("B1 · 4.º ano"), q="B1"),
        Way(N_("B2 · 6.º ano"), q="B2"),
        Way(N_("B3 · 9.º ano"), q="B3"),
        Way(N_("Nível secundário"), q="NS"),
    ),
    facets=("discipline", "type", "kind", "org", "language", "licence"),
    look="rows",
    weight=60,
    blocks=(
        LevelBlock(
            "themes",
            N_("Por área de competência-chave"),
            ways=(
                Way(
                    N_("Cidadania e Profissionalidade"), {"discipline": ("CP",)}, note=N_("EFA secundário"), tile="arch"
                ),
                Way(
                    N_("Sociedade, Tecnologia e Ciência"),
                    {"discipline": ("STC",)},
                    note=N_("EFA secundário"),
                    tile="hexagon",
                ),
                Way(
                    N_("Cultura, Língua e Comunicação"),
                    {"discipline": ("CLC",)},
                    note=N_("EFA secundário"),
                    tile="leaf",
                ),
                Way(N_("Linguagem e Comunicação"), {"discipline": ("LC",)}, note=N_("EFA básico"), tile="quarter"),
                Way(N_("Matemática para a Vida"), {"discipline": ("MV",)}, note=N_("EFA básico"), tile="two"),
                Way(N_("Português Língua de Acolhimento"), {"discipline": ("PLA", "PLNM")}, tile="clover"),
            ),
        ),
        LevelBlock(
            "themes",
            N_("Pelo que é preciso resolver"),
            ways=(
                Way(N_("Contas da casa"), q="fatura", tile="stripes"),
                Way(N_("Saúde"), q="saúde", tile="circle"),
                Way(N_("Serviços em linha"), q="serviços", tile="dots"),
                Way(N_("No trabalho"), q="trabalho", tile="diamond"),
            ),
        ),
        LevelBlock("shelf", N_("Acabado de chegar"), filters={"kind": ("digital",)}, look="rows", size=4),
        LevelBlock(
            "links",
            N_("Por unidade e percurso"),
            aside=True,
            ways=(
                Way(N_("Reconhecimento de competências (RVCC)"), q="RVCC"),
                Way(N_("Unidades de formação (UFCD)"), q="UFCD"),
                Way(N_("Portefólio e história de vida"), q="portefólio"),
                Way(N_("Guiões"), {"type": ("script",)}),
            ),
        ),
        LevelBlock(
            "shelf", N_("Para levar para a sessão"), filters={"kind": ("physical",)}, look="lines", size=3, aside=True
        ),
    ),
)
