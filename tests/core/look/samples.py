"""Full contexts for every page, as a busy centre would fill them, and minimal ones, as an empty centre would."""

from typing import Any

from house import Around, Entry, Language, Person, Site, Thing
from markupsafe import Markup

FRACTIONS = Thing(
    title="Frações com barras: da metade ao todo",
    summary="A turma compara barras, discute o que vê e só depois escreve a fração. Três aulas e uma grelha.",
    type="lesson_plan",
    levels=("1ceb",),
    years=(3,),
    disciplines=("MAT",),
    minutes=150,
    licence="CC-BY-SA-4.0",
    files=3,
    snippet=Markup(
        "Sequência em que a turma compara <mark>frações</mark> com barras e regista o que descobre antes da regra."
    ),
    found_in={
        "name": "guião",
        "page": 2,
        "snippet": Markup("…o <mark>material manipulável</mark> fica na mesa durante toda a…"),
    },
    marks=(("calendar-check", "O kit que usa está livre na quinta, 3 dez.", "good"),),
    note="Sequência de 3 aulas",
)
DOMINO = Thing(
    title="Dominó de frações equivalentes",
    summary="28 peças com figuras, números e palavras. Há versão com símbolos aumentados para baixa visão.",
    type="educational_game",
    levels=("1ceb",),
    years=(3, 4),
    disciplines=("MAT",),
    minutes=45,
    licence="CC-BY-ND-4.0",
    files=1,
)
RODS = Thing(
    title="Barras Cuisenaire, caixa de turma",
    kind="physical",
    summary="13 conjuntos de 74 barras, 1 conjunto magnético para o quadro e guião com 12 tarefas.",
    levels=("1ceb",),
    years=(1, 2, 3, 4),
    disciplines=("MAT",),
    drawing="k-rods",
    marks=(("calendar-check", "Livre na quinta, 3 dez.", "good"),),
    note="Para 26 alunos",
)
RUBRIC = Thing(
    title="Tarefa e rubrica: repartir sem sobrar",
    summary="Uma tarefa de resolução de problemas com frações e uma rubrica de quatro critérios.",
    type="assessment",
    levels=("1ceb", "2ceb"),
    years=(4, 5),
    disciplines=("MAT", "POR"),
    minutes=60,
    licence="CC-BY-NC-4.0",
    files=2,
    restricted_files=1,
)
SOUND = Thing(
    title="Sons da ribeira: escuta e conta", type="audio", family="audio", levels=("pre",), files=2, note="Áudio"
)
SLIDES = Thing(
    title="Movimento pendular com sensores",
    type="slide",
    family="slides",
    levels=("sec",),
    years=(10,),
    disciplines=("FQ",),
    files=1,
)
PLAIN = Thing(title="Anotações", levels=())

LONG = "Supercalifragilistico" * 12
HOSTILE = "<script>alert(1)</script>\"'&"

BUSY = Around(
    site=Site(demo=True),
    actor=Person(True, "Joana Teles"),
    nav=(
        Entry("Procurar", current=True),
        Entry("Entregar"),
        Entry("Moderação", count=23),
        Entry("Administração", icon="settings"),
    ),
    languages=(Language("pt_PT", "pt-PT", "Português"), Language("en", "en", "English")),
    undo={"text": "Retirado: «Padrões que crescem».", "url": "/undo/1"},
)


def href(n: int = 1) -> str:
    return f"/search?page={n}"


def levels_facet() -> list[dict[str, Any]]:
    children = [
        {"code": "3", "label": "3.º ano", "count": 6, "selected": True},
        {"code": "4", "label": "4.º ano", "count": 5},
    ]
    return [
        {"code": "1ceb", "label": "1.º ciclo", "count": 9, "children": children},
        {"code": "2ceb", "label": "2.º ciclo", "count": 4},
        {"code": "pre", "label": "Pré-escolar", "count": 2},
    ]


