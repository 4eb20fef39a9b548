"""The 2nd and the 3rd cycle: a teacher for each discipline, so discipline by school year."""

from repository.api import N_, LevelBlock, LevelView, Way

FACETS = ("discipline", "level", "type", "kind", "group", "org", "language", "licence")
KITS = LevelBlock("shelf", N_("Kits para a aula"), filters={"kind": ("physical",)}, look="lines", size=4, aside=True)
TO_GIVE = LevelBlock(
    "links",
    N_("Para a próxima aula"),
    aside=True,
    ways=(
        Way(N_("Fichas de trabalho"), {"type": ("worksheet", "drill_and_practice")}),
        Way(N_("Planos de aula"), {"type": ("lesson_plan",)}),
        Way(N_("Apresentações"), {"type": ("slide",)}),
        Way(N_("Experiências"), {"type": ("experiment", "simulation")}),
        Way(N_("Jogos"), {"type": ("educational_game",)}),
        Way(N_("Testes e critérios"), {"type": ("assessment", "rubric")}),
    ),
)
ALSO = LevelBlock(
    "links",
    N_("Também para si"),
    ways=(
        Way(N_("Direção de turma"), {"discipline": ("DT",)}),
        Way(N_("Cidadania e Desenvolvimento"), {"discipline": ("CID",)}),
        Way(N_("Projetos entre disciplinas"), {"discipline": ("DAC",)}),
        Way(N_("Quem aprende português"), {"discipline": ("PLNM",)}),
        Way(N_("Medidas seletivas e adicionais"), {"discipline": ("EE",)}),
        Way(N_("Biblioteca escolar"), {"discipline": ("BE",)}),
    ),
)

SECOND = LevelView(
    code="2ceb",
    name=N_("2.º ciclo"),
    title=N_("Dois anos, muitas disciplinas"),
    lead=N_("O 5.º e o 6.º ano, disciplina a disciplina."),
    preset={"level": ("2ceb",)},
    level="2ceb",
    years=True,
    picture=("diamond", "quarter", "two", "diamond", "leaf", "plain", "quarter"),
    facets=FACETS,
    look="cards",
    weight=30,
    blocks=(
        LevelBlock("matrix", N_("Por disciplina e ano")),
        KITS,
        TO_GIVE,
        LevelBlock("shelf", N_("Acabado de chegar"), filters={"kind": ("digital",)}),
        ALSO,
    ),
)

THIRD = LevelView(
    code="3ceb",
    name=N_("3.º ciclo"),
    title=N_("Da curiosidade ao método"),
    lead=N_("Do 7.º ao 9.º ano, disciplina a disciplina."),
    preset={"level": ("3ceb",)},
    level="3ceb",
    years=True,
    picture=("triangle", "quarter", "stripes", "triangle", "two", "leaf", "quarter"),
    facets=FACETS,
    look="cards",
    weight=40,
    blocks=(
        LevelBlock("matrix", N_("Por disciplina e ano"), notes={"POR": N_("prova 9.º"), "MAT": N_("prova 9.º")}),
        KITS,
        TO_GIVE,
        LevelBlock("shelf", N_("Acabado de chegar"), filters={"kind": ("digital",)}),
        ALSO,
    ),
)
