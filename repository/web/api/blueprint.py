"""The core's own blueprint of the API."""

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from repository.rest.blueprint import ApiBlueprint
from repository.web import errors

blueprint = ApiBlueprint("api", __name__, description="Items, files and vocabularies")


@blueprint.errorhandler(HTTPException)
def http_error(error: HTTPException) -> Response:
    """Answer what werkzeug refuses in the words of the house."""
    return errors.http_error(error)


def path_of(*parts: str) -> str:
    """Return the rule of an item's address with `parts` after it."""
    return "/".join(("/items/<int:item_id>", *parts))
