import { getOrAdd } from "../../model/values/lists.ts";
import { dayOf } from "../../model/values/duration.ts";
import type { TrailEvent } from "./trail-event.ts";

/** The uses of one action by the sessions of one name. */
export interface ActionCalls {
  /** Null: every call was denied. */
  readonly lastAtMs: number | null;
  /** Null: none was denied. */
  readonly lastDeniedAtMs: number | null;
}

/** What files of CloudTrail contain about an account. */
export interface TrailAccount {
  /** By region: the days in UTC on which anything was recorded. */
  readonly days: ReadonlyMap<string, ReadonlySet<string>>;
  /** Management events that the files contain of any caller: these kinds of events are recorded. */
  readonly recorded: ReadonlySet<string>;
  /** By role ARN, then by the name of the function, then by action; "" for sessions of no function. */
  readonly calls: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, ActionCalls>>>;
}

export type TrailUsage = ReadonlyMap<string, TrailAccount>;

/** The functions of an account by the ARN of their roles: other roles and accounts are not kept. */
export type ObservedRoles = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

interface CollectedAccount extends TrailAccount {
  readonly days: Map<string, Set<string>>;
  readonly recorded: Set<string>;
  readonly calls: Map<string, Map<string, Map<string, ActionCalls>>>;
}

/** AWS has fewer actions; forged files may have any number of names. */
const MOST_NAMES = 30_000;
/** AWS has fewer regions. */
const MOST_REGIONS = 200;

/** Collects the events of many files, in any order. Its size depends on the observed roles, not on the files. */
export class TrailCollector {
  readonly #observed: ObservedRoles;
  readonly #accounts = new Map<string, CollectedAccount>();

  /** @param observed by account id */
  constructor(observed: ObservedRoles) {
    this.#observed = observed;
  }

  get usage(): TrailUsage {
    return this.#accounts;
  }

  /** @returns whether the event is of an observed account */
  add(event: TrailEvent): boolean {
    const roles = this.#observed.get(event.accountId);
    if (roles === undefined) return false;
    const account = getOrAdd(this.#accounts, event.accountId, emptyAccount);
    if (account.days.size < MOST_REGIONS || account.days.has(event.region))
      getOrAdd(account.days, event.region, () => new Set<string>()).add(dayOf(event.atMs));
    if (event.isManagement && account.recorded.size < MOST_NAMES) account.recorded.add(event.action);
    const { session } = event;
    const functions = session === null ? undefined : roles.get(session.roleArn);
    if (session === null || functions === undefined) return true;
    const byName = getOrAdd(account.calls, session.roleArn, () => new Map());
    const byAction = getOrAdd(byName, functions.has(session.name) ? session.name : "", () => new Map());
    if (byAction.size < MOST_NAMES || byAction.has(event.action))
      byAction.set(event.action, withCall(byAction.get(event.action), event));
    return true;
  }
}

function emptyAccount(): CollectedAccount {
  return { days: new Map(), recorded: new Set(), calls: new Map() };
}

function withCall(before: ActionCalls | undefined, { atMs, isDenied }: TrailEvent): ActionCalls {
  const { lastAtMs = null, lastDeniedAtMs = null } = before ?? {};
  if (isDenied) return { lastAtMs, lastDeniedAtMs: Math.max(lastDeniedAtMs ?? atMs, atMs) };
  return { lastAtMs: Math.max(lastAtMs ?? atMs, atMs), lastDeniedAtMs };
}
