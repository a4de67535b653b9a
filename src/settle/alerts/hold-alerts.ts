import { waitsByItself } from "../../model/verdict.ts";
import type { Pass } from "../../judge/subject.ts";
import type { AlertEvent } from "../../model/alert-event.ts";
import type { Hold } from "../../model/answers/hold.ts";
import type { SettledKey } from "../key/settle-key.ts";
import { knowsAllHolds } from "../outcome/all-holds.ts";
import type { DonePass } from "../outcome/outcome.ts";
import { formatIncident } from "../../model/records/incident.ts";

/**
 * One incident for each pending plan: sent when it begins to hold another key, and closed when it is no longer
 * pending. A change that waits by itself needs no one.
 */
export function holdAlerts(
  result: Pick<DonePass, "pass" | "outcomes">,
  keys: readonly SettledKey[],
  holds: readonly Hold[],
): readonly AlertEvent[] {
  return [...newHolds(result.pass, keys, holds), ...endedHolds(result, holds)];
}

function newHolds(pass: Pass, keys: readonly SettledKey[], holds: readonly Hold[]): readonly AlertEvent[] {
  const newly = new Set<string>(
    keys.flatMap((key) => key.facts.flatMap((fact) => (fact.kind === "plan-held" ? [fact.subject] : []))),
  );
  const before = pass.history.record.heldSinceMs ?? {};
  return holds
    .filter(({ code }) => !waitsByItself(code))
    .filter(({ code, subject }) =>
      // It has another subject as soon as one of its keys leaves it, and then no key is newly held.
      code === "verdict-changed" || code === "wave"
        ? before[subject] === undefined
        : newly.has(subject) && before[subject] === undefined,
    )
    .map(({ subject, reason, keys: held }) => ({
      kind: "held",
      ...placeOf(subject, pass),
      reason,
      keys: held,
    }));
}

function endedHolds(
  result: Pick<DonePass, "pass" | "outcomes">,
  holds: readonly Hold[],
): readonly AlertEvent[] {
  if (!knowsAllHolds(result)) return [];
  const { pass } = result;
  const pending = new Set<string>(holds.map(({ subject }) => subject));
  const approved = new Set<string>(pass.history.approvals.map(({ subject }) => subject));
  return Object.keys(pass.history.record.heldSinceMs ?? {})
    .filter((subject) => !pending.has(subject))
    .toSorted()
    .map((subject) => {
      const how = approved.has(subject) ? "approved" : "changed";
      return { kind: "hold-ended", ...placeOf(subject, pass), how };
    });
}

function placeOf(subject: string, { account }: Pass) {
  const incident = formatIncident({ kind: "hold", accountId: account.id, subject });
  return { incident, account: account.name, subject } as const;
}
