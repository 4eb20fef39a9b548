"""The pages of one's own account: signing in and out, joining, passwords, and what belongs to the person."""

from repository.web.account import joining, leaving, mine, profile, signing, tokens, welcome
from repository.web.account.door import pages

__all__ = ["joining", "leaving", "mine", "pages", "profile", "signing", "tokens", "welcome"]
