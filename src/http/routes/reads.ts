import { beginningOf } from "../../text/cut.ts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ApiList, ApiObject } from "../../api/object.ts";
import { RESOURCES } from "../../api/resources.ts";
import type { Key } from "../../model/keys/key.ts";
import { identityText, sees, type Access } from "../access/access.ts";
import { columnsOf } from "../kubernetes/columns/columns.ts";
import { withLazyStatus } from "../present/metadata.ts";
import { overview } from "../present/overview.ts";
import { accessOf, openReader } from "../request/context.ts";
import { ApiFailure } from "../request/failure.ts";
import { fieldSelector } from "../request/field-selector.ts";
import { pageOf } from "../request/page.ts";
import { parseWith } from "../request/parse.ts";
import { asksToWatch, listQuery, oneQuery, type ListQuery } from "../request/queries.ts";
import type { Reader } from "../request/reader.ts";
import { answeredInSlices } from "../request/slices.ts";
import type { KeyPlace } from "../request/recorded-state.ts";
import { selectorFields, objectsOf, READ_RESOURCES, type ReadResource } from "../resources/resources.ts";
import { shownObject } from "../resources/shown.ts";
import type { WatchContext } from "../watch/context.ts";
import type { ResourceFeed } from "../watch/resource-feed.ts";
import { approvalNameHint } from "../../model/rules/approval-subject.ts";
import { changedPlan } from "./subjects.ts";
import { answerIn, sendItem, sendItems } from "./tables.ts";
import { watchObjects } from "./watch/watches.ts";

/** Resources with one object for each key. */
const OF_KEYS: ReadonlySet<ReadResource> = new Set(["bindings", "plans", "permissions"]);

interface NamespaceParams {
  readonly namespace?: string;
}
export interface NameParams extends NamespaceParams {
  readonly name: string;
}

const READ_SCOPE = { config: { scopes: ["read"] } } as const;

export function registerReads(api: FastifyInstance, context: WatchContext): void {
  for (const resource of READ_RESOURCES) {
    const paths = RESOURCES[resource].namespaced
      ? [resource, `namespaces/:namespace/${resource}`]
      : [resource];
    for (const path of paths)
      api.get<{ Params: NamespaceParams }>(`/${path}`, READ_SCOPE, async (request, reply) => {
        if (asksToWatch(request.query)) {
          const namespace = checkNamespace(accessOf(request), request.params.namespace);
          return watchObjects(resource, { request, reply, namespace }, context);
        }
        const query = parseWith(listQuery, request.query);
        const list = await listOf(resource, query, { request, context });
        return sendItems(reply, list, answerIn(context, request, { ...query, columns: columnsOf(resource) }));
      });
    api.get<{ Params: NameParams }>(
      `/${paths.at(-1) ?? resource}/:name`,
      READ_SCOPE,
      async (request, reply) => {
        const query = parseWith(oneQuery, request.query);
        const item = await readObject(resource, { request, access: accessOf(request) }, context);
        return sendItem(reply, item, answerIn(context, request, { ...query, columns: columnsOf(resource) }));
      },
    );
  }
  api.get("/overview", READ_SCOPE, async (request) => {
    parseWith(oneQuery, request.query);
    const reader = await openReader(context, accessOf(request));
    return shownObject(overview(reader), reader, context);
  });
}

interface ListOrigin {
  readonly request: FastifyRequest<{ Params: NamespaceParams }>;
  readonly context: WatchContext;
}

async function listOf(
  resource: ReadResource,
  query: ListQuery,
  { request, context }: ListOrigin,
): Promise<ApiList<ApiObject<string>>> {
  const access = accessOf(request);
  const namespace = checkNamespace(access, request.params.namespace);
  if (query.keys !== undefined && !OF_KEYS.has(resource))
    throw new ApiFailure("BadRequest", `keys: ${resource} cannot be selected by key`);
  const feed = context.feeds.named(access, resource);
  if (mayBeWatchedFrom(query)) await feed?.catchUp();
  // Before the record is read, so that a watch from this version misses nothing.
  const version = feed === null ? null : feed.format(feed.log.version);
  const reader = onlyKeys(await openReader(context, access), query.keys);
  const items: ApiObject<string>[] = [];
  const selects = fieldSelector(query.fieldSelector, selectorFields(resource));
  for await (const item of answeredInSlices(objectsOf(reader, resource, namespace)))
    if (selects(item)) items.push(item);
  const { kind } = RESOURCES[resource];
  const page = pageOf(items, query, { kind, resourceVersion: version ?? String(reader.world.version) });
  await readApplied(resource, page.items, reader);
  return { ...page, items: await shownItems(page.items, { feed, reader }, context) };
}

