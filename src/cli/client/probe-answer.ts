import type { ComparingAccount } from "../../model/records/readiness.ts";
import { isObject, parsedJson } from "../../text/json-values.ts";
import { connectionFailure, failureOfAnswer } from "./client-failure.ts";
import type { Connection } from "./connection.ts";

export interface LivenessAnswer {
  readonly live: true;
}

export interface ReadinessAnswer {
  readonly ready: boolean;
  /** What the controller waits for until it is ready. Empty from another machine, which does not get the names. */
  readonly waitingFor: readonly string[];
  /**
   * The accounts that no pass has compared since the start. null: not known, as from another machine, which does not get the
   * names, and of a controller before 0.2.
   */
  readonly comparing: readonly ComparingAccount[] | null;
}

/** Probes need no token and send none. @throws CliError if there is no answer, or if the server is not Grantkeeper */
export async function askLiveness(connection: Connection, signal: AbortSignal): Promise<LivenessAnswer> {
  const { status, body } = await answerOf(connection, "/healthz", signal);
  if (status === 200 && isObject(body) && body["status"] === "ok") return { live: true };
  throw failureOfAnswer(connection, status, body);
}

/** @throws CliError as `askLiveness` */
export async function askReadiness(connection: Connection, signal: AbortSignal): Promise<ReadinessAnswer> {
  const { status, body } = await answerOf(connection, "/readyz", signal);
  const isAnswer = isObject(body) && body["ready"] === (status === 200);
  if (!isAnswer) throw failureOfAnswer(connection, status, body);
  const { waitingFor, comparing } = body;
  return {
    ready: status === 200,
    waitingFor: Array.isArray(waitingFor) ? waitingFor.map(String) : [],
    comparing: Array.isArray(comparing) ? comparing.flatMap(comparingAccount) : null,
  };
}

function comparingAccount(value: unknown): readonly ComparingAccount[] {
  if (!isObject(value) || typeof value["account"] !== "string") return [];
  const { account, failing } = value;
  return [{ account, failing: typeof failing === "string" ? failing : null }];
}

async function answerOf(
  connection: Connection,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly body: unknown }> {
  try {
    const response = await fetch(`${connection.url}${path}`, { redirect: "manual", signal });
    return { status: response.status, body: parsedJson(await response.text()) };
  } catch (cause) {
    throw connectionFailure(connection, cause);
  }
}
