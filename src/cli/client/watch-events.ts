import type { ApiObject } from "../../api/object.ts";
import { isObject, parsedJson } from "../../text/json-values.ts";
import { CliError } from "../toolbox/cli-error.ts";
import { connectionFailure, failureOfAnswer } from "./client-failure.ts";
import type { Connection } from "./connection.ts";

export interface WatchEvent<Item extends ApiObject<string>> {
  /** A bookmark has no object but its version; a removed object may have its metadata alone. */
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: Item;
}

/** The API answers within a few seconds; after that, a bookmark comes each minute, and `fetch` waits five. */
const ANSWER_MS = 30_000;

interface WatchCall {
  readonly connection: Connection;
  readonly path: string;
  readonly headers: Headers;
}

/**
 * The events of a watch, until the server ends it. Resolves when the server has accepted the request.
 * @throws CliError as a request, also during the events; with the code `Expired` if the version is too old
 */
export async function openWatch<Item extends ApiObject<string>>(
  { connection, path, headers }: WatchCall,
  signal: AbortSignal,
): Promise<AsyncGenerator<WatchEvent<Item>, void>> {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new DOMException("no answer in time", "TimeoutError")),
    ANSWER_MS,
  );
  try {
    const answer = await fetch(`${connection.url}${path}`, {
      headers,
      redirect: "manual",
      signal: AbortSignal.any([signal, late.signal]),
    });
    if (answer.status === 200) return events<Item>(answer, connection, signal);
    throw failureOfAnswer(connection, answer.status, parsedJson(await answer.text()));
  } catch (cause) {
    throw failure(cause, connection, signal);
  } finally {
    clearTimeout(timer);
  }
}

async function* events<Item extends ApiObject<string>>(
  answer: Response,
  connection: Connection,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<Item>, void> {
  try {
    for await (const line of linesOf(answer)) {
      const event = parsedJson(line);
      if (!isObject(event)) throw failureOfAnswer(connection, answer.status, event);
      const { type, object } = event;
      if (type === "ERROR") throw failureOfAnswer(connection, codeOf(object), object);
      yield event as unknown as WatchEvent<Item>;
    }
  } catch (cause) {
    throw failure(cause, connection, signal);
  }
}

/** Complete lines; what is left of a line at a lost connection is none. */
async function* linesOf({ body }: Response): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  for await (const bytes of body ?? []) {
    const [first = "", ...others] = decoder.decode(bytes as Uint8Array, { stream: true }).split("\n");
    pieces.push(first);
    for (const next of others) {
      yield pieces.splice(0).join("");
      pieces.push(next);
    }
  }
}

function codeOf(status: unknown): number {
  return isObject(status) && typeof status["code"] === "number" ? status["code"] : 500;
}

function failure(cause: unknown, connection: Connection, signal: AbortSignal): unknown {
  signal.throwIfAborted();
  return cause instanceof CliError ? cause : connectionFailure(connection, cause);
}