/**
 * A list of a few keys costs only those: a watch from its version begins with all changes since the last look, or is expired
 * if there was none. A later page has the version of the first one.
 */
function mayBeWatchedFrom(query: ListQuery): boolean {
  return query.keys === undefined && query.continue === undefined;
}

/** The most objects whose values are kept until they are sent; those of a longer list are computed again. */
const KEPT_OBJECTS = 1_000;

interface ListParts {
  /** null: the objects have no versions of their own. */
  readonly feed: ResourceFeed | null;
  readonly reader: Reader;
}

async function shownItems(
  items: readonly ApiObject<string>[],
  { feed, reader }: ListParts,
  context: WatchContext,
): Promise<readonly ApiObject<string>[]> {
  if (feed === null) return items.map((item) => shownObject(item, reader, context));
  const all: ApiObject<string>[] = [];
  for await (const item of answeredInSlices(items)) {
    const { object } = feed.look(reader, item);
    const { metadata } = object;
    const isKept = items.length <= KEPT_OBJECTS || !("status" in item);
    const status = (): unknown =>
      (shownObject(item, reader, context) as { readonly status?: unknown }).status;
    all.push(isKept ? object : withLazyStatus(item, { metadata, status }));
  }
  return all;
}

/** @throws ApiFailure Forbidden or NotFound, also for an object that the token may not see */
export async function readObject(
  resource: ReadResource,
  { request, access }: { readonly request: FastifyRequest<{ Params: NameParams }>; readonly access: Access },
  context: WatchContext,
): Promise<ApiObject<string>> {
  const namespace = checkNamespace(access, request.params.namespace);
  const reader = await openReader(context, access);
  const { name } = request.params;
  for (const found of objectsOf(reader, resource, namespace)) {
    if (found.metadata.name !== name) continue;
    await readApplied(resource, [found], reader);
    const feed = context.feeds.named(access, resource);
    return feed === null ? shownObject(found, reader, context) : feed.look(reader, found).object;
  }
  const short = beginningOf(name, 300);
  if (resource !== "holds") throw new ApiFailure("NotFound", `${resource} "${short}" not found`);
  const changed = await changedPlan(reader, context.control, name);
  throw (
    changed ??
    new ApiFailure("NotFound", `no pending approval is named "${short}"`, { hint: approvalNameHint(name) })
  );
}

/** Forbids another namespace, whether or not it exists. null: every namespace that the token sees. */
export function checkNamespace(access: Access, namespace: string | undefined): string | null {
  if (namespace === undefined) return null;
  if (sees(access, namespace)) return namespace;
  throw new ApiFailure(
    "Forbidden",
    `${identityText(access)} may not see namespace "${beginningOf(namespace, 63)}"`,
  );
}

/** A reader of these keys alone: the cost of a list is the cost of its items. */
function onlyKeys(reader: Reader, keys: ReadonlySet<Key> | undefined): Reader {
  if (keys === undefined) return reader;
  const places = new Map([...keys].flatMap((key) => placeOf(reader, key)));
  return { ...reader, world: { ...reader.world, places } };
}

function placeOf({ world }: Reader, key: Key): readonly (readonly [Key, KeyPlace])[] {
  const place = world.places.get(key);
  return place === undefined ? [] : [[key, place]];
}

/** The applied states are most of the record, so that only those of the shown objects are read. */
async function readApplied(
  resource: ReadResource,
  items: readonly ApiObject<string>[],
  reader: Reader,
): Promise<void> {
  if (resource !== "permissions") return;
  const shownNames = new Set(items.map(({ metadata }) => `${metadata.namespace ?? ""}/${metadata.name}`));
  const keys = [...reader.world.places].filter(([, { namespace, name }]) =>
    shownNames.has(`${namespace}/${name}`),
  );
  await reader.readApplied(keys.map(([key]) => key));
}
