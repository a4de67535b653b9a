import type { SinkProblem } from "../../model/records/alert-route-state.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import type { HttpAnswer } from "../../network/http-post.ts";
import { postOnce, type HttpTools } from "./http-post.ts";
import { slackProblem, type SlackFailure } from "./slack-errors.ts";
import { statusProblem } from "./webhook.ts";

export interface SlackCall {
  readonly method: "chat.postMessage" | "chat.update";
  readonly argument: object;
}

export interface SlackConnection {
  /** Of the API, without the method. */
  readonly url: string;
  readonly token: string;
  readonly tools: HttpTools;
}

export interface SlackPlace {
  readonly channel: string;
  readonly ts: string;
}

/** Slack answers most errors with HTTP 200 and `ok: false`. */
export async function callSlack(
  { method, argument }: SlackCall,
  { url, token, tools }: SlackConnection,
  signal: AbortSignal,
): Promise<Result<SlackPlace, SlackFailure>> {
  const post = {
    url: `${url.replace(/\/+$/, "")}/${method}`,
    body: JSON.stringify(argument),
    headers: { "content-type": "application/json; charset=utf-8", authorization: `Bearer ${token}` },
  };
  const answer = await postOnce(post, tools, signal);
  if (answer.kind === "err") return err(again(answer.error, null));
  const { status, retryAfterMs } = answer.value;
  if (status !== 200) return err(again(statusProblem(answer.value), retryAfterMs));
  return placeIn(answer.value);
}

function again(problem: SinkProblem, afterMs: number | null): SlackFailure {
  return { kind: "retry", problem, afterMs };
}

function placeIn({ text, retryAfterMs }: HttpAnswer): Result<SlackPlace, SlackFailure> {
  const { ok: isOk, error, channel, ts } = membersOf(text);
  if (isOk === true && typeof channel === "string" && typeof ts === "string") return ok({ channel, ts });
  if (isOk === false && typeof error === "string") return err(slackProblem(error, retryAfterMs));
  const cause = "answered something that is not Slack's";
  return err(again({ cause, fix: "check the URL, and a proxy in between" }, retryAfterMs));
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {}; // Not JSON: the page of a proxy, for example.
  }
}
