import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiObject } from "../../api/object.ts";
import { RESOURCES } from "../../api/resources.ts";
import { accessFor } from "../access/access.ts";
import { executeAnnotation, keysNamed } from "../kubernetes/annotate.ts";
import { annotationPatch } from "../kubernetes/annotations.ts";
import { readOnlyFailure } from "../kubernetes/read-only.ts";
import { callerOf, openReader, checkScope } from "../request/context.ts";
import { ApiFailure } from "../request/failure.ts";
import { parseWith } from "../request/parse.ts";
import { EVERY_SCOPE } from "./discovery.ts";
import { isReadResource, type ReadResource } from "../resources/resources.ts";
import type { WatchContext } from "../watch/context.ts";
import { checkNamespace, readObject, type NameParams } from "./reads.ts";

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
