import type { AuditEntry } from "../../audit/entry.ts";
import type { Action } from "../../model/action.ts";
import type { Approval, Rejection, Suspension, SuspensionScope } from "../../model/approval.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Delta } from "../../model/delta.ts";
import type { DesiredAccount, DesiredBinding, DesiredPolicy, Waiver } from "../../model/desired.ts";
import type { Drift } from "../../model/drift.ts";
import type { Finding } from "../../model/finding.ts";
import type { AccountId } from "../../model/ids.ts";
import type { Key } from "../../model/key.ts";
import type { KeyRecord } from "../../model/key-record.ts";
import type { BindingReadings, LiveFunction, LiveRole, Reading } from "../../model/live.ts";
import type { Mode } from "../../model/mode.ts";
import type { PermissionState } from "../../model/permission-state.ts";
import type { KeyPlan } from "../../model/plan.ts";
import type { ReportedDenial } from "../../model/reported-denial.ts";
import type { Result } from "../../model/result.ts";
import type { Revision } from "../../model/revision.ts";
import type { ApprovalSubject, HoldCode, Verdict } from "../../model/verdict.ts";
import type { WhyAnswer } from "../../model/why.ts";
import type { AccountRecord, ObjectRecord } from "./store.ts";

/** What the controller knows of one key after its last pass; gone with the process, made anew by the first pass. */
export interface KeyView {
  readonly key: Key;
  readonly desired: DesiredBinding | DesiredPolicy | null;
  readonly drifts: readonly Drift[];
  /** What people should know and what is no drift: sentences. */
  readonly notes: readonly string[];
  readonly findings: readonly Finding[];
  readonly plan: KeyPlan | null;
  readonly verdict: Verdict;
  readonly liveRole: LiveRole | null;
  readonly liveFunction: LiveFunction | null;
  /** The role that the function runs on; null: it is in another account, or the function was not read. */
  readonly functionRole: Reading<LiveRole>["kind"] | null;
  /** null for a ManagedPolicy, and for a function of which nothing is declared or applied. */
  readonly readings: BindingReadings | null;
  /** Parts that could not be read, a sentence each. */
  readonly unread: readonly string[];
  /** Back to the last applied state, where the plan itself is not applied; null where there is no such plan. */
  readonly undo: KeyPlan | null;
  /** Why actions that are due were not applied, where waiting for the next pass is not all; null where nothing stops them. */
  readonly obstacle: string | null;
  /** ISO 8601: the reading it rests on. */
  readonly readAt: string;
}

export interface AccountView {
  readonly id: AccountId;
  readonly name: string;
  /** Effective: the more cautious of process and account. */
  readonly mode: Mode;
  readonly declared: DesiredAccount;
  readonly record: AccountRecord | null;
  /** The last pass ended by a fault of Grantkeeper, which `record.failing` names. */
  readonly hasFault: boolean;
  readonly passing: boolean;
  /** What the last read of the account left out, a sentence each; empty after a complete one. */
  readonly unread: readonly string[];
}

/** A pending approval. */
export interface Hold {
  readonly subject: ApprovalSubject;
  /** `revision`: a held revision of the source. */
  readonly code: HoldCode | "revision";
  readonly reason: string;
  readonly account: string | null;
  readonly keys: readonly Key[];
  /** The number of calls. */
  readonly actions: number;
  /** When this plan or revision was held first. */
  readonly sinceMs: number;
}

/** What a pending approval changes for one key. */
export interface HeldChange {
  readonly key: Key;
  readonly actions: readonly Action[];
  /** Of all actions together. */
  readonly delta: Delta;
}

/** A role or policy of ours that no manifest names, with why it stays. */
export interface Orphan {
  /** null: no record knows it; only its tags say that it is ours. */
  readonly key: Key | null;
  readonly account: string;
  readonly arn: string;
  readonly since: string;
  readonly reason: string;
}

/** Differences that Grantkeeper reverted in AWS. */
export type Revert = Extract<AuditEntry, { readonly kind: "drift-ended" }>;

/** Why the newest revision is not in force. `refused`: it was fetched, and its content is refused. */
export interface SourceFailure {
  readonly message: string;
  readonly fix: string;
  readonly refused: boolean;
}

interface SourceView {
  readonly name: string;
  readonly accepted: Revision | null;
  readonly fetchedAt: string | null;
  readonly held: { readonly revision: Revision; readonly reason: string; readonly sinceMs: number } | null;
  /** The newest failure of the source, null when the last fetch went well. */
  readonly failure: SourceFailure | null;
  readonly uncommitted: boolean;
}

export interface Overview {
  readonly version: string;
  readonly instance: string;
  readonly mode: Mode;
  readonly startedAt: string;
  readonly catalogueDate: string;
  /** Between two reads of an account. */
  readonly sweepMs: number;
  readonly source: SourceView;
  readonly accounts: readonly AccountView[];
  readonly diagnostics: readonly Diagnostic[];
  readonly holds: readonly Hold[];
  /** Of pending approvals that are still the same. */
  readonly rejections: readonly Rejection[];
  readonly suspensions: readonly Suspension[];
  readonly orphans: readonly Orphan[];
  /** Of the last 24 hours, newest first. */
  readonly reverts: readonly Revert[];
}

export interface Readiness {
  readonly ready: boolean;
  /** What is still awaited, or failed by name. */
  readonly waitingFor: readonly string[];
}

