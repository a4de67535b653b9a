import type { AlertEvent } from "../../model/alert-event.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { Key } from "../../model/keys/key.ts";
import {
  accountOfIncident,
  incidentOf,
  incidentsInAccount,
  parseIncident,
} from "../../model/records/incident.ts";
import { byTextOf } from "../../text/order.ts";
import type { SettledKey } from "../key/settle-key.ts";
import { knowsAllHolds } from "../outcome/all-holds.ts";
import type { DonePass } from "../outcome/outcome.ts";

/** The beginnings of the names of the incidents that a pass over the account may end. */
export function endingIncidents(accountId: AccountId): readonly string[] {
  return (["refused", "contended", "account", "waiting"] as const).flatMap((kind) =>
    incidentsInAccount(kind, accountId),
  );
}

type Finished = Pick<DonePass, "pass" | "outcomes">;

/**
 * The ends of refusals, contentions and missing access that people were alerted to. They follow from the open
 * incidents and the state after the pass: the conditions before it may be those of a pass that could not read the
 * account. The incidents of keys that this pass did not judge stay open.
 */
export function endedStates(
  result: Finished,
  keys: readonly SettledKey[],
  open: ReadonlySet<string>,
): readonly AlertEvent[] {
  if (open.size === 0) return [];
  const ends = [...keys.flatMap((key) => endsOf(key, result)), ...endsOfRemoved(result, keys, open)];
  return [...ends.filter((end) => open.has(incidentOf(end))), ...restoredAccess(result, keys, open)];
}

/** Every end that the key may have now: most of them were never reported as begun. */
function endsOf({ view, assessment: { drifted } }: SettledKey, { pass }: Finished): readonly AlertEvent[] {
  if (view.kind === "unjudged") return [];
  const about = { key: view.subject.key, account: pass.account.name } as const;
  const isKnown = drifted !== "as-before";
  return [
    ...(view.judged.verdict.kind === "refuse" ? [] : [{ kind: "refusal-ended", ...about } as const]),
    ...(isKnown && drifted?.reason !== "Contended" ? [{ kind: "contention-ended", ...about } as const] : []),
  ];
}

/** Of keys of which nothing was left before this pass. */
function endsOfRemoved(
  { pass }: Finished,
  keys: readonly SettledKey[],
  open: ReadonlySet<string>,
): readonly AlertEvent[] {
  if (pass.scope.kind !== "all") return [];
  const present = new Set<Key>(keys.map(({ view }) => view.subject.key));
  const account = pass.account.name;
  return [...open].flatMap((name): readonly AlertEvent[] => {
    const incident = parseIncident(name);
    if (incident === null || accountOfIncident(incident) !== pass.account.id) return [];
    if (!("key" in incident) || present.has(incident.key)) return [];
    const { kind, key } = incident;
    if (kind === "refused") return [{ kind: "refusal-ended", key, account }];
    return kind === "contended" ? [{ kind: "contention-ended", key, account }] : [];
  });
}

/** A condition without the missing action is of 0.1: it may be about any. */
function restoredAccess(
  result: Finished,
  keys: readonly SettledKey[],
  open: ReadonlySet<string>,
): readonly AlertEvent[] {
  const { id, name: account } = result.pass.account;
  const ours = [...open].flatMap((name) => {
    const incident = parseIncident(name);
    return incident?.kind === "account" && incident.accountId === id ? [{ name, call: incident.call }] : [];
  });
  if (ours.length === 0 || !knowsAllHolds(result)) return [];
  const denied = keys
    .flatMap(({ record }) => record?.status?.conditions ?? [])
    .filter(({ reason }) => reason === "AccessDenied")
    .map(({ missingAction }) => missingAction);
  if (denied.includes(undefined)) return [];
  return ours
    .toSorted(byTextOf(({ name }) => name))
    .map(({ name, call }) => ({ kind: "access-restored" as const, incident: name, account, call }))
    .filter(({ call }) => !denied.includes(call));
}
