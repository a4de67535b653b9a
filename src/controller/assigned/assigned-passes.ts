import type { AccountId } from "../../model/aws/ids.ts";
import { knownSources } from "../revision/sources/known-sources.ts";
import { putInForce, type RevisionToEnforce } from "../revision/enforce.ts";
import { AccountMetrics } from "../account-metrics.ts";
import { Loop } from "../loop.ts";
import type { DueReader } from "../ports/assigned/due-rows.ts";
import type { EventFactReader } from "../ports/assigned/event-facts.ts";
import type { HeldAccount } from "../ports/assigned/account-holders.ts";
import type { Assignment } from "../ports/assigned/assignment.ts";
import type { ControllerContext, ControllerPorts, ControllerSettings } from "../settings.ts";
import { measureRequests } from "../request-metrics.ts";
import { ContainedSteps } from "../steps/contained.ts";
import { PassRuns } from "../steps/pass-runs.ts";
import type { ControllerCaches } from "../state/controller-caches.ts";
import { LateReads } from "../state/sweep-times.ts";
import { withSignal } from "../state/change-signal.ts";
import { ControllerState } from "../state/controller-state.ts";
import type { DueWork } from "../state/workqueue.ts";
import { accountsToReturn } from "./shares.ts";
import { withTeamRoutes } from "../team-routes.ts";
import { withAlertedRollbacks } from "../revision/sources/alerted-rollbacks.ts";

/** How long a stop waits for running passes to finish, or to stop before their next write. */
const STOP_GRACE_MS = 10_000;
/** When a pass is tried again that could not begin, since this process does not have what is in force. */
const BEHIND_MS = 1_000;
/** A process that cannot follow for longer returns its accounts: no one else would watch them. Longer than a compilation takes. */
const RETURN_BEHIND_MS = 60_000;

interface AssignedParts {
  readonly settings: ControllerSettings;
  readonly ports: Omit<ControllerPorts, "isInForce">;
  readonly caches: ControllerCaches;
  readonly assignment: Assignment;
  readonly due: DueReader;
  readonly eventFacts: EventFactReader;
  /** What is in force, as far as this process has compiled it; null: it has not. The same object until something else is in force. */
  readonly followed: () => RevisionToEnforce | null;
}

/**
 * The passes of the accounts that the active replica assigned to this process. It accepts nothing, sends nothing, and answers
 * nothing: the active replica has all that exists once.
 *
 *   account   (none) ──assigned──► held, due for a sweep ──lost, or returned: above its share, or not declared──► ending: its pass writes nothing more ──it ends──► (none)
 *   revision  behind ──followed──► in force ──the record has accepted another one──► behind ──a minute──► run() ends
 */
export class AssignedPasses {
  readonly #parts: AssignedParts;
  readonly #context: ControllerContext;
  readonly #loop: Loop;
  readonly #steps: ContainedSteps;
  readonly #passes: PassRuns;
  readonly #late: LateReads;
  readonly #metrics: AccountMetrics;
  /** Each aborts when its account is lost. */
  readonly #held = new Map<AccountId, AbortController>();
  readonly #ending = new Set<AccountId>();
  #followed: RevisionToEnforce | null = null;
  #followedMs: number;
  readonly #behind = new AbortController();
  #stopping: AbortSignal = AbortSignal.abort();

