"""What the staff bench refuses.

StaffError             (a VerbatimError: the message is fit for staff)
├── SignInError        a name, a password or a session that is not accepted; never says which
└── RefusedError       somebody asked for what their role, or a rule of approval, does not allow
"""

from __future__ import annotations

from retrieval.errors import VerbatimError

__all__ = ["RefusedError", "SignInError", "StaffError"]


class StaffError(VerbatimError):
    """Something asked of the staff bench cannot be done."""


class SignInError(StaffError):
    """A sign-in is not accepted."""


class RefusedError(StaffError):
    """A rule forbids it."""
