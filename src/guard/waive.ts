import type { Waiver } from "../model/desired.ts";
import type { WaiverState } from "../model/finding.ts";
import type { Key } from "../model/keys/key.ts";
import { byText, byTextOf } from "../text/order.ts";
import type { GuardContext } from "./context/context.ts";
import { waiverKey } from "./context/declared.ts";
import { ruleSettings } from "./context/profile-scopes.ts";

type WaiverContext = Pick<GuardContext, "index" | "nowMs" | "desired" | "authors">;

/**
 * The waiver of one rule for one binding; if there are several, the one that ends last counts. None counts where a
 * profile makes the rule unwaivable.
 */
export function waiverState(rule: string, key: Key, context: WaiverContext): WaiverState {
  const { index, nowMs, desired } = context;
  const [latest] = (index.waivers.get(waiverKey(rule, key)) ?? []).toSorted(
    (a, b) => endMs(b) - endMs(a) || byText(a.name, b.name),
  );
  if (latest === undefined) return { kind: "none" };
  const binding = desired.bindings.get(key);
  if (binding !== undefined && ruleSettings(binding, context).isUnwaivable(rule)) return { kind: "none" };
  const { name: waiver, until } = latest;
  return { kind: endMs(latest) > nowMs ? "lifted" : "expired", waiver, until };
}

/**
 * For a ManagedPolicy, which many roles attach: lifted if it is lifted for each of them, expired if it is for one.
 */
export function sharedWaiverState(rule: string, keys: readonly Key[], context: WaiverContext): WaiverState {
  const states = keys.map((key) => waiverState(rule, key, context));
  const waived = states.filter((state) => state.kind !== "none");
  const [first] = waived.sort(byTextOf(({ until }) => until));
  const isForEach = states.every(({ kind }) => kind === "lifted");
  return first !== undefined && (isForEach || first.kind === "expired") ? first : { kind: "none" };
}

/** A waiver with an unreadable end counts as ended. */
function endMs({ until }: Waiver): number {
  const parsed = Date.parse(until);
  return Number.isNaN(parsed) ? 0 : parsed;
}
