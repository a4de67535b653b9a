import { beginningOf } from "../../text/cut.ts";
import type { FastifyInstance } from "fastify";
import { EVENT } from "../kubernetes/columns/core.ts";
import { accessOf, openReader } from "../request/context.ts";
import { ApiFailure } from "../request/failure.ts";
import { fieldSelector, METADATA_FIELDS } from "../request/field-selector.ts";
import { parseLabelSelector } from "../request/label-selector.ts";
import { parseWith } from "../request/parse.ts";
import { asksToWatch, listQuery, oneQuery, watchQuery } from "../request/queries.ts";
import { EVERY_SCOPE } from "./discovery.ts";
import { checkNamespace } from "./reads.ts";
import type { WatchContext } from "../watch/context.ts";
import { NAMESPACES } from "../watch/feed-resources.ts";
import { answerIn, sendItem, sendItems } from "./tables.ts";
import { watchObjects, runWatch, startOf, type AskedWatch } from "./watch/watches.ts";
import type { CoreEventObject } from "../../api/kubernetes/core.ts";
import type { ApiObject } from "../../api/object.ts";
import type { Access } from "../access/access.ts";
import type { TableColumn } from "../kubernetes/columns/column.ts";
import { coreEvents, EVENT_FIELDS } from "../kubernetes/core-events.ts";
import { wantsTable } from "../kubernetes/table.ts";
import { visibleEntries } from "../present/events.ts";
import { EventWatch } from "../watch/event-watch.ts";
import { WatchLines } from "../watch/watch-lines.ts";

const READ_SCOPE = { config: { scopes: ["read"] } } as const;

/** What every cluster has: namespaces, and what happened to objects. */
export function registerCluster(app: FastifyInstance, context: WatchContext): void {
  registerNamespaces(app, context);
  for (const url of ["/api/v1/events", "/api/v1/namespaces/:namespace/events"]) {
    app.get<{ Params: { readonly namespace?: string } }>(url, READ_SCOPE, async (request, reply) => {
      const access = accessOf(request);
      const namespace = checkNamespace(access, request.params.namespace);
      if (asksToWatch(request.query)) return watchEvents({ request, reply, namespace }, context);
      const query = parseWith(listQuery, request.query);
      const selects = eventSelector(query);
      const log = context.feeds.eventsOf(access);
      await log.look();
      // Before the entries are read, so that a watch from this version misses none.
      const resourceVersion = log.format(log.version);
      const eventRequest = { namespace, selects, limit: query.limit, upTo: log.newestSeq };
      const items = await newestEvents(context, access, eventRequest);
      const list = { apiVersion: "v1", kind: "EventList", metadata: { resourceVersion }, items };
      return sendItems(reply, list, answerIn(context, request, { ...query, columns: EVENT }));
    });
  }
}

function registerNamespaces(app: FastifyInstance, context: WatchContext): void {
  for (const url of ["/api/v1/namespaces", "/api/v1/namespaces/:namespace"])
    app.route({
      method: ["POST", "PUT", "PATCH", "DELETE"],
      url,
      ...EVERY_SCOPE,
      // Before the body is read, whose content type does not matter.
      onRequest: refuseNamespace,
      handler: refuseNamespace,
    });
  app.get("/api/v1/namespaces", READ_SCOPE, async (request, reply) => {
    const access = accessOf(request);
    if (asksToWatch(request.query))
      return watchObjects(NAMESPACES.name, { request, reply, namespace: null }, context);
    const query = parseWith(listQuery, request.query);
    const feed = context.feeds.of(access, NAMESPACES);
    await feed.catchUp();
    const resourceVersion = feed.format(feed.log.version);
    const reader = await openReader(context, access);
    const selects = fieldSelector(query.fieldSelector, METADATA_FIELDS);
    const hasLabels = query.labelSelector ? parseLabelSelector(query.labelSelector) : () => true;
    const items = [...NAMESPACES.objects(reader)]
      .filter((item) => selects(item) && hasLabels(item.metadata.labels ?? {}))
      .map((item) => feed.look(reader, item).object);
    const list = { apiVersion: "v1", kind: "NamespaceList", metadata: { resourceVersion }, items };
    return sendItems(reply, list, answerIn(context, request, { ...query, columns: NAMESPACES.columns }));
  });
  app.get<{ Params: { readonly namespace: string } }>(
    "/api/v1/namespaces/:namespace",
    READ_SCOPE,
    async (request, reply) => {
      const query = parseWith(oneQuery, request.query);
      const access = accessOf(request);
      const name = checkNamespace(access, request.params.namespace) ?? "";
      const reader = await openReader(context, access);
      const found = [...NAMESPACES.objects(reader)].find(({ metadata }) => metadata.name === name);
      if (found === undefined)
        throw new ApiFailure("NotFound", `namespaces "${beginningOf(name, 63)}" not found`);
      const { object } = context.feeds.of(access, NAMESPACES).look(reader, found);
      return sendItem(reply, object, answerIn(context, request, { ...query, columns: NAMESPACES.columns }));
    },
  );
}

