import type { ApiObject } from "../../../api/object.ts";
import { RESOURCES, type ResourceName, type ResourceObjects } from "../../../api/resources.ts";
import type { Clock } from "../../../controller/ports/clock.ts";
import type { ApiClient } from "../../client/client.ts";
import { CliError } from "../../toolbox/cli-error.ts";
import { idOf } from "./known-items.ts";

/** What a watch learns of a resource, one after the other. The first one is a list. */
export type ResourceNews<Item> =
  /** All objects that exist now. */
  | { readonly kind: "listed"; readonly items: readonly Item[] }
  | { readonly kind: "changed"; readonly item: Item }
  /** The object may be there, but without meeting the selector. */
  | { readonly kind: "removed"; readonly item: Pick<ApiObject<string>, "metadata"> }
  /** Nothing has changed for a while. */
  | { readonly kind: "idle" }
  /** The controller does not answer any more; it is asked again. */
  | { readonly kind: "lost"; readonly reason: string }
  | { readonly kind: "connected" };

interface NewsRequest<R extends ResourceName> {
  readonly client: Pick<ApiClient, "watch" | "list">;
  readonly resource: R;
  readonly namespace: string | undefined;
  readonly labelSelector: string | undefined;
  readonly clock: Pick<Clock, "sleep">;
  readonly signal: AbortSignal;
}

const POLL_MS = 2_000;
/** Before the first and each later attempt. The last one is that of all others. */
const PAUSES_MS = [200, 1_000, 2_000, 5_000];
/** A later attempt would get the same answer. */
const FINAL: ReadonlySet<string> = new Set([
  "Unauthorized",
  "Forbidden",
  "BadRequest",
  "Invalid",
  "MethodNotAllowed",
  "NotFound",
]);

/**
 * Follows a resource until the signal aborts. The failure of the first list ends it; after that only an answer that stays,
 * such as an expired token, does. Resources without a watch are listed every two seconds.
 *
 *   listing ──end of the initial events──► following ──lost──► following, from the version that was reached
 *      ▲                                       │
 *      └──────────── 410 Expired ◄─────────────┘
 *
 * @throws CliError
 */
export async function* resourceNews<R extends ResourceName>(
  request: NewsRequest<R>,
): AsyncGenerator<ResourceNews<ResourceObjects[R]>, void> {
  const { resource, clock, signal } = request;
  const read = RESOURCES[resource].verbs.includes("watch") ? watched(request) : polled(request);
  let attempts = 0;
  let hasList = false;
  let isLost = false;
  while (!signal.aborted) {
    try {
      for await (const news of read()) {
        if (isLost) yield { kind: "connected" };
        isLost = false;
        if (news.kind === "open") continue;
        attempts = 0;
        hasList ||= news.kind === "listed";
        yield news;
      }
    } catch (cause) {
      if (signal.aborted) return;
      if (!hasList || !isPassing(cause)) throw cause;
      if (!isLost) yield { kind: "lost", reason: cause.message };
      isLost = true;
    }
    if (!(await isSlept(clock, PAUSES_MS[Math.min(attempts, PAUSES_MS.length - 1)] ?? 0, signal))) return;
    attempts += 1;
  }
}

/** The server has accepted a request. */
type SourceNews<Item> = ResourceNews<Item> | { readonly kind: "open" };

type SourceReader<R extends ResourceName> = () => AsyncGenerator<SourceNews<ResourceObjects[R]>, void>;

/** Each read asks for the changes since the version that the one before has reached, until the server ends the watch. */
function watched<R extends ResourceName>({
  client,
  resource,
  namespace,
  labelSelector,
}: NewsRequest<R>): SourceReader<R> {
  /** null: the objects are listed. */
  let version: string | null = null;
  return async function* () {
    try {
      const events = await client.watch(resource, { namespace, labelSelector }, version);
      yield { kind: "open" };
      /** The changes that the server sees while it sends the objects are among their events. */
      let listed = version === null ? new Map<string, ResourceObjects[R]>() : null;
      for await (const { type, object } of events) {
        if (listed !== null && type !== "BOOKMARK") {
          if (type === "DELETED") listed.delete(idOf(object));
          else listed.set(idOf(object), object);
          continue;
        }
        version = object.metadata.resourceVersion ?? null;
        if (listed !== null) yield { kind: "listed", items: [...listed.values()] };
        else if (type === "BOOKMARK") yield { kind: "idle" };
        else yield { kind: type === "DELETED" ? "removed" : "changed", item: object };
        listed = null;
      }
    } catch (cause) {
      if (!isExpired(cause)) throw cause;
      version = null;
    }
  };
}

function polled<R extends ResourceName>({
  client,
  resource,
  clock,
  signal,
  ...newsRequest
}: NewsRequest<R>): SourceReader<R> {
  const request = { namespace: newsRequest.namespace, labelSelector: newsRequest.labelSelector };
  return async function* () {
    for (;;) {
      yield { kind: "listed", items: await client.list(resource, request) };
      if (!(await isSlept(clock, POLL_MS, signal))) return;
    }
  };
}

/** false: the signal has aborted. */
async function isSlept(
  clock: Pick<Clock, "sleep">,
  durationMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await clock.sleep(durationMs, signal);
  } catch (cause) {
    if (!signal.aborted) throw cause;
  }
  return !signal.aborted;
}

function isExpired(cause: unknown): boolean {
  return cause instanceof CliError && cause.problems[0]?.code === "Expired";
}

function isPassing(cause: unknown): cause is CliError {
  return cause instanceof CliError && !FINAL.has(cause.problems[0]?.code ?? "");
}
