import { isBindingKey, type Key } from "../../model/keys/key.ts";
import { byText } from "../../text/order.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";

/** The least number of functions in a round: an account with fewer is read completely in each sweep. */
const LEAST = 50;
/** After this many sweeps each function had its turn: an hour, if they are five minutes apart. */
const SWEEPS = 12;

/**
 * The bindings whose aliases and triggers a sweep reads, since Lambda lists them for one function at a time: those that
 * wait for their switch, and those that were asked for longest ago. Functions that the last read did not see have turns of
 * their own: they may never answer, and would keep the turns of all others.
 */
export function adoptionRound(records: readonly KeyRecord[]): ReadonlySet<Key> {
  const bindings = records.filter(({ key }) => isBindingKey(key));
  const size = Math.max(LEAST, Math.ceil(bindings.length / SWEEPS));
  const byTurn = bindings.toSorted((a, b) => askedMs(a) - askedMs(b) || byText(a.key, b.key));
  const groups = [isWaitedFor, wasSeen, (record: KeyRecord) => !wasSeen(record)];
  return new Set(groups.flatMap((isOf) => byTurn.filter(isOf).slice(0, size)).map(({ key }) => key));
}

/** The last read found the function. */
function wasSeen({ adoption, status }: KeyRecord): boolean {
  const latestArn = adoption?.latestArn ?? null;
  return latestArn !== null && status?.sync !== "Unknown";
}

/** Its deployer or its team is about to do what it needs, and the next read should show that. */
export function isWaitedFor({ adoption }: KeyRecord): boolean {
  if (adoption === undefined) return false;
  const { needs, state } = adoption;
  return state === "adopted" || (needs.kind !== "failed" && needs.unmet.length > 0);
}

function askedMs({ adoption }: KeyRecord): number {
  return adoption?.askedMs ?? -1;
}
