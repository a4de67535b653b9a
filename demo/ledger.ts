import type { CallRecord } from "../src/simulator/calls.ts";
import type { Simulator } from "../src/simulator/simulator.ts";

/** Grantkeeper's calls in the log of the simulator, without the calls of people with a console. */
export class Ledger {
  readonly #simulator: Pick<Simulator, "calls">;

  constructor(simulator: Pick<Simulator, "calls">) {
    this.#simulator = simulator;
  }

  /** A position in the log; `since` returns the calls after it. */
  mark(): number {
    return this.#simulator.calls().length;
  }

  reads(since = 0): readonly CallRecord[] {
    return this.#own(since).filter((call) => isRead(call));
  }

  /** Write calls, successful or not. */
  writes(since = 0): readonly CallRecord[] {
    return this.#own(since).filter((call) => !isRead(call));
  }

  /** "iam:ListRoles" → number of calls, sorted by name. */
  counts(): Readonly<Record<string, number>> {
    const names = this.#own(0).map(({ service, operation }) => `${service}:${operation}`);
    const counts = new Map<string, number>();
    for (const name of names.sort()) counts.set(name, (counts.get(name) ?? 0) + 1);
    return Object.fromEntries(counts);
  }

  #own(since: number): readonly CallRecord[] {
    return this.#simulator
      .calls()
      .slice(since)
      .filter(({ service, principalArn }) => service !== "sts" && principalArn.includes(":assumed-role/"));
  }
}

function isRead({ operation }: CallRecord): boolean {
  return /^(Get|List)/.test(operation);
}
