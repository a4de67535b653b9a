import type { FailureStatus } from "../../api/failure.ts";
import { CAUSE_OF_WATCH, causeOfRead } from "./acts.ts";

/** Why a request has no answer that can be shown. */
export interface RequestFailure {
  readonly kind: "failed";
  /** The HTTP status; 0: there was no answer. */
  readonly code: number;
  readonly message: string;
  readonly hint: string | null;
  /** The session lasts, but this needs a sign-in of the last minutes. */
  readonly isSignInOld?: true;
}

export type RequestResult<Value> = { readonly kind: "ok"; readonly value: Value } | RequestFailure;

export interface RequestOptions {
  readonly method?: "GET" | "POST";
  readonly body?: object;
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

export const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

/** Reports that a request was refused because the session has ended. */
type OnExpired = () => void;
const listeners = new Set<OnExpired>();

export function onExpired(listener: OnExpired): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

let hasEnded = false;
const ENDED: RequestFailure = { kind: "failed", code: 401, message: "your session has ended", hint: null };

/** After a new sign-in: requests are sent again. */
export function resumeRequests(): void {
  hasEnded = false;
}

/** Until the next sign-in the controller would refuse every request, and record it. */
const isPointless = (path: string): boolean => hasEnded && !path.startsWith("/auth/");

/** Answers requests in place of a controller. */
export type AnswerSource = <Value>(path: string) => Promise<RequestResult<Value>>;

let exported: AnswerSource | null = null;

/** From now on the page is an exported site: files answer its requests, and nothing is sent. */
export function answerFromFiles(source: AnswerSource): void {
  exported = source;
}

/** Whether the page shows an export: nothing in it changes, and nothing can be done. */
export function isExported(): boolean {
  return exported !== null;
}

/** One request to the controller. Never rejects, except if `signal` ended it. */
export async function send<Value>(
  path: string,
  { method = "GET", body, accept, signal }: RequestOptions = {},
): Promise<RequestResult<Value>> {
  if (exported !== null) return exported<Value>(path);
  if (isPointless(path)) return ENDED;
  try {
    const response = await fetch(path, {
      method,
      headers: {
        accept: accept ?? "application/json",
        ...(method === "GET" ? causeOfRead() : { "x-grantkeeper-csrf": "1" }),
        // The server refuses an empty body of this type.
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      credentials: "same-origin",
      cache: "no-store",
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
    if (response.status === 204) return { kind: "ok", value: undefined as Value };
    if (response.ok) return { kind: "ok", value: (await response.json()) as Value };
    return await failureOf(response);
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    // The browser's words for it, such as "Failed to fetch", mean nothing to people.
    return { kind: "failed", code: 0, message: "the controller does not answer", hint: null };
  }
}

async function failureOf(response: Response): Promise<RequestFailure> {
  if (response.status === 401) hasEnded = true;
  if (response.status === 401) for (const listener of listeners) listener();
  // Its message is for programs with a token: people see how to sign in again.
  if (response.status === 401) return ENDED;
  const fallback = `the controller answered with ${response.status}`;
  try {
    const { message, details } = (await response.json()) as FailureStatus;
    const isOld = details?.reason === "SignInAgain";
    const failed: RequestFailure = {
      kind: "failed",
      code: response.status,
      message,
      hint: details?.hint ?? null,
    };
    return isOld ? { ...failed, isSignInOld: true } : failed;
  } catch {
    // A proxy answered: its text is no message for people.
    return { kind: "failed", code: response.status, message: fallback, hint: null };
  }
}

/** The body of an answer that goes on: lines that arrive when something happens. */
export async function openStream(
  path: string,
  { accept, signal }: { readonly accept: string; readonly signal: AbortSignal },
): Promise<RequestResult<ReadableStream<Uint8Array<ArrayBuffer>>>> {
  if (isPointless(path)) return ENDED;
  const response = await fetch(path, {
    headers: { accept, ...CAUSE_OF_WATCH },
    credentials: "same-origin",
    cache: "no-store",
    signal,
  });
  if (!response.ok) return failureOf(response);
  if (response.body === null)
    return { kind: "failed", code: response.status, message: "no stream", hint: null };
  return { kind: "ok", value: response.body };
}
