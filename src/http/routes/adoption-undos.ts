import { subjectDigits } from "../../model/rules/approval-subject.ts";
import type { FastifyInstance } from "fastify";
import {
  undoPlanRequest,
  undoRequest,
  type AdoptionUndoObject,
  type AdoptionUndoPlanObject,
  type UndoPlanItem,
} from "../../api/commands.ts";
import type { Key } from "../../model/keys/key.ts";
import { identityText, seesEverything, seesKey, type Access } from "../access/access.ts";

import { envelope, isoTime } from "../present/metadata.ts";
import { hidesRoles, type Reader } from "../request/reader.ts";
import type { UndoPlan, UndoPlans } from "../../model/answers/undo-plans.ts";
import type { Suspension } from "../../model/approval.ts";
import { netDelta, NO_DELTA } from "../../model/delta.ts";
import { recorded } from "../../plan/render/recorded.ts";
import { accessOf, openReader, type HttpContext } from "../request/context.ts";
import { accepted, ApiFailure } from "../request/failure.ts";
import { parseWith } from "../request/parse.ts";

/** The plan changes nothing, so the scope `read` is enough for it; the order is an approval. */
export function registerAdoptionUndos(api: FastifyInstance, context: HttpContext): void {
  const { control } = context;
  api.post(
    "/adoptionundoplans",
    { config: { scopes: ["read"] } },
    async (request): Promise<AdoptionUndoPlanObject> => {
      const access = accessOf(request);
      const selection = parseWith(undoPlanRequest, request.body);
      checkSeen(access, selection.keys);
      const reader = await openReader(context, access);
      return undoPlanObject(reader, accepted(reader, await control.undoPlans(selection)));
    },
  );
  api.post(
    "/adoptionundos",
    { config: { scopes: ["approve"] } },
    async (request, reply): Promise<AdoptionUndoObject> => {
      const access = accessOf(request);
      const { for: forMs, ...undo } = parseWith(undoRequest, request.body);
      checkSeen(access, undo.keys);
      const reader = await openReader(context, access);
      const made = accepted(reader, await control.orderUndo({ ...undo, forMs }, access.actor));
      reply.code(201);
      return undoObject(made, undo);
    },
  );
}

/** Whether or not the keys exist. */
function checkSeen(access: Access, keys: readonly Key[]): void {
  const foreign = keys.find((key) => !seesKey(access, key));
  if (foreign !== undefined)
    throw new ApiFailure("Forbidden", `${identityText(access)} may not undo the adoption of ${foreign}`);
}

function undoPlanObject(reader: Reader, { subject, plans }: UndoPlans): AdoptionUndoPlanObject {
  const functions = plans.map((plan) => planItem(reader, plan));
  const calls = plans.reduce(
    (sum, { finding }) => sum + (finding.kind === "planned" ? finding.plan.actions.length : 0),
    0,
  );
  const name = subject === null ? "none" : subjectDigits(subject);
  return { ...envelope("AdoptionUndoPlan", { name }), status: { subject, calls, functions } };
}

function planItem(reader: Reader, { key, account, finding, readAtMs }: UndoPlan): UndoPlanItem {
  const { scrub } = reader;
  const shared = { key, account, readAt: readAtMs === null ? null : isoTime(readAtMs) };
  const none = { way: null, to: null, calls: [], delta: NO_DELTA, changes: [], notes: [] } as const;
  if (finding.kind === "nothing")
    return { ...shared, ...none, state: "nothing", reason: scrub(finding.reason), obstacles: [] };
  if (finding.kind === "refused") {
    const obstacles = finding.obstacles.map(({ kind, message, fix }) => ({
      kind,
      message: scrub(message),
      fix: fix === null ? null : scrub(fix),
    }));
    return { ...shared, ...none, state: "refused", reason: null, obstacles };
  }
  const { way, to, plan, changes, notes } = finding;
  const view = reader.keyView(key);
  const hides = view === null ? !seesEverything(reader.access) : hidesRoles(reader, view);
  const { delta } = recorded({ delta: netDelta(plan.actions.map((action) => action.delta)) });
  return {
    ...shared,
    state: "planned",
    reason: null,
    obstacles: [],
    way,
    to,
    calls: plan.actions.map(({ call, target }) => ({ call, target })),
    // The permissions of a role of another owner are not shown, but the order may still name it.
    delta: hides ? NO_DELTA : delta,
    changes: changes.map(scrub),
    notes: notes.map(scrub),
  };
}

function undoObject(
  suspensions: readonly Suspension[],
  { subject, reason }: { readonly subject: string; readonly reason: string },
): AdoptionUndoObject {
  const [first] = suspensions;
  if (first?.undo === undefined) throw new Error(`the undo ${subject} suspends nothing`);
  const { actor, until, undo, at } = first;
  return {
    ...envelope("AdoptionUndo", { name: subjectDigits(undo.subject), creationTimestamp: at }),
    spec: { subject: undo.subject, actor, reason, until },
    status: {
      keys: suspensions.flatMap(({ scope }) => scope.key ?? []),
      suspensions: suspensions.map(({ id }) => id),
    },
  };
}
