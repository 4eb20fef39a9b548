"""Inclusive education: no level but a mark across all of them; by what stands in the way, then by level."""

from repository.api import N_, LevelBlock, LevelView, Way

INCLUSION = LevelView(
    code="inc",
    name=N_("Educação inclusiva"),
    title=N_("Para que ninguém fique de fora"),
    lead=N_(
        "Materiais e recursos que abrem a aula a todos, em qualquer nível. Diga o que é preciso, não o diagnóstico."
    ),
    preset={"level": ("inc",)},
    level="inc",
    picture=("clover", "circle", "leaf", "clover", "two", "quarter"),
    facets=("level", "kind", "type", "discipline", "group", "language", "org", "licence"),
    look="cards",
    first={"kind": ("physical",)},
    weight=70,
    blocks=(
        LevelBlock(
            "themes",
            N_("O que é preciso"),
            ways=(
                Way(N_("Comunicar de outro modo"), q="comunicação", tile="clover"),
                Way(N_("Ver com as mãos"), q="tátil", tile="dots"),
                Way(N_("Ouvir menos, perceber tudo"), q="surdez", tile="arch"),
                Way(N_("Saber o que vem a seguir"), q="rotina", tile="stripes"),
                Way(N_("Ler com mais facilidade"), q="leitura", tile="quarter"),
                Way(N_("Chegar sem falar português"), {"discipline": ("PLNM",)}, tile="leaf"),
                Way(N_("Planificar para todos"), q="DUA", tile="hexagon"),
            ),
        ),
        LevelBlock("shelf", N_("Recursos que se levam"), filters={"kind": ("physical",)}, look="pictures", size=4),
        LevelBlock("shelf", N_("Acabado de chegar"), filters={"kind": ("digital",)}),
        LevelBlock(
            "links",
            N_("Por nível"),
            ways=(
                Way(N_("No pré-escolar"), {"level": ("pre",), "discipline": ("EE",)}),
                Way(N_("No 1.º ciclo"), {"level": ("1ceb",), "discipline": ("EE",)}),
                Way(N_("No 2.º ciclo"), {"level": ("2ceb",), "discipline": ("EE",)}),
                Way(N_("No 3.º ciclo"), {"level": ("3ceb",), "discipline": ("EE",)}),
                Way(N_("No secundário"), {"level": ("sec",), "discipline": ("EE",)}),
                Way(N_("Para docentes"), {"level": ("doc",)}),
            ),
        ),
    ),
)
