import { BINDING_GROUPS, type BindingGroup } from "../../model/status.ts";
import type { BindingCounts } from "../../api/manifests.ts";

const TEXTS: Readonly<Record<BindingGroup, string>> = {
  "in-sync": "in sync",
  upstream: "match Git; AWS changed a policy or added actions: grantkeeper get drift",
  changing: "differ: a change or a revert is applied now or when it is due",
  observed: "differ: observed only, so nothing is written",
  suspended: "differ: suspended, so nothing is written: grantkeeper get suspensions",
  "awaiting-approval": "await an approval: grantkeeper get holds",
  rejected: "rejected: grantkeeper get holds --all",
  refused: "refused, broken or not possible: grantkeeper get bindings",
  dependent: "wait for a deployment or for what they need: grantkeeper get bindings",
  "not-planned": "differ, and no change is planned: grantkeeper get bindings",
  "unread-differs": "differed when they were read last, and cannot be read now",
  unread: "not read: grantkeeper get bindings",
  "not-compared": "not compared yet",
};

/** Each binding in one line; nothing if all are in sync. A controller of an earlier version does not send the groups. */
export function bindingLines(counts: readonly BindingCounts[]): readonly string[] {
  const sums = BINDING_GROUPS.map((group) => ({
    group,
    count: counts.reduce((sum, { groups }) => sum + (groups?.[group] ?? 0), 0),
  })).filter(({ count }) => count > 0);
  if (sums.every(({ group }) => group === "in-sync")) return [];
  const total = String(sums.reduce((sum, { count }) => sum + count, 0));
  return [
    `Bindings: ${total}`,
    ...sums.map(({ group, count }) => `  ${String(count).padStart(total.length)} ${TEXTS[group]}`),
  ];
}
