import type { SinkProblem } from "../../model/records/alert-route-state.ts";

/** What follows from an error of Slack. */
export type SlackFailure =
  /** Time or an operator can fix it. */
  | { readonly kind: "retry"; readonly problem: SinkProblem; readonly afterMs: number | null }
  /** The message cannot be updated: a new one takes its place. */
  | { readonly kind: "post-again"; readonly problem: SinkProblem }
  /** Slack never accepts this message. */
  | { readonly kind: "refused"; readonly problem: SinkProblem };

type FailureFix = readonly [kind: SlackFailure["kind"], fix: string];

const TOKEN = "write a valid bot token (xoxb-…) to tokenFile";
const SCOPE = "add the scope chat:write to the Slack app, and install the app again";
const BUG = "report this as a bug: the message is invalid";
const BUSY = "no action required: it is sent again";
const POLICY = "ask an administrator of the workspace to allow the app to post there";

/** By `error` of an answer with `ok: false`. https://docs.slack.dev/reference/methods/chat.postMessage */
export const SLACK_ERRORS: Readonly<Record<string, FailureFix>> = {
  channel_not_found: [
    "retry",
    "set channel to the id of a channel (C…), and invite the app into a private one",
  ],
  not_in_channel: ["retry", "invite the app into the channel: /invite @APP"],
  is_archived: ["retry", "unarchive the channel, or set channel to another one"],
  invalid_auth: ["retry", TOKEN],
  not_authed: ["retry", TOKEN],
  token_expired: ["retry", TOKEN],
  token_revoked: ["retry", TOKEN],
  account_inactive: ["retry", TOKEN],
  not_allowed_token_type: ["retry", TOKEN],
  missing_scope: ["retry", SCOPE],
  no_permission: ["retry", SCOPE],
  access_denied: ["retry", POLICY],
  ekm_access_denied: ["retry", POLICY],
  org_login_required: ["retry", POLICY],
  restricted_action: ["retry", POLICY],
  team_access_not_granted: ["retry", POLICY],
  ratelimited: ["retry", BUSY],
  rate_limited: ["retry", BUSY],
  fatal_error: ["retry", BUSY],
  internal_error: ["retry", BUSY],
  request_timeout: ["retry", BUSY],
  service_unavailable: ["retry", BUSY],
  message_not_found: ["post-again", BUSY],
  cant_update_message: ["post-again", BUSY],
  edit_window_closed: ["post-again", BUSY],
  is_inactive: ["post-again", BUSY],
  thread_not_found: ["post-again", BUSY],
  invalid_blocks: ["refused", BUG],
  invalid_blocks_format: ["refused", BUG],
  msg_blocks_too_long: ["refused", BUG],
  msg_too_long: ["refused", BUG],
  no_text: ["refused", BUG],
  invalid_arguments: ["refused", BUG],
};

const UNKNOWN: FailureFix = ["retry", "look for this error in Slack's documentation of chat.postMessage"];

export function slackProblem(error: string, afterMs: number | null): SlackFailure {
  // The receiver chooses the text, which is shown on screens.
  const name = /^[a-z_]{1,60}$/.test(error) ? error : "an error without a name";
  const [kind, fix] = SLACK_ERRORS[name] ?? UNKNOWN;
  const problem = { cause: `Slack answered ${name}`, fix };
  return kind === "retry" ? { kind, problem, afterMs } : { kind, problem };
}
