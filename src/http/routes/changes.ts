import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiObject } from "../../api/object.ts";
import { RESOURCES } from "../../api/resources.ts";
import { accessFor, identityText, seesKey, type Access } from "../access/access.ts";
import { annotationPatch, type AnnotationCommand } from "../kubernetes/annotations.ts";
import { readOnlyFailure } from "../kubernetes/read-only.ts";
import { callerOf, openReader, checkScope, type HttpContext, checkProof } from "../request/context.ts";
import { ApiFailure, accepted } from "../request/failure.ts";
import { parseWith } from "../request/parse.ts";
import { EVERY_SCOPE } from "./discovery.ts";
import { isReadResource, type ReadResource } from "../resources/resources.ts";
import type { WatchContext } from "../watch/context.ts";
import { checkNamespace, readObject, type NameParams } from "./reads.ts";
import type { Suspension } from "../../model/approval.ts";
import { accountIdOf, type Key } from "../../model/keys/key.ts";
import { covers, formatScope } from "../../model/keys/suspension-scope.ts";
import type { Reader } from "../request/reader.ts";
import { isoTime } from "../present/metadata.ts";

/** Annotations of these are commands. */
const ANNOTATED: ReadonlySet<ReadResource> = new Set(["functionpermissions", "managedpolicies", "bindings"]);

/** Objects of these are created by requests of their own. */
const COMMANDS: ReadonlySet<ReadResource> = new Set(["suspensions"]);

const MERGE_PATCH = "application/merge-patch+json";

/** What a change may have in its query, as kubectl writes it. */
const changeQuery = z.strictObject({
  dryRun: z.enum(["All"]).optional(),
  fieldManager: z.string().max(300).optional(),
  fieldValidation: z.string().max(300).optional(),
  force: z.string().max(10).optional(),
  pretty: z.string().max(10).optional(),
  timeout: z.string().max(30).optional(),
});

/** Every change of an object is refused with the place to change it, except for the annotations that are commands. */
export function registerChanges(api: FastifyInstance, context: WatchContext): void {
  // Of any content type, so that the answer is not about the content type.
  api.removeAllContentTypeParsers();
  api.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  for (const resource of Object.keys(RESOURCES).filter(isReadResource)) {
    const paths = RESOURCES[resource].namespaced
      ? [`/${resource}`, `/namespaces/:namespace/${resource}`]
      : [`/${resource}`];
    for (const url of paths) {
      const methods = COMMANDS.has(resource) ? ["PUT", "DELETE"] : ["POST", "PUT", "DELETE"];
      api.route<{ Params: NameParams }>({
        method: methods,
        url,
        ...EVERY_SCOPE,
        handler: (request) => refuse(resource, request, context),
      });
    }
    api.route<{ Params: NameParams }>({
      method: ["PUT", "DELETE", "POST"],
      url: `${paths.at(-1) ?? ""}/:name`,
      ...EVERY_SCOPE,
      handler: (request) => refuse(resource, request, context),
    });
    api.route<{ Params: NameParams }>({
      method: ["PUT", "PATCH"],
      url: `${paths.at(-1) ?? ""}/:name/:subresource`,
      ...EVERY_SCOPE,
      handler: (request) => refuse(resource, request, context),
    });
    api.patch<{ Params: NameParams }>(`${paths.at(-1) ?? ""}/:name`, EVERY_SCOPE, async (request, reply) =>
      patch(resource, { request, reply }, context),
    );
  }
}

type ChangeRequest = FastifyRequest<{ Params: NameParams }>;

/** @throws ApiFailure always */
async function refuse(resource: ReadResource, request: ChangeRequest, context: WatchContext): Promise<never> {
  // The place in Git is shown to callers that may read it.
  const access = accessFor(callerOf(request), ["read"]);
  if (access !== null) checkNamespace(access, request.params.namespace);
  const isNamed = request.params.name !== undefined && access !== null;
  throw readOnlyFailure(resource, isNamed ? await readObject(resource, { request, access }, context) : null);
}

async function patch(
  resource: ReadResource,
  { request, reply }: { readonly request: ChangeRequest; readonly reply: FastifyReply },
  context: WatchContext,
): Promise<ApiObject<string>> {
  const type = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  const { body } = request;
  const isPatch = ANNOTATED.has(resource) && type === MERGE_PATCH && body instanceof Uint8Array;
  const annotation = isPatch ? annotationPatch(body) : null;
  if (annotation === null) return refuse(resource, request, context);
  const { dryRun } = parseWith(changeQuery, request.query);
  const access = checkScope(callerOf(request), ["read"]);
  const found = await readObject(resource, { request, access }, context);
  const { uid, resourceVersion } = found.metadata;
  if (annotation.resourceVersion !== null && annotation.resourceVersion !== resourceVersion)
    throw new ApiFailure(
      "Conflict",
      "the object has been modified: read it again, then apply the change to it",
    );
  if (uid === undefined) throw new Error(`${resource} are served without a uid`);
  const reader = await openReader(context, access);
  const object = { uid, keys: keysNamed(reader, found) };
  const isDryRun = dryRun === "All";
  const warning = await executeAnnotation(annotation.command, { context, reader, object, isDryRun });
  if (warning !== null) reply.header("warning", `299 - ${JSON.stringify(reader.scrub(warning))}`);
  return readObject(resource, { request, access }, context);
}

