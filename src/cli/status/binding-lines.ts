import { BINDING_GROUPS, type BindingGroup } from "../../model/status.ts";
import type { BindingCounts, PolicyCounts } from "../../api/manifests.ts";

/** The verb for one binding and for several, and what follows it. */
interface GroupText {
  readonly verbs: readonly [one: string, many: string];
  readonly rest: string;
}

const TEXTS: Readonly<Record<BindingGroup, GroupText>> = {
  "in-sync": same("in sync"),
  upstream: {
    verbs: ["matches", "match"],
    rest: " Git; AWS changed a policy or added actions: grantkeeper get drift",
  },
  changing: differs(": a change or a revert is applied now or when it is due"),
  observed: differs(": observed only, so nothing is written"),
  suspended: differs(": suspended, so nothing is written: grantkeeper get suspensions"),
  "awaiting-approval": { verbs: ["awaits", "await"], rest: " an approval: grantkeeper get approvals" },
  "window-closed": {
    verbs: ["waits", "wait"],
    rest: " for a window or an earlier account: grantkeeper get changewindows",
  },
  "window-approved": {
    verbs: ["is", "are"],
    rest: " approved, but a change window is closed: grantkeeper get bindings",
  },
  rejected: same("rejected: grantkeeper get approvals --all"),
  refused: same("refused, broken or not possible: grantkeeper get bindings"),
  "depends-on": {
    verbs: ["waits", "wait"],
    rest: " for another function (dependsOn): grantkeeper get approvals",
  },
  dependent: {
    verbs: ["waits", "wait"],
    rest: " for a deployment or for what is needed: grantkeeper get bindings",
  },
  "not-planned": differs(", and no change is planned: grantkeeper get bindings"),
  "unread-differs": same("differed at the last read, and cannot be read now"),
  unread: same("not read: grantkeeper get bindings"),
  "not-compared": same("not compared yet"),
};

function same(text: string): GroupText {
  return { verbs: [text, text], rest: "" };
}

function differs(rest: string): GroupText {
  return { verbs: ["differs", "differ"], rest };
}

/** Each binding in one line; nothing if all are in sync. A controller of an earlier version does not send the groups. */
export function bindingLines(counts: readonly BindingCounts[]): readonly string[] {
  const sums = BINDING_GROUPS.map((group) => ({
    group,
    count: counts.reduce((sum, { groups }) => sum + (groups?.[group] ?? 0), 0),
  })).filter(({ count }) => count > 0);
  if (sums.every(({ group }) => group === "in-sync")) return [];
  const total = String(sums.reduce((sum, { count }) => sum + count, 0));
  return [
    `Bindings of functions: ${total}`,
    ...sums.map(({ group, count }) => `  ${String(count).padStart(total.length)} ${textOf(group, count)}`),
  ];
}

function textOf(group: BindingGroup, count: number): string {
  const { verbs, rest } = TEXTS[group];
  return `${count === 1 ? verbs[0] : verbs[1]}${rest}`;
}

/** Nothing if all match Git: a policy that differs changes what every function with it may do. */
export function policyLines(counts: readonly BindingCounts[]): readonly string[] {
  const [declared, synced, uncompared] = [
    policySum(counts, "declared"),
    policySum(counts, "synced"),
    policySum(counts, "uncompared"),
  ];
  if (synced === declared) return [];
  if (uncompared === declared - synced)
    return [`ManagedPolicies: ${synced} of ${declared} match Git, ${uncompared} not compared yet`];
  const others = uncompared === 0 ? "" : `, ${uncompared} not compared yet`;
  return [`ManagedPolicies: ${synced} of ${declared} match Git${others}: grantkeeper get bindings`];
}

/** A controller of an earlier version does not send all of the numbers. */
function policySum(counts: readonly BindingCounts[], field: keyof PolicyCounts): number {
  return counts.reduce((sum, { policies }) => sum + (policies?.[field] ?? 0), 0);
}
