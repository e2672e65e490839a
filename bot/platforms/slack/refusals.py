"""What Slack's refusals mean: which only a person can cure, which time cures, and which leave the outcome open."""

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.errors import DeliveryError

CURES = {
    "channel_not_found": "the channel is gone, or private and the bot was removed: invite it again or unsubscribe",
    "is_archived": "the channel is archived",
    "not_in_channel": "the bot is no member of the channel: type /invite and the bot's name there",
    "missing_scope": "the app lacks a permission: reinstall it with the current manifest",
    "token_revoked": "the bot token was revoked: install the app again and set SLACK_BOT_TOKEN",
    "token_expired": "the bot token has expired: set a fresh SLACK_BOT_TOKEN",
    "account_inactive": "the app was removed from the workspace: install it again",
    "invalid_auth": "Slack does not know this token: check SLACK_BOT_TOKEN",
    "not_authed": "no token was sent: set SLACK_BOT_TOKEN",
}
# Policies of the workspace, and payloads of ours that Slack will never take; restricted_action* stands for a family.
_PERMANENT = frozenset(CURES) | {
    "messages_tab_disabled",
    "ekm_access_denied",
    "no_permission",
    "app_access_restricted",
    "two_factor_setup_required",
    "enterprise_is_restricted",
    "not_allowed_token_type",
    "cannot_reply_to_message",
    "no_text",
    "invalid_arguments",
    "invalid_metadata_format",
    "invalid_metadata_schema",
    "metadata_too_large",
    "method_not_supported_for_channel_type",
    "cant_update_message",
    "edit_window_closed",
    "is_inactive",
    "cannot_dm_bot",
    "user_not_found",
    "user_disabled",
    "user_not_visible",
}
GONE = frozenset({"message_not_found"})
_UNKNOWN_OUTCOME = frozenset({"fatal_error", "internal_error"})
# Slack refuses what we built: that is our mistake, and the plain text of the briefing is better than none.
REFUSED_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"})
_FOREVER = _PERMANENT | REFUSED_BLOCKS


def code_of(error: SlackApiError) -> str:
    """Slack's own error code; empty where the answer was none of Slack's."""
    data = getattr(error.response, "data", None)
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def as_ours(error: Exception) -> DeliveryError:
    """What went wrong, as far as it is known whether Slack holds the message."""
    if isinstance(error, SlackApiError):
        return _refusal(error)
    # Only a connection that never stood is sure; after that, Slack may have read the request to its end.
    before = isinstance(error, aiohttp.ClientConnectorError | aiohttp.InvalidURL)
    reason = "no answer in time" if isinstance(error, TimeoutError) else f"{type(error).__name__}: {error}"
    return DeliveryError(f"Slack: {reason}", posted=False if before else None)


def before_posting(error: DeliveryError) -> DeliveryError:
    """What went wrong before anything was posted."""
    return DeliveryError(str(error), permanent=error.permanent, retry_after=error.retry_after, cure=error.cure)


def _refusal(error: SlackApiError) -> DeliveryError:
    status = int(getattr(error.response, "status_code", None) or getattr(error.response, "status", None) or 0)
    code = code_of(error)
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return DeliveryError("Slack: too many messages", retry_after=_retry_after(error))
    if status >= 500 or code in _UNKNOWN_OUTCOME or not (code or status >= 400):
        return DeliveryError(f"Slack: {code or f'HTTP status {status} without a word'}", posted=None)
    permanent = code in _FOREVER or code.startswith("restricted_action")
    cure = CURES.get(code, "")
    return DeliveryError(
        f"Slack: {code or f'HTTP status {status}'}" + (f" ({cure})" if cure else ""), permanent=permanent, cure=cure
    )


def _retry_after(error: SlackApiError) -> float | None:
    value = str((getattr(error.response, "headers", None) or {}).get("Retry-After", ""))
    return float(value) if value.isdigit() else None