interface Annotated {
  readonly context: HttpContext;
  readonly reader: Reader;
  readonly object: { readonly uid: string; readonly keys: readonly Key[] };
  /** Checks everything and acts on nothing. */
  readonly isDryRun: boolean;
}

/**
 * Executes the command with the scope that the same command of the API needs, into the record as that one.
 * @returns a warning for the caller; null: there is none
 * @throws ApiFailure
 */
async function executeAnnotation(command: AnnotationCommand, annotated: Annotated): Promise<string | null> {
  switch (command.kind) {
    case "nothing":
      return "nothing to do";
    case "reconcile":
      return reconcile(command.requestedAt, annotated);
    case "suspend":
      return suspend(command, annotated);
    case "resume":
      return resume(command.reason, annotated);
  }
}

/** The keys of a document, or of a binding; empty if there is none. */
function keysNamed({ world }: Reader, { kind, metadata }: ApiObject<string>): readonly Key[] {
  const { namespace = "", name } = metadata;
  const isIt = (one: { readonly namespace: string; readonly name: string }): boolean =>
    one.namespace === namespace && one.name === name;
  if (kind === "Binding") return [...world.places].flatMap(([key, place]) => (isIt(place) ? [key] : []));
  return world.objects.find((record) => record.kind === kind && isIt(record))?.keys ?? [];
}

async function reconcile(requestedAt: string, annotated: Annotated): Promise<null> {
  const { context, reader, object, isDryRun } = annotated;
  checkCovers(checkScope(reader.access, ["reconcile"]), object.keys);
  // A key cannot be reconciled if Git no longer declares its account.
  const keys = object.keys.filter((key) => reader.world.accounts.has(accountIdOf(key)));
  if (keys.length === 0) throw new ApiFailure("Conflict", "it has no binding in a declared account");
  if (isDryRun) return null;
  const target = { kind: "keys", keys: keys.toSorted() } as const;
  const { token } = accepted(reader, await context.control.reconcile(target, reader.access.actor));
  context.requestedReconciles.remember(object.uid, { requestedAt, token });
  return null;
}

async function suspend(
  { forMs, reason }: { readonly forMs: number; readonly reason: string },
  annotated: Annotated,
): Promise<null> {
  const { context, reader, object, isDryRun } = annotated;
  checkSuspends(annotated);
  if (object.keys.length === 0) throw new ApiFailure("Conflict", "it has no binding");
  if (isDryRun) return null;
  const until = isoTime(context.clock.nowMs() + forMs);
  const scopes = object.keys.map((key) => ({ accountId: null, namespace: null, key }));
  accepted(reader, await context.control.suspendAll({ scopes, reason, until }, reader.access.actor));
  return null;
}

async function resume(reason: string, annotated: Annotated): Promise<string | null> {
  const { context, reader, object, isDryRun } = annotated;
  checkSuspends(annotated);
  const { suspensions } = reader.world.overview;
  const own = suspensions.filter(({ scope }) => scope.key !== null && object.keys.includes(scope.key));
  const wider = suspensions.find(
    ({ scope }) => scope.key === null && object.keys.some((key) => covers(scope, key)),
  );
  if (own.length === 0 && wider !== undefined) throw widerSuspension(wider);
  if (own.length === 0) return "nothing to do: it is not suspended";
  if (isDryRun) return null;
  for (const { id } of own)
    accepted(reader, await context.control.resume({ id, reason }, reader.access.actor));
  return wider === undefined ? null : `it is still suspended, with ${formatScope(wider.scope)}`;
}

/** @throws ApiFailure Forbidden */
function checkSuspends({ context, reader: { access }, object }: Annotated): void {
  checkCovers(checkScope(access, ["suspend"]), object.keys);
  checkProof(access, context.clock.nowMs());
}

/** The caller may read the object, which is not enough to act on it. @throws ApiFailure Forbidden */
function checkCovers(access: Access, keys: readonly Key[]): void {
  const other = keys.find((key) => !seesKey(access, key));
  if (other === undefined) return;
  throw new ApiFailure("Forbidden", `${identityText(access)} may not do this to ${other}`);
}

function widerSuspension({ id, scope }: Suspension): ApiFailure {
  return new ApiFailure("Conflict", `it is suspended with ${formatScope(scope)}, not by itself`, {
    hint: `grantkeeper resume ${id} --reason TEXT`,
  });
}
