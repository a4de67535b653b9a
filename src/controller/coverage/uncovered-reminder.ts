import type { AlertEvent } from "../../model/alert-event.ts";
import type { AccountCoverage } from "../../model/answers/coverage.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";
import { byText } from "../../text/order.ts";
import type { ControllerContext } from "../settings.ts";

/** More names than these are a list that no one reads in a message. */
const MOST_NAMES = 20;

/**
 * Once a day, the functions that came without a manifest. Their number follows from the record, so that a restart loses none; their
 * names are known from the last reminder of this process.
 */
export class UncoveredReminder {
  readonly #context: ControllerContext;
  readonly #known = new Map<AccountId, ReadonlySet<string>>();
  #day: string | null = null;

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  async alerts(): Promise<readonly AlertEvent[]> {
    const { state, ports } = this.#context;
    const accounts = [...(state.enforced?.accounts.keys() ?? [])].toSorted(byText);
    const coverages = accounts.flatMap((id) => state.coverage.of(id) ?? []);
    for (const coverage of coverages)
      if (!this.#known.has(coverage.accountId)) this.#known.set(coverage.accountId, uncoveredIn(coverage));
    const before = this.#day;
    const day = new Date(ports.clock.nowMs()).toISOString().slice(0, 10);
    this.#day = day;
    if (before === null || before === day) return [];
    const records = new Map((await ports.store.accounts()).map((record) => [record.accountId, record]));
    return coverages.flatMap(
      (one) => this.#reminder(one, growthBefore(records.get(one.accountId), day)) ?? [],
    );
  }

  /** Null: no function came without a manifest. */
  #reminder(coverage: AccountCoverage, growth: number): AlertEvent | null {
    const { account, accountId } = coverage;
    const known = this.#known.get(accountId) ?? new Set();
    const now = uncoveredIn(coverage);
    this.#known.set(accountId, now);
    const added = [...now].filter((name) => !known.has(name)).toSorted(byText);
    const count = Math.max(added.length, growth);
    if (count === 0) return null;
    return { kind: "functions-uncovered", account, count, names: added.slice(0, MOST_NAMES) };
  }
}

function uncoveredIn({ functions }: AccountCoverage): ReadonlySet<string> {
  const uncovered = functions.filter(({ state }) => state === "uncovered");
  return new Set(uncovered.map(({ region, name }) => `${name} in ${region}`));
}

/** How many functions more were uncovered at the end of the last recorded day than at the end of the one before. */
function growthBefore(record: AccountRecord | undefined, day: string): number {
  const [before, last] = (record?.coverageDays ?? []).filter((point) => point.day < day).slice(-2);
  if (before === undefined || last === undefined) return 0;
  return Math.max(0, last.counts.uncovered - before.counts.uncovered);
}
