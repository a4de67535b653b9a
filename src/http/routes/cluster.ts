import type { FastifyInstance } from "fastify";
import type { CoreEventObject } from "../../api/kubernetes/core.ts";
import type { Access } from "../access/access.ts";
import { coreEvents, EVENT_FIELDS } from "../kubernetes/core-events.ts";
import { EVENT, NAMESPACE } from "../kubernetes/columns/core.ts";
import { namespaces } from "../kubernetes/namespaces.ts";
import { visibleEntries } from "../present/events.ts";
import { accessOf, openReader, type HttpContext } from "../request/context.ts";
import { ApiFailure } from "../request/failure.ts";
import { fieldSelector, METADATA_FIELDS } from "../request/field-selector.ts";
import { parseLabelSelector } from "../request/label-selector.ts";
import { parseWith } from "../request/parse.ts";
import { listQuery, oneQuery } from "../request/queries.ts";
import { EVERY_SCOPE } from "./discovery.ts";
import { checkNamespace } from "./reads.ts";
import { answerIn, sendItem, sendItems } from "./tables.ts";

const READ_SCOPE = { config: { scopes: ["read"] } } as const;

/** What every cluster has: namespaces, and what happened to objects. */
export function registerCluster(app: FastifyInstance, context: HttpContext): void {
  registerNamespaces(app, context);
  for (const url of ["/api/v1/events", "/api/v1/namespaces/:namespace/events"]) {
    app.get<{ Params: { readonly namespace?: string } }>(url, READ_SCOPE, async (request, reply) => {
      const query = parseWith(listQuery, request.query);
      const access = accessOf(request);
      const namespace = checkNamespace(access, request.params.namespace);
      const items = await newestEvents(context, access, { ...query, namespace });
      const list = {
        apiVersion: "v1",
        kind: "EventList",
        metadata: { resourceVersion: String(await context.control.resourceVersion()) },
        items,
      };
      return sendItems(reply, list, answerIn(context, request, { ...query, columns: EVENT }));
    });
  }
}

function registerNamespaces(app: FastifyInstance, context: HttpContext): void {
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
    const query = parseWith(listQuery, request.query);
    const reader = await openReader(context, accessOf(request));
    const selects = fieldSelector(query.fieldSelector, METADATA_FIELDS);
    const hasLabels = query.labelSelector ? parseLabelSelector(query.labelSelector) : () => true;
    const list = {
      apiVersion: "v1",
      kind: "NamespaceList",
      metadata: { resourceVersion: String(reader.world.version) },
      items: namespaces(reader).filter((item) => selects(item) && hasLabels(item.metadata.labels ?? {})),
    };
    return sendItems(reply, list, answerIn(context, request, { ...query, columns: NAMESPACE }));
  });
  app.get<{ Params: { readonly namespace: string } }>(
    "/api/v1/namespaces/:namespace",
    READ_SCOPE,
    async (request, reply) => {
      const query = parseWith(oneQuery, request.query);
      const access = accessOf(request);
      const name = checkNamespace(access, request.params.namespace) ?? "";
      const found = namespaces(await openReader(context, access)).find(
        ({ metadata }) => metadata.name === name,
      );
      if (found === undefined)
        throw new ApiFailure("NotFound", `namespaces "${name.slice(0, 63)}" not found`);
      return sendItem(reply, found, answerIn(context, request, { ...query, columns: NAMESPACE }));
    },
  );
}

async function refuseNamespace(): Promise<never> {
  const message = "namespaces are those of the manifests in Git, and are read-only";
  throw new ApiFailure("MethodNotAllowed", message);
}

const MAX_EVENTS = 500;
/** The number of entries that are searched for events that a selector takes. */
const SEARCHED = 5_000;
const PAGE = 1_000;

interface EventRequest {
  readonly namespace: string | null;
  readonly fieldSelector?: string | undefined;
  readonly limit?: number | undefined;
}

/** Newest first: a cluster forgets its events, and `grantkeeper history` has all of them. */
async function newestEvents(
  context: HttpContext,
  access: Access,
  { namespace, fieldSelector: selector, limit = MAX_EVENTS }: EventRequest,
): Promise<readonly CoreEventObject[]> {
  const selects = fieldSelector(selector, EVENT_FIELDS);
  const reader = await openReader(context, access);
  const found: CoreEventObject[] = [];
  const most = Math.min(limit, MAX_EVENTS);
  let before: number | null = null;
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
