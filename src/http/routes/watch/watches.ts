import { hash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { wantsTable } from "../../kubernetes/table.ts";
import { accessOf, openReader } from "../../request/context.ts";
import { ApiFailure } from "../../request/failure.ts";
import { fieldSelector } from "../../request/field-selector.ts";
import { parseLabelSelector } from "../../request/label-selector.ts";
import { parseWith } from "../../request/parse.ts";
import { isTrue, watchQuery, type WatchQuery } from "../../request/queries.ts";
import { bindingName } from "../../../api/names.ts";
import { keyParts } from "../../../model/keys/key.ts";
import type { WatchContext } from "../../watch/context.ts";
import type { ObjectIdentity } from "../../watch/object-log.ts";
import { expired, ObjectWatch, openStart, type WatchStart } from "../../watch/object-watch.ts";
import type { ResourceFeed } from "../../watch/resource-feed.ts";
import type { WatchSource } from "../../watch/watch-stream.ts";
import { WatchLines, type WatchForm } from "../../watch/watch-lines.ts";

export interface AskedWatch {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** null: every namespace that the token sees. */
  readonly namespace: string | null;
}

/** Sends the changes of a resource until the client ends it, or its time is over. @throws ApiFailure before the first event */
export async function watchObjects(
  resource: string,
  watch: AskedWatch,
  context: WatchContext,
): Promise<void> {
  const { request, namespace } = watch;
  const query = parseWith(watchQuery, request.query);
  const access = accessOf(request);
  const feed = context.feeds.named(access, resource);
  if (feed === null)
    throw new ApiFailure("MethodNotAllowed", `watches of ${resource} are not supported: list again`);
  const selects = selectorOf(query, feed, namespace);
  const form = { isTable: wantsTable(request.headers.accept), include: query.includeObject };
  const release = context.watches.reserve(access.actor);
  feed.watches += 1;
  try {
    await feed.catchUp();
    const lines = new WatchLines(form, feed.resource, () => context.clock.nowMs());
    const start = startOf(query, (text) => feed.parse(text));
    const open = () => openReader(context, access);
    const { slices, batches } = context.watches;
    const selection = selectionOf(query, { form, namespace });
    const parts = { feed, lines, selects, selection, open, slices, batches };
    const source = new ObjectWatch(parts, await openStart(start, feed, open));
    await runWatch(source, { ...watch, query, hasInitial: start.kind === "objects" }, context);
  } finally {
    feed.watches -= 1;
    release();
  }
}

/** @throws ApiFailure Expired for a version that this process has not issued, BadRequest for one that none has */
export function startOf(
  { resourceVersion = "", sendInitialEvents }: WatchQuery,
  parse: (text: string) => number | null,
): WatchStart {
  if (!/^\d*$/.test(resourceVersion))
    throw new ApiFailure("BadRequest", "resourceVersion: expected that of a list of this server");
  if (resourceVersion === "" || resourceVersion === "0" || isTrue(sendInitialEvents))
    return { kind: "objects" };
  const version = parse(resourceVersion);
  if (version === null) throw expired();
  return { kind: "after", version };
}

function selectorOf(
  query: WatchQuery,
  { resource }: ResourceFeed,
  namespace: string | null,
): (object: ObjectIdentity) => boolean {
  const fields = resource.fields.map(({ path }) => ({
    path,
    read: (object: ObjectIdentity) => object.fields[path] ?? "",
  }));
  const hasFields = fieldSelector(query.fieldSelector, fields);
  const hasLabels = query.labelSelector ? parseLabelSelector(query.labelSelector) : () => true;
  const names = namesOf(query, resource.name);
  return (object) =>
    (namespace === null || object.metadata.namespace === namespace) &&
    hasFields(object) &&
    hasLabels(object.metadata.labels ?? {}) &&
    (names === null || names.has(`${object.metadata.namespace ?? ""}/${object.metadata.name}`));
}

/** Equal for watches of a feed that send the same. */
function selectionOf(
  { fieldSelector, labelSelector, keys }: WatchQuery,
  given: { readonly form: WatchForm; readonly namespace: string | null },
): string {
  return hash("sha256", JSON.stringify([fieldSelector, labelSelector, [...(keys ?? [])], given]), "base64");
}

function namesOf({ keys }: WatchQuery, resource: string): ReadonlySet<string> | null {
  if (keys === undefined) return null;
  if (resource !== "bindings")
    throw new ApiFailure("BadRequest", `keys: ${resource} cannot be selected by key`);
  return new Set([...keys].map((key) => `${keyParts(key).namespace}/${bindingName(key)}`));
}

/** How often an open watch looks whether its session is still open. */
const CHECKED_MS = 1_000;

export async function runWatch(
  source: WatchSource,
  {
    request,
    reply,
    query,
    hasInitial,
  }: AskedWatch & { readonly query: WatchQuery; readonly hasInitial: boolean },
  context: WatchContext,
): Promise<void> {
  const hasBookmarks = isTrue(query.allowWatchBookmarks);
  const { timeoutSeconds } = query;
  const ending = new AbortController();
  const one = {
    source,
    hasInitial,
    hasInitialEnd: hasBookmarks && isTrue(query.sendInitialEvents),
    hasBookmarks,
    mayContinue: continuing(request, context, ending.signal),
    ended: ending.signal,
    timeoutMs: timeoutSeconds === undefined ? null : Math.max(1, timeoutSeconds) * 1_000,
  };
  const cookie = cookieOf(request, context);
  const unsubscribe =
    cookie === null ? () => undefined : context.sessions.onEnd(cookie, () => ending.abort());
  await context.watches.run(one, { request, reply });
  unsubscribe();
}

/** A request with a token has no session. */
function cookieOf(request: FastifyRequest, { cookies }: WatchContext): string | null {
  return request.headers.authorization === undefined ? cookies.token(request) : null;
}

/** Whether the token has not expired, or the session was not ended. */
function continuing(
  request: FastifyRequest,
  context: WatchContext,
  ended: AbortSignal,
): () => Promise<boolean> {
  const { endsMs } = accessOf(request);
  const { clock, sessions } = context;
  const cookie = cookieOf(request, context);
  let checkedMs = performance.now();
  return async () => {
    if (clock.nowMs() >= endsMs || ended.aborted) return false;
    if (cookie === null || performance.now() - checkedMs < CHECKED_MS) return true;
    checkedMs = performance.now();
    return sessions.isOpen(cookie);
  };
}
