"""All that the plugin of moderation touches."""

from plugins.moderation import models

__all__ = ["models"]
