"""Slack's own words for what went wrong: the class of each, and the remedy where somebody can do something.

Incoming webhooks answer a word as text (api.slack.com/changelog/2016-05, and what hooks answer); the Web API answers
`{"ok": false, "error": WORD}`, mostly with status 200. The words are those documented for chat.postMessage and
chat.update (docs.slack.dev/reference/methods), and the few that the API's libraries know besides.
"""

from collections.abc import Mapping

from core.errors import Failure

NEW_HOOK = "make a new incoming webhook and put its address in `url:`"
HOOK: Mapping[str, str] = {  # a wrong configuration, with the remedy
    "no_service": f"the webhook was removed or disabled: {NEW_HOOK}",
    "no_service_id": f"the address is incomplete: {NEW_HOOK}",
    "no_active_hooks": f"the webhook is disabled: {NEW_HOOK}",
    "invalid_token": f"the address is not complete or no longer valid: {NEW_HOOK}",
    "no_team": f"the workspace does not exist: {NEW_HOOK}",
    "team_disabled": "the workspace is disabled: ask its owner",
    "user_not_found": f"the webhook's user no longer exists: {NEW_HOOK}",
    "channel_not_found": f"the channel no longer exists: {NEW_HOOK}",
    "channel_is_archived": f"the channel is archived: unarchive it, or {NEW_HOOK}",
    "action_prohibited": "an administrator forbids this webhook to post here: ask them, or use another channel",
    "posting_to_general_channel_denied": "an administrator forbids posting to #general: use another channel",
}

NEW_TOKEN = "install the app in the workspace again and put its new bot token in `token:`"
ASK = "ask an administrator of the workspace, or use another channel"
RIGHTS = "add the scope chat:write to the app, install it again, and put its new bot token in `token:`"
BOT: Mapping[str, str] = {
    "not_authed": f"the token is missing: {NEW_TOKEN}",
    "invalid_auth": f"the token is not valid, or not from this machine's address: {NEW_TOKEN}",
    "account_inactive": f"the app or its workspace was removed: {NEW_TOKEN}",
    "token_revoked": f"the token was revoked: {NEW_TOKEN}",
    "token_expired": "the token has expired: turn token rotation off for the app, and put its new token in `token:`",
    "not_allowed_token_type": "this is no bot token: `token:` begins with xoxb-",
    "missing_scope": RIGHTS,
    "no_permission": f"the app may not post there: invite it to the channel, or {RIGHTS}",
    "channel_not_found": "no such channel, or a private one: write its ID in `channel:` and invite the app to it",
    "not_in_channel": "the app is no member of the channel: invite it with /invite in the channel",
    "is_archived": "the channel is archived: unarchive it, or write another one in `channel:`",
    "is_inactive": "the channel is frozen, archived or deleted: write another one in `channel:`",
    "restricted_action": f"the workspace does not let this app post: {ASK}",
    "restricted_action_read_only_channel": f"the channel is read-only: {ASK}",
    "restricted_action_thread_only_channel": f"the channel takes replies only: {ASK}",
    "messages_tab_disabled": "the app takes no direct messages: turn its Messages tab on, or name another channel",
    "channel_type_not_supported": "nobody can post to a channel of this type: write another one in `channel:`",
    "method_not_supported_for_channel_type": "a channel of another type: write another one in `channel:`",
    "user_not_found": "no such user: write the ID of a channel in `channel:`",
    "as_user_not_supported": f"an app of a kind that cannot post: {NEW_TOKEN}",
    "send_on_behalf_not_allowed": f"the app may not post in this name: {ASK}",
    "ekm_access_denied": f"posting is suspended by an administrator: {ASK}",
    "access_denied": f"access is denied: {ASK}",
    "app_access_restricted": f"the app is restricted: {ASK}",
    "accesslimited": f"Slack is limited on this network: {ASK}",
    "enterprise_is_restricted": f"the organisation does not allow it: {ASK}",
    "two_factor_setup_required": f"the workspace asks for two-factor authentication: {ASK}",
    "team_access_not_granted": f"the token does not hold for this workspace: {NEW_TOKEN}",
    "team_not_found": f"the workspace does not exist: {NEW_TOKEN}",
    "deprecated_endpoint": "Slack no longer offers this method: a newer version of Borderwire is needed",
    "method_deprecated": "Slack no longer offers this method: a newer version of Borderwire is needed",
    "unknown_method": "no Slack answers there: check `api:`",
}
SLOW = ("ratelimited", "rate_limited", "message_limit_exceeded")
PASSING = (
    "service_unavailable", "request_timeout", "update_failed", "team_added_to_org", "org_login_required",
    "external_channel_migrating", "streaming_state_conflict",
)  # fmt: skip
UNCERTAIN = ("fatal_error", "internal_error")  # "some aspect of the operation" may have succeeded, Slack says
THREAD_GONE = (
    "thread_not_found", "invalid_thread_ts", "cannot_reply_to_message", "thread_locked",
    "restricted_action_thread_locked", "restricted_action_non_threadable_channel",
)  # fmt: skip
REFUSED = (  # the message, not the place: once more as plain text, then it is dead
    "no_text", "msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format", "block_mismatch",
    "too_many_attachments", "invalid_attachments", "attachment_payload_limit_exceeded", "too_many_contact_cards",
    "markdown_text_conflict", "invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large",
    "metadata_must_be_sent_from_app", "missing_file_data", "slack_connect_file_link_sharing_blocked",
    "slack_connect_canvas_sharing_blocked", "slack_connect_lists_sharing_blocked", "duplicate_channel_not_found",
    "duplicate_message_not_found", "invalid_arguments", "invalid_arg_name", "invalid_array_arg", "invalid_charset",
    "invalid_form_data", "invalid_post_type", "missing_post_type", "invalid_json", "json_not_object",
    "message_not_found", "cant_update_message", "edit_window_closed", "cant_broadcast_message",
    "no_dual_broadcast_content_update",
)  # fmt: skip
CLASSES: Mapping[str, Failure] = {
    **dict.fromkeys(BOT, Failure.CONFIG),
    **dict.fromkeys(SLOW, Failure.SLOW_DOWN),
    **dict.fromkeys(PASSING, Failure.TRANSIENT),
    **dict.fromkeys(UNCERTAIN, Failure.UNCERTAIN),
    **dict.fromkeys((*THREAD_GONE, *REFUSED), Failure.REJECTED),
}
