import type { Digest } from "../../model/values/digest.ts";
import type { Key } from "../../model/keys/key.ts";
import type { LiveAccount } from "../../model/live.ts";
import type { HoldCode } from "../../model/verdict.ts";
import { lowerMode } from "../../model/rules/mode.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../model/aws/tag.ts";
import { byTextOf } from "../../text/order.ts";
import { type Pass } from "../../judge/pass.ts";
import type { SettledKey } from "../key/settle-key.ts";
import { isBinding } from "../../model/desired.ts";
import { subjectOfOutcome } from "../outcome/outcome.ts";
import type { Hold } from "../../model/answers/hold.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import type { Orphan } from "../../model/answers/orphan.ts";

interface Held {
  readonly subject: Digest;
  readonly code: HoldCode;
  readonly reason: string;
}

/** The pending approvals of an account: one hold for each subject, over all keys that it covers; sorted by subject. */
export function holdsOf(pass: Pass, views: readonly KeyView[], nowMs: number): readonly Hold[] {
  const sinceMs = pass.history.record.heldSinceMs ?? {};
  const holds = new Map<string, Hold & { readonly keys: Key[] }>();
  const add = ({ subject, code, reason }: Held, key: Key, actions: number): void => {
    const before = holds.get(subject);
    // One growing list: a hold may cover every function of an account.
    const keys = before?.keys ?? [];
    keys.push(key);
    holds.set(subject, {
      subject,
      code,
      reason,
      account: pass.account.name,
      keys,
      actions: (before?.actions ?? 0) + actions,
      sinceMs: sinceMs[subject] ?? nowMs,
    });
  };
  for (const view of views) {
    if (view.verdict.kind === "hold") add(view.verdict, view.key, view.plan?.actions.length ?? 0);
    // In observe mode nothing needs an approval, since nothing would be written.
    const parts = isEnforced(pass, view) ? (view.plan?.approvable ?? []) : [];
    for (const { digest, reason, actions } of parts)
      add({ subject: digest, code: "needs-approval", reason }, view.key, actions.length);
  }
  return [...holds.values()]
    .map((hold) => ({ ...hold, keys: hold.keys.toSorted() }))
    .sort(byTextOf(({ subject }) => subject));
}

function isEnforced(pass: Pass, { desired }: KeyView): boolean {
  const ceiling = lowerMode(pass.mode, pass.account.mode);
  const own = desired !== null && isBinding(desired) ? desired.mode : "enforce";
  return lowerMode(ceiling, own) === "enforce";
}

/** Objects with our tags in AWS without a manifest: keys that were removed from Git and are kept, and roles that no record knows. */
export function orphansOf(
  pass: Pass,
  live: LiveAccount,
  keys: readonly SettledKey[],
  nowIso: string,
): readonly Orphan[] {
  const kept = keys.flatMap((key) => keptOrphans(pass, key, nowIso));
  const known = new Set([
    ...kept.map((orphan) => orphan.arn),
    ...keys.flatMap((key) => key.record?.inventory.map((item) => item.id) ?? []),
  ]);
  const declared = new Set([...pass.desired.bindings.values()].map((binding) => binding.role.arn));
  const unknown = [...live.roles.values()].flatMap((reading): readonly Orphan[] => {
    if (reading.kind !== "present" || known.has(reading.value.arn)) return [];
    const { arn, tags, createdAtMs } = reading.value;
    if (!tags.some((tag) => tag.key === INSTANCE_TAG && tag.value === pass.instance)) return [];
    const owner = tags.find((tag) => tag.key === OWNER_TAG)?.value ?? "unknown";
    if (declared.has(arn)) return [];
    return [
      {
        key: null,
        account: pass.account.name,
        arn,
        since: new Date(createdAtMs).toISOString(),
        reason: `tagged as ours (owner ${owner}), but neither Git nor the record contains it: kept`,
      },
    ];
  });
  return [...kept, ...unknown].sort(byTextOf(({ arn }) => arn));
}

function keptOrphans(pass: Pass, key: SettledKey, nowIso: string): readonly Orphan[] {
  const subject = subjectOfOutcome(key.outcome);
  if (
    subject.kind !== "removed" ||
    key.record === null ||
    key.outcome.kind === "unknown" ||
    key.outcome.kind === "unusable"
  )
    return [];
  const { plan } = key.outcome.judged;
  const reason =
    plan.withheld[0]?.reason ?? (plan.actions.length > 0 ? "its deletion is in progress" : "kept");
  const since = key.record.unbinding === null ? nowIso : new Date(key.record.unbinding.atMs).toISOString();
  return key.record.inventory
    .filter((item) => item.type !== "statement")
    .map((item) => ({ key: subject.key, account: pass.account.name, arn: item.id, since, reason }));
}
