"""What is looked at before a person looks: one small function for each thing that may be wrong."""

from plugins.moderation.checks import copies, description, files, named, pupils, rights
from repository.api import N_, Check

CHECKS = (
    Check("licence", N_("Licença"), rights.licence_missing),
    Check("publisher", N_("Conteúdo de editora"), rights.publisher_content, early=True),
    Check("copy", N_("Cópia exata"), copies.same_bytes),
    Check("similar", N_("Texto muito parecido"), copies.similar_text),
    Check("picture", N_("Imagem muito parecida"), copies.similar_picture),
    Check("file", N_("Ficheiros que abrem"), files.unreadable),
    Check("scan", N_("Digitalização sem texto"), files.scan_without_text),
    Check("hidden", N_("Dados escondidos nos ficheiros"), files.hidden_data),
    Check("class_list", N_("Lista de turma ou pauta"), pupils.class_list, early=True),
    Check("pupil_name", N_("Nome de um aluno"), named.pupils_named, early=True),
    Check("contact", N_("Contactos e números pessoais"), pupils.personal_numbers, early=True),
    Check("language", N_("Língua"), description.other_language),
    Check("words", N_("Título e resumo"), description.poor_words),
    Check("course", N_("Nível e grupo"), description.against_the_course),
)