FACETS = [
    {
        "name": "kind",
        "title": "O que é",
        "values": [
            {"code": "digital", "label": "Material digital", "count": 11},
            {"code": "physical", "label": "Kit para levar", "count": 3},
        ],
    },
    {"name": "level", "title": "Nível e ano", "values": levels_facet()},
    {
        "name": "type",
        "title": "Tipo",
        "shown": 3,
        "values": [{"code": f"t{n}", "label": f"Tipo número {n}", "count": 9 - n} for n in range(6)],
    },
    {"name": "licence", "title": "Posso", "values": [{"code": "adapt", "label": "Adaptar", "count": 10}]},
    {"name": "org", "title": "Vazio", "values": []},
]

HOME = {
    "lead": "Fichas, planos, jogos e kits de 41 escolas. Procure, veja por dentro e peça emprestado o que falta.",
    "examples": [("robôs livres na quinta", "/a"), ("pêndulo com sensores", "/b"), ("rubrica de oralidade", "/c")],
    "offers_dates": True,
    "date_value": "2026-12-03",
    "doors": [
        {
            "level": c,
            "label": f"Nível {c}",
            "url": f"/levels/{c}",
            "materials": 100 + n,
            "kits": n,
            "note": "O seu nível",
        }
        for n, c in enumerate(("pre", "1ceb", "2ceb", "3ceb", "sec", "adu", "doc"))
    ],
    "newest": [FRACTIONS, DOMINO, SOUND],
    "shelves": [
        {
            "title": "No centro, à espera de uma turma",
            "items": [RODS, SLIDES, RUBRIC, PLAIN],
            "url": "/k",
            "url_text": "Todos os 128 kits",
        }
    ],
    "calls": [
        {
            "kicker": "Procura-se",
            "title": "Alunos que chegam sem falar português",
            "text": "Já há 9 respostas.",
            "url": "/w",
            "url_text": "Ver as respostas",
        }
    ],
}
SEARCH = {
    "q": "frações com material manipulável",
    "search_value": "frações com material manipulável",
    "total": 64,
    "page": 2,
    "pages": 9,
    "page_url": href,
    "results": [FRACTIONS, RODS, DOMINO, RUBRIC, SLIDES, SOUND, PLAIN],
    "chips": [("3.º ano", "/r1"), ("Matemática", "/r2")],
    "understood": [("livre na terça", "/r3", True), ("1.º ciclo", "/r4", False)],
    "literal_url": "/literal",
    "clear_url": "/search",
    "facets": FACETS,
    "keep": [("q", "frações")],
    "sorts": [("relevance", "Mais relevantes"), ("date", "Mais recentes"), ("title", "Título")],
    "sort": "date",
    "offers_dates": True,
    "date_value": "2026-12-03",
    "date_note": "Quinta-feira. Levantar na quarta, devolver na sexta.",
    "lead_note": "Primeiro o 3.º ano, que é o seu.",
    "relaxed": "Nada tem todas as palavras. Estes têm parte delas.",
    "degraded": "Estamos a arrumar o índice: por agora procura só nos títulos.",
    "suggestion": ("frações com materiais manipuláveis", "/s"),
}
NOTHING = {
    "q": "microscopio virtual 4 ano musgo",
    "total": 0,
    "page": 1,
    "pages": 0,
    "page_url": href,
    "results": [],
    "chips": [("4.º ano", "/r")],
    "zero": [
        {"text": "microscópio musgo 4.º ano", "why": "deixa cair «virtual»", "url": "/z1", "count": 6},
        {"text": "microscópio musgo, qualquer ano", "why": "retira o filtro 4.º ano", "url": "/z2", "count": 11},
    ],
    "clear_url": "/search",
}
ITEM = {
    "item": FRACTIONS,
    "authors": ["Marta Figueiredo", "Rui Salgueiro"],
    "organisation": "AE da Várzea do Rio",
    "made_in": ("Matemática com as mãos", "/actions/1"),
    "crumbs": [("1.º ciclo", "/l"), ("Matemática", "/m")],
    "previews": [
        {
            "family": "document",
            "title": "Guião do professor",
            "pages": [{"url": f"/page-{n}.png", "number": n, "width": 600, "height": 849} for n in range(1, 7)],
        },
        {"family": "audio", "title": "Gravação", "src": "/a.mp3"},
        {"family": "video", "title": "Filme", "src": "/a.mp4"},
        {"family": "image", "title": "Fotografia", "src": "/page-1.png"},
        {"family": "text", "title": "Notas", "text": "Primeira linha\nsegunda linha", "truncated": True},
    ],
    "files": [
        {
            "title": "Guião do professor",
            "name": "guiao.pdf",
            "family": "document",
            "format": "PDF",
            "pages": 6,
            "size": 1_100_000,
            "url": "/f1",
        },
        {
            "title": "Fichas dos alunos, para editar",
            "name": "fichas.docx",
            "family": "document",
            "format": "DOCX",
            "pages": 3,
            "size": 480_000,
            "url": "/f2",
        },
        {"name": "grelha de observação.ods", "family": "sheet", "format": "ODS", "size": 32_000, "url": "/f3"},
        {
            "title": "Respostas esperadas",
            "family": "document",
            "format": "PDF",
            "restricted": True,
            "why": "só docentes confirmados",
            "act": ("Iniciar sessão", "/login"),
        },
    ],
    "download_all": {"url": "/all", "count": 3, "size": 1_600_000},
    "downloads_note": "sem conta",
    "panels": [
        {
            "title": "Adaptações deste material",
            "id": "h-a",
            "slot": "main",
            "html": Markup(
                '<ul class="tree"><li><a href="/i/2">Com relevo</a></li><li><a href="/i/3">Versão curta</a></li></ul>'
            ),
        },
        {
            "title": "Kit necessário",
            "id": "h-k",
            "slot": "aside",
            "tone": "level",
            "html": Markup("<p>1 caixa serve 26 alunos</p>"),
        },
    ],
    "about": [
        ("Tempo", "3 × 50 min"),
        ("Trabalho", "Pares"),
        ("Disciplina", "Matemática"),
        ("Língua", "Português"),
        ("Publicado", "18/11/2026"),
    ],
    "versions": [
        {"number": 2, "date": "18/11/2026", "current": True, "note": "Nova grelha"},
        {"number": 1, "date": "02/11/2026", "url": "/v1"},
    ],
    "citation": "Figueiredo, M. e Salgueiro, R. (2026). Frações com barras: da metade ao todo. Partilha.",
    "acts": [
        {"text": "Editar", "url": "/e", "icon": "pencil"},
        {"text": "Retirar", "url": "/w", "icon": "undo-2", "method": "post"},
    ],
    "jumps": [("Kit necessário", "#h-k", "package")],
    "json_ld": {"@context": "https://schema.org", "@type": "LearningResource", "name": HOSTILE},
}
LOGIN = {
    "errors": {"": "O correio ou a palavra-passe não estão certos.", "email": "Escreva o seu correio eletrónico."},
    "values": {"email": "joana@x"},
    "next": "/me",
    "providers": [{"name": "Entrar com a conta da escola", "url": "/oidc"}],
    "reset_url": "/reset",
    "register_url": "/register",
}
ME = {
    "greeting": "Boa noite, Joana",
    "todo": [
        {
            "tone": "warn",
            "icon": "message-circle-question-mark",
            "title": "O centro pergunta: «A fotografia da página 4 é sua?»",
            "text": "Simetrias no azulejo da nossa rua · há 2 dias",
            "url": "/q",
            "act": "Responder",
            "main": True,
        },
        {
            "tone": "info",
            "icon": "package",
            "title": "Levantar as Barras Cuisenaire, quarta, 2 dez.",
            "text": "Aula na quinta, 10:30",
            "url": "/c",
            "act": "Calendário",
        },
        {"icon": "pencil", "title": "Falta o relato da oficina", "url": "/r", "act": "Entregar"},
    ],
    "mine": [
        Thing(**{**vars(FRACTIONS), "state": "in_review", "note": "entregue ontem"}),
        Thing(**{**vars(DOMINO), "state": "published", "note": "aberto 148 vezes"}),
        Thing(**{**vars(PLAIN), "state": "draft", "acts": (("Continuar", "/edit"),)}),
    ],
    "new_url": "/deposit",
    "mine_url": "/me/items",
    "sections": [
        {
            "title": "Os meus empréstimos",
            "items": [Thing(**{**vars(RODS), "state": "approved", "note": "2 a 4 dez."})],
            "url": "/l",
            "url_text": "Anteriores",
        }
    ],
    "thanks": Markup('<p><b class="n">64</b> docentes de 12 escolas descarregaram materiais seus este ano.</p>'),
    "panels": [{"title": "Procuras guardadas", "id": "p4", "html": Markup('<p><a href="/s">frações, 3.º ano</a></p>')}],
    "account_links": [
        ("Perfil e palavra-passe", "/me/account", "user-round"),
        ("Chaves de acesso", "/me/tokens", "key-round"),
    ],
}
INFO = {
    "title": "Licenças em palavras simples",
    "lead": "O que pode fazer com cada material.",
    "updated": "23/11/2026",
    "html": Markup(
        "<h2>Usar</h2><p>Pode.</p><ul><li>Um</li><li>Dois</li></ul><table><tr><th>Licença</th><td>Sim</td></tr></table>"
    ),
}
EMPTY = {
    "title": "Nada por decidir",
    "text": "Publicou 23 materiais hoje.",
    "tone": "good",
    "acts": [("Rever as decisões de hoje", "/u", "undo-2")],
    "next": [
        ("3 ficheiros sem dono", "Matemática com as mãos", "/a"),
        ("7 movimentos no balcão", "4 saem, 3 voltam", "/b"),
    ],
}
ERROR = {"status": 404, "request_id": "7F3A-22", "ways": [("Procurar outra vez", "/search")]}

