"""What a runner's page may show of a transform: which policy and key epoch, never a key, a path or a URL."""

from schemas.policy.policy import Policy

Shown = dict[str, str | int | bool]


def shown_policy(policy: Policy) -> Shown:
    """Return a policy as display data.

    Example:
        >>> from schemas.policy.file import default_policy
        >>> list(shown_policy(default_policy()))
        ['policy_version', 'policy_digest']
    """
    return {"policy_version": policy.version, "policy_digest": policy.digest}
