import type { AccountCoverage } from "../../model/answers/coverage.ts";
import { byTextOf } from "../../text/order.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { Hold } from "../../model/answers/hold.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";
import type { AuditEntry } from "../../audit/entry.ts";
import type { RemovedEntry } from "../../audit/removed-entry.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import type { Readiness } from "../../model/records/readiness.ts";
import type { PermissionState } from "../../model/answers/permission-state.ts";
import type { Waiver } from "../../model/desired.ts";
import type { DesiredTeam } from "../../model/rules/team.ts";
import type { AppliedState, KeyRecordSummary } from "../../model/keys/key-record.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import type { HistoryPage, HistoryRequest } from "../ports/audit-log.ts";
import type { Control, HeldChange, Overview, Reconciled, ReconcileRequest } from "../ports/control.ts";
import type { RecordedFacts } from "../ports/recorded-facts.ts";
import type { ControllerContext } from "../settings.ts";
import { orderUndo, undoPlans } from "./adoption-undo.ts";
import { testAlert } from "./alert-test.ts";
import { ApprovalAnswers } from "./approval-answers.ts";
import { askExposed } from "./questions/ask-exposed.ts";
import { askMergePreview } from "./questions/ask-merge-preview.ts";
import { askWhoCan } from "./questions/ask-who-can.ts";
import { askWhy } from "./questions/ask-why.ts";
import { permissionStateOf } from "./questions/permission-state.ts";
import { history, removedEntry } from "./history.ts";
import { timelineRecord } from "./timeline.ts";
import { overviewOf } from "./overview.ts";
import { heldChangesOf } from "./pending-approvals.ts";
import { recentDepartures, recentReverts } from "./recent-entries.ts";
import { readinessOf } from "./readiness.ts";
import { progressOf, requestReconcile, sourcesOf } from "./reconcile.ts";
import { resume, suspend, suspendAll } from "./suspensions.ts";
import { Questions } from "./questions/questions.ts";
import { withinTime } from "./questions/within-time.ts";
import { Turns } from "../../model/values/turns.ts";

const REFUSED_A_MINUTE = 30;
/** Anyone who can push, or repeat a signed report, causes no more fetches than one in this time. */
const PUSH_PAUSE_MS = 5_000;

/** The running controller as the HTTP side sees it. Commands are in the record before they take effect. */
export class ControllerControl implements Control {
  readonly #context: ControllerContext;
  readonly #wake: () => void;
  readonly #startedAt: string;
  readonly #answers: ApprovalAnswers;
  readonly #reverts: ReturnType<typeof recentReverts>;
  readonly #departures: ReturnType<typeof recentDepartures>;
  #refusals = { minute: 0, count: 0 };
  readonly #orders = new Turns();
  readonly #questions = new Questions();

  constructor(context: ControllerContext, wake: () => void) {
    const { ports } = context;
    this.#context = context;
    this.#wake = wake;
    this.#startedAt = new Date(ports.clock.nowMs()).toISOString();
    this.#answers = new ApprovalAnswers(context, wake);
    this.#reverts = recentReverts(ports);
    this.#departures = recentDepartures(ports);
  }

