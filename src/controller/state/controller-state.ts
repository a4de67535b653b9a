import type { Declaration } from "../../explain/state/declared.ts";
import { isSweepCheaper } from "../../judge/reads.ts";
import type { ActionData } from "../../iam/action-data.ts";
import type { ManifestObject } from "../../manifest/compile/objects.ts";
import type { BackupHealth } from "../../model/backups/backup-health.ts";
import type { PendingAuthors } from "../../model/authors.ts";
import type { AccountId, Namespace } from "../../model/aws/ids.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { accountIdOf, type Key } from "../../model/keys/key.ts";
import type { Digest } from "../../model/values/digest.ts";
import type { PassFault } from "../../model/passes/pass-fault.ts";
import { EMPTY_ACCOUNT, type AccountMemory } from "./account-memory.ts";
import { ReconcileRequests, type EndedFetch, type EndedPass } from "./reconcile-requests.ts";
import { ChangeQueues } from "./changes/change-queues.ts";
import { EventSearches } from "./changes/event-searches.ts";
import { KeptDenials } from "./changes/kept-denials.ts";
import { EventTrust } from "./changes/event-trust.ts";
import { CoverageMemory } from "./coverage.ts";
import { AccountSetState } from "./account-sets.ts";
import { ChangeSignal } from "./change-signal.ts";
import { SweepTimes } from "./sweep-times.ts";
import { RecordedObjects } from "./recorded-objects.ts";
import { ReferenceState } from "./references.ts";
import type { SourceInput } from "./source-input.ts";
import { MergedMemory } from "./merged/merged-memory.ts";
import { ReviewAnswers } from "./merged/review-answers.ts";
import { AssignedMemories } from "./passes/assigned-memories.ts";
import { DueRows } from "./passes/due-rows.ts";
import { PassInputs } from "./passes/pass-inputs.ts";
import { ReceivedFacts } from "./passes/received-facts.ts";
import { RecordAccess } from "./record-access.ts";
import { SourceState } from "./source-state.ts";
import { Turns } from "../../model/values/turns.ts";
import { UnrecordedWrites } from "./changes/unrecorded-writes.ts";
import { Workqueue } from "./workqueue.ts";

/** The accepted revisions and their compiled meaning; replaced completely, never changed. */
export interface EnforcedState extends Declaration {
  /** By namespace of a source; null: the platform source. Missing: nothing of the source was read yet. */
  readonly inputs: ReadonlyMap<Namespace | null, SourceInput>;
}

/** With values that are derived once: the action data of the named services, and the documents' texts by key. */
export interface EnforcedNow extends EnforcedState {
  readonly authors: PendingAuthors;
  /** Of what it means (`compilationDigest`), if this process follows another one. */
  readonly digest?: Digest;
  /** The accounts of the revision, and those that only its broken documents name. */
  readonly accounts: ReadonlyMap<AccountId, DesiredAccount>;
  readonly actionData: ActionData;
  readonly sourceTexts: ReadonlyMap<Key, string>;
}

/**
 * The memory of the running controller. All of it can be lost: the first passes restore it from Git, AWS and the
 * record. Members are replaced completely, so that a reader never sees a partial change. Results that only save time are
 * in `ControllerCaches`.
 *
 *   revision   none ──enforce()──► in force ──enforce()──► the next one in force
 *   account    unread ──passEnded()──► compared ──passFailed()──► faulty ──passEnded()──► compared
 *   process    running ──stopHard()──► reads and writes are aborted
 *
 * Each public member is a small state machine with named transitions. They are reached through this one object, because
 * most steps need several of them together with the ports. Its own methods are the transitions that several of them share.
 *
 *   member                                   changed by
 *   source, namespaceSources, intakes        revision/: fetch and intake
 *   recordedObjects                          revision/record-accepted.ts; run-pass.ts
 *   merged                                   revision/merged/
 *   reviews                                  reviews/
 *   accountSets, references                  revision/account-sets.ts; revision/readings/
 *   changeQueues, eventSearches, unrecorded… changes/; keptDenials: run-pass.ts too
 *   coverage, sweeps                         coverage/; run-pass.ts
 *   assigned, due, receivedFacts             assigned/
 *   requests                                 control/reconcile.ts; the transitions below
 *   queue                                    all that finds a key or an account due
 */
