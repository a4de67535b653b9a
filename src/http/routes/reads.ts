import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ApiList, ApiObject } from "../../api/object.ts";
import { RESOURCES, type ResourceObjects } from "../../api/resources.ts";
import type { Key } from "../../model/keys/key.ts";
import { callerText, sees, seesEverything, type Access } from "../access/access.ts";
import { accessOf, openReader, type HttpContext } from "../request/context.ts";
import { ApiFailure } from "../request/failure.ts";
import { pageOf } from "../request/page.ts";
import { parseWith } from "../request/parse.ts";
import { bindings, drifts, functions, plans } from "../present/bindings.ts";
import { alertRoutes } from "../present/alert-routes.ts";
import { coverages, liveFunctions } from "../present/coverage.ts";
import { holds } from "../present/pending/holds.ts";
import { awsAccounts, functionPermissions, managedPolicies, waivers } from "../present/manifests.ts";
import { permissions } from "../present/permissions.ts";
import { overview } from "../present/overview.ts";
import { sources } from "../present/sources.ts";
import { orphans, suspensions } from "../present/suspensions.ts";
import { accountSets } from "../present/account-sets.ts";
import { waves } from "../present/pending/waves.ts";
import { teams } from "../present/teams.ts";
import type { Reader } from "../request/reader.ts";
import { scrubSentences } from "../access/redaction.ts";
import { changedPlan } from "./subjects.ts";
import type { KeyPlace } from "../request/world.ts";
import { columnsOf } from "../kubernetes/columns/columns.ts";
import { fieldSelector, METADATA_FIELDS, type SelectableField } from "../request/field-selector.ts";
import { listQuery, oneQuery, type ListQuery } from "../request/queries.ts";
import { isObject } from "../../text/json-values.ts";
import { completeMetadata, withLazyStatus } from "../present/metadata.ts";
import { answerIn, sendItem, sendItems } from "./tables.ts";

/** Resources that are computed completely; a request selects from them. */
const READ = {
  accountsets: accountSets,
  alertroutes: alertRoutes,
  awsaccounts: awsAccounts,
  bindings,
  coverages,
  drifts,
  functionpermissions: functionPermissions,
  functions,
  holds,
  livefunctions: liveFunctions,
  managedpolicies: managedPolicies,
  orphans,
  permissions,
  plans,
  sources,
  suspensions,
  teams,
  waivers,
  waves,
} as const satisfies {
  readonly [R in keyof ResourceObjects]?: (reader: Reader) => readonly ResourceObjects[R][];
};

export type ReadResource = keyof typeof READ;

export function isReadResource(name: string): name is ReadResource {
  return Object.hasOwn(READ, name);
}

/** Resources with one object for each key. */
const OF_KEYS: ReadonlySet<ReadResource> = new Set(["bindings", "plans", "permissions"]);

/** The fields by which a request may select objects of a resource; `metadata.name` and `metadata.namespace` of all. */
const FIELDS: { readonly [R in ReadResource]?: readonly SelectableField<ResourceObjects[R]>[] } = {
  bindings: [...METADATA_FIELDS, { path: "status.sync", read: ({ status }) => status.sync }],
};

function fieldsOf(resource: ReadResource): readonly SelectableField<ApiObject<string>>[] {
  return FIELDS[resource] ?? METADATA_FIELDS;
}

interface NamespaceParams {
  readonly namespace?: string;
}
export interface NameParams extends NamespaceParams {
  readonly name: string;
}

const READ_SCOPE = { config: { scopes: ["read"] } } as const;

export function registerReads(api: FastifyInstance, context: HttpContext): void {
  for (const resource of Object.keys(READ) as ReadResource[]) {
    const paths = RESOURCES[resource].namespaced
      ? [resource, `namespaces/:namespace/${resource}`]
      : [resource];
    for (const path of paths)
      api.get<{ Params: NamespaceParams }>(`/${path}`, READ_SCOPE, async (request, reply) => {
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
    return shown(overview(reader), reader, context);
  });
}

interface ListOrigin {
  readonly request: FastifyRequest<{ Params: NamespaceParams }>;
  readonly context: HttpContext;
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
  const reader = onlyKeys(await openReader(context, access), query.keys);
  const items = itemsOf(reader, resource, namespace);
  const selects = fieldSelector(query.fieldSelector, fieldsOf(resource));
  const page = pageOf(items.filter(selects), query, {
    kind: RESOURCES[resource].kind,
    resourceVersion: String(reader.world.version),
  });
  await readApplied(resource, page.items, reader);
  return { ...page, items: page.items.map((item) => shown(item, reader, context)) };
}

/** @throws ApiFailure Forbidden or NotFound, also for an object that the token may not see */
export async function readObject(
  resource: ReadResource,
  { request, access }: { readonly request: FastifyRequest<{ Params: NameParams }>; readonly access: Access },
  context: HttpContext,
): Promise<ApiObject<string>> {
  const namespace = checkNamespace(access, request.params.namespace);
  const reader = await openReader(context, access);
  const { name } = request.params;
  const found = itemsOf(reader, resource, namespace).find((item) => item.metadata.name === name);
  if (found !== undefined) {
    await readApplied(resource, [found], reader);
    return shown(found, reader, context);
  }
  const short = name.slice(0, 300);
  if (resource !== "holds") throw new ApiFailure("NotFound", `${resource} "${short}" not found`);
  const changed = await changedPlan(reader, context.control, name);
  throw changed ?? new ApiFailure("NotFound", `no pending approval is named "${short}"`);
}

/** Forbids another namespace, whether or not it exists. null: every namespace that the token sees. */
export function checkNamespace(access: Access, namespace: string | undefined): string | null {
  if (namespace === undefined) return null;
  if (sees(access, namespace)) return namespace;
  throw new ApiFailure(
    "Forbidden",
    `${callerText(access)} may not see namespace "${namespace.slice(0, 63)}"`,
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

/** The only place that limits namespaced objects to those that the token may see. */
function itemsOf(
  reader: Reader,
  resource: ReadResource,
  namespace: string | null,
): readonly ApiObject<string>[] {
  const items: readonly ApiObject<string>[] = READ[resource](reader);
  if (!RESOURCES[resource].namespaced) return items;
  return items.filter(({ metadata }) => {
    const own = metadata.namespace ?? "";
    return sees(reader.access, own) && (namespace === null || own === namespace);
  });
}

/**
 * With the metadata that every object has. Removes the names of other namespaces from the sentences of the status; `spec`
 * stays as the team wrote it.
 */
function shown<Item extends ApiObject<string>>(
  item: Item,
  { access, scrub, world }: Reader,
  { requestedReconciles }: HttpContext,
): Item {
  const metadata = completeMetadata(item, world);
  if (!("status" in item)) return { ...item, metadata };
  const status = (): unknown => {
    const handled = requestedReconciles.handled(metadata.uid);
    const { status: known } = item;
    const given =
      handled === null || !isObject(known) ? known : { ...known, lastHandledReconcileAt: handled };
    return seesEverything(access) ? given : scrubSentences(given, scrub);
  };
  return withLazyStatus(item, { metadata, status });
}
