import type { AskedAccounts } from "../../../src/controller/ports/assigned/account-holders.ts";
import type { AccountCoverage } from "../../../src/model/answers/coverage.ts";
import type { Namespace } from "../../../src/model/aws/ids.ts";
import type { AuditEntry } from "../../../src/audit/entry.ts";
import { removedBy, type RemovedEntry } from "../../../src/audit/removed-entry.ts";
import type { KeyView } from "../../../src/model/answers/key-view.ts";
import type {
  Control,
  HeldChange,
  ReconcileProgress,
  Overview,
  Refusal,
} from "../../../src/controller/ports/control.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import type { PinnedSource, RollbackEnd } from "../../../src/model/keys/source-pin.ts";
import type { SessionFact } from "../../../src/model/people/session-record.ts";
import { ChangeSignal } from "../../../src/controller/state/change-signal.ts";
import type { Readiness } from "../../../src/model/records/readiness.ts";
import type { AlertTest } from "../../../src/controller/ports/alert-sender.ts";
import { history } from "../../../src/controller/control/history.ts";
import { timelineRecord } from "../../../src/controller/control/timeline.ts";
import { auditOf } from "./audit-of.ts";
import { appliedStatesIn } from "../record/applied-states.ts";
import { heldChangesOf } from "../../../src/controller/control/pending-approvals.ts";
import type { Approval, Rejection, Suspension } from "../../../src/model/approval.ts";
import type { Waiver } from "../../../src/model/desired.ts";
import type { DesiredTeam } from "../../../src/model/rules/team.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { isNamedBy } from "../../../src/model/rules/approval-subject.ts";
import type { AppliedState, KeyRecordSummary } from "../../../src/model/keys/key-record.ts";
import type { TypedState } from "../../../src/model/answers/permission-state.ts";
import { shownReadState } from "../../../src/plan/render/shown-state.ts";
import type { ExposedFunctions } from "../../../src/model/answers/questions/who-can.ts";
import { err, ok, type Result } from "../../../src/model/values/result.ts";
import type { ApprovalSubject } from "../../../src/model/verdict.ts";
import type { Hold } from "../../../src/model/answers/hold.ts";
import type { RecordedObjectName } from "../../../src/controller/ports/store.ts";
import type { ObjectRecord } from "../../../src/model/records/object-record.ts";
import type { FakeState } from "./fake-state.ts";

type Refused = Parameters<Control["refused"]>[0];

const UNKNOWN_FUNCTION = { code: "not-found", message: "nothing is known of that function" } as const;

/** A Control that keeps what it was asked and answers from `state`. */
export class FakeControl implements Control {
  readonly state: FakeState;
  readonly refusals: Refused[] = [];
  readonly sessionFacts: SessionFact[] = [];
  readonly commands: { readonly name: string; readonly actor: string; readonly request: unknown }[] = [];
  alertTest: AlertTest = { kind: "accepted", answer: "HTTP 204", problem: null };
  comparing: Readiness["comparing"] = [];
  fetches = 0;
  /** By namespace of the source; null: the platform source. */
  readonly pushes: (Namespace | null)[] = [];
  recordReads = 0;
  readonly signal = new ChangeSignal();
  mergePreview: Control["mergePreview"] = async () =>
    err(this.state.refusal ?? { code: "conflict", message: "no revision was read yet" });
  reach: Control["reach"] = async () => err({ code: "unavailable", message: "not asked" });

  constructor(state: FakeState) {
    this.state = state;
  }

  async overview(): Promise<Overview> {
    if (this.state.broken !== null) throw this.state.broken;
    return this.state.overview;
  }

  readiness(): Readiness {
    const { ready } = this.state;
    return { ready, waitingFor: ready ? [] : ["the first snapshot"], comparing: this.comparing };
  }

  async objects(): Promise<readonly ObjectRecord[]> {
    this.recordReads += 1;
    return this.state.objects;
  }

  async objectsNamed(names: readonly RecordedObjectName[]): Promise<readonly ObjectRecord[]> {
    const isNamed = (one: RecordedObjectName, object: ObjectRecord): boolean =>
      one.kind === object.kind && one.namespace === object.namespace && one.name === object.name;
    return this.state.objects.filter((object) => names.some((one) => isNamed(one, object)));
  }

