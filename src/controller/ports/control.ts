import type { AccountQuestions, AskedAccounts } from "./assigned/account-holders.ts";
import type { WhyAnswer } from "../../model/answers/why.ts";
import type { WhoCan, ExposedFunctions } from "../../model/answers/questions/who-can.ts";
import type { ReachedParts, ReachRequest } from "../../model/answers/questions/reached.ts";
import type { FunctionUseReport, AccessReportRequest } from "../../model/answers/questions/access-report.ts";
import type { GrantProposal, ProposalRequest } from "../../model/answers/questions/grant-proposal.ts";
import type { MergePreview, MergeRequest } from "../../model/answers/questions/merge-preview.ts";
import type { WhoCanRequest, WhyReader, WhyRequest } from "../../model/answers/questions/access-questions.ts";
import type { HistoryPage, HistoryRequest, Revert, UnrecordedEntry } from "./audit-log.ts";
import type { RecordedFacts } from "./recorded-facts.ts";
import type { ChangedReference } from "../../model/aws/reference.ts";
import type { AuditEntry } from "../../audit/entry.ts";
import type { RemovedEntry } from "../../audit/removed-entry.ts";
import type { Action, GrownPattern } from "../../model/plan.ts";
import type {
  Approval,
  ApproveRequest,
  Rejection,
  Suspension,
  SuspensionScope,
} from "../../model/approval.ts";
import type { BrokenKey, Diagnostic } from "../../model/diagnostic.ts";
import type { Delta } from "../../model/delta.ts";
import type { Desired, DesiredAccount, Waiver } from "../../model/desired.ts";
import type { AccountId, Namespace } from "../../model/aws/ids.ts";
import type { Key } from "../../model/keys/key.ts";
import type { Mode } from "../../model/rules/mode.ts";
import type { DesiredTeam, Tenancy } from "../../model/rules/team.ts";
import type { AccountCoverage } from "../../model/answers/coverage.ts";
import type { RefusedRequest } from "../../model/people/refused-request.ts";
import type { SessionFact } from "../../model/people/session-record.ts";
import type { Readiness } from "../../model/records/readiness.ts";
import type { TypedState } from "../../model/answers/permission-state.ts";
import type { Result } from "../../model/values/result.ts";
import type { Revision } from "../../model/values/revision.ts";
import type { StricterVerdict } from "../../model/verdict.ts";
import type { PinnedSource, RollbackEnd, RollbackOrder, ShownPin } from "../../model/keys/source-pin.ts";
import type { ReplicaRecord } from "../../model/network/replica.ts";
import type { SourceVerified } from "../../model/verification.ts";
import type { BackupHealth } from "../../model/backups/backup-health.ts";
import type { RecordVerification } from "../../model/records/record-verification.ts";
import type { SourceFailure } from "./source.ts";
import type { FunctionDenials } from "../../model/denials/denied-request.ts";
import type { LostEvents } from "../../model/changes/lost-events.ts";
import type { ChangeQueueView, QueueFailure, QueueHealth } from "../../model/answers/queue-health.ts";
import type { UndoOrderCommand, UndoPlans, UndoSelection } from "../../model/answers/undo-plans.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import type { AlertRouteView, AlertTest } from "./alert-sender.ts";
import type { ClockOffset } from "../../model/changes/clock-offset.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";
import type { Orphan } from "../../model/answers/orphan.ts";
import type { SourceLocation } from "../../model/answers/source-location.ts";
import type { Hold } from "../../model/answers/hold.ts";
import type { AccountRequests } from "../../model/passes/request-limits.ts";
import type { AccountSetView } from "./estate/account-set-view.ts";
import type { TimelineRecord, TimelineRequest } from "./browser/timeline-record.ts";
import type { Store } from "./store.ts";

