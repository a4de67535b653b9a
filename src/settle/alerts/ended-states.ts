import { accessIncidents } from "../../model/records/access-denied.ts";
import type { AlertEvent } from "../../model/alert-event.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import { keyParts, parseKey, type Key } from "../../model/keys/key.ts";
import { incidentOf } from "../../model/records/incident-of.ts";
import type { SettledKey } from "../key/settle-key.ts";
import { knowsAllHolds } from "../outcome/all-holds.ts";
import type { DonePass } from "../outcome/outcome.ts";

/** The beginnings of the names of the incidents that a pass over the account may end. */
export function endingIncidents(accountId: AccountId): readonly string[] {
  const ofKeys = ["refused", "contended"].flatMap((kind) =>
    (["function", "policy"] as const).map((of) => `${kind}/${of}/${accountId}/`),
  );
  return [...ofKeys, accessIncidents(accountId)];
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
  return [...open].flatMap((incident): readonly AlertEvent[] => {
    const [kind = "", ...rest] = incident.split("/");
    const key = parseKey(rest.join("/"));
    if (key === undefined || keyParts(key).accountId !== pass.account.id || present.has(key)) return [];
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
  const prefix = accessIncidents(id);
  const ours = [...open].filter((incident) => incident.startsWith(prefix));
  if (ours.length === 0 || !knowsAllHolds(result)) return [];
  const denied = keys
    .flatMap(({ record }) => record?.status?.conditions ?? [])
    .filter(({ reason }) => reason === "AccessDenied")
    .map(({ missingAction }) => missingAction);
  if (denied.includes(undefined)) return [];
  return ours
    .toSorted()
    .map((incident) => ({
      kind: "access-restored" as const,
      incident,
      account,
      call: incident.slice(prefix.length),
    }))
    .filter(({ call }) => !denied.includes(call));
}
