import type { Suspension } from "../../../../src/model/approval.ts";
import type { AdoptionUndoRecord, UndoOrder } from "../../../../src/model/keys/adoption-undo.ts";
import { contentDigest, contentOf, type AdoptedRole } from "../../../../src/model/keys/adopted-role.ts";
import type { LiveRole } from "../../../../src/model/live.ts";
import { actionDigest } from "../../../../src/model/plan.ts";
import { digestOf } from "../../../../src/model/values/digest.ts";
import { planAdoptionUndo } from "../../../../src/plan/adoption-undo.ts";
import {
  allow,
  appliedRecord,
  binding,
  BOUNDARY,
  documentOf,
  NOW_MS,
} from "../../../support/pass/bindings.ts";
import { accountWith, livePolicyOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import { KEY } from "../../../support/pass/passes.ts";
import { context } from "../../../support/pass/plans.ts";

const DESIRED = binding();
export const ROLE = liveRoleOf(DESIRED);
export const FORMER = {
  ...contentOf(ROLE),
  inline: [{ name: "old", text: documentOf(allow("s3:GetObject")) }],
};
export const ADOPTED: AdoptedRole = {
  arn: ROLE.arn,
  roleId: ROLE.roleId,
  atMs: NOW_MS - 2,
  former: FORMER,
  changedAtMs: NOW_MS - 2,
  lastWritten: contentDigest(contentOf(ROLE)),
};
const BOUNDARY_POLICY = livePolicyOf(BOUNDARY, [documentOf(allow("*"))]);
export const liveOf = (role: LiveRole) => accountWith({ role, policies: [BOUNDARY_POLICY] });
export const RESTORED = { ...ROLE, inline: FORMER.inline, tags: FORMER.tags };
export const ADOPTED_RECORD = appliedRecord(DESIRED, { adoptedRole: ADOPTED });
export const PLANNED = planAdoptionUndo(DESIRED, context(liveOf(ROLE), { record: ADOPTED_RECORD }));
export const ORDER: UndoOrder =
  PLANNED.kind === "planned"
    ? {
        subject: digestOf("undo"),
        way: "in-place",
        to: ROLE.arn,
        covers: PLANNED.plan.actions.map(actionDigest),
        shown: PLANNED.shown,
      }
    : fail(JSON.stringify(PLANNED));

function fail(message: string): never {
  throw new Error(message);
}

/** The role had no boundary: all but that and the ownership tags is restored. */
export const RESTORED_BUT_BOUNDARY = { ...RESTORED, tags: ROLE.tags };
const UNBOUNDED = planAdoptionUndo(
  DESIRED,
  context(liveOf(ROLE), {
    record: appliedRecord(DESIRED, {
      adoptedRole: { ...ADOPTED, former: { ...FORMER, boundary: null } },
    }),
  }),
);
export const ORDER_WITHOUT_BOUNDARY: UndoOrder =
  UNBOUNDED.kind === "planned"
    ? { ...ORDER, covers: UNBOUNDED.plan.actions.map(actionDigest), shown: UNBOUNDED.shown }
    : fail(JSON.stringify(UNBOUNDED));

export const AT = new Date(NOW_MS - 1_000).toISOString();
const UNTIL = new Date(NOW_MS + 1_000_000).toISOString();
export function suspensionOf(change: Partial<Suspension> = {}): Suspension {
  const scope = { accountId: null, namespace: null, key: KEY };
  return { id: "s1", scope, reason: "x", actor: "dana", at: AT, until: UNTIL, undo: ORDER, ...change };
}

export const RECORD: AdoptionUndoRecord = {
  subject: ORDER.subject,
  way: "in-place",
  to: ROLE.arn,
  actor: "dana",
  orderedMs: Date.parse(AT),
  begunMs: null,
  state: "running",
  sinceMs: NOW_MS - 500,
  reason: null,
  until: UNTIL,
};
