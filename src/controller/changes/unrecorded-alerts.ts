import type { AlertEvent } from "../../model/alert-event.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { unrecordedCount, UNRECORDED_SHOWN_MS } from "../../model/changes/unrecorded-write.ts";
import { formatIncident, incidentsNamed } from "../../model/records/incident.ts";
import type { ControllerContext } from "../settings.ts";
import type { UnrecordedEntry } from "../ports/audit-log.ts";

/** Further writes of an account are reported together. */
const AGAIN_MS = 300_000;
/** How many writes an alert shows. */
const SHOWN = 3;

interface OpenedIncident {
  readonly id: AccountId;
  readonly event: Extract<AlertEvent, { readonly kind: "unrecorded-writes" }>;
}

/** The entries of the last days, newest first. */
interface UnrecordedEntries {
  readonly read: () => Promise<readonly UnrecordedEntry[]>;
}

interface ReportedWrites {
  readonly entry: number;
  readonly atMs: number;
}

/**
 * The incidents of writes that are not in the record, by what the record has of the last days: a kill between the entry and its
 * alert loses nothing, and a restart reports nothing twice.
 */
export class UnrecordedAlerts {
  readonly #context: ControllerContext;
  readonly #recent: UnrecordedEntries;
  readonly #reported = new Map<AccountId, ReportedWrites>();
  /** The incidents that are open as far as this process knows. */
  #open: ReadonlySet<string> | null = null;

  constructor(context: ControllerContext, recent: UnrecordedEntries) {
    this.#context = context;
    this.#recent = recent;
  }

  /** @returns the alerts to record; `reported` is called after that */
  async alerts(): Promise<{ readonly alerts: readonly AlertEvent[]; readonly reported: () => void }> {
    const { state, ports } = this.#context;
    if (state.unrecordedWrites.beginRead()) await this.#read();
    // Before the first revision no account is known.
    if (state.enforced === null) return { alerts: [], reported: () => undefined };
    const nowMs = ports.clock.nowMs();
    const accounts = [...state.enforced.accounts.values()];
    const found = accounts.map((account) => ({ account, entries: this.#entriesOf(account.id, nowMs) }));
    for (const { account, entries } of found)
      ports.telemetry.gauge("unrecorded_writes", unrecordedCount(entries), { account: account.name });
    this.#open ??= new Set(await ports.alerts.openIncidents([incidentsNamed("unrecorded-writes")]));
    const open = this.#open;
    const opened = found.flatMap(({ account, entries }) => this.#opened(account, entries, nowMs));
    const ended = found
      .filter(({ account, entries }) => entries.length === 0 && open.has(incidentOf(account.id)))
      .map(({ account: { id, name } }) => endOf(id, name));
    return {
      alerts: [...opened.map(({ event }) => event), ...ended],
      reported: () => this.#note(opened, ended, nowMs),
    };
  }

  /** If it fails, the next call reads again. */
  async #read(): Promise<void> {
    const { unrecordedWrites } = this.#context.state;
    try {
      unrecordedWrites.read(await this.#recent.read());
    } catch (error) {
      unrecordedWrites.recorded();
      throw error;
    }
  }

  #entriesOf(id: AccountId, nowMs: number): readonly UnrecordedEntry[] {
    return this.#context.state.unrecordedWrites.entries.filter(
      ({ accountId, at }) => accountId === id && Date.parse(at) >= nowMs - UNRECORDED_SHOWN_MS,
    );
  }

  #opened(
    { id, name }: Pick<DesiredAccount, "id" | "name">,
    entries: readonly UnrecordedEntry[],
    nowMs: number,
  ): readonly OpenedIncident[] {
    const [newest] = entries;
    const before = this.#reported.get(id);
    if (newest === undefined || before?.entry === newest.seq) return [];
    if (before !== undefined && nowMs - before.atMs < AGAIN_MS) return [];
    const event = {
      kind: "unrecorded-writes",
      incident: incidentOf(id),
      account: name,
      count: unrecordedCount(entries),
      since: sinceOf(entries),
      writes: entries.flatMap(({ writes }) => writes.toReversed()).slice(0, SHOWN),
      entry: newest.seq,
    } as const;
    return [{ id, event }];
  }

  #note(
    opened: readonly OpenedIncident[],
    ended: readonly { readonly incident: string }[],
    nowMs: number,
  ): void {
    for (const { id, event } of opened) this.#reported.set(id, { entry: event.entry, atMs: nowMs });
    const gone = new Set(ended.map(({ incident }) => incident));
    const names = [...(this.#open ?? []), ...opened.map(({ event }) => event.incident)];
    this.#open = new Set(names.filter((name) => !gone.has(name)));
  }
}

function incidentOf(id: AccountId): string {
  return formatIncident({ kind: "unrecorded-writes", accountId: id });
}

function endOf(id: AccountId, account: string) {
  return { kind: "unrecorded-writes-ended", incident: incidentOf(id), account } as const;
}

/** Of the first write; an entry that only counts has its own time. */
function sinceOf(entries: readonly UnrecordedEntry[]): string {
  const times = entries.flatMap(({ at, writes }) =>
    writes.length === 0 ? [at] : writes.map((write) => write.at),
  );
  return times.sort()[0] ?? "";
}
