import type { AlertEvent, ChangeAfterwards } from "../model/alert-event.ts";
import type { Suspension } from "../model/approval.ts";
import { accountIdOf, keyParts, type Key } from "../model/keys/key.ts";
import { lowerMode, type Mode } from "../model/rules/mode.ts";
import { isBinding } from "../model/desired.ts";
import type { KeyView } from "../model/answers/key-view.ts";
import { BrokenDocuments } from "./broken-documents.ts";
import { measureClock, measureRequests } from "./request-metrics.ts";
import { BackupAlerts, type FoundAlerts } from "./state/backup-alerts.ts";
import { RecordAlerts } from "./state/record-access.ts";
import { RecordedReports, reportName } from "./state/recorded-reports.ts";
import type { RecordChange } from "../model/records/record-change.ts";
import { AccountMetrics } from "./account-metrics.ts";
import { RemovedAccounts } from "./removed-accounts.ts";
import { UncoveredReminder } from "./coverage/uncovered-reminder.ts";
import { UnrecordedAlerts } from "./changes/unrecorded-alerts.ts";
import { RecentUnrecorded } from "./control/recent-unrecorded.ts";
import { UnreadableAccounts } from "./unreadable-accounts.ts";
import { endingPins } from "./revision/pins.ts";
import type { ControllerContext, ControllerPorts } from "./settings.ts";
import { LateReads } from "./state/sweep-times.ts";
import type { ControllerState } from "./state/controller-state.ts";
import { covers, scopeText } from "../model/keys/suspension-scope.ts";
import { dayOf } from "../model/values/duration.ts";

const WARN_BEFORE_MS = 900_000;

/** Work that is due by time: suspensions that end, daily reminders, alerts that wait to be sent. */
export class Ticker {
  readonly #context: ControllerContext;
  readonly #state: ControllerState;
  readonly #ports: ControllerPorts;
  /** The mode of the process. */
  readonly #ceiling: Mode;
  readonly #accountMetrics: AccountMetrics;
  readonly #unreadable: UnreadableAccounts;
  readonly #late: LateReads;
  readonly #broken: BrokenDocuments;
  readonly #removed: RemovedAccounts;
  readonly #uncovered: UncoveredReminder;
  readonly #unrecorded: UnrecordedAlerts;
  readonly #reports: RecordedReports;
  readonly #backups = new BackupAlerts();
  readonly #verification = new RecordAlerts();
  readonly #draining = new Set<Promise<void>>();

  constructor(context: ControllerContext) {
    const { state, settings, ports } = context;
    this.#uncovered = new UncoveredReminder(context);
    this.#unrecorded = new UnrecordedAlerts(context, new RecentUnrecorded(ports));
    this.#context = context;
    this.#reports = new RecordedReports(ports.alerts);
    this.#ceiling = settings.mode;
    this.#state = state;
    this.#ports = ports;
    this.#accountMetrics = new AccountMetrics(state, ports.telemetry);
    this.#unreadable = new UnreadableAccounts(state, ports);
    this.#late = new LateReads(state.sweeps, settings.sweepMs);
    this.#broken = new BrokenDocuments(state, ports);
    this.#removed = new RemovedAccounts(state, ports);
  }

