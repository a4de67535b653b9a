import { leftBehind } from "../../diff/drift/left-behind.ts";
import { ownerOf } from "../../diff/drift/ownership.ts";
import { type Pass, lastAppliedState, desiredOf } from "../../judge/subject.ts";
import type { Orphan } from "../../model/answers/orphan.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import { keyParts } from "../../model/keys/key.ts";
import { isBinding, type DesiredBinding, type DesiredPolicy } from "../../model/desired.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../model/aws/tag.ts";
import { liveRole, type LiveAccount } from "../../model/live.ts";
import { byTextOf } from "../../text/order.ts";
import type { SettledKey } from "../key/settle-key.ts";

/**
 * Objects of ours in AWS that no manifest names: those of keys that were removed from Git and are kept, the former
 * objects of declared keys, with the statements that are kept on their former functions, and roles that no record knows.
 * @param earlier what was listed before: AWS has no time of a statement
 */
export function orphansOf(
  { pass, live }: { readonly pass: Pass; readonly live: LiveAccount },
  keys: readonly SettledKey[],
  earlier: { readonly nowIso: string; readonly orphans: readonly Orphan[] },
): readonly Orphan[] {
  const { nowIso } = earlier;
  const since = new Map(earlier.orphans.map((orphan) => [orphan.arn, orphan.since]));
  const kept = keys.flatMap((key) => [
    ...keptOrphans(pass, key, nowIso),
    ...formerOrphans({ pass, live }, key, (arn) => since.get(arn) ?? nowIso),
  ]);
  const known = new Set([
    ...kept.map((orphan) => orphan.arn),
    ...keys.flatMap((key) => key.record?.inventory.map((item) => item.id) ?? []),
  ]);
  const here = pass.roleChecks.declared.of(pass.desired).bindingsIn(pass.account.id);
  const declared = new Set(here.map((binding) => binding.role.arn));
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

function formerOrphans(
  { pass, live }: { readonly pass: Pass; readonly live: LiveAccount },
  { view: { subject }, record }: SettledKey,
  firstSeen: (arn: string) => string,
): readonly Orphan[] {
  if (subject.kind === "removed" || record === null) return [];
  const state = desiredOf(subject) ?? lastAppliedState(record);
  const owner = ownerOf(keyParts(subject.key));
  return leftBehind(state, { record, live, instance: pass.instance })
    .filter(({ item }) => item.type !== "statement" || keepsStatements(state))
    .map(({ item: { id, type }, unread }) => {
      const text = type === "statement" ? keptStatementText(owner) : `${declaredBefore(owner)}: kept`;
      return {
        key: subject.key,
        account: pass.account.name,
        arn: id,
        since: (type === "role" ? createdAt(id, live) : null) ?? firstSeen(id),
        reason: unread === null ? text : `${text}, as far as is known: ${unread}`,
      };
    });
}

/** With `delete` the statements of a former function are drift, which is reverted. */
function keepsStatements(state: DesiredBinding | DesiredPolicy | null): boolean {
  return state !== null && isBinding(state) && state.deletionPolicy === "retain";
}

function declaredBefore(owner: string): string {
  return `${owner} declared it before, and declares another one now`;
}

function keptStatementText(owner: string): string {
  return `${owner} declares another function now, and deletionPolicy is retain: its callers may still invoke this one`;
}

function createdAt(arn: string, live: LiveAccount): string | null {
  const role = liveRole(live, nameInArn(arn));
  return role.kind === "present" ? new Date(role.value.createdAtMs).toISOString() : null;
}

function keptOrphans(pass: Pass, { view, record }: SettledKey, nowIso: string): readonly Orphan[] {
  const { subject } = view;
  if (subject.kind !== "removed" || record === null || view.kind === "unjudged") return [];
  const { plan } = view.judged;
  const reason =
    plan.withheld[0]?.reason ?? (plan.actions.length > 0 ? "its deletion is in progress" : "kept");
  const since = record.unbinding === null ? nowIso : new Date(record.unbinding.atMs).toISOString();
  return record.inventory
    .filter((item) => item.type !== "statement")
    .map((item) => ({ key: subject.key, account: pass.account.name, arn: item.id, since, reason }));
}
