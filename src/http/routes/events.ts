import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { API_VERSION } from "../../api/group.ts";
import type { EventObject } from "../../api/events.ts";
import type { ApiList } from "../../api/object.ts";
import type { EntryFilter } from "../../model/entries/entry-filter.ts";
import { ENTRY_GROUPS, parseKinds } from "../../model/entries/entry-groups.ts";
import { isUnverifiedEntry, unverifiedFrom } from "../../model/records/record-verification.ts";
import { keyParts, parseKey, type Key } from "../../model/keys/key.ts";
import { identityText, seesEverything, seesKey, type Access } from "../access/access.ts";
import { accessOf, openReader, type HttpContext } from "../request/context.ts";
import { ApiFailure } from "../request/failure.ts";
import { instant } from "../request/queries.ts";
import type { World } from "../request/world.ts";
import { parseWith } from "../request/parse.ts";
import { event, events } from "../present/events.ts";
import { scrubSentences } from "../access/redaction.ts";
import { checkNamespace } from "./reads.ts";

const kinds = z
  .string()
  .max(1_000, "expected at most 1000 characters")
  .transform((text, context) => {
    const parsed = parseKinds(text);
    if (parsed.kind === "ok") return parsed.value;
    const groups = ENTRY_GROUPS.join(", ");
    context.addIssue({
      code: "custom",
      message: `"${parsed.error}" is not a kind of entries; expected kinds, or ${groups}`,
    });
    return z.NEVER;
  });

const eventQuery = z
  .strictObject({
    kind: kinds.optional(),
    by: z.string().min(1).max(200, "expected at most 200 characters").optional(),
    since: instant.optional(),
    until: instant.optional(),
    key: z.string().max(600, "expected a key").optional(),
    limit: z
      .string()
      .regex(/^([1-9]\d{0,2}|1000)$/, "expected a number from 1 to 1000")
      .transform(Number)
      .default(100),
    continue: z
      .string()
      .regex(/^[1-9]\d{0,14}$/, "expected a value from a list of this server")
      .transform(Number)
      .optional(),
  })
  .refine(({ since = -Infinity, until = Infinity }) => since < until, {
    path: ["since"],
    message: "expected a time before until",
  });

export function registerEvents(api: FastifyInstance, context: HttpContext): void {
  for (const url of ["/events", "/namespaces/:namespace/events"]) {
    api.get<{ Params: { readonly namespace?: string } }>(
      url,
      { config: { scopes: ["read"] } },
      async (request) => {
        const access = accessOf(request);
        const namespace = checkNamespace(access, request.params.namespace);
        const query = parseWith(eventQuery, request.query);
        const { limit, continue: before = null } = query;
        const key = query.key === undefined ? null : readKey(access, query.key, namespace);
        return listEvents(context, access, { key, namespace, limit, before, filter: filterOf(query) });
      },
    );
  }
  api.get<{ Params: { readonly name: string } }>(
    "/events/:name",
    { config: { scopes: ["read"] } },
    (request) => oneEvent(context, accessOf(request), request.params.name),
  );
}

function filterOf({ kind, by, since, until }: z.output<typeof eventQuery>): EntryFilter {
  return { kinds: kind ?? null, by: by ?? null, sinceMs: since ?? null, untilMs: until ?? null };
}

/** @throws ApiFailure NotFound if there is no such entry, or the token may not see it */
async function oneEvent(context: HttpContext, access: Access, name: string): Promise<EventObject> {
  const { scrub, world } = await openReader(context, access);
  const seq = /^[1-9]\d{0,14}$/.test(name) ? Number(name) : null;
  const found = seq === null ? null : await event(context.control, access, seq);
  if (found === null) throw await notFound(context, access, { name, seq });
  return withVerification({ ...found, event: scrubSentences(found.event, scrub) }, world);
}

function withVerification(object: EventObject, { overview }: World): EventObject {
  const from = unverifiedFrom(overview.verification);
  return isUnverifiedEntry(object.event.seq, from) ? { ...object, verified: false } : object;
}

async function notFound(
  { control }: HttpContext,
  access: Access,
  { name, seq }: { readonly name: string; readonly seq: number | null },
): Promise<ApiFailure> {
  // Removals are of the entire record, so that only such a token sees their entries.
  const removed = seq === null || !seesEverything(access) ? null : await control.removedEntry(seq);
  if (removed !== null) return new ApiFailure("NotFound", removed.message, { hint: removed.hint });
  return new ApiFailure("NotFound", `there is no audit entry "${name}" that this token may see`, {
    hint: "the entries that it may see have the numbers that grantkeeper history lists",
  });
}

function readKey(access: Access, text: string, namespace: string | null): Key {
  const key = parseKey(text);
  if (key === undefined)
    throw new ApiFailure(
      "BadRequest",
      "key: expected a key such as function/111122223333/eu-west-1/orders/orders-api",
    );
  if (!seesKey(access, key)) throw new ApiFailure("Forbidden", `${identityText(access)} may not see ${key}`);
  if (namespace !== null && keyParts(key).namespace !== namespace)
    throw new ApiFailure("BadRequest", `key: ${key} is not in namespace ${namespace}`);
  return key;
}

async function listEvents(
  context: HttpContext,
  access: Access,
  request: Parameters<typeof events>[2],
): Promise<ApiList<EventObject>> {
  const { scrub, world } = await openReader(context, access);
  const { items, next } = await events(context.control, access, request);
  return {
    apiVersion: API_VERSION,
    kind: "EventList",
    metadata: {
      resourceVersion: String(world.version),
      ...(next === null ? {} : { continue: String(next) }),
    },
    items: items.map((item) =>
      withVerification({ ...item, event: scrubSentences(item.event, scrub) }, world),
    ),
  };
}