export interface AccountView {
  readonly id: AccountId;
  readonly name: string;
  /** Effective: the more cautious of process and account. */
  readonly mode: Mode;
  readonly declared: DesiredAccount;
  readonly record: AccountRecord | null;
  /** The last pass ended by a fault of Grantkeeper; `record.failing` describes it. */
  readonly hasFault: boolean;
  readonly passing: boolean;
  /** No pass has compared it since the start of this process: what is shown of it is from earlier starts. */
  readonly comparing: boolean;
  /** Another replica makes its passes. */
  readonly isAssigned: boolean;
  /** Of an assigned account: at the end of its last pass. null: none has ended, so nothing is known. */
  readonly requests: AccountRequests | null;
  /** Of its functions, of the last 7 days. Missing: there are none. */
  readonly functionDenials?: readonly FunctionDenials[];
  /** The parts that the last read of the account left out, one sentence each; empty after a complete read. */
  readonly unread: readonly string[];
  /** Of regions, sorted. Missing: there are none. */
  readonly lostEvents?: readonly LostEvents[];
  /** Of the last days, newest first. Missing: there are none. */
  readonly unrecordedWrites?: readonly UnrecordedEntry[];
}

/** The changes of a pending approval for one key. */
export interface HeldChange {
  readonly key: Key;
  readonly actions: readonly Action[];
  readonly grown: readonly GrownPattern[];
  readonly changedReferences: readonly ChangedReference[];
  /** What refuses the applied state with the approval; null: the approval is of the actions. */
  readonly stricter: StricterVerdict | null;
  /** Of all actions together. */
  readonly delta: Delta;
}

export interface SourceView {
  readonly name: string;
  readonly location: SourceLocation;
  /** null: no queue reports its pushes. */
  readonly pushQueue: QueueHealth | null;
  /** null: the platform source. */
  readonly namespace: Namespace | null;
  readonly accepted: Revision | null;
  readonly fetchedAt: string | null;
  readonly held: { readonly revision: Revision; readonly reason: string; readonly sinceMs: number } | null;
  /** The latest failure of the source; null if the last fetch succeeded. */
  readonly failure: SourceFailure | null;
  readonly uncommitted: boolean;
  /** Of the newest fetched revision; null: no signature is needed. */
  readonly verified: SourceVerified | null;
  /** A rollback whose revision is in force; missing: there is none. */
  readonly pin?: ShownPin;
}

export interface Overview {
  readonly version: string;
  readonly instance: string;
  readonly mode: Mode;
  readonly startedAt: string;
  readonly catalogueDate: string;
  /** Between two reads of an account. */
  readonly sweepMs: number;
  /** Of AWS's clock, by its answers of the last 15 minutes; null: there are none. */
  readonly clockOffset: ClockOffset | null;
  /** The platform source. */
  readonly source: SourceView;
  /** Sorted by namespace. */
  readonly namespaceSources: readonly SourceView[];
  /** Whether namespaces need a Team; null: there is no accepted revision. */
  readonly tenancy: Tenancy["kind"] | null;
  readonly accounts: readonly AccountView[];
  readonly accountSets: readonly AccountSetView[];
  /** In the order of the operator's file. */
  readonly changeQueues: readonly ChangeQueueView[];
  readonly diagnostics: readonly Diagnostic[];
  /** Keys whose document is not valid at the accepted revision. */
  readonly brokenKeys: ReadonlyMap<Key, BrokenKey>;
  readonly holds: readonly Hold[];
  /** Of the accepted revision, sorted by name. */
  readonly windows: NonNullable<Desired["windows"]>;
  /** By group of the operator's file: the names of its tokens that have not expired. */
  readonly approvers: Readonly<Record<string, readonly string[]>>;
  /** Of pending approvals that have not changed. */
  readonly rejections: readonly Rejection[];
  readonly suspensions: readonly Suspension[];
  readonly orphans: readonly Orphan[];
  /** In the order of the operator's file. */
  readonly alertRoutes: readonly AlertRouteView[];
  readonly backups: BackupHealth;
  readonly verification: RecordVerification;
  /** The oldest first, as of a read for this overview; empty: the record has one process. */
  readonly replicas: readonly ReplicaRecord[];
  /** Of the last 24 hours, newest first. */
  readonly reverts: readonly Revert[];
}

