import { approvalOfPart, type ApprovedPart } from "../../model/approval.ts";
import type { Key } from "../../model/keys/key.ts";
import { byTextOf } from "../../text/order.ts";
import { type Pass } from "../../judge/pass.ts";
import type { Hold } from "../../model/answers/hold.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import type { AccountWaves } from "../../model/records/wave-record.ts";
import { isEnforcedView } from "../key/enforced-view.ts";
import { partHold, waveHolds, waveNumbers } from "../waves/wave-holds.ts";
import { stricterHolds } from "./stricter-holds.ts";

type HoldPart = Omit<Hold, "account" | "keys" | "actions" | "sinceMs"> & Partial<Pick<Hold, "sinceMs">>;

/** The pending approvals of an account: one hold for each subject, over all keys that it covers; sorted by subject. */
export function holdsOf(
  pass: Pass,
  views: readonly KeyView[],
  { nowMs, waves }: { readonly nowMs: number; readonly waves: AccountWaves },
): readonly Hold[] {
  const sinceMs = pass.history.record.heldSinceMs ?? {};
  const holds = new Map<string, Hold & { readonly keys: Key[] }>();
  const add = (held: HoldPart, key: Key, actions: number): void => {
    const { subject } = held;
    const before = holds.get(subject);
    // One growing list: a pending approval may cover every function of an account.
    const keys = before?.keys ?? [];
    keys.push(key);
    holds.set(subject, {
      ...held,
      account: pass.account.name,
      keys,
      actions: (before?.actions ?? 0) + actions,
      sinceMs: held.sinceMs ?? sinceMs[subject] ?? nowMs,
    });
  };
  const enforced = views.filter((view) => isEnforcedView(pass, view));
  const numbers = waveNumbers(enforced, waves);
  for (const view of views) {
    if (view.verdict.kind === "hold") {
      const { kind: _, ...held } = view.verdict;
      add(held, view.key, view.plan?.actions.length ?? 0);
    }
    // In observe mode nothing needs an approval, since nothing would be written.
    const parts = isEnforcedView(pass, view) ? (view.plan?.approvable ?? []) : [];
    for (const part of parts.filter((one) => !isAnswered(one, view, nowMs)))
      add(partHold(view, part, numbers), view.key, part.actions.length);
  }
  // Each function of a wave is switched by one call.
  for (const { keys, ...held } of waveHolds(waves)) for (const key of keys) add(held, key, 1);
  for (const { keys, ...held } of stricterHolds(enforced)) for (const key of keys) add(held, key, 0);
  return [...holds.values()]
    .map((hold) => ({ ...hold, keys: hold.keys.toSorted() }))
    .sort(byTextOf(({ subject }) => subject));
}

/** An approval that has ended since the pass of the key is none. */
function isAnswered({ digest }: Pick<ApprovedPart, "digest">, { approved }: KeyView, nowMs: number): boolean {
  const answer = approvalOfPart({ digest }, approved);
  return answer !== null && Date.parse(answer.until) > nowMs;
}
