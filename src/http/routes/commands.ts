import type { FastifyInstance } from "fastify";
import { z } from "zod";
import {
  reconciliationRequest,
  resumeRequest,
  suspensionRequest,
  type ReconciliationObject,
  type SuspensionObject,
  type AlertTestObject,
} from "../../api/commands.ts";
import type { ReconcileProgress, ReconcileRequest } from "../../controller/ports/control.ts";
import type { SuspensionScope } from "../../model/approval.ts";
import { accountIdOf, type Key } from "../../model/keys/key.ts";
import { identityText, seesEverything, seesKey, type Access } from "../access/access.ts";
import { accessOf, openReader, type HttpContext } from "../request/context.ts";
import { accepted, ApiFailure } from "../request/failure.ts";
import { parseWith } from "../request/parse.ts";
import type { Scrub } from "../access/redaction.ts";
import { isCoveredBy, suspensionObject, suspensions } from "../present/suspensions.ts";
import { envelope, isoTime } from "../present/metadata.ts";
import { visibleKeys, type Reader } from "../request/reader.ts";
import { registerAdoptionUndos } from "./adoption-undos.ts";
import { registerApprovals } from "./approvals.ts";
import { registerRollbacks } from "./rollbacks.ts";
import {
  registerAccessReports,
  registerExposed,
  registerGrantProposals,
  registerMergePreviews,
  registerReaches,
  registerWhoCans,
  registerWhys,
  registerTimeline,
} from "./questions.ts";

export function registerCommands(api: FastifyInstance, context: HttpContext): void {
  registerReconciliations(api, context);
  registerSuspensions(api, context);
  registerAlertTests(api, context);
  registerApprovals(api, context);
  registerWhys(api, context);
  registerWhoCans(api, context);
  registerGrantProposals(api, context);
  registerAccessReports(api, context);
  registerMergePreviews(api, context);
  registerExposed(api, context);
  registerReaches(api, context);
  registerTimeline(api, context);
  registerAdoptionUndos(api, context);
  registerRollbacks(api, context);
}

function registerReconciliations(api: FastifyInstance, context: HttpContext): void {
  const { control } = context;
  api.post("/reconciliations", { config: { scopes: ["reconcile"] } }, async (request, reply) => {
    const access = accessOf(request);
    const { keys } = parseWith(reconciliationRequest, request.body);
    const reader = await openReader(context, access);
    const target = reconcileRequest(reader, keys);
    const { token } = accepted(reader, await control.reconcile(target, access.actor));
    reply.code(202);
    return reconciliation(reader.scrub, token, reconciledFor(access, control.reconciled(token)) ?? NOT_BEGUN);
  });
  api.get<{ Params: { readonly token: string } }>(
    "/reconciliations/:token",
    { config: { scopes: ["read", "reconcile"] } },
    async (request) => {
      const { token } = request.params;
      const { names } = parseWith(tokenQuery, request.query);
      const access = accessOf(request);
      const found = reconciledFor(access, control.reconciled(token));
      if (found === null)
        throw new ApiFailure("NotFound", "no such reconciliation: a restart of the controller forgets them");
      const scrub = await scrubOf(found, access, context);
      const { status, ...rest } = reconciliation(scrub, token, found);
      return { ...rest, status: { ...status, waitingFor: status.waitingFor.slice(0, names) } };
    },
  );
}

/** The part of a reconcile that the token sees; done when this part is done. null: the token sees nothing of it. */
function reconciledFor(access: Access, found: ReconcileProgress | null): ReconcileProgress | null {
  if (found === null || seesEverything(access)) return found;
  const keys = found.keys?.filter((key) => seesKey(access, key)) ?? null;
  if (keys?.length === 0) return null;
  const waitingFor = found.waitingFor.filter((key) => seesKey(access, key));
  return { ...found, keys, waitingFor, done: waitingFor.length === 0 };
}

/** Clients poll every half second while they wait: the record is read only for texts that may name another team. */
async function scrubOf(
  { unreadable }: ReconcileProgress,
  access: Access,
  context: HttpContext,
): Promise<Scrub> {
  if (unreadable.length === 0 || seesEverything(access)) return (text) => text;
  return (await openReader(context, access)).scrub;
}

const tokenQuery = z.strictObject({
  /** The maximum number of waiting keys to list; all if absent. */
  names: z
    .string()
    .regex(/^\d{1,5}$/, "expected a number")
    .transform(Number)
    .optional(),
});

