import type { AccountId, Namespace } from "../model/aws/ids.ts";
import type { BackupHealth } from "../model/backups/backup-health.ts";
import type { RecordVerification } from "../model/records/record-verification.ts";
import { ApprovalAnswers } from "./control/approval-answers.ts";
import { controllerControl } from "./control/control.ts";
import { startDueSearches } from "./changes/run-searches.ts";
import { ChangeInbox } from "./changes/change-inbox.ts";
import { Loop } from "./loop.ts";
import type { Control } from "./ports/control.ts";
import { fetchAndAccept } from "./revision/fetch.ts";
import { CommitProgress } from "./revision/commit-progress.ts";
import { MergedProgress } from "./revision/merged/progress.ts";
import { knownSources } from "./revision/sources/known-sources.ts";
import { ReviewApprovals } from "./reviews/review-approvals.ts";
import { CoverageKeeper } from "./coverage/coverage-keeper.ts";
import { AccountSetReader } from "./revision/account-sets.ts";
import { readDueReferences } from "./revision/readings/references.ts";
import { AccountSharing } from "./assigned/account-sharing.ts";
import { AssignedReader } from "./assigned/assigned-reader.ts";
import { EventFactSender } from "./assigned/event-fact-sender.ts";
import { HandedWork } from "./assigned/handed-work.ts";
import { markCompared } from "./assigned/mark-compared.ts";
import { InForcePublisher } from "./following/publisher.ts";
import { StoredFileKeeper } from "./revision/sources/stored-files.ts";
import { ContainedSteps } from "./steps/contained.ts";
import { PassRuns, retryAtMs } from "./steps/pass-runs.ts";
import type { ControllerContext, ControllerPorts, ControllerSettings } from "./settings.ts";
import type { ControllerCaches } from "./state/controller-caches.ts";
import { withSignal } from "./state/change-signal.ts";
import { ControllerState } from "./state/controller-state.ts";
import type { DueWork } from "./state/workqueue.ts";
import { withTeamRoutes } from "./team-routes.ts";
import { withAlertedRollbacks } from "./revision/sources/alerted-rollbacks.ts";
import { Ticker } from "./tick.ts";

/** How long a stop waits for running passes to finish, or to stop before their next write. */
const STOP_GRACE_MS = 10_000;

/** The controller of one installation: decides when a pass runs. The caller holds the lock of the state directory. */
export class Controller {
  readonly control: Control;
  readonly changes: ChangeInbox;
  readonly #context: ControllerContext;
  readonly #searchInbox: Parameters<typeof startDueSearches>[1];
  readonly #loop: Loop;
  readonly #ticker: Ticker;
  readonly #accountSets: AccountSetReader;
  readonly #coverage: CoverageKeeper;
  readonly #storedFiles: StoredFileKeeper;
  readonly #inForce: InForcePublisher;
  readonly #assigned: AssignedReader;
  readonly #sharing: AccountSharing;
  readonly #facts: EventFactSender;
  readonly #handed: HandedWork;
  readonly #progress: readonly CommitProgress[];
  readonly #merged: readonly MergedProgress[];
  readonly #steps: ContainedSteps;
  readonly #passes: PassRuns;
  readonly #reviews: ReviewApprovals;
  #stopping: AbortSignal = AbortSignal.abort();

