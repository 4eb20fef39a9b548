"""Pre-school and the 1st cycle: one teacher for everything, themes, things to do with hands, large pictures, kits first."""

from repository.api import N_, LevelBlock, LevelView, Way

KITS = {"kind": ("physical",)}
DIGITAL = {"kind": ("digital",)}
HANDS = {"type": ("educational_game", "experiment", "learning_scenario")}

PRE_SCHOOL = LevelView(
    code="pre",
    name=N_("Pré-escolar"),
    title=N_("Brincar, contar, descobrir"),
    lead=N_("Para a sala e para o recreio. Entre por uma área, por um tema ou por uma mala pronta a levar."),
    preset={"level": ("pre",)},
    level="pre",
    picture=("circle", "quarter", "leaf", "dots", "circle", "two", "arch"),
    facets=("kind", "discipline", "type", "org", "language", "licence"),
    look="pictures",
    first=KITS,
    weight=10,
    words={"discipline": N_("Área de conteúdo")},
    blocks=(
        LevelBlock("shelf", N_("Malas e kits para levar para a sala"), filters=KITS, look="pictures", size=4),
        LevelBlock(
            "themes",
            N_("Pelas áreas"),
            ways=(
                Way(N_("Formação Pessoal e Social"), {"discipline": ("FPS", "CID")}, tile="clover"),
                Way(N_("Linguagem Oral e Abordagem à Escrita"), {"discipline": ("EXC-LOE", "POR")}, tile="quarter"),
                Way(N_("Matemática"), {"discipline": ("EXC-MAT", "MAT")}, tile="two"),
                Way(N_("Educação Artística"), {"discipline": ("EXC-EA", "EA", "EA-AV", "EA-MUS")}, tile="leaf"),
                Way(N_("Educação Física"), {"discipline": ("EXC-EF", "EF")}, tile="circle"),
                Way(N_("Conhecimento do Mundo"), {"discipline": ("CM", "EM-1")}, tile="stripes"),
            ),
        ),
        LevelBlock(
            "themes",
            N_("Por temas"),
            ways=(
                Way(N_("Histórias para ouvir"), q="história", tile="arch"),
                Way(N_("Animais e plantas"), q="plantas", tile="leaf"),
                Way(N_("As emoções"), q="emoções", tile="circle"),
                Way(N_("A água"), q="água", tile="stripes"),
                Way(N_("O corpo"), q="corpo", tile="two"),
                Way(N_("Sons e ritmos"), q="som", tile="dots"),
            ),
        ),
        LevelBlock("shelf", N_("Acabado de chegar"), filters=DIGITAL, look="pictures"),
        LevelBlock(
            "links",
            N_("Também para si"),
            ways=(
                Way(N_("Para enviar às famílias"), {"type": ("family_material",)}),
                Way(N_("Jogos"), {"type": ("educational_game",)}),
                Way(N_("Planificações"), {"type": ("lesson_plan",)}),
                Way(N_("Para todas as crianças"), {"discipline": ("EE",)}, note=N_("educação inclusiva")),
            ),
        ),
    ),
)

FIRST = LevelView(
    code="1ceb",
    name=N_("1.º ciclo"),
    title=N_("Para fazer com as mãos"),
    lead=N_("Um docente, todas as áreas. Escolha o ano ou entre por um tema."),
    preset={"level": ("1ceb",)},
    level="1ceb",
    years=True,
    picture=("leaf", "quarter", "circle", "leaf", "quarter", "circle", "two", "quarter", "leaf", "dots"),
    facets=("kind", "level", "discipline", "type", "org", "language", "licence"),
    look="pictures",
    first=KITS,
    weight=20,
    blocks=(
        LevelBlock("shelf", N_("Kits para pôr na mesa"), filters=KITS, look="pictures", size=4),
        LevelBlock(
            "themes",
            N_("Por temas"),
            ways=(
                Way(N_("Contar e repartir"), {"discipline": ("MAT",)}, tile="quarter"),
                Way(N_("Ler e escrever"), {"discipline": ("POR",)}, tile="leaf"),
                Way(N_("Animais e plantas"), q="plantas", tile="circle"),
                Way(N_("A água"), q="água", tile="stripes"),
                Way(N_("O meu corpo"), q="corpo", tile="two"),
                Way(
                    N_("Palco, música e pincéis"),
                    {"discipline": ("EA", "EA-AV", "EA-TEA", "EA-DAN", "EA-MUS")},
                    tile="arch",
                ),
                Way(N_("Inglês"), {"discipline": ("ING",)}, note=N_("3.º e 4.º ano"), tile="diamond"),
                Way(N_("Quem chega de longe"), {"discipline": ("PLNM",)}, tile="clover"),
                Way(N_("Programar e dar ordens"), q="programar", tile="hexagon"),
            ),
        ),
        LevelBlock("shelf", N_("Mãos à obra"), filters=HANDS, look="pictures", size=4),
        LevelBlock("shelf", N_("Acabado de chegar"), filters=DIGITAL),
        LevelBlock(
            "links",
            N_("Também para si"),
            ways=(
                Way(N_("Estudo do Meio"), {"discipline": ("EM-1",)}),
                Way(N_("Educação Física"), {"discipline": ("EF",)}),
                Way(N_("Apoio ao Estudo"), {"discipline": ("AE-1",)}),
                Way(N_("Para enviar às famílias"), {"type": ("family_material",)}),
                Way(N_("Fichas de trabalho"), {"type": ("worksheet",)}),
                Way(N_("Para todas as crianças"), {"discipline": ("EE",)}, note=N_("educação inclusiva")),
            ),
        ),
    ),
)
