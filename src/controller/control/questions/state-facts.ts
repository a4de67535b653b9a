import type { StateFacts } from "../../../explain/state/permission-state.ts";
import { lastAppliedState } from "../../../judge/subject.ts";
import type { KeyView } from "../../../model/answers/key-view.ts";
import { keyParts, type Key, targetText } from "../../../model/keys/key.ts";
import { suspensionOf } from "../../../model/keys/suspension-scope.ts";
import { lowerMode } from "../../../model/rules/mode.ts";
import type { AskedAccounts } from "../../ports/assigned/account-holders.ts";
import { withAsked } from "./asked-accounts.ts";
import type { RecordedFacts } from "../../ports/recorded-facts.ts";
import type { ControllerContext } from "../../settings.ts";

/** The facts of the record and of the last pass that the three states of a key are computed of. */
export function stateFactsOf(
  key: Key,
  recorded: RecordedFacts,
  {
    state,
    settings,
    asked,
  }: Pick<ControllerContext, "state" | "settings"> & { readonly asked: AskedAccounts },
): StateFacts {
  const { record, isUncompared, applied, account, suspensions, rejections } = recorded;
  const { accountId } = keyParts(key);
  const { live, failure, holds, views } = withAsked(state, asked).account(accountId);
  const stricterHold = holds.find(({ code, keys }) => code === "verdict-changed" && keys.includes(key));
  const waveHold = holds.find(({ code, keys }) => code === "wave" && keys.includes(key));
  const failing = account?.failing ?? null;
  return {
    key,
    target: targetText({ key, account: account?.name ?? accountId }),
    declaration: state.enforced,
    view: withReviews(views.get(key) ?? null, state),
    isUncompared,
    views,
    live,
    failure,
    applied: lastAppliedState({ applied }),
    // Those of an earlier declaration are no answer about the one in force.
    conditions: isUncompared ? [] : (record?.status?.conditions ?? []),
    failing:
      failing === null ? null : { since: new Date(failing.sinceMs).toISOString(), reason: failing.reason },
    mode: lowerMode(settings.mode, state.enforced?.accounts.get(accountId)?.mode ?? "observe"),
    suspension: suspensionOf(key, suspensions),
    rejections,
    stricterHold: stricterHold ?? null,
    waveHold: waveHold ?? null,
    readings: state.references.readings(),
  };
}

/** With the reason why no review approves what it waits for. */
function withReviews(view: KeyView | null, { reviews }: ControllerContext["state"]): KeyView | null {
  if (view?.verdict.kind !== "hold" || reviews.of(view.verdict.subject) === null) return view;
  return { ...view, verdict: { ...view.verdict, reason: reviews.reasonOf(view.verdict) } };
}
