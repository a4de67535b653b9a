import type { AuditEntry } from "../../audit/entry.ts";
import type { Suspension } from "../../model/approval.ts";
import type { Waiver } from "../../model/desired.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { lowerMode } from "../../model/rules/mode.ts";
import type { PermissionState } from "../../model/answers/permission-state.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import type { WhyAnswer } from "../../model/answers/why.ts";
import { formatScope } from "../../model/keys/suspension-scope.ts";
import { ApprovalAnswers } from "./approval-answers.ts";
import { overviewOf } from "./overview.ts";
import { heldChangesOf } from "./pending-approvals.ts";
import { RecentReverts } from "./recent-reverts.ts";
import { permissionState } from "../../explain/state/permission-state.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import type {
  Control,
  HeldChange,
  HistoryPage,
  HistoryRequest,
  Overview,
  Readiness,
  Reconciled,
  ReconcileRequest,
  RecordedFacts,
  Refusal,
  WhyReader,
  WhyRequest,
} from "../ports/control.ts";
import type { ControllerPorts, ControllerSettings } from "../settings.ts";
import type { ControllerState } from "../state/controller-state.ts";
import { keyHistory } from "./key-history.ts";
import { namespaceHistory } from "./namespace-history.ts";
import { noRevision } from "./no-revision.ts";
import { askWhy } from "./ask-why.ts";
import { extended, suspensionOf } from "../../judge/suspensions.ts";
import { appliedOf } from "../../judge/subject.ts";
import { targetText } from "../../model/keys/target-text.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";
import type { Hold } from "../../model/answers/hold.ts";

const REFUSED_A_MINUTE = 30;
const TOKENS_KEPT = 1_000;
/** The running controller as the HTTP side sees it. Commands are in the record before they take effect. */
export class ControllerControl implements Control {
  readonly #state: ControllerState;
  readonly #settings: ControllerSettings;
  readonly #ports: ControllerPorts;
  readonly #wake: () => void;
  readonly #startedAt: string;
  readonly #answers: ApprovalAnswers;
  readonly #reverts: RecentReverts;
  #refusals: { minute: number; count: number } = { minute: 0, count: 0 };

  constructor(
    state: ControllerState,
    settings: ControllerSettings,
    ports: ControllerPorts,
    wake: () => void,
  ) {
    this.#state = state;
    this.#settings = settings;
    this.#ports = ports;
    this.#wake = wake;
    this.#startedAt = this.#nowIso();
    this.#answers = new ApprovalAnswers(state, ports, wake);
    this.#reverts = new RecentReverts(ports);
  }

  async overview(): Promise<Overview> {
    const reverts = await this.#reverts.read();
    return overviewOf({
      state: this.#state,
      settings: this.#settings,
      ports: this.#ports,
      startedAt: this.#startedAt,
      reverts,
    });
  }

  readiness(): Readiness {
    const { enforced, source } = this.#state;
    if (enforced === null)
      return { ready: false, waitingFor: [source.failure?.message ?? "the first snapshot"] };
    const waitingFor = [...enforced.accounts.values()].flatMap(({ id, name }) => {
      const { firstPassEnded, fault } = this.#state.account(id);
      if (firstPassEnded) return [];
      const cause = fault === null ? "" : `, which is failing: ${fault.reason}`;
      return [`the first pass of account ${name}${cause}`];
    });
    return { ready: waitingFor.length === 0, waitingFor };
  }

  objects(): Promise<readonly ObjectRecord[]> {
    return this.#ports.store.objects();
  }

  keyRecords(): Promise<readonly KeyRecord[]> {
    return this.#ports.store.allKeys();
  }

  keyView(key: Key): KeyView | null {
    return this.#state.account(keyParts(key).accountId).views.get(key) ?? null;
  }