  async tick(signal: AbortSignal): Promise<void> {
    const nowMs = this.#ports.clock.nowMs();
    const storeNowMs = await this.#ports.store.nowMs();
    const suspensions = await this.#ports.store.suspensions(storeNowMs);
    this.#state.suspensionsInForce(new Set(suspensions.map(({ id }) => id)), nowMs);
    const unreadable = await this.#unreadable.alerts();
    const broken = await this.#broken.alerts();
    const backups = this.#backups.found(this.#state.backups);
    const verification = this.#verification.found(this.#state.record.verification);
    const unrecorded = await this.#unrecorded.alerts();
    const uncovered = await this.#uncovered.found();
    const once = await this.#once(suspensions, { nowMs, storeNowMs });
    const alerts = [
      ...unrecorded.alerts,
      ...once.alerts,
      ...unreadable.alerts,
      ...broken.alerts,
      ...backups.alerts,
      ...verification.alerts,
      ...uncovered.alerts,
    ];
    const { change } = once;
    if (alerts.length > 0 || Object.keys(change).length > 0)
      await this.#ports.recorder.record({ facts: [], change, alerts });
    // Only now: what could not be recorded is found again by the next tick.
    once.reported();
    uncovered.reported();
    unreadable.reported();
    broken.reported();
    backups.reported();
    verification.reported();
    unrecorded.reported();
    await this.#removed.close();
    this.#ports.telemetry.gauge("suspensions", suspensions.length);
    this.#ports.telemetry.gauge("queue_depth", this.#state.queue.depth());
    const inForce: AccountsInForce = this.#state.enforced?.accounts ?? new Map();
    const accounts = new Map([...inForce].filter(([id]) => !this.#state.assigned.has(id)));
    if (this.#late.look(accounts.keys(), nowMs)) this.#state.signal.changed();
    this.#accountMetrics.measure([...accounts.values()], this.#late);
    measureRequests(accounts, this.#ports.requestLimits, this.#ports.telemetry);
    measureClock(this.#ports);
    this.sendAlerts(signal);
  }

  /** Waits for alerts that are being sent. */
  async idle(): Promise<void> {
    await Promise.all(this.#draining);
  }

  /** What is reported once, also by several processes one after the other: warnings of an end, and the reminders of a day. */
  async #once(
    suspensions: readonly Suspension[],
    { nowMs, storeNowMs }: { readonly nowMs: number; readonly storeNowMs: number },
  ): Promise<FoundAlerts & { readonly change: RecordChange }> {
    const ending = suspensions
      .filter(({ until }) => Date.parse(until) - storeNowMs <= WARN_BEFORE_MS)
      .map((one) => [reportName("suspension-ending", endOf(one)), this.#warning(one)] as const);
    const warnings = new Map<string, AlertEvent>([...ending, ...endingPins(this.#context, storeNowMs)]);
    const known = new Set([
      ...(await this.#reports.of("suspension-ending")),
      ...(await this.#reports.of("rollback-ending")),
    ]);
    const days = await this.#reports.of("daily-reminder");
    const today = reportName("daily-reminder", dayOf(nowMs));
    const isNewDay = !days.has(today);
    const added = [...warnings].filter(([name]) => !known.has(name));
    const reported = [...added.map(([name]) => name), ...(isNewDay ? [today] : [])];
    const over = [...known.values().filter((name) => endIn(name) < storeNowMs), ...(isNewDay ? days : [])];
    return {
      // On the day of the first start there is nothing of a day before to remind of.
      alerts: [
        ...added.map(([, alert]) => alert),
        ...(isNewDay && days.size > 0 ? this.#daily(suspensions) : []),
      ],
      change: this.#reports.change(reported, over, nowMs),
      reported: () => this.#reports.recorded(reported, over),
    };
  }

  #warning(one: Suspension): AlertEvent {
    return {
      kind: "suspension-ending",
      id: one.id,
      scope: one.scope,
      target: scopeText(one.scope, this.#accountNames()),
      until: one.until,
      willChange: this.#waiting(one),
    };
  }

  /** The changes that are written after it ends; excludes those that are observe only, refused or held. */
  #waiting(suspension: Suspension): readonly ChangeAfterwards[] {
    const names = this.#accountNames();
    const { uncompared } = this.#state;
    const views = this.#state.accounts.flatMap((account) => [...account.views.values()]);
    const planned = views
      .filter(({ key }) => covers(suspension.scope, key) && !uncompared.has(key))
      .filter((view) => this.#isEnforced(view))
      .filter(({ plan, verdict }) => verdict.kind === "allow" && (plan?.actions.length ?? 0) > 0)
      .map(({ key, plan }) => ({ key, writes: plan?.actions.length ?? 0 }));
    // Their plans are of an earlier declaration, and so is their mode.
    const unknown = [...uncompared.keys()]
      .filter((key) => covers(suspension.scope, key) && this.#modeOf(key) === "enforce")
      .map((key) => ({ key, writes: null }));
    return [...planned, ...unknown]
      .map(({ key, writes }) => {
        const { accountId } = keyParts(key);
        return { key, account: names.get(accountId) ?? accountId, writes };
      })
      .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** By account id. */
  #accountNames(): ReadonlyMap<string, string> {
    const accounts = this.#state.enforced?.accounts.values() ?? [];
    return new Map([...accounts].map(({ id, name }) => [id, name]));
  }

  #isEnforced({ key, desired }: KeyView): boolean {
    const own = desired !== null && isBinding(desired) ? desired.mode : "enforce";
    return lowerMode(this.#modeOf(key), own) === "enforce";
  }

  /** Of process and account. */
  #modeOf(key: Key): Mode {
    const account = this.#state.enforced?.accounts.get(accountIdOf(key));
    return lowerMode(this.#ceiling, account?.mode ?? "observe");
  }

  #daily(suspensions: readonly Suspension[]): readonly AlertEvent[] {
    const orphans = this.#state.accounts
      .flatMap(({ orphans: kept }) => kept.map(({ arn, account }) => ({ arn, account })))
      .toSorted((a, b) => (a.arn < b.arn ? -1 : 1));
    const names = this.#accountNames();
    const inForce = suspensions
      .map(({ id, scope, until, actor }) => ({ id, target: scopeText(scope, names), until, actor }))
      .toSorted((a, b) => (a.target < b.target ? -1 : 1));
    return orphans.length + inForce.length === 0
      ? []
      : [{ kind: "daily-reminder", suspensions: inForce, orphans }];
  }

  /** Sends the outbox in the background; also called when a pass has ended. A slow receiver delays only its own route. */
  sendAlerts(signal: AbortSignal): void {
    const draining: Promise<void> = this.#ports.alerts
      .drain(signal)
      .catch((error: unknown) => this.#ports.telemetry.error("outbox failed", { reason: String(error) }))
      .finally(() => this.#draining.delete(draining));
    this.#draining.add(draining);
  }
}

type AccountsInForce = NonNullable<ControllerState["enforced"]>["accounts"];

/** A suspension that is extended after its warning has a new end, with a new warning. */
function endOf({ id, until }: Suspension): string {
  return `${id} ${until}`;
}

/** Of the name of a warning. */
function endIn(name: string): number {
  return Date.parse(name.slice(name.lastIndexOf(" ") + 1));
}
