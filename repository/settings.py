"""Settings: declared with a type, read from the environment over `settings.toml` over what administrators chose."""

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from repository.errors import Invalid
from repository.hookspecs import Setting
from repository.words import N_

PREFIX = "REPOSITORY_"
ALL_PLUGINS = [
    "materials",
    "training_actions",
    "moderation",
    "physical_loans",
    "level_views",
    "reports",
    "saved_searches",
]
LANGUAGES = "What a catalogue does not say yet is said in English."
LINKS = "For what comes by personal upload links. 0: no limit."

CORE = (
    Setting(
        "database_url", str, "", N_("Endereço da base de dados"), "Empty: SQLite in the instance folder.", secret=True
    ),
    Setting("plugins", list, ALL_PLUGINS, N_("Módulos ativos"), "Names in call order."),
    Setting("host", str, "127.0.0.1", N_("Endereço onde o servidor escuta")),
    Setting("port", int, 8000, N_("Porta onde o servidor escuta")),
    Setting("public_url", str, "", N_("Endereço público"), "Used in links and mail; empty: http://HOST:PORT."),
    Setting(
        "trusted_proxies", int, 0, N_("Servidores intermédios de confiança"), "How many proxies set X-Forwarded-*."
    ),
    Setting(
        "smtp_url", str, "", N_("Servidor de correio"), "smtp://user:password@host:587; empty: mail waits.", secret=True
    ),
    Setting("mail_from", str, "", N_("Remetente do correio")),
    Setting("secret_key", str, "", N_("Chave secreta"), "Empty: made at init and kept in the instance.", secret=True),
    Setting("threads", int, 4, N_("Pedidos em simultâneo"), "More of them answer later, not sooner."),
    Setting("embedded_worker", bool, True, N_("Trabalhos no mesmo processo"), "False: run `repository worker` apart."),
    Setting("max_file_mb", int, 2048, N_("Tamanho máximo de um ficheiro (MB)"), editable=True, least=1),
    Setting("quota_mb", int, 20480, N_("Espaço por pessoa (MB)"), "0: no limit.", editable=True, least=0),
    Setting("link_quota_mb", int, 4096, N_("Espaço por pessoa sem conta (MB)"), LINKS, editable=True, least=0),
    Setting("reserve_mb", int, 64, N_("Reserva de disco (MB)"), "A file that can be dropped when the disk is full."),
    Setting("centre_name", str, "Partilha", N_("Nome do centro"), editable=True),
    Setting("centre_address", str, "", N_("Morada do centro"), editable=True),
    Setting("centre_hours", str, "", N_("Horário do balcão"), editable=True),
    Setting("centre_email", str, "", N_("Correio do centro"), "Where reports of problems go.", editable=True),
    Setting("demonstration", bool, False, N_("Centro de demonstração"), editable=True),
    Setting("open_registration", bool, True, N_("Registo aberto"), "Anyone may ask for an account.", editable=True),
    Setting("default_licence", str, "CC-BY-SA-4.0", N_("Licença proposta"), editable=True),
    Setting("languages", list, ["pt_PT", "en", "sv", "de"], N_("Idiomas da interface"), LANGUAGES),
    Setting("session_days", int, 30, N_("Dias de sessão iniciada"), editable=True, least=1),
    Setting("log_format", str, "text", N_("Formato do registo"), "text or json."),
    Setting(
        "metrics_token", str, "", N_("Senha das métricas"), "Empty: /metrics answers on loopback only.", secret=True
    ),
)


class Settings(Mapping[str, Any]):
    """The settings in force; `settings["port"]` is an int. Unknown names raise KeyError."""

    def __init__(
        self, values: Mapping[str, Any], declared: Mapping[str, Setting], sources: Mapping[str, str] | None = None
    ) -> None:
        """`sources` says where values come from: file, environment or start; others are defaults."""
        self._values = dict(values)
        self.declared = dict(declared)
        self._sources = dict(sources or {})

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def change(self, name: str, value: Any) -> None:
        """Put a value in force in this process; the caller has stored it."""
        self._values[name] = parse(self.declared[name], value)
        self._sources[name] = "browser"

    def source(self, name: str) -> str:
        """Return where the value comes from: default, browser, file, environment or start."""
        return self._sources.get(name, "default")

    def may_be_chosen(self, name: str) -> bool:
        """Return whether a choice in the browser counts: what a file or the environment says stands over it."""
        return self.source(name) in ("default", "browser")

    @property
    def public_url(self) -> str:
        """The address in links, without a slash at the end."""
        return (self["public_url"] or f"http://{self['host']}:{self['port']}").rstrip("/")


def instance_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the instance folder: REPOSITORY_INSTANCE, or `instance` in the working folder."""
    return Path(environ.get("REPOSITORY_INSTANCE") or "instance").resolve()


def read_settings(
    instance: Path,
    declared: Iterable[Setting],
    environ: Mapping[str, str] = os.environ,
    overrides: Mapping[str, Any] | None = None,
) -> Settings:
    """Return the settings of an instance. Raises Invalid for a wrong type and for an unknown name in the file."""
    known = {setting.name: setting for setting in declared}
    values = {name: setting.default for name, setting in known.items()}
    sources: dict[str, str] = {}
    for name, value in _file_values(instance / "settings.toml").items():
        if name not in known:
            raise Invalid(N_("settings.toml: não há nenhuma definição «%(name)s»."), name=name)
        values[name], sources[name] = parse(known[name], value), "file"
    for name, setting in known.items():
        if (text := environ.get(PREFIX + name.upper())) is not None:
            values[name], sources[name] = parse(setting, text), "environment"
    for name, value in (overrides or {}).items():
        values[name], sources[name] = parse(known[name], value), "start"
    return Settings(values, known, sources)


def read_plugin_names(instance: Path, environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return the plugins to load, before the plugins' own settings can be known."""
    setting = next(setting for setting in CORE if setting.name == "plugins")
    if (text := environ.get(PREFIX + "PLUGINS")) is not None:
        return list(parse(setting, text))
    return list(parse(setting, _file_values(instance / "settings.toml").get("plugins", setting.default)))


def _file_values(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(N_("settings.toml não se consegue ler: %(error)s"), error=str(error)) from error


def parse(setting: Setting, value: Any) -> Any:
    """Return `value` in the setting's type. Raises Invalid with the setting's name."""
    try:
        if setting.kind is bool and isinstance(value, str):
            return {
                "1": True,
                "true": True,
                "yes": True,
                "on": True,
                "0": False,
                "false": False,
                "no": False,
                "off": False,
                "": False,
            }[value.strip().lower()]
        if setting.kind is list:
            parts = value.replace(",", " ").split() if isinstance(value, str) else value
            return [str(part) for part in parts]
        if setting.kind is int and isinstance(value, bool):
            raise ValueError(value)
        if setting.kind is int and setting.least is not None and int(value) < setting.least:
            raise ValueError(value)
        return setting.kind(value)
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid(
            N_("A definição «%(name)s» não aceita «%(value)s»."),
            field=setting.name,
            name=setting.name,
            value=str(value),
        ) from error