  constructor(settings: ControllerSettings, ports: ControllerPorts, caches: ControllerCaches) {
    const state = new ControllerState(ports.namespaceSources.map(({ namespace }) => namespace));
    const recorder = withSignal(
      withTeamRoutes(withAlertedRollbacks(ports.recorder, { state, ports }), state),
      state.signal,
    );
    this.#context = { state, caches, settings, ports: { ...ports, recorder } };
    this.#steps = new ContainedSteps(this.#context);
    this.#passes = new PassRuns(this.#context, this.#steps);
    this.#ticker = new Ticker(this.#context);
    this.#accountSets = new AccountSetReader(this.#context);
    this.#coverage = new CoverageKeeper(this.#context);
    this.#storedFiles = new StoredFileKeeper(this.#context);
    this.#inForce = new InForcePublisher(this.#context);
    this.#assigned = new AssignedReader(this.#context);
    this.#facts = new EventFactSender(this.#context);
    this.#handed = new HandedWork(this.#context, this.#facts);
    const sharing = { read: () => this.#assigned.read(), facts: this.#facts };
    this.#sharing = new AccountSharing(this.#context, sharing);
    this.#progress = [...settings.shownCommits].map(
      (namespace) => new CommitProgress(namespace, this.#context),
    );
    this.#merged = [...settings.notedSources].map(
      (namespace) => new MergedProgress(namespace, this.#context),
    );
    this.#loop = new Loop(state, ports.clock, {
      fetch: (namespace, signal) => this.#fetch(namespace, signal),
      pass: (work) => this.#pass(work),
      tick: () => this.#tick(),
    });
    this.#reviews = new ReviewApprovals(this.#context, {
      answers: new ApprovalAnswers(this.#context, () => this.#loop.wake()),
      changed: (namespace) => this.#reportCommits(null, (source) => source === namespace),
    });
    this.control = controllerControl(this.#context, () => this.#loop.wake());
    this.changes = new ChangeInbox(this.#context, () => this.#loop.wake());
    this.#searchInbox = {
      wake: () => this.#loop.wake(),
      judge: (events) => this.changes.judge(events),
    };
  }

  /** What became of backups, which another process makes. */
  backupsExamined(health: BackupHealth): void {
    this.#context.state.backupsExamined(health);
  }

  /** By the last verification of the record. */
  recordVerified(verification: RecordVerification): void {
    this.#context.state.record.verified(verification);
    this.#context.state.signal.changed();
  }

  /** Runs until the signal aborts and all running work has ended. Then writes a `stopped` entry. */
  async run(stop: AbortSignal): Promise<void> {
    const { state, settings, ports } = this.#context;
    const { version, configDigest, catalogueDigest } = settings;
    this.#stopping = stop;
    const freshDatabase = ports.store.fresh;
    const { takeover } = ports.store;
    await ports.audit.append([
      ...(takeover === null ? [] : [{ kind: "replica-took-over", ...takeover } as const]),
      { kind: "started", version, configDigest, catalogueDigest, freshDatabase },
    ]);
    await this.#facts.continueDenials();
    const watching = knownSources(this.#context).map(({ source, namespace }) =>
      source.watch(() => this.control.fetchSoon("watch", [namespace])),
    );
    const unwatch = await Promise.all(watching);
    stop.addEventListener("abort", () => void this.#stopAfterGrace(), { once: true });
    await this.#loop.run(stop);
    state.stopHard();
    await Promise.all(unwatch.map((end) => end()));
    await this.#ticker.idle();
    await this.#accountSets.idle();
    await state.references.idle();
    await state.eventSearches.idle();
    await this.#coverage.idle();
    await this.#storedFiles.idle();
    await this.#inForce.idle();
    await this.#sharing.idle();
    await this.#reviews.idle();
    await ports.audit.append([{ kind: "stopped", version, reason: "stop requested" }]);
    await ports.audit.checkpoint();
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

  async #fetch(namespace: Namespace | null, signal: AbortSignal): Promise<void> {
    const isDone = await this.#contained("fetch", () => fetchAndAccept(namespace, this.#context, signal));
    if (!isDone) this.#context.state.sourceOf(namespace).fetchAt(retryAtMs(3, this.#context.ports));
    else await this.#reportCommits(null, (source) => source === namespace);
    this.#context.state.signal.changed();
  }

  async #tick(): Promise<void> {
    await this.#contained("assigned accounts", () => this.#readAssigned());
    await this.#contained("facts of change events", () => this.#facts.update());
    this.#accountSets.readDue(this.#stopping);
    readDueReferences(this.#context, this.#stopping);
    this.changes.readDueAgain();
    await this.#contained("change events", () => this.changes.judgeWaiting());
    startDueSearches(this.#context, this.#searchInbox, this.#stopping);
    this.#coverage.update(this.#stopping);
    this.#storedFiles.update(this.#stopping);
    this.#inForce.update(this.#stopping);
    this.#sharing.update(this.#stopping);
    this.#reviews.lookDue(this.#stopping);
    const { record } = this.#context.state;
    const isDone = await this.#contained("tick", () => this.#ticker.tick(this.#stopping));
    if (isDone && record.answered()) this.#passes.recordAnswers();
  }

  async #readAssigned(): Promise<void> {
    const open = await this.#handed.open();
    await this.#assigned.read();
    this.#handed.end(open);
    const { digest } = this.#inForce;
    if (digest !== null) await markCompared(digest, this.#context);
    for (const accountId of this.#assigned.takePassed()) await this.#reportCommits(accountId, () => true);
  }

  async #pass(work: DueWork): Promise<void> {
    await this.#sharing.settled(work.accountId);
    if (this.#stopping.aborted) return;
    // The record would refuse the results of a pass.
    if (this.#context.state.assigned.has(work.accountId)) return this.#handWork(work);
    const isDone = await this.#passes.run(work, this.#stopping);
    if (!isDone) return;
    await this.#reportCommits(work.accountId, () => true);
    this.#ticker.sendAlerts(this.#stopping);
  }

  async #handWork(work: DueWork): Promise<void> {
    const isDone = await this.#contained("work of another replica", () => this.#handed.hand(work));
    if (!isDone) this.#handed.handAgain(work, retryAtMs(0, this.#context.ports));
  }

  /** @param accountId of which a pass of this process or of another one has ended; null: a fetch has ended */
  async #reportCommits(
    accountId: AccountId | null,
    isConcerned: (source: Namespace | null) => boolean,
  ): Promise<void> {
    for (const progress of this.#progress)
      if (isConcerned(progress.namespace))
        await this.#contained("commit status", () => progress.report(accountId));
    for (const progress of this.#merged)
      if (isConcerned(progress.namespace))
        await this.#contained("pull request notes", () => progress.report(accountId));
  }

  #contained(step: string, work: () => Promise<void>): Promise<boolean> {
    return this.#steps.run(step, this.#stopping, work);
  }
}
