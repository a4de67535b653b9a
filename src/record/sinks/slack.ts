import type { Result } from "../../model/values/result.ts";
import { sha256Hex } from "../../model/values/digest.ts";
import type { AlertSeverity } from "../../model/records/incident-record.ts";
import type { AlertDigest } from "../digest.ts";
import type { AlertMessage } from "../message.ts";
import type { HttpTools } from "./http-post.ts";
import { readSecret } from "./secret.ts";
import { delivered, refused, retry, type Delivery, type Outgoing, type Sink } from "./sink.ts";
import { callSlack, type SlackCall, type SlackConnection, type SlackPlace } from "./slack-api.ts";
import type { SlackFailure } from "./slack-errors.ts";
import { endedText, slackText } from "./slack-text.ts";

export interface SlackSettings {
  readonly url: string;
  /** The id of a channel. */
  readonly channel: string;
  readonly tokenFile: string;
}

/** How Slack names an incident. */
interface SlackThread extends SlackPlace {
  readonly headline: string;
  readonly severity: AlertSeverity;
  /** The message is a digest, which belongs to several incidents: its thread gets the replies, and it is not changed. */
  readonly isDigest: boolean;
  /** Of the text that it shows; missing in threads of earlier versions. */
  readonly textHash?: string;
}

/**
 * One message for each incident: updated in place, and at its end. An update notifies no one, so a reply in its thread
 * reports what got worse, and what stays open; if it became a security incident, the channel sees the reply too. The
 * same alert again, and a change of an incident without security risk, only update the message.
 */
export class SlackSink implements Sink {
  readonly acceptsDigests = true;
  readonly updatesInPlace = true;
  readonly refresh = null;
  readonly #settings: SlackSettings;
  readonly #tools: HttpTools;

  constructor(settings: SlackSettings, tools: HttpTools) {
    this.#settings = settings;
    this.#tools = tools;
  }

  async deliver({ message, thread }: Outgoing, signal: AbortSignal): Promise<Delivery> {
    const { url, tokenFile } = this.#settings;
    const token = await readSecret("token", tokenFile);
    if (token.kind === "err") return retry(token.error);
    const connection = { url, token: token.value, tools: this.#tools };
    const before = thread === null ? null : (JSON.parse(thread) as SlackThread);
    if (before === null || message.kind === "digest") return this.#post(message, connection, signal);
    const calls = callsFor(message, before);
    const { kind, failure } = await inOrder(calls, connection, signal);
    if (kind === "done") return delivered("updated", JSON.stringify(threadAfter(message, before)));
    return failure.kind === "post-again"
      ? this.#post(message, connection, signal)
      : deliveryOf({ kind: "err", error: failure });
  }

  async #post(
    message: AlertMessage | AlertDigest,
    connection: SlackConnection,
    signal: AbortSignal,
  ): Promise<Delivery> {
    const { channel } = this.#settings;
    const argument = { channel, ...slackText(message), unfurl_links: false, unfurl_media: false };
    const posted = await callSlack({ method: "chat.postMessage", argument }, connection, signal);
    if (posted.kind === "err") return deliveryOf(posted);
    const { severity } = message;
    const isDigest = message.kind === "digest";
    const thread: SlackThread = {
      ...posted.value,
      headline: message.headline,
      severity,
      isDigest,
      textHash: sha256Hex(message.text),
    };
    const answer = `posted in channel ${posted.value.channel} as ${posted.value.ts}`;
    return delivered(answer, JSON.stringify(thread));
  }
}

type SlackAnswer =
  | { readonly kind: "done"; readonly failure: null }
  | { readonly kind: "failed"; readonly failure: SlackFailure };

async function inOrder(
  calls: readonly SlackCall[],
  connection: SlackConnection,
  signal: AbortSignal,
): Promise<SlackAnswer> {
  for (const call of calls) {
    const result = await callSlack(call, connection, signal);
    if (result.kind === "err") return { kind: "failed", failure: result.error };
  }
  return { kind: "done", failure: null };
}

/** The update is first: if the reply fails, both are repeated, and the same update again changes nothing. */
function callsFor(message: AlertMessage, before: SlackThread): readonly SlackCall[] {
  const { channel, ts, isDigest } = before;
  const isEnded = message.status === "closed";
  const becameSecurity = message.severity === "security" && before.severity === "other";
  const text = isEnded ? endedText(message, before.headline) : slackText(message);
  const reply: SlackCall = {
    method: "chat.postMessage",
    argument: { channel, thread_ts: ts, reply_broadcast: becameSecurity, ...slackText(message) },
  };
  if (isDigest || message.isReminder === true) return [reply];
  const update: SlackCall = { method: "chat.update", argument: { channel, ts, ...text } };
  return !isEnded && gotWorse(message, before) ? [update, reply] : [update];
}

/** A change of a security incident may be one more way in: it notifies, although it may also be one less. */
function gotWorse({ severity, text }: AlertMessage, before: SlackThread): boolean {
  if (severity !== "security") return false;
  return before.severity === "other" || before.textHash !== sha256Hex(text);
}

function threadAfter(message: AlertMessage, before: SlackThread): SlackThread {
  const severity = before.severity === "security" ? "security" : message.severity;
  return message.isReminder === true || before.isDigest
    ? { ...before, severity }
    : { ...before, severity, headline: message.headline, textHash: sha256Hex(message.text) };
}

function deliveryOf({ error }: Extract<Result<never, SlackFailure>, { readonly kind: "err" }>): Delivery {
  if (error.kind === "refused") return refused(error.problem);
  return retry(error.problem, error.kind === "retry" ? error.afterMs : null);
}
