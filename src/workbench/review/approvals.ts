import type { PlanView } from "../../plan/render/plan-view.ts";
import { objectName } from "../../plan/render/plan-view.ts";
import { newAccessText } from "../../model/rules/guardrail-profile.ts";
import { byText } from "../../text/order.ts";
import { inOrder } from "../plan/report.ts";

/** An approval that the change will await once it is merged, and the functions and policies that wait for it. */
export interface AwaitedApproval {
  /** `grants new access, which needs an approval of group security`. */
  readonly reason: string;
  /** `orders/orders-api`, sorted. */
  readonly names: readonly string[];
}

/** By reason. Without AWS, first enforcing passes and changed limits are not known. */
export function awaitedApprovals(views: readonly PlanView[]): readonly AwaitedApproval[] {
  const waiting = inOrder(views).filter(({ approvers }) => approvers.length > 0);
  const groups = Map.groupBy(waiting, ({ approvers }) => newAccessText(approvers));
  return [...groups]
    .map(([reason, group]) => ({ reason, names: [...new Set(group.map(({ key }) => objectName(key)))] }))
    .toSorted((a, b) => byText(a.reason, b.reason));
}