  async changedSince(): Promise<null> {
    return null;
  }

  async keySummaries(keys?: readonly Key[]): Promise<readonly KeyRecordSummary[]> {
    return this.state.records.filter(({ key }) => keys?.includes(key) ?? true);
  }

  async appliedStates(keys: readonly Key[]): Promise<ReadonlyMap<Key, AppliedState>> {
    return appliedStatesIn(this.state.records, keys);
  }

  keyView(key: Key): KeyView | null {
    return this.state.views.get(key) ?? null;
  }

  declaredState(key: Key): KeyView["desired"] {
    return this.state.declared?.get(key) ?? null;
  }

  uncomparedSince(key: Key): string | null {
    return this.state.uncompared?.has(key) === true ? NOW : null;
  }

  askAccounts = (): Promise<AskedAccounts> => Promise.resolve(new Map());

  permissionState(key: Key): TypedState {
    return shownReadState(this.state.permissions.get(key) ?? { ...NOT_DECLARED, key });
  }

  accessState = (key: Key): TypedState => this.permissionState(key);

  accessReport: Control["accessReport"] = async () => err(this.state.refusal ?? UNKNOWN_FUNCTION);
  proposal: Control["proposal"] = async () => err(this.state.refusal ?? UNKNOWN_FUNCTION);

  why: Control["why"] = async () => err(this.state.refusal ?? UNKNOWN_FUNCTION);
  whoCan: Control["whoCan"] = async () =>
    err(this.state.refusal ?? { code: "unavailable", message: "no revision was accepted yet" });

  /** Its reason names a function of another namespace, as a message of AWS may. */
  async exposed(): Promise<Result<ExposedFunctions, Refusal>> {
    const reason = "the policy of payments/refunds was not read";
    const unknown = [{ reason, targets: ["orders/orders-api@prod/eu-west-1"] }];
    return ok({ askedAt: NOW, functions: [], closed: 0, oldestReadAt: null, unknown, unread: [] });
  }

  waivers(): readonly Waiver[] {
    return this.state.waivers;
  }

  coverage(): readonly AccountCoverage[] {
    return this.state.coverage ?? [];
  }

  teams(): readonly DesiredTeam[] {
    return this.state.teams;
  }

  history(...[request]: Parameters<Control["history"]>): ReturnType<Control["history"]> {
    return history(auditOf(this.state.history), request);
  }

  timeline(...[request]: Parameters<Control["timeline"]>): ReturnType<Control["timeline"]> {
    return timelineRecord(auditOf(this.state.history), request);
  }

  async entry(seq: number): Promise<AuditEntry | null> {
    return this.state.history.find((entry) => entry.seq === seq) ?? null;
  }

  async removedEntry(seq: number): Promise<RemovedEntry | null> {
    return this.state.history.map((entry) => removedBy(entry, seq)).find((one) => one !== null) ?? null;
  }

  async resourceVersion(): Promise<number> {
    return this.state.version;
  }

  onChange(listener: () => void): () => void {
    return this.signal.subscribe(listener);
  }

  async reconcile(...[request, actor]: Parameters<Control["reconcile"]>): ReturnType<Control["reconcile"]> {
    return this.#command("reconcile", actor, request, { token: "token-1" });
  }

  reconciled(token: string): ReconcileProgress | null {
    if (token !== "token-1") return null;
    const waitingFor = [...this.state.views.keys()].reverse();
    return { done: false, keys: null, waitingFor, unreadable: [], revision: null };
  }

  async undoPlans(): ReturnType<Control["undoPlans"]> {
    return this.state.refusal === null
      ? ok(this.state.undoPlans ?? { subject: null, plans: [] })
      : err(this.state.refusal);
  }

  async orderUndo(...[request, actor]: Parameters<Control["orderUndo"]>): ReturnType<Control["orderUndo"]> {
    return this.#command("order-undo", actor, request, this.state.ordered ?? []);
  }

  rollback: Control["rollback"] = async (request, actor) =>
    this.#command("rollback", actor, request, pinned(request, actor));