export class ControllerState {
  readonly queue = new Workqueue((accountId, keys) => {
    const { live } = this.account(accountId);
    return live !== null && isSweepCheaper(keys, live);
  });
  /** The platform source. */
  readonly source = new SourceState();
  readonly namespaceSources: ReadonlyMap<Namespace, SourceState>;
  /** Revisions are accepted one after the other: each is compiled with the accepted ones of the other sources. */
  readonly intakes = new Turns();
  /** Approvals and rejections are given one after the other: each reads what the one before recorded. */
  readonly answers = new Turns();
  readonly accountSets = new AccountSetState();
  readonly references = new ReferenceState();
  readonly changeQueues = new ChangeQueues();
  readonly eventTrust = new EventTrust();
  readonly eventSearches = new EventSearches();
  readonly unrecordedWrites = new UnrecordedWrites();
  readonly keptDenials = new KeptDenials();
  readonly coverage = new CoverageMemory();
  /** Of the active replica: the accounts whose passes others make. */
  readonly assigned = new AssignedMemories();
  /** Of a replica with assigned accounts: what the active one found due in them, and its facts of their change events. */
  readonly due = new DueRows();
  readonly receivedFacts = new ReceivedFacts();
  readonly requests = new ReconcileRequests();
  readonly sweeps = new SweepTimes();
  readonly recordedObjects = new RecordedObjects();
  readonly merged = new MergedMemory();
  readonly reviews = new ReviewAnswers();
  readonly signal = new ChangeSignal();
  readonly record = new RecordAccess();
  readonly #accounts = new Map<AccountId, AccountMemory>();
  #enforced: EnforcedNow | null = null;
  #unobserved: ReadonlySet<Key> = new Set();
  #unmarked: readonly ManifestObject[] = [];
  #uncompared: ReadonlyMap<Key, number> = new Map();
  #suspended: ReadonlySet<string> = new Set();
  #backups: BackupHealth = { kind: "none" };
  #passes = 0;
  readonly #inputs = new PassInputs();
  readonly #hard = new AbortController();

  /** @param namespaces of the namespace sources */
  constructor(namespaces: readonly Namespace[] = []) {
    this.namespaceSources = new Map(namespaces.map((namespace) => [namespace, new SourceState()]));
  }

  /** @param namespace null: of the platform source */
  sourceOf(namespace: Namespace | null): SourceState {
    return (namespace === null ? undefined : this.namespaceSources.get(namespace)) ?? this.source;
  }

  get enforced(): EnforcedNow | null {
    return this.#enforced;
  }

  /** Keys that had no pass since their document changed. */
  get unobserved(): ReadonlySet<Key> {
    return this.#unobserved;
  }

  /** Documents of the revision in force that the record does not show as observed yet. */
  get unmarked(): readonly ManifestObject[] {
    return this.#unmarked;
  }

  /** Keys that changed in Git, and that no pass has compared and recorded since, with the time of the change. */
  get uncompared(): ReadonlyMap<Key, number> {
    return this.#uncompared;
  }

  /** As last read from the state directory. */
  get backups(): BackupHealth {
    return this.#backups;
  }

  backupsExamined(health: BackupHealth): void {
    this.#backups = health;
  }

  /** The number of passes that have begun. */
  get passes(): number {
    return this.#passes;
  }

  /** Ends reads and writes immediately: the grace period of a stop is over. */
  get hardStop(): AbortSignal {
    return this.#hard.signal;
  }

  stopHard(): void {
    this.#hard.abort();
  }

  /**
   * Resolves when no suspension is being recorded. A pass takes its inputs after that; the signal aborts when something newer is recorded.
   */
  async inputsSettled(): Promise<AbortSignal> {
    return this.#inputs.settled();
  }

  /** Another process has recorded a decision that the running passes do not know. */
  inputsOutdated(): void {
    this.#inputs.outdate();
  }

