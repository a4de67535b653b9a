import { accountCoverage } from "../../adopt/coverage/account-coverage.ts";
import { type EstatePart, type FunctionTags } from "../../adopt/estate/estate.ts";
import { COVERAGE_STATES, coverageCounts, type AccountCoverage } from "../../model/answers/coverage.ts";
import type { AccountId, Region } from "../../model/aws/ids.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { ControllerContext } from "../settings.ts";
import { inSlices } from "../slices.ts";
import { declaredFunctions } from "./declared-functions.ts";

/**
 * Keeps the coverage of each account up to date after its passes. The tags of functions are read after each sweep, one call
 * for 100 functions. No pass waits for that: the permission is optional, and a network without an endpoint of this service
 * gives no answer.
 */
export class CoverageKeeper {
  readonly #context: ControllerContext;
  readonly #reading = new Map<AccountId, Promise<void>>();
  #computing: Promise<void> | null = null;

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  /** Starts what is due, unless it is running. */
  update(signal: AbortSignal): void {
    this.#readDue(signal);
    const due = this.#computing === null ? this.#context.state.coverage.dequeueDue() : [];
    if (due.length === 0) return;
    this.#computing = this.#contained("coverage failed", signal, async () => {
      for (const accountId of due) await this.#compute(accountId, signal);
    }).finally(() => {
      this.#computing = null;
    });
  }

  /** Waits for what is running. */
  async idle(): Promise<void> {
    await Promise.all([...this.#reading.values(), this.#computing]);
  }

  async #contained(message: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      if (!signal.aborted) this.#context.ports.telemetry.error(message, { reason: String(cause) });
    }
  }

  #readDue(signal: AbortSignal): void {
    const { state } = this.#context;
    for (const accountId of state.coverage.dequeueSwept(this.#reading)) {
      const account = state.enforced?.accounts.get(accountId);
      if (account === undefined) continue;
      const reading = this.#contained("tags failed", signal, () => this.#readTags(account, signal)).finally(
        () => this.#reading.delete(accountId),
      );
      this.#reading.set(accountId, reading);
    }
  }

  async #readTags(account: DesiredAccount, signal: AbortSignal): Promise<void> {
    const { state } = this.#context;
    const tags = new Map<Region, EstatePart<FunctionTags>>();
    for (const region of account.regions) tags.set(region, await this.#readRegion(account, region, signal));
    state.coverage.tagsRead(account.id, tags);
  }

  #readRegion(
    account: DesiredAccount,
    region: Region,
    signal: AbortSignal,
  ): Promise<EstatePart<FunctionTags>> {
    const { clock, random, estates } = this.#context.ports;
    const pass = `${clock.nowMs().toString(36)}-${random.hex(4)}`;
    return estates.functionTags({ account, region, pass }, signal);
  }

  async #compute(accountId: AccountId, signal: AbortSignal): Promise<void> {
    const { state, caches, settings, ports } = this.#context;
    const { enforced } = state;
    const account = enforced?.accounts.get(accountId);
    if (enforced === null || account === undefined) return state.coverage.forget(accountId);
    const { live, views } = state.account(accountId);
    if (live === null) return;
    const steps = accountCoverage({
      account,
      live,
      tags: state.coverage.tagsOf(accountId),
      declared: declaredFunctions(account, {
        enforced,
        ceiling: settings.mode,
        views: views.values(),
        declared: caches.roleChecks.declared.of(enforced.compilation.desired),
      }),
      exclusions: enforced.compilation.desired.exclusions,
      documents: state.coverage.documentsOf(accountId),
      nowMs: ports.clock.nowMs(),
    });
    const coverage = await inSlices(steps, ports.eventLoop, signal);
    state.coverage.computed(coverage);
    this.#measure(coverage);
  }

  #measure({ account, functions }: AccountCoverage): void {
    const counts = coverageCounts(functions);
    for (const state of COVERAGE_STATES)
      this.#context.ports.telemetry.gauge("coverage_functions", counts[state], { account, state });
  }
}
