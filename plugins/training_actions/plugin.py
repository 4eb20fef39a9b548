"""All that the plugin of training actions touches."""

from plugins.training_actions import models

__all__ = ["models"]