  endRollback: Control["endRollback"] = async (request, actor) =>
    this.#command("end-rollback", actor, request, pinned(request, actor));

  async suspend(
    request: Pick<Suspension, "scope" | "reason" | "until">,
    actor: string,
  ): Promise<Result<Suspension, Refusal>> {
    return this.#command("suspend", actor, request, { ...request, id: "s-new", actor, at: NOW });
  }

  async suspendAll(
    ...[request, actor]: Parameters<Control["suspendAll"]>
  ): ReturnType<Control["suspendAll"]> {
    const made = request.scopes.map((scope) => ({ ...request, scope, id: "s-new", actor, at: NOW }));
    return this.#command("suspend-all", actor, request, made);
  }

  async resume(...[request, actor]: Parameters<Control["resume"]>): ReturnType<Control["resume"]> {
    const found = this.state.overview.suspensions.find(({ id }) => id === request.id);
    if (found === undefined) return err({ code: "not-found", message: "no such suspension" });
    return this.#command("resume", actor, request, found);
  }

  async approve(
    request: { readonly subject: string; readonly reason: string; readonly forMs: number },
    actor: string,
  ): Promise<Result<Approval, Refusal>> {
    const { reason } = request;
    const held = this.state.overview.holds.find((hold) => isNamedBy(hold.subject, request.subject));
    const subject = (held?.subject ?? request.subject) as ApprovalSubject;
    const actions = Object.fromEntries((held?.keys ?? []).map((key) => [key, [subject]]));
    return this.#command("approve", actor, request, {
      subject,
      reason,
      actor,
      at: NOW,
      expiresAt: NOW,
      actions: actions as Approval["actions"],
    });
  }

  async reject(
    request: { readonly subject: string; readonly reason: string },
    actor: string,
  ): Promise<Result<Rejection, Refusal>> {
    const held = this.state.overview.holds.find((hold) => isNamedBy(hold.subject, request.subject));
    const subject = (held?.subject ?? request.subject) as ApprovalSubject;
    const value = { subject, accountId: null, reason: request.reason, actor, at: NOW };
    return this.#command("reject", actor, request, value);
  }

  async testAlert(route: string, actor: string): Promise<Result<AlertTest, Refusal>> {
    const known = this.state.overview.alertRoutes.some(({ name }) => name === route);
    if (!known) return err({ code: "not-found", message: `no alert route is named "${route}"` });
    return this.#command("test-alert", actor, { route }, this.alertTest);
  }

  async recordSession(fact: SessionFact): Promise<void> {
    this.sessionFacts.push(fact);
  }

  heldChanges(hold: Hold): readonly HeldChange[] {
    return heldChangesOf(hold, (key) => this.keyView(key));
  }

  async formerlyHeld(digest: string): Promise<readonly Key[]> {
    return this.state.formerlyHeld.get(digest) ?? [];
  }

  async namesakes(subject: string, name: string): Promise<readonly Key[]> {
    return subject === name ? [] : (this.state.namesakes?.get(name) ?? []);
  }

  fetchSoon(): void {
    this.fetches += 1;
  }

  pushed(namespace: Namespace | null): void {
    this.pushes.push(namespace);
    this.fetches += 1;
  }

  pushQueueRead(): void {}

  async refused(fact: Refused): Promise<void> {
    this.refusals.push(fact);
  }

  #command<T>(name: string, actor: string, request: unknown, value: T): Result<T, Refusal> {
    this.commands.push({ name, actor, request });
    return this.state.refusal === null ? ok(value) : err(this.state.refusal);
  }
}

const NOT_DECLARED = {
  declared: { kind: "not-declared", revision: null },
  effective: { kind: "unknown", reason: "AWS was not read yet" },
  pending: [],
  comparisons: [],
  references: [],
} as const;

export const NOW = "2026-11-25T12:00:00.000Z";

function pinned({ namespace, reason }: RollbackEnd, actor: string): PinnedSource {
  const revision = `main@sha1:${"1".repeat(40)}` as Revision;
  const from = `main@sha1:${"2".repeat(40)}` as Revision;
  return { source: "main", namespace, pin: { revision, from, actor, reason, at: NOW, until: NOW } };
}
