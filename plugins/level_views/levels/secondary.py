"""Secondary education: course, discipline, school year and exam; dense, in lines of text."""

from repository.api import N_, LevelBlock, LevelView, Way

IN_11, IN_12 = N_("exame 11.º"), N_("exame 12.º")
EXAMS = {
    **dict.fromkeys(("POR", "MATA", "HISA", "DESA"), IN_12),
    **dict.fromkeys(("FQA", "BG", "GDA", "FIL", "GEOA", "ECOA", "MACS", "MATB", "HISB", "HCA", "LPOR", "LATA"), IN_11),
}
COMMON = ("POR", "FIL", "ING", "EF")
# No course of secondary education has these beside their parts (Matemática A, B …): what says no more than Matemática
# serves several courses, the vocational ones among them.
GENERAL = ("MAT", "FQ", "HIS", "GEO", "ECO")


def course(title: str, *disciplines: str) -> LevelBlock:
    """Return a course as its disciplines by year, with their exams."""
    return LevelBlock("matrix", title, rows=disciplines, notes=EXAMS)


SECONDARY = LevelView(
    code="sec",
    name=N_("Secundário"),
    title=N_("Por disciplina e ano"),
    lead=N_("Do 10.º ao 12.º ano, curso a curso, com o exame à vista."),
    preset={"level": ("sec",)},
    level="sec",
    years=True,
    picture=("lattice",),
    facets=("discipline", "level", "type", "kind", "group", "licence", "org", "language"),
    look="lines",
    weight=50,
    blocks=(
        course(
            N_("Ciências e Tecnologias"),
            "MATA",
            "FQA",
            "BG",
            "GDA",
            "FIS",
            "QUI",
            "BIO",
            "GEOL",
            "AIB",
            "TIC",
        ),
        course(N_("Línguas e Humanidades"), "HISA", "GEOA", "MACS", "LPOR", "LATA", "FRA", "ESP", "ALE"),
        course(N_("Ciências Socioeconómicas"), "ECOA", "ECOC", "HISB", "GEOC", "SOC", "DIR", "CPOL"),
        course(N_("Artes Visuais"), "DESA", "HCA", "MATB", "OART", "OMB", "EMUS"),
        course(N_("Cursos profissionais"), "AI", "TECN", "FCT", "PAP"),
        course(N_("Para mais do que um curso"), *GENERAL),
        course(N_("Em todos os cursos"), *COMMON, "PSI", "CID", "PLNM", "EE", "DT"),
        LevelBlock(
            "shelf", N_("Laboratório que se leva"), filters={"kind": ("physical",)}, look="lines", size=4, aside=True
        ),
        LevelBlock(
            "links",
            N_("Preparar exame"),
            aside=True,
            ways=(
                Way(N_("Provas, testes e itens"), {"type": ("assessment",)}),
                Way(N_("Exercícios"), {"type": ("drill_and_practice", "worksheet")}),
                Way(N_("Critérios e cotações"), {"type": ("rubric",)}),
                Way(N_("O que fala de exame"), q="exame"),
            ),
        ),
        LevelBlock(
            "links",
            N_("No laboratório e em projeto"),
            aside=True,
            ways=(
                Way(N_("Protocolos experimentais"), {"type": ("experiment",)}),
                Way(N_("Simulações"), {"type": ("simulation", "application")}),
                Way(N_("Dados para tratar"), {"type": ("data",)}),
                Way(N_("Estudos de caso"), {"type": ("case_study",)}),
            ),
        ),
        LevelBlock("shelf", N_("Acabado de chegar"), filters={"kind": ("digital",)}, look="lines", size=6),
    ),
)