  async overview(): Promise<Overview> {
    const recent = { reverts: await this.#reverts.read(), departures: await this.#departures.read() };
    return overviewOf(this.#context, this.#startedAt, recent);
  }

  readiness(): Readiness {
    return readinessOf(this.#context.state);
  }

  objects(): Promise<readonly ObjectRecord[]> {
    return this.#context.ports.store.objects();
  }

  keySummaries(): Promise<readonly KeyRecordSummary[]> {
    return this.#context.ports.store.keySummaries();
  }

  appliedStates(keys: readonly Key[]): Promise<ReadonlyMap<Key, AppliedState>> {
    return this.#context.ports.store.appliedStates(keys);
  }

  keyView(key: Key): KeyView | null {
    return this.#context.state.account(keyParts(key).accountId).views.get(key) ?? null;
  }

  declaredState(key: Key): KeyView["desired"] {
    const declared = this.#context.state.enforced?.compilation.desired;
    return declared?.bindings.get(key) ?? declared?.policies.get(key) ?? null;
  }

  uncomparedSince(key: Key): string | null {
    const sinceMs = this.#context.state.uncompared.get(key);
    return sinceMs === undefined ? null : new Date(sinceMs).toISOString();
  }

  permissionState(key: Key, recorded: RecordedFacts): PermissionState {
    return permissionStateOf(key, recorded, this.#context);
  }

  why(...[request, reader]: Parameters<Control["why"]>): ReturnType<Control["why"]> {
    return askWhy(request, reader, this.#context);
  }

  /** Each looks at every function, and any token may ask. */
  whoCan(...[request, reader]: Parameters<Control["whoCan"]>): ReturnType<Control["whoCan"]> {
    return this.#questions.ask(reader.asker, () => askWhoCan(request, reader, this.#context));
  }

  exposed(reader: Parameters<Control["exposed"]>[0]): ReturnType<Control["exposed"]> {
    return this.#questions.ask(reader.asker, () => askExposed(reader, this.#context));
  }

  mergePreview(
    ...[request, reader]: Parameters<Control["mergePreview"]>
  ): ReturnType<Control["mergePreview"]> {
    return this.#questions.ask(reader.asker, () =>
      withinTime(this.#context, (signal) => askMergePreview(request, reader, { ...this.#context, signal })),
    );
  }

  waivers(): readonly Waiver[] {
    return this.#context.state.enforced?.compilation.desired.waivers ?? [];
  }

  coverage(): readonly AccountCoverage[] {
    const { enforced, coverage } = this.#context.state;
    const accounts = [...(enforced?.accounts.values() ?? [])].toSorted(byTextOf(({ name }) => name));
    return accounts.flatMap(({ id }) => coverage.of(id) ?? []);
  }

  teams(): readonly DesiredTeam[] {
    return [...(this.#context.state.enforced?.compilation.desired.teams.values() ?? [])];
  }

  history(request: HistoryRequest): Promise<HistoryPage> {
    return history(this.#context.ports.audit, request);
  }

  timeline(...[request]: Parameters<Control["timeline"]>): ReturnType<Control["timeline"]> {
    return timelineRecord(this.#context.ports.audit, request);
  }

  async entry(seq: number): Promise<AuditEntry | null> {
    const { audit } = this.#context.ports;
    for await (const entry of audit.entries({ fromSeq: seq, toSeq: seq })) return entry;
    return null;
  }

  async removedEntry(seq: number): Promise<RemovedEntry | null> {
    return removedEntry(this.#context.ports.audit, seq);
  }

  resourceVersion(): Promise<number> {
    return this.#context.ports.store.resourceVersion();
  }

  onChange(listener: () => void): () => void {
    return this.#context.state.signal.subscribe(listener);
  }

  async reconcile(request: ReconcileRequest, actor: string): ReturnType<Control["reconcile"]> {
    const made = await requestReconcile(request, actor, this.#context);
    if (made.kind === "ok") this.fetchSoon("reconcile", sourcesOf(request, this.#context.state));
    return made;
  }

  reconciled(token: string): Reconciled | null {
    return progressOf(token, this.#context);
  }

  async suspend(...[request, actor]: Parameters<Control["suspend"]>): ReturnType<Control["suspend"]> {
    const made = await suspend(request, actor, this.#context);
    if (made.kind === "ok") this.#allDue();
    return made;
  }

  async suspendAll(
    ...[request, actor]: Parameters<Control["suspendAll"]>
  ): ReturnType<Control["suspendAll"]> {
    const made = await suspendAll(request, actor, this.#context);
    if (made.kind === "ok") this.#allDue();
    return made;
  }

  async resume(...[request, actor]: Parameters<Control["resume"]>): ReturnType<Control["resume"]> {
    const ended = await resume(request, actor, this.#context);
    if (ended.kind === "ok") this.#allDue();
    return ended;
  }

  approve(...answer: Parameters<Control["approve"]>): ReturnType<Control["approve"]> {
    return this.#answers.approve(...answer);
  }

  reject(...answer: Parameters<Control["reject"]>): ReturnType<Control["reject"]> {
    return this.#answers.reject(...answer);
  }

  undoPlans(...[selection]: Parameters<Control["undoPlans"]>): ReturnType<Control["undoPlans"]> {
    return undoPlans(selection, this.#context);
  }

  /** One after the other, so that the second of two orders of a function sees the first. */
  async orderUndo(...[request, actor]: Parameters<Control["orderUndo"]>): ReturnType<Control["orderUndo"]> {
    const made = await this.#orders.inTurn(() => orderUndo(request, actor, this.#context));
    if (made.kind === "ok") this.#wake();
    return made;
  }

  testAlert(route: string, actor: string): ReturnType<Control["testAlert"]> {
    return testAlert(route, actor, this.#context);
  }

  heldChanges(hold: Hold): readonly HeldChange[] {
    return heldChangesOf(hold, (key) => this.keyView(key));
  }

  formerlyHeld(digest: string): Promise<readonly Key[]> {
    return this.#answers.formerlyHeld(digest);
  }

  namesakes(subject: string, name: string): Promise<readonly Key[]> {
    return this.#answers.namesakes(subject, name);
  }

  fetchSoon(reason: string, sources: readonly (Namespace | null)[]): void {
    const { state, ports } = this.#context;
    ports.telemetry.debug("fetch requested", { reason });
    for (const namespace of sources) state.sourceOf(namespace).fetchAt(ports.clock.nowMs());
    this.#wake();
  }

  pushed(namespace: Namespace | null): void {
    const { state, ports } = this.#context;
    const source = state.sourceOf(namespace);
    const dueMs = Math.max(ports.clock.nowMs(), source.fetchBeganMs + PUSH_PAUSE_MS);
    if (dueMs >= source.fetchDueMs) return;
    source.fetchAt(dueMs);
    this.#wake();
  }

  pushQueueRead(...[namespace, failure]: Parameters<Control["pushQueueRead"]>): void {
    const { state, ports } = this.#context;
    state.sourceOf(namespace).pushQueueRead(ports.clock.nowMs(), failure);
  }

  async recordSession(fact: Parameters<Control["recordSession"]>[0]): Promise<void> {
    await this.#context.ports.recorder.record({ facts: [fact], change: {}, alerts: [] });
  }

  async refused(fact: Parameters<Control["refused"]>[0]): Promise<void> {
    const { clock, recorder } = this.#context.ports;
    const minute = Math.floor(clock.nowMs() / 60_000);
    const { minute: before, count } = this.#refusals;
    this.#refusals = { minute, count: before === minute ? count + 1 : 1 };
    if (this.#refusals.count > REFUSED_A_MINUTE) return;
    await recorder.record({ facts: [{ kind: "request-refused", ...fact }], change: {}, alerts: [] });
  }

  #allDue(): void {
    const { state, ports } = this.#context;
    state.allDue(ports.clock.nowMs());
    this.#wake();
  }
}