FULL: dict[str, tuple[str, dict[str, Any]]] = {
    "home": ("pages/home.html", HOME),
    "search": ("pages/search.html", SEARCH),
    "nothing": ("pages/search.html", NOTHING),
    "beyond": ("pages/search.html", {**SEARCH, "results": [], "page": 99, "degraded": ""}),
    "item": ("pages/item.html", ITEM),
    "login": ("pages/login.html", LOGIN),
    "me": ("pages/me.html", ME),
    "info": ("pages/info.html", INFO),
    "empty": ("pages/empty.html", EMPTY),
    "error": ("errors/error.html", ERROR),
    "shell": (
        "admin/shell.html",
        {
            "title": "Contas",
            "admin_nav": [
                Entry("Contas", icon="users", current=True, group="Pessoas"),
                Entry("Tarefas", icon="list-checks", count=2, group="Sistema"),
            ],
        },
    ),
}
MINIMAL: dict[str, tuple[str, dict[str, Any]]] = {
    "home": ("pages/home.html", {}),
    "search": ("pages/search.html", {"total": 0, "page": 1, "pages": 0, "page_url": href, "results": []}),
    "item": ("pages/item.html", {"item": Thing()}),
    "login": ("pages/login.html", {}),
    "me": ("pages/me.html", {"greeting": "Bom dia"}),
    "info": ("pages/info.html", {"title": "Ajuda", "html": ""}),
    "empty": ("pages/empty.html", {"title": "Nada"}),
    "error": ("errors/error.html", {"status": 500}),
    "shell": ("admin/shell.html", {"title": "Contas"}),
}
