import type { AlertEvent } from "../model/alert-event.ts";
import type { AccountId } from "../model/aws/ids.ts";
import type { AccountRecord } from "../model/records/account-record.ts";
import { formatIncident, incidentsNamed } from "../model/records/incident.ts";
import { sha256Hex } from "../model/values/digest.ts";
import { byText, byTextOf } from "../text/order.ts";
import type { ControllerPorts } from "./settings.ts";
import type { ControllerState } from "./state/controller-state.ts";

/** An account that is not read for this long is an incident. A shorter failure shows in `status` alone. */
const UNREADABLE_AFTER_MS = 900_000;
const CHECK_MS = 60_000;

/** An account whose reads fail. */
export interface FailingAccount {
  readonly id: AccountId;
  readonly name: string;
  readonly failing: NonNullable<AccountRecord["failing"]>;
}

/** One message: of one account, or of several that fail for the same reason. */
interface UnreadableIncident {
  /** Of when it was opened: an account may fail for another reason since. */
  readonly reason: string;
  readonly fix: string;
  readonly isShared: boolean;
  readonly members: ReadonlySet<AccountId>;
}

export type UnreadableIncidents = ReadonlyMap<string, UnreadableIncident>;

/** Opens, updates and closes the incidents of accounts that are not read; by the clock, because no pass sees all accounts. */
export class UnreadableAccounts {
  readonly #state: ControllerState;
  readonly #ports: ControllerPorts;
  #incidents: UnreadableIncidents = new Map();
  #reported: ReadonlyMap<string, string> = new Map();
  #dueMs = -Infinity;

  constructor(state: ControllerState, ports: ControllerPorts) {
    this.#state = state;
    this.#ports = ports;
  }

  /** @returns the alerts to record; `reported` is called after that */
  async alerts(): Promise<{ readonly alerts: readonly AlertEvent[]; readonly reported: () => void }> {
    const nothing = { alerts: [], reported: () => undefined };
    const { enforced } = this.#state;
    const nowMs = this.#ports.clock.nowMs();
    // Before the first revision no account is known, and every open incident would seem to have ended.
    if (enforced === null || nowMs < this.#dueMs) return nothing;
    this.#dueMs = nowMs + CHECK_MS;
    const records = new Map((await this.#ports.store.accounts()).map((one) => [one.accountId, one]));
    const failing = [...enforced.accounts.values()].flatMap(({ id, name }): readonly FailingAccount[] => {
      const found = records.get(id)?.failing ?? null;
      return found === null ? [] : [{ id, name, failing: found }];
    });
    const open = await this.#ports.alerts.openIncidents([incidentsNamed("unreadable")]);
    const before = this.#incidents.size === 0 ? recordedIncidents(open, failing) : this.#incidents;
    const incidents = unreadableIncidents(before, failing, nowMs);
    this.#incidents = incidents;
    const opened = [...incidents].map((one) => openedAlert(one, failing));
    const texts = new Map(opened.map((event) => [event.incident, JSON.stringify(event)]));
    const ended = open.filter((name) => !incidents.has(name));
    return {
      alerts: [
        ...opened.filter(({ incident }) => this.#reported.get(incident) !== texts.get(incident)),
        ...ended.map((incident) => ({ kind: "account-read", incident }) as const),
      ],
      reported: () => {
        this.#reported = texts;
      },
    };
  }
}

/**
 * An account stays in its incident until it is read, also if its reason changes: an alternating reason would otherwise
 * open and close incidents forever. Accounts that fail for the same reason share one, from the first of them that fails long
 * enough.
 */
export function unreadableIncidents(
  before: UnreadableIncidents,
  failing: readonly FailingAccount[],
  nowMs: number,
): UnreadableIncidents {
  const ids = new Set(failing.map(({ id }) => id));
  const kept = [...before].map(([name, incident]): readonly [string, UnreadableIncident] => [
    name,
    { ...incident, members: new Set([...incident.members].filter((id) => ids.has(id))) },
  ]);
  const incidents = new Map(kept.filter(([, { members }]) => members.size > 0));
  const known = new Set([...incidents.values()].flatMap(({ members }) => [...members]));
  const added = failing.filter(({ id }) => !known.has(id));
  const byCause = Map.groupBy(added, ({ failing: { cause, reason } }) => cause ?? reason);
  for (const [cause, accounts] of byCause) addCause(cause, accounts, { incidents, nowMs });
  return incidents;
}

function addCause(
  cause: string,
  accounts: readonly FailingAccount[],
  { incidents, nowMs }: { readonly incidents: Map<string, UnreadableIncident>; readonly nowMs: number },
): void {
  const shared = sharedName(cause);
  const ids = accounts.map(({ id }) => id);
  const open = incidents.get(shared);
  if (open !== undefined) {
    incidents.set(shared, { ...open, members: new Set([...open.members, ...ids]) });
    return;
  }
  const [first] = accounts.toSorted((left, right) => left.failing.sinceMs - right.failing.sinceMs);
  if (first === undefined || nowMs - first.failing.sinceMs < UNREADABLE_AFTER_MS) return;
  const isShared = accounts.length > 1;
  incidents.set(isShared ? shared : ownName(first), incidentOf(first, { accounts, isShared }));
}

function incidentOf(
  { name, failing: { reason, fix } }: FailingAccount,
  { accounts, isShared }: { readonly accounts: readonly FailingAccount[]; readonly isShared: boolean },
): UnreadableIncident {
  const doctor = isShared ? "grantkeeper doctor" : `grantkeeper doctor --account ${name}`;
  return { reason, fix: fix ?? doctor, isShared, members: new Set(accounts.map(({ id }) => id)) };
}

/**
 * The incidents that an earlier process opened, with the accounts that still fail: without them, a restart would put these
 * accounts into other incidents, and report that they are read again.
 */
function recordedIncidents(open: readonly string[], failing: readonly FailingAccount[]): UnreadableIncidents {
  const own = failing.filter((account) => open.includes(ownName(account)));
  const others = failing.filter((account) => !own.includes(account));
  const byCause = Map.groupBy(others, ({ failing: { cause, reason } }) => sharedName(cause ?? reason));
  const shared = [...byCause].filter(([name]) => open.includes(name));
  return new Map([
    ...own.map(
      (account) => [ownName(account), incidentOf(account, { accounts: [account], isShared: false })] as const,
    ),
    ...shared.flatMap(([name, accounts]) =>
      accounts.slice(0, 1).map((first) => [name, incidentOf(first, { accounts, isShared: true })] as const),
    ),
  ]);
}

function ownName({ id }: Pick<FailingAccount, "id">): string {
  return formatIncident({ kind: "unreadable", accountId: id });
}

function sharedName(cause: string): string {
  return formatIncident({ kind: "unreadable-together", digest: sha256Hex(cause).slice(0, 16) });
}

function openedAlert(
  [incident, { reason, fix, isShared, members }]: readonly [string, UnreadableIncident],
  failing: readonly FailingAccount[],
) {
  const here = failing.filter(({ id }) => members.has(id)).sort(byTextOf(({ name }) => name));
  const sinceMs = Math.min(...here.map(({ failing: one }) => one.sinceMs));
  const about = {
    kind: "account-unreadable",
    incident,
    since: new Date(sinceMs).toISOString(),
    reason,
    fix,
  } as const;
  if (isShared) return { ...about, accounts: here.map(({ name }) => name).sort(byText) } as const;
  return { ...about, account: here[0]?.name ?? "" } as const;
}
