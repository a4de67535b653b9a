import type { FastifyInstance } from "fastify";
import { EVENT } from "../kubernetes/columns/core.ts";
import { accessOf, openReader } from "../request/context.ts";
import { ApiFailure } from "../request/failure.ts";
import { fieldSelector, METADATA_FIELDS } from "../request/field-selector.ts";
import { parseLabelSelector } from "../request/label-selector.ts";
import { parseWith } from "../request/parse.ts";
import { asksToWatch, listQuery, oneQuery } from "../request/queries.ts";
import { EVERY_SCOPE } from "./discovery.ts";
import { checkNamespace } from "./reads.ts";
import type { WatchContext } from "../watch/context.ts";
import { NAMESPACES } from "../watch/feed-resources.ts";
import { answerIn, sendItem, sendItems } from "./tables.ts";
import { eventSelector, newestEvents, watchEvents } from "./watch/event-watches.ts";
import { watchObjects } from "./watch/watches.ts";

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
        throw new ApiFailure("NotFound", `namespaces "${name.slice(0, 63)}" not found`);
      const { object } = context.feeds.of(access, NAMESPACES).look(reader, found);
      return sendItem(reply, object, answerIn(context, request, { ...query, columns: NAMESPACES.columns }));
    },
  );
}

async function refuseNamespace(): Promise<never> {
  const message = "namespaces are those of the manifests in Git, and are read-only";
  throw new ApiFailure("MethodNotAllowed", message);
}
