import type { UndoPlans } from "../../../src/model/answers/undo-plans.ts";
import type { Suspension } from "../../../src/model/approval.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { actionOf, planOf } from "../pass/passes.ts";
import { NOW } from "../fakes/fake-control.ts";
import { arn, ORDERS_API, ORDERS_JOBS, STRAY } from "./world-keys.ts";

export const UNDO_SUBJECT = digestOf("undo");
const FORMER = arn("arn:aws:iam::111122223333:role/orders-shared");
const FUNCTION = arn("arn:aws:lambda:eu-west-1:111122223333:function:orders-api");

/** One function of each answer. */
export function undoPlansOf(): UndoPlans {
  const readAtMs = Date.parse(NOW) - 180_000;
  const call = actionOf({ call: "lambda:UpdateFunctionConfiguration", target: FUNCTION });
  const shared = { account: "prod", readAtMs };
  return {
    subject: UNDO_SUBJECT,
    plans: [
      {
        ...shared,
        key: ORDERS_API,
        finding: {
          kind: "planned",
          way: "switch",
          to: FORMER,
          plan: planOf([call]),
          shown: digestOf("shown"),
          changes: ["role orders-shared: its tags changed"],
          notes: [
            "alias live runs version 7, which keeps role orders-api-eu-west-1: move the alias to a version with the former role",
          ],
        },
      },
      {
        ...shared,
        key: ORDERS_JOBS,
        finding: {
          kind: "refused",
          obstacles: [
            {
              kind: "role-gone",
              message: `role ${FORMER} no longer exists`,
              fix: "set another role by hand",
            },
          ],
        },
      },
      {
        account: "stray",
        readAtMs: null,
        key: STRAY,
        finding: { kind: "nothing", reason: "it is back already" },
      },
    ],
  };
}

export const UNDO_SUSPENSION: Suspension = {
  id: "u1",
  scope: { accountId: null, namespace: null, key: ORDERS_API },
  reason: "adoption undone: INC-1",
  actor: "local",
  at: NOW,
  until: "2026-12-02T12:00:00.000Z",
  undo: { subject: UNDO_SUBJECT, way: "switch", to: FORMER, covers: [], shown: digestOf("shown") },
};
