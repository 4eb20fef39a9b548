"""Items as schema.org LearningResource (JSON-LD), following the AMB profile where it asks for more.

Source: https://schema.org/LearningResource, https://w3id.org/kim/amb/
"""

from typing import Any

from flask import url_for

from repository.http import services
from repository.models import File, Item

KINDS = {
    "slides": "PresentationDigitalDocument",
    "video": "VideoObject",
    "audio": "AudioObject",
    "image": "ImageObject",
}


def learning_resource(item: Item, authors: list[str], files: list[File]) -> dict[str, Any]:
    """Return the item as a mapping for a JSON-LD script; only files that everybody may have are in it."""
    base, words = services().settings.public_url, services().vocabularies
    address = f"{base}{url_for('pages.item', item_id=item.id)}"
    open_files = [file for file in files if not file.audience]
    kind = (
        "Product"
        if item.kind == "physical"
        else KINDS.get(open_files[0].family if open_files else "", "DigitalDocument")
    )
    levels = [words.levels.get(code) for code in item.codes("level")]
    terms, resource_type = words.licences.get(item.licence), words.types.get(item.type)
    data = {
        "@context": "https://schema.org",
        "@type": ["LearningResource", kind],
        "@id": address,
        "url": address,
        "identifier": address,
        "name": item.title,
        "description": item.summary,
        "inLanguage": [item.language] if item.language else [],
        "learningResourceType": resource_type.data.get("uri") if resource_type else None,
        "educationalLevel": [
            {"@type": "DefinedTerm", "name": level.label("pt"), "url": level.data.get("uri")}
            for level in levels
            if level
        ],
        "typicalAgeRange": [str(level.data["age"]) for level in levels if level and level.data.get("age")],
        "about": [{"@type": "DefinedTerm", "name": words.disciplines.label(code)} for code in item.codes("discipline")],
        "keywords": item.keywords,
        "license": terms.data.get("uri") if terms else None,
        "isAccessibleForFree": True,
        "author": [{"@type": "Person", "name": name} for name in authors],
        "publisher": {"@type": "Organization", "name": services().settings["centre_name"]},
        "datePublished": item.published_at.date().isoformat() if item.published_at else None,
        "dateModified": item.updated_at.date().isoformat(),
        "encoding": [
            {
                "@type": "MediaObject",
                "name": file.name,
                "contentUrl": f"{base}{url_for('files.download', file_id=file.id)}",
                "encodingFormat": file.media_type,
                "contentSize": str(file.size),
                "sha256": file.sha256,
            }
            for file in open_files
        ],
    }
    return {name: value for name, value in data.items() if value not in (None, [], "")}
