"""Who has a key of the house: what a plugin says about people, tokens and promises. It keeps its keys in a list."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response

from repository.api import (
    N_,
    TOKEN_ONLY,
    ApiBlueprint,
    Permission,
    Promise,
    Scope,
    Told,
    User,
    Work,
    hookimpl,
    look,
    needs_scope,
    show,
)

HOLDERS: list[int] = []


def none_is_lost(work: Work) -> tuple[int, list[str]]:
    """Say which keys are held by nobody."""
    held = {user_id: work.session.get(User, user_id) for user_id in HOLDERS}
    gone = [user_id for user_id, user in held.items() if user is None or user.deleted_at]
    return len(held), [f"key of account {user_id}" for user_id in gone]


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return [Permission("keys.hand_out", N_("Entregar chaves"), ("teacher",))]


@hookimpl
def register_scopes() -> Iterable[Scope]:
    return [Scope("keys", N_("Tratar das chaves em seu nome"), ("keys.hand_out",))]


@hookimpl
def register_promises() -> Iterable[Promise]:
    return [Promise("every key is held by somebody", none_is_lost)]


@hookimpl
def person_data(work: Work, user: User) -> Mapping[str, Any]:
    return {"keys": {"held": HOLDERS.count(user.id)}}


@hookimpl
def account_ties(work: Work, user: User) -> Iterable[str]:
    return ["Falta devolver a chave."] if user.id in HOLDERS else []


@hookimpl
def account_forgotten(work: Work, user: User) -> None:
    if user.id in HOLDERS:
        HOLDERS.remove(user.id)


@hookimpl
def register_api() -> Iterable[ApiBlueprint]:
    blueprint = ApiBlueprint("keys_api", __name__, description="Keys")

    @blueprint.route("/keys")
    @blueprint.doc(**TOKEN_ONLY)
    @blueprint.response(200, Told)
    @needs_scope("keys")
    def keys() -> Response:
        """Who may hand keys out."""
        return show({"may": look().actor.may_anywhere("keys.hand_out")})

    return [blueprint]