export type ReconcileRequest =
  { readonly kind: "all" } | { readonly kind: "keys"; readonly keys: readonly Key[] };

/** The progress of a reconcile. */
export interface ReconcileProgress {
  readonly done: boolean;
  /** The requested keys, sorted; null: all. */
  readonly keys: readonly Key[] | null;
  /** Sorted. */
  readonly waitingFor: readonly Key[];
  /** Accounts whose account-wide reads failed since the request: their keys are not waited for. */
  readonly unreadable: readonly {
    readonly accountId: AccountId;
    readonly account: string;
    readonly reason: string;
  }[];
  /** The revision to compare with; null while the source is being fetched. */
  readonly revision: Revision | null;
}

/** The error of a refused command: an HTTP-like class, a sentence, and the fix. */
export interface Refusal {
  /** `unavailable`: the source cannot be reached, and there is no earlier revision to answer from. */
  readonly code: "not-found" | "invalid" | "conflict" | "ambiguous" | "unavailable";
  readonly message: string;
  /** How to fix it. */
  readonly hint?: string;
}

/**
 * The HTTP side's view of the running controller. Reads use the record and the last pass.
 * Commands are audited with their actor before they take effect.
 */
export interface Control
  extends
    ChangeReports,
    AccountQuestions,
    Pick<
      Store,
      "objects" | "objectsNamed" | "keySummaries" | "changedSince" | "appliedStates" | "resourceVersion"
    > {
  overview(): Promise<Overview>;
  readiness(): Readiness;
  keyView(key: Key): KeyView | null;
  /** What the revision in force declares; null: nothing, or with an error. */
  declaredState(key: Key): KeyView["desired"];
  /** ISO 8601: since when Git has a change of the key that no pass of this process has compared; null: there is none. */
  uncomparedSince(key: Key): string | null;
  /** The function's declared, effective and pending permissions, from the last pass, these parts of the record, and other replicas. */
  permissionState(key: Key, recorded: RecordedFacts, asked?: AskedAccounts): TypedState;
  /** Who may call the function, and which roles it runs on. The applied state is used only if Git does not declare the key. */
  accessState(key: Key, recorded: RecordedFacts, asked?: AskedAccounts): TypedState;
  /** Whether a function may do something, by the accepted revision and the last read. Makes no AWS calls. */
  why(request: WhyRequest, reader: WhyReader): Promise<Result<WhyAnswer, Refusal>>;
  /** Which of the functions that the caller sees may do something, by the same. Answers one request after the other. */
  whoCan(request: WhoCanRequest, reader: WhyReader): Promise<Result<WhoCan, Refusal>>;
  /** Which of them outsiders may call. Answers one request after the other. */
  exposed(reader: WhyReader): Promise<Result<ExposedFunctions, Refusal>>;
  /** What a function may do and which functions it may run, by the last read. Answers one request after the other. */
  reach(request: ReachRequest, asker: string): Promise<Result<ReachedParts, Refusal>>;
  /** What a merge of files would do, by the last read. Answers one request after the other. */
  mergePreview(request: MergeRequest, reader: WhyReader): Promise<Result<MergePreview, Refusal>>;
  /** What the role of a function without a manifest allows, for a caller who sees everything. Answers one request after the other. */
  proposal(request: ProposalRequest, reader: WhyReader): Promise<Result<GrantProposal, Refusal>>;
  /** When the roles of a function last accessed AWS, read from AWS now. Answers one request after the other. */
  accessReport(request: AccessReportRequest, reader: WhyReader): Promise<Result<FunctionUseReport, Refusal>>;
  waivers(): readonly Waiver[];
  /** Sorted by namespace, also those with an error. */
  teams(): readonly DesiredTeam[];
  /** Of the accounts that were read since the start, sorted by name. */
  coverage(): readonly AccountCoverage[];
  history(request: HistoryRequest): Promise<HistoryPage>;
  entry(seq: number): Promise<AuditEntry | null>;
  timeline(request: TimelineRequest): Promise<TimelineRecord>;
  /** Why an entry that is not in the record was removed; null: no removal took it. */
  removedEntry(seq: number): Promise<RemovedEntry | null>;
  /** Fetches the source, then makes the keys due. The token is done when each key had an entire pass since the fetch, or its account could not be read. */
  reconcile(request: ReconcileRequest, actor: string): Promise<Result<{ readonly token: string }, Refusal>>;
  /** null: no such token. */
  reconciled(token: string): ReconcileProgress | null;
  suspend(
    request: { readonly scope: SuspensionScope; readonly reason: string; readonly until: string },
    actor: string,
  ): Promise<Result<Suspension, Refusal>>;
  /** All of the scopes or none, in one commit. */
  suspendAll(
    request: { readonly scopes: readonly SuspensionScope[] } & Pick<Suspension, "reason" | "until">,
    actor: string,
  ): Promise<Result<readonly Suspension[], Refusal>>;
  resume(
    request: { readonly id: string; readonly reason: string },
    actor: string,
  ): Promise<Result<Suspension, Refusal>>;
  /** Puts an older accepted revision of a source in force. */
  rollback(request: RollbackOrder, actor: string): Promise<Result<PinnedSource, Refusal>>;
  endRollback(request: RollbackEnd, actor: string): Promise<Result<PinnedSource, Refusal>>;
  /**
   * `subject`: a digest (or its first 8 or more hex digits) or a held revision (or its short form). A short form that also
   * names an earlier pending approval is ambiguous: a collision is cheap to make, and the reviewed plan may be the other.
   */
  approve(request: ApproveRequest, actor: string): Promise<Result<Approval, Refusal>>;
  /** `subject` as for `approve`. The plan stays held until it changes or is approved. */
  reject(
    request: { readonly subject: string; readonly reason: string },
    actor: string,
  ): Promise<Result<Rejection, Refusal>>;
  /** What an undo of these functions' adoption would do, by the last read. Changes nothing. */
  undoPlans(selection: UndoSelection): Promise<Result<UndoPlans, Refusal>>;
  /** Suspends the functions planned under the subject, a complete digest, and undoes their adoption, unless AWS has changed. */
  orderUndo(command: UndoOrderCommand, actor: string): Promise<Result<readonly Suspension[], Refusal>>;
  testAlert(route: string, actor: string): Promise<Result<AlertTest, Refusal>>;
  /** Sorted by key; empty for a revision. */
  heldChanges(hold: Hold): readonly HeldChange[];
  /** The keys that were held under a former digest (or its first 8 or more hex digits); empty if it is unknown or too old. */
  formerlyHeld(digest: string): Promise<readonly Key[]>;
  /** The keys of other pending plans, now or earlier, with the same short name as `subject`. */
  namesakes(subject: string, name: string): Promise<readonly Key[]>;
  /** Fetches each of these sources as soon as its current fetch, if any, has ended. `null`: the platform source. */
  fetchSoon(reason: string, sources: readonly (Namespace | null)[]): void;
  /** A signed report of a push to a source: fetches it soon, at most once in five seconds. */
  pushed(namespace: Namespace | null): void;
  /** What a request to the queue of that source found; null: it was answered. */
  pushQueueRead(namespace: Namespace | null, failure: QueueFailure | null): void;
  /** Records that a person signed in to the page, or out. */
  recordSession(fact: SessionFact): Promise<void>;
  /**
   * Records a refused request in the audit, up to a limit per minute. `isEmbedded`: a browser sent it for a frame, which any
   * page can cause: these have a limit of their own, so that they hide no other refusal.
   */
  refused(fact: Omit<RefusedRequest, "kind">, isEmbedded: boolean): Promise<void>;
}

/** Reports that something may have changed, not what. */
interface ChangeReports {
  /** Calls the listener after each change that an answer may show, and also when none has changed. @returns a function that ends it */
  onChange(listener: () => void): () => void;
}