  permissionState(key: Key, recorded: RecordedFacts): PermissionState {
    const { accountId } = keyParts(key);
    const { enforced } = this.#state;
    const declaredMode = enforced?.accounts.get(accountId)?.mode ?? "observe";
    const { record, account, suspensions, rejections } = recorded;
    const { views, live, failure } = this.#state.account(accountId);
    const failing = account?.failing ?? null;
    return permissionState({
      key,
      target: targetText({ key, account: account?.name ?? accountId }),
      declaration: enforced,
      view: views.get(key) ?? null,
      live,
      failure,
      applied: record === null ? null : appliedOf(record),
      conditions: record?.status?.conditions ?? [],
      failing:
        failing === null ? null : { since: new Date(failing.sinceMs).toISOString(), reason: failing.reason },
      mode: lowerMode(this.#settings.mode, declaredMode),
      suspension: suspensionOf(key, suspensions),
      rejections,
    });
  }

  why(request: WhyRequest, reader: WhyReader): Promise<Result<WhyAnswer, Refusal>> {
    return askWhy(request, reader, { state: this.#state, settings: this.#settings, ports: this.#ports });
  }

  waivers(): readonly Waiver[] {
    return this.#state.enforced?.compilation.desired.waivers ?? [];
  }

  history({ key, namespace, before, limit }: HistoryRequest): Promise<HistoryPage> {
    const { audit } = this.#ports;
    if (key !== null) return keyHistory(audit, { key, before, limit });
    return namespaceHistory(audit, { namespace, before, limit });
  }

  async entry(seq: number): Promise<AuditEntry | null> {
    let found: AuditEntry | null = null;
    for await (const entry of this.#ports.audit.entries({ fromSeq: seq, toSeq: seq })) found = entry;
    return found;
  }

  resourceVersion(): Promise<number> {
    return this.#ports.store.resourceVersion();
  }

  async reconcile(
    request: ReconcileRequest,
    actor: string,
  ): Promise<Result<{ readonly token: string }, Refusal>> {
    const { enforced } = this.#state;
    if (enforced === null) return err(noRevision(this.#state.source));
    const known = await this.#knownKeys();
    const unknown = request.kind === "keys" ? request.keys.find((key) => !known.has(key)) : undefined;
    if (unknown !== undefined) return err({ code: "not-found", message: `no such key: ${unknown}` });
    const keys = request.kind === "keys" ? request.keys : [...known];
    const accounts = new Map(
      [...enforced.accounts.keys()].map((id) => [
        id,
        new Set(keys.filter((key) => keyParts(key).accountId === id)),
      ]),
    );
    const token = this.#ports.random.hex(12);
    const { fetchNumber } = this.#state;
    const whole = request.kind === "all";
    this.#state.tokens.set(token, {
      accounts,
      whole,
      keys: request.kind === "keys" ? [...request.keys].sort() : null,
      unreadable: new Map(),
      afterFetch: fetchNumber,
      afterPass: null,
    });
    const [oldest] = this.#state.tokens.keys();
    if (this.#state.tokens.size > TOKENS_KEPT && oldest !== undefined) this.#state.tokens.delete(oldest);
    this.#ports.telemetry.info("reconcile requested", { actor, keys: keys.length });
    this.fetchSoon("reconcile");
    return ok({ token });
  }

  async #knownKeys(): Promise<ReadonlySet<Key>> {
    const { enforced } = this.#state;
    const recorded = (await this.#ports.store.allKeys()).map((record) => record.key);
    if (enforced === null) return new Set(recorded);
    const { desired, invalid } = enforced.compilation;
    const all = [...desired.bindings.keys(), ...desired.policies.keys(), ...invalid.keys(), ...recorded];
    return new Set(all.filter((key) => enforced.accounts.has(keyParts(key).accountId)));
  }

  reconciled(token: string): Reconciled | null {
    const found = this.#state.tokens.get(token);
    if (found === undefined) return null;
    const waitingFor = [...found.accounts.values()].flatMap((keys) => [...keys]).sort();
    const { enforced } = this.#state;
    const unreadable = [...found.unreadable].map(([accountId, reason]) => ({
      accountId,
      account: enforced?.accounts.get(accountId)?.name ?? accountId,
      reason,
    }));
    const isFetched = found.afterPass !== null;
    const revision = isFetched ? (enforced?.revision ?? null) : null;
    // Where nothing is declared, nothing is waited for: the newest revision may declare something.
    const done = isFetched && waitingFor.length === 0;
    return { done, keys: found.keys, waitingFor, unreadable, revision };
  }

  async suspend(
    request: Parameters<Control["suspend"]>[0],
    actor: string,
  ): Promise<Result<Suspension, Refusal>> {
    const { scope, reason, until } = request;
    const untilMs = Date.parse(until);
    const nowMs = this.#ports.clock.nowMs();
    if (!(untilMs > nowMs))
      return err({ code: "invalid", message: `a suspension ends in the future, got "${until}"` });
    if (reason.trim() === "") return err({ code: "invalid", message: "a suspension needs a reason" });
    if (scope.key !== null && !(await this.#knownKeys()).has(scope.key))
      return err({ code: "not-found", message: `no such key: ${scope.key}` });
    const suspension = extended(await this.#ports.store.suspensions(nowMs), {
      id: this.#ports.random.hex(4),
      scope,
      reason,
      actor,
      at: this.#nowIso(),
      until: new Date(untilMs).toISOString(),
    });
    await this.#ports.recorder.record({
      facts: [
        {
          kind: "suspended",
          id: suspension.id,
          scope: formatScope(scope),
          actor,
          reason,
          until: suspension.until,
        },
      ],
      change: { suspensions: [suspension] },
      alerts: [],
    });
    // The ticker then notices the end of this suspension even if it ends before the next tick.
    this.#state.suspended = new Set([...this.#state.suspended, suspension.id]);
    // Running passes do not know this suspension, so they end before their next write.
    this.#state.cutShort();
    this.#allDue();
    return ok(suspension);
  }

  async resume(
    { id, reason }: { readonly id: string; readonly reason: string },
    actor: string,
  ): Promise<Result<Suspension, Refusal>> {
    const inForce = await this.#ports.store.suspensions(this.#ports.clock.nowMs());
    const suspension = inForce.find((one) => one.id === id);
    if (suspension === undefined)
      return err({ code: "not-found", message: `no suspension "${id}" is in force` });
    await this.#ports.recorder.record({
      facts: [{ kind: "resumed", id, scope: formatScope(suspension.scope), actor, reason }],
      change: { endedSuspensions: [id] },
      alerts: [],
    });
    this.#allDue();
    return ok(suspension);
  }

  approve(...asked: Parameters<Control["approve"]>): ReturnType<Control["approve"]> {
    return this.#answers.approve(...asked);
  }

  reject(...asked: Parameters<Control["reject"]>): ReturnType<Control["reject"]> {
    return this.#answers.reject(...asked);
  }

  heldChanges(hold: Hold): readonly HeldChange[] {
    return heldChangesOf(hold, (key) => this.keyView(key));
  }

  formerlyHeld(digest: string): Promise<readonly Key[]> {
    return this.#answers.formerlyHeld(digest);
  }

  namesakes(...asked: Parameters<Control["namesakes"]>): ReturnType<Control["namesakes"]> {
    return this.#answers.namesakes(...asked);
  }

  fetchSoon(reason: string): void {
    this.#ports.telemetry.debug("fetch requested", { reason });
    this.#state.fetchDueMs = 0;
    this.#wake();
  }

  async refused(fact: Parameters<Control["refused"]>[0]): Promise<void> {
    const minute = Math.floor(this.#ports.clock.nowMs() / 60_000);
    this.#refusals =
      this.#refusals.minute === minute ? { minute, count: this.#refusals.count + 1 } : { minute, count: 1 };
    if (this.#refusals.count > REFUSED_A_MINUTE) return;
    await this.#ports.recorder.record({
      facts: [{ kind: "request-refused", ...fact }],
      change: {},
      alerts: [],
    });
  }

  #allDue(): void {
    const nowMs = this.#ports.clock.nowMs();
    for (const accountId of this.#state.enforced?.accounts.keys() ?? [])
      this.#state.queue.addSweep(accountId, nowMs);
    this.#wake();
  }

  #nowIso(): string {
    return new Date(this.#ports.clock.nowMs()).toISOString();
  }
}