  /** @param changed the keys that differ, or may differ, from what the last passes compared; with the time of the change */
  enforce(enforced: EnforcedNow, changed: ReadonlyMap<Key, number> = new Map()): void {
    // A key that was not compared before keeps its first time. No pass reads an account that is not in force.
    const uncompared = [...changed, ...this.#uncompared];
    this.#uncompared = new Map(uncompared.filter(([key]) => enforced.accounts.has(accountIdOf(key))));
    this.#enforced = enforced;
    this.#unobserved = new Set(enforced.compilation.objects.flatMap((object) => object.keys));
    this.#unmarked = enforced.compilation.objects;
    this.requests.accountsChanged((id) => enforced.accounts.has(id));
    this.#inputs.outdate();
  }

  /** The organizations of account sets were read: new accounts are due, and those that left are forgotten. */
  accountsChanged(accounts: EnforcedNow["accounts"], nowMs: number): void {
    if (this.#enforced === null) return;
    const before = this.#enforced.accounts;
    this.#enforced = { ...this.#enforced, accounts };
    for (const id of accounts.keys()) if (!before.has(id)) this.queue.addSweep(id, nowMs);
    for (const id of before.keys()) if (!accounts.has(id)) this.queue.forget(id);
    this.requests.accountsChanged((id) => accounts.has(id));
  }

  /** Everything is compared again. */
  allDue(nowMs: number): void {
    for (const accountId of this.#enforced?.accounts.keys() ?? []) this.queue.addSweep(accountId, nowMs);
  }

  /** A fetch ended, with or without success: requests that waited for no other one are due now. */
  fetchEnded(fetch: EndedFetch, nowMs: number): void {
    const isDeclared = (id: AccountId): boolean => this.#enforced?.accounts.has(id) === true;
    for (const { accountId, keys } of this.requests.fetchEnded(fetch, this.#passes, isDeclared))
      if (keys === "all") this.queue.addSweep(accountId, nowMs);
      else for (const key of keys) this.queue.addKey(key, nowMs);
  }

  beginPass(): number {
    this.#passes += 1;
    return this.#passes;
  }

  passEnded(pass: EndedPass, memory: AccountMemory): void {
    this.#accounts.set(pass.accountId, memory);
    this.#endPass(pass);
  }

  /** A pass threw: requests no longer wait for it, as for an account that cannot be read. */
  passFailed(accountId: AccountId, fault: PassFault, lastPass: number): void {
    this.#accounts.set(accountId, { ...this.account(accountId), fault });
    this.#endPass({ number: lastPass + 1, accountId, keys: [], failure: fault.reason });
  }

  #endPass(pass: EndedPass): void {
    this.requests.passEnded(pass);
    this.due.passEnded(pass);
  }

  faultAlerted(accountId: AccountId, fault: PassFault): void {
    this.#accounts.set(accountId, { ...this.account(accountId), fault: { ...fault, isAlerted: true } });
  }

  account(accountId: AccountId): AccountMemory {
    return this.assigned.of(accountId) ?? this.#accounts.get(accountId) ?? EMPTY_ACCOUNT;
  }

  /**
   * Everything of the account was read after this time, except for policies of functions of which the change events prove
   * that they are as they were read before.
   */
  swept(accountId: AccountId, endedMs: number): void {
    const beganMs = this.queue.beganMs(accountId);
    this.sweeps.swept(accountId, { beganMs, endedMs });
    this.eventTrust.swept(accountId, beganMs);
  }

  /** It is no longer declared, or another replica makes its passes: what the last pass over it found is not shown any more. */
  forgetAccount(accountId: AccountId): void {
    this.#accounts.delete(accountId);
    this.sweeps.forget(accountId);
  }

  /** Without those that left Git: no pass would write what was held there. */
  get accounts(): readonly AccountMemory[] {
    const inGit = [...this.#accounts, ...this.assigned.all].filter(
      ([id]) => this.#enforced?.accounts.has(id) !== false,
    );
    return inGit.map(([, memory]) => memory);
  }

  observed(keys: ReadonlySet<Key>): void {
    this.#unobserved = new Set([...this.#unobserved].filter((key) => !keys.has(key)));
  }

  /** The record shows these documents as observed. */
  marked(objects: readonly ManifestObject[]): void {
    const marked = new Set(objects);
    this.#unmarked = this.#unmarked.filter((object) => !marked.has(object));
  }

  /** A pass over the revision in force compared these keys, and is in the record. */
  compared(keys: ReadonlySet<Key>): void {
    this.#uncompared = new Map([...this.#uncompared].filter(([key]) => !keys.has(key)));
  }

  /** Records suspensions, which no pass knows yet: no intent of a pass follows their entries. */
  async suspend(ids: readonly string[], record: () => Promise<void>): Promise<void> {
    await this.#inputs.changeBy(record);
    this.#suspended = new Set([...this.#suspended, ...ids]);
  }

  /** Writes that a suspension withheld are due when it ends. Also notices one that ends before the next tick. */
  suspensionsInForce(ids: ReadonlySet<string>, nowMs: number): void {
    const hasEnded = [...this.#suspended].some((id) => !ids.has(id));
    this.#suspended = ids;
    if (hasEnded) this.allDue(nowMs);
  }
}