async function refuseNamespace(): Promise<never> {
  const message = "namespaces are those of the manifests in Git, and are read-only";
  throw new ApiFailure("MethodNotAllowed", message);
}

/** Sends events as they happen. @throws ApiFailure before the first event */
async function watchEvents(watch: AskedWatch, context: WatchContext): Promise<void> {
  const { request, namespace } = watch;
  const query = parseWith(watchQuery, request.query);
  const access = accessOf(request);
  const log = context.feeds.eventsOf(access);
  const columns = EVENT as readonly TableColumn<never>[] as readonly TableColumn<ApiObject<string>>[];
  const form = { isTable: wantsTable(request.headers.accept), include: query.includeObject };
  const lines = new WatchLines(form, { apiVersion: "v1", kind: "Event", columns }, () =>
    context.clock.nowMs(),
  );
  const isSelected = eventSelector(query);
  const selects = (event: CoreEventObject): boolean =>
    (namespace === null || event.metadata.namespace === namespace) && isSelected(event);
  const release = context.watches.reserve(access.actor);
  log.watches += 1;
  try {
    await log.look();
    const start = startOf(query, (text) => log.parse(text));
    const list = () => newestEvents(context, access, { namespace, selects: isSelected, upTo: log.newestSeq });
    const source = new EventWatch({ log, lines, selects, list }, start);
    await runWatch(source, { ...watch, query, hasInitial: start.kind === "objects" }, context);
  } finally {
    log.watches -= 1;
    release();
  }
}

interface EventSelectors {
  readonly fieldSelector?: string | undefined;
  readonly labelSelector?: string | undefined;
}

/** Events have no labels. @throws ApiFailure BadRequest */
function eventSelector({
  fieldSelector: fields,
  labelSelector: labels,
}: EventSelectors): (event: CoreEventObject) => boolean {
  const hasFields = fieldSelector(fields, EVENT_FIELDS);
  const isSelected = labels ? parseLabelSelector(labels)({}) : true;
  return (event) => isSelected && hasFields(event);
}

const MAX_EVENTS = 500;
/** The number of entries that are searched for events that a selector takes. */
const SEARCHED = 5_000;
const PAGE = 1_000;

interface EventRequest {
  readonly namespace: string | null;
  /** @see eventSelector */
  readonly selects: (event: CoreEventObject) => boolean;
  readonly limit?: number | undefined;
  /** The newest entry; later ones are events of a watch. */
  readonly upTo: number;
}

/** Newest first: a cluster forgets its events, and `grantkeeper history` has all of them. */
async function newestEvents(
  context: WatchContext,
  access: Access,
  { namespace, selects, limit = MAX_EVENTS, upTo }: EventRequest,
): Promise<readonly CoreEventObject[]> {
  const reader = await openReader(context, access);
  const found: CoreEventObject[] = [];
  const most = Math.min(limit, MAX_EVENTS);
  let before: number = upTo + 1;
  for (let searched = 0; searched < SEARCHED && found.length < most; searched += PAGE) {
    const request = { key: null, namespace, before, limit: PAGE };
    const page = await visibleEntries(context.control, access, request);
    found.push(...page.items.flatMap((entry) => coreEvents(reader, entry, selects)));
    if (page.next === null) break;
    before = page.next;
  }
  const own = namespace === null ? found : found.filter(({ metadata }) => metadata.namespace === namespace);
  return own.slice(0, most);
}