  constructor(parts: AssignedParts) {
    const { settings, ports, caches } = parts;
    const state = new ControllerState(ports.namespaceSources.map(({ namespace }) => namespace));
    const recorder = withSignal(
      withTeamRoutes(withAlertedRollbacks(ports.recorder, { state, ports }), state),
      state.signal,
    );
    const isInForce = (accountId: AccountId): Promise<boolean> => this.#isInForce(accountId);
    this.#parts = parts;
    this.#followedMs = ports.clock.nowMs();
    this.#context = { state, caches, settings, ports: { ...ports, recorder, isInForce } };
    this.#steps = new ContainedSteps(this.#context);
    this.#passes = new PassRuns(this.#context, this.#steps);
    this.#late = new LateReads(state.sweeps, settings.sweepMs);
    this.#metrics = new AccountMetrics(state, ports.telemetry);
    state.source.fetchAt(Infinity);
    for (const source of state.namespaceSources.values()) source.fetchAt(Infinity);
    this.#loop = new Loop(state, ports.clock, {
      // The active replica fetches, and this process follows it.
      fetch: async (namespace) => state.sourceOf(namespace).fetchAt(Infinity),
      pass: (work) => this.#pass(work),
      tick: () => this.#tick(),
    });
  }

  /**
   * Runs until the signal aborts, or this process could not follow for a minute, and no pass runs any more: then the accounts may be
   * returned.
   */
  async run(stop: AbortSignal): Promise<void> {
    const stopping = AbortSignal.any([stop, this.#behind.signal]);
    this.#stopping = stopping;
    stopping.addEventListener("abort", () => void this.#stopAfterGrace(), { once: true });
    await this.#loop.run(stopping);
    this.#context.state.stopHard();
    this.#metrics.measure([], this.#late);
  }

  /** What this process knows of an account; null: it is not assigned to it, or only until its pass has ended. */
  account(accountId: AccountId): HeldAccount | null {
    if (!this.#held.has(accountId) || !this.#parts.assignment.accounts.includes(accountId)) return null;
    const { state } = this.#context;
    const { live, views, holds, orphans, rejected, failure, fault, unread } = state.account(accountId);
    return { accountId, live, views, holds, orphans, rejected, failure, fault, unread };
  }

  async #stopAfterGrace(): Promise<void> {
    const { state, ports } = this.#context;
    try {
      await ports.clock.sleep(STOP_GRACE_MS, state.hardStop);
    } catch {
      return; // Everything ended within the grace.
    }
    state.stopHard();
  }

  async #tick(): Promise<void> {
    this.#endIfBehind();
    this.#loseAccounts();
    this.#measure();
    const isDone = await this.#steps.run("assigned accounts", this.#stopping, async () => {
      await this.#follow();
      await this.#returnAccounts();
      await this.#readFacts();
    });
    if (!isDone) return;
    this.#holdAccounts();
    await this.#steps.run("what is due", this.#stopping, () => this.#readDue());
    if (this.#context.state.record.answered()) this.#passes.recordAnswers();
  }

  /** Passes that run with the revision before end before their next write. */
  async #follow(): Promise<void> {
    const { state } = this.#context;
    const followed = this.#parts.followed();
    if (followed === null || followed === this.#followed) return;
    await putInForce(followed, this.#context, this.#stopping);
    // The active replica marks the objects, which may have keys in several accounts.
    state.marked(state.unmarked);
    this.#followed = followed;
  }

  #endIfBehind(): void {
    const { clock, telemetry } = this.#context.ports;
    if (this.#parts.followed() !== null) this.#followedMs = clock.nowMs();
    if (clock.nowMs() - this.#followedMs < RETURN_BEHIND_MS || this.#behind.signal.aborted) return;
    telemetry.warn("this standby returns its accounts: it has not compiled what is in force", {
      seconds: RETURN_BEHIND_MS / 1_000,
      hint: "grantkeeper get replicas",
    });
    this.#behind.abort();
  }

  #loseAccounts(): void {
    const assigned = new Set(this.#parts.assignment.accounts);
    for (const [accountId, held] of this.#held) {
      if (assigned.has(accountId)) continue;
      held.abort();
      this.#held.delete(accountId);
      this.#ending.add(accountId);
      this.#context.state.queue.forget(accountId);
    }
    for (const accountId of this.#ending) this.#forget(accountId);
  }

  /** Another replica may have it: what this one knows of it is outdated. */
  #forget(accountId: AccountId): void {
    const { state } = this.#context;
    if (state.queue.isRunning(accountId)) return;
    this.#ending.delete(accountId);
    state.queue.forget(accountId);
    state.forgetAccount(accountId);
    state.due.forget(accountId);
    state.receivedFacts.forget(accountId);
    this.#parts.assignment.passesEnded(accountId);
  }

  /** No pass begins meanwhile: the loop waits for the tick. An account with a running pass is returned after it. */
  async #returnAccounts(): Promise<void> {
    const { state } = this.#context;
    const { accounts, share } = this.#parts.assignment;
    const isDeclared = (id: AccountId): boolean => state.enforced?.accounts.has(id) !== false;
    const surplus = accountsToReturn({ accounts: accounts.filter(isDeclared) }, share);
    const returned = [...accounts.filter((id) => !isDeclared(id)), ...surplus].filter(
      (id) => !state.queue.isRunning(id),
    );
    if (returned.length === 0) return;
    await this.#parts.assignment.returnAccounts(returned);
    this.#loseAccounts();
  }

  /** The active replica states them before it assigns an account. */
  async #readFacts(): Promise<void> {
    const { eventFacts, assignment } = this.#parts;
    const { state, ports } = this.#context;
    const { accounts } = assignment;
    if (accounts.length === 0) return;
    const queues = await eventFacts.queues();
    const found = await eventFacts.accounts(accounts);
    state.receivedFacts.read(queues, found, ports.clock.nowMs());
    for (const [accountId, { denials }] of found) state.keptDenials.replace(accountId, denials);
  }

  #holdAccounts(): void {
    const { state, ports } = this.#context;
    const nowMs = ports.clock.nowMs();
    for (const accountId of this.#parts.assignment.accounts) {
      if (this.#held.has(accountId) || this.#ending.has(accountId)) continue;
      // Without them a pass would show a wrong reason why a difference has no author.
      if (state.receivedFacts.of(accountId, nowMs) === undefined) continue;
      this.#held.set(accountId, new AbortController());
      state.queue.addSweep(accountId, nowMs);
    }
  }

  async #readDue(): Promise<void> {
    const { state, ports } = this.#context;
    await this.#removeCovered();
    const rows = this.#held.size === 0 ? [] : await this.#parts.due.read([...this.#held.keys()]);
    const nowMs = ports.clock.nowMs();
    for (const { accountId, key } of state.due.read(rows, state.passes))
      if (key === null) state.queue.addSweep(accountId, nowMs);
      else state.queue.addKey(key, nowMs);
  }

  /** They are settled. */
  async #removeCovered(): Promise<void> {
    const { due } = this.#context.state;
    const { covered } = due;
    if (covered.length === 0) return;
    await this.#parts.due.remove(covered);
    due.removed(covered);
  }

  /** The active replica does not measure these accounts. */
  #measure(): void {
    const { state, ports } = this.#context;
    const ids = new Set([...this.#held.keys(), ...this.#ending]);
    const accounts = new Map([...(state.enforced?.accounts ?? [])].filter(([id]) => ids.has(id)));
    this.#late.look(accounts.keys(), ports.clock.nowMs());
    this.#metrics.measure([...accounts.values()], this.#late);
    measureRequests(accounts, ports.requestLimits, ports.telemetry);
  }

  async #pass(work: DueWork): Promise<void> {
    const held = this.#held.get(work.accountId);
    // A revision makes all its accounts due.
    if (held === undefined) return;
    await this.#passes.run(work, AbortSignal.any([this.#stopping, held.signal]));
  }

  /** As of now, after the number of `control` was read: a revision that is accepted later raises it. */
  async #isInForce(accountId: AccountId): Promise<boolean> {
    const { state, ports } = this.#context;
    const records = new Map((await ports.store.sources()).map((record) => [record.source, record]));
    const isAccepted = knownSources(this.#context).every(({ source, namespace }) => {
      const input = state.enforced?.inputs.get(namespace);
      return input === undefined || records.get(source.name)?.acceptedRevision === input.revision;
    });
    if (isAccepted && state.enforced !== null && this.#parts.followed() === this.#followed) return true;
    state.queue.addSweep(accountId, ports.clock.nowMs() + BEHIND_MS);
    return false;
  }
}