export type ReconcileRequest =
  { readonly kind: "all" } | { readonly kind: "keys"; readonly keys: readonly Key[] };

/** How far a reconcile is. */
export interface Reconciled {
  readonly done: boolean;
  /** Those that were asked for, sorted; null: everything. */
  readonly keys: readonly Key[] | null;
  /** Sorted. */
  readonly waitingFor: readonly Key[];
  /** Accounts whose own reads failed since it was asked for: their keys are not waited for. */
  readonly unreadable: readonly {
    readonly accountId: AccountId;
    readonly account: string;
    readonly reason: string;
  }[];
  /** The revision that it compares with; null while the source is being fetched. */
  readonly revision: Revision | null;
}

/** What a refused command says: an HTTP-like class, a sentence for the person, and what to do. */
export interface Refusal {
  /** `unavailable`: the source cannot be reached, and there is nothing to answer from. */
  readonly code: "not-found" | "invalid" | "conflict" | "ambiguous" | "unavailable";
  readonly message: string;
  /** How to fix it. */
  readonly hint?: string;
}

/** May a function do this? Null is what AWS's message says, where there is one. */
export interface WhyRequest {
  /** null: the function whose role AWS's message names. */
  readonly key: Key | null;
  readonly action: string | null;
  readonly resource: string | null;
  readonly context: Readonly<Record<string, readonly string[]>>;
  readonly resourceAccount: string | null;
  readonly reported: ReportedDenial | null;
}

/** What the answer may be made of, for the one that asks. */
export interface WhyReader {
  readonly seesEverything: boolean;
  sees(key: Key): boolean;
  /** The role that the function runs on is another owner's. */
  hides(view: KeyView): boolean;
}

export interface RecordedFacts {
  readonly record: KeyRecord | null;
  readonly account: AccountRecord | null;
  readonly suspensions: readonly Suspension[];
  readonly rejections: readonly Rejection[];
}

/** Which entries of the record: those about a key, those about a namespace, or all. */
export interface HistoryRequest {
  readonly key: Key | null;
  readonly namespace: string | null;
  /** Only entries before this one; null: from the newest. */
  readonly before: number | null;
  readonly limit: number;
}

/** Newest first. With a key or a namespace also the approvals, rejections and suspensions that cover it. */
export interface HistoryPage {
  readonly entries: readonly AuditEntry[];
  /** What to ask for `before` next: there may be more. null: that was all. */
  readonly next: number | null;
}

/**
 * What the HTTP side may ask of the running controller. Reads are of the record and of the last pass;
 * commands are audited with their actor before they take effect.
 */
export interface Control {
  overview(): Promise<Overview>;
  readiness(): Readiness;
  objects(): Promise<readonly ObjectRecord[]>;
  keyRecords(): Promise<readonly KeyRecord[]>;
  keyView(key: Key): KeyView | null;
  /** What the function may do, declared, effective and pending, by the last pass and these parts of the record. */
  permissionState(key: Key, recorded: RecordedFacts): PermissionState;
  /** May a function do something, by the accepted revision and the last read; asks AWS nothing. */
  why(request: WhyRequest, reader: WhyReader): Promise<Result<WhyAnswer, Refusal>>;
  waivers(): readonly Waiver[];
  history(request: HistoryRequest): Promise<HistoryPage>;
  /** The entry of that number; null when there is none. */
  entry(seq: number): Promise<AuditEntry | null>;
  resourceVersion(): Promise<number>;
  /** Fetches the source, then makes the keys due; the token is done when each of them had a whole pass since the fetch, or its account could not be read. */
  reconcile(request: ReconcileRequest, actor: string): Promise<Result<{ readonly token: string }, Refusal>>;
  /** null: no such token. */
  reconciled(token: string): Reconciled | null;
  suspend(
    request: { readonly scope: SuspensionScope; readonly reason: string; readonly until: string },
    actor: string,
  ): Promise<Result<Suspension, Refusal>>;
  resume(
    request: { readonly id: string; readonly reason: string },
    actor: string,
  ): Promise<Result<Suspension, Refusal>>;
  /**
   * `subject`: a digest (or its first 8 or more hex digits) or a held revision (or its short form). A short form that also
   * names what was pending before is ambiguous: a few digits can be made to match, and what was reviewed may be the other.
   */
  approve(
    request: { readonly subject: string; readonly reason: string; readonly forMs: number },
    actor: string,
  ): Promise<Result<Approval, Refusal>>;
  /** Named as for `approve`. The plan stays held until it changes or is approved. */
  reject(
    request: { readonly subject: string; readonly reason: string },
    actor: string,
  ): Promise<Result<Rejection, Refusal>>;
  /** Sorted by key; none for a revision. */
  heldChanges(hold: Hold): readonly HeldChange[];
  /** The keys that were held under a former digest (or its first 8 or more hex digits); none if it is unknown or long ago. */
  formerlyHeld(digest: string): Promise<readonly Key[]>;
  /** The keys whose pending plan had a name that this one shares, but is not `subject`. */
  namesakes(subject: string, name: string): Promise<readonly Key[]>;
  /** A hint from outside (webhook): fetch soon. */
  fetchSoon(reason: string): void;
  /** An API request that was refused; goes to the audit, at most some a minute. */
  refused(fact: {
    readonly actor: string;
    readonly method: string;
    readonly path: string;
    readonly status: number;
    readonly reason: string;
  }): Promise<void>;
}
