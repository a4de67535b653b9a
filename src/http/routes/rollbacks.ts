import type { FastifyInstance } from "fastify";
import { rollbackEndRequest, rollbackRequest, type RollbackObject } from "../../api/commands.ts";
import type { PinnedSource } from "../../model/keys/source-pin.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import { identityText, sees, seesEverything, type Access } from "../access/access.ts";
import { envelope, isoTime } from "../present/metadata.ts";
import { accessOf, openReader, type HttpContext } from "../request/context.ts";
import { accepted, ApiFailure } from "../request/failure.ts";
import { parseWith } from "../request/parse.ts";

/** An older revision in force for a while, and its end. */
export function registerRollbacks(api: FastifyInstance, context: HttpContext): void {
  const { control, clock } = context;
  const config = { scopes: ["approve"] } as const;
  api.post("/rollbacks", { config }, async (request, reply): Promise<RollbackObject> => {
    const access = accessOf(request);
    const { namespace = null, for: forMs, ...body } = parseWith(rollbackRequest, request.body);
    checkCovered(access, namespace);
    const reader = await openReader(context, access);
    const until = isoTime(clock.nowMs() + forMs);
    const made = accepted(reader, await control.rollback({ ...body, namespace, until }, access.actor));
    reply.code(201);
    return rollbackObject(made);
  });
  api.post("/rollbacks/end", { config }, async (request): Promise<RollbackObject> => {
    const access = accessOf(request);
    const { namespace = null, reason } = parseWith(rollbackEndRequest, request.body);
    checkCovered(access, namespace);
    const reader = await openReader(context, access);
    return rollbackObject(accepted(reader, await control.endRollback({ namespace, reason }, access.actor)));
  });
}

/** The platform source decides about every namespace. */
function checkCovered(access: Access, namespace: Namespace | null): void {
  if (namespace === null ? seesEverything(access) : sees(access, namespace)) return;
  const what = namespace === null ? "the platform source" : `the source of ${namespace}`;
  throw new ApiFailure("Forbidden", `${identityText(access)} may not roll back ${what}`);
}

function rollbackObject({ source, namespace, pin }: PinnedSource): RollbackObject {
  const { revision, from, actor, reason, at, until } = pin;
  return {
    ...envelope("Rollback", { name: source, creationTimestamp: at }),
    spec: { namespace, revision, reason, actor, until },
    status: { from },
  };
}