function reconcileRequest(reader: Reader, keys: readonly Key[] | undefined): ReconcileRequest {
  const { access } = reader;
  if (keys === undefined && seesEverything(access)) return { kind: "all" };
  const wanted = [...new Set(keys ?? declaredKeys(reader))].sort();
  const foreign = wanted.find((key) => !seesKey(access, key));
  if (foreign !== undefined)
    throw new ApiFailure("Forbidden", `${identityText(access)} may not reconcile ${foreign}`);
  if (wanted.length === 0) throw new ApiFailure("NotFound", "there are no keys in the token's namespaces");
  return { kind: "keys", keys: wanted };
}

/** A key cannot be reconciled if Git no longer declares its account. */
function declaredKeys(reader: Reader): readonly Key[] {
  return visibleKeys(reader).filter((key) => reader.world.accounts.has(accountIdOf(key)));
}

const NOT_BEGUN: ReconcileProgress = {
  done: false,
  keys: [],
  waitingFor: [],
  unreadable: [],
  revision: null,
};

function reconciliation(
  scrub: Scrub,
  token: string,
  { done, keys, waitingFor, unreadable, revision }: ReconcileProgress,
): ReconciliationObject {
  return {
    ...envelope("Reconciliation", { name: token }),
    status: {
      done,
      keys,
      waitingFor: waitingFor.toSorted(),
      waiting: waitingFor.length,
      unreadable: unreadable.map((account) => ({ ...account, reason: scrub(account.reason) })),
      revision,
    },
  };
}

function registerSuspensions(api: FastifyInstance, context: HttpContext): void {
  api.post("/suspensions", { config: { scopes: ["suspend"] } }, async (request, reply) => {
    const made = await suspend(context, accessOf(request), parseWith(suspensionRequest, request.body));
    reply.code(201);
    return made;
  });
  api.post<{ Params: { readonly id: string } }>(
    "/suspensions/:id/resume",
    { config: { scopes: ["suspend"] } },
    async (request) => {
      const { reason } = parseWith(resumeRequest, request.body);
      return resume(context, accessOf(request), { id: request.params.id, reason });
    },
  );
}

async function suspend(
  context: HttpContext,
  access: Access,
  suspension: z.output<typeof suspensionRequest>,
): Promise<SuspensionObject> {
  const { control, clock } = context;
  const { accountId, namespace, key } = suspension.scope;
  const scope = { accountId: accountId ?? null, namespace: namespace ?? null, key: key ?? null };
  checkCovered(access, scope);
  const untilMs =
    suspension.until === undefined ? clock.nowMs() + (suspension.for ?? 0) : Date.parse(suspension.until);
  if (untilMs <= clock.nowMs()) throw new ApiFailure("BadRequest", "until: expected a time in the future");
  const reader = await openReader(context, access);
  const { reason } = suspension;
  const made = await control.suspend({ scope, reason, until: isoTime(untilMs) }, access.actor);
  return suspensionObject(accepted(reader, made), reader);
}

async function resume(
  context: HttpContext,
  access: Access,
  resumption: { readonly id: string; readonly reason: string },
): Promise<SuspensionObject> {
  const reader = await openReader(context, access);
  const found = suspensions(reader).find(({ metadata }) => metadata.name === resumption.id);
  if (found === undefined) throw new ApiFailure("NotFound", "no such suspension, or it has ended");
  checkCovered(access, found.spec.scope);
  const ended = await context.control.resume(resumption, access.actor);
  return suspensionObject(accepted(reader, ended), reader);
}

function checkCovered(access: Access, scope: SuspensionScope): void {
  if (isCoveredBy(access, scope)) return;
  throw new ApiFailure(
    "Forbidden",
    `${identityText(access)} may suspend and resume only within its namespaces`,
  );
}

const noFields = z.strictObject({});

/** The route of an operator may reach people of every team: only a token that sees everything sends a test to it. */
function registerAlertTests(api: FastifyInstance, context: HttpContext): void {
  api.post<{ Params: { readonly name: string } }>(
    "/alertroutes/:name/test",
    { config: { scopes: ["suspend"] } },
    async (request) => {
      parseWith(noFields, request.body);
      return testRoute(request.params.name, accessOf(request), context);
    },
  );
}

async function testRoute(name: string, access: Access, context: HttpContext): Promise<AlertTestObject> {
  if (!seesEverything(access))
    throw new ApiFailure("Forbidden", `${identityText(access)} may not test alert routes`);
  const reader = await openReader(context, access);
  const test = accepted(reader, await context.control.testAlert(name, access.actor));
  const answer = test.kind === "accepted" ? test.answer : null;
  return {
    ...envelope("AlertTest", { name }),
    status: { accepted: test.kind === "accepted", answer, problem: test.problem },
  };
}
