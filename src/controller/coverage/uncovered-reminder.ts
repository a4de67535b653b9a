import type { AlertEvent } from "../../model/alert-event.ts";
import type { AccountCoverage, RecordedCoverageDay } from "../../model/answers/coverage.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";
import { byText } from "../../text/order.ts";
import type { ControllerContext } from "../settings.ts";
import type { FoundAlerts } from "../state/backup-alerts.ts";
import { dayOf } from "../../model/values/duration.ts";

/** More names than these are a list that no one reads in a message. */
const MOST_NAMES = 20;

/** What an account had at its last reminder, or when this process first saw it. */
interface Reminded {
  readonly day: string;
  readonly names: ReadonlySet<string>;
}

/**
 * Once a day and account, the functions that came without a manifest. Their number, and whether the reminder is due, follow
 * from the record, so that a restart loses none; their names are known from the last reminder of this process.
 */
export class UncoveredReminder {
  readonly #context: ControllerContext;
  readonly #reminded = new Map<AccountId, Reminded>();

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  async found(): Promise<FoundAlerts> {
    const { state, ports } = this.#context;
    const day = dayOf(ports.clock.nowMs());
    const accounts = [...(state.enforced?.accounts.keys() ?? [])].toSorted(byText);
    const due = accounts
      .filter((id) => this.#reminded.get(id)?.day !== day)
      .flatMap((id) => state.coverage.of(id) ?? []);
    if (due.length === 0) return { alerts: [], reported: () => undefined };
    const records = new Map((await ports.store.accounts()).map((record) => [record.accountId, record]));
    return {
      alerts: due.flatMap((one) => this.#reminder(one, day, records.get(one.accountId)) ?? []),
      reported: () => {
        for (const one of due) this.#reminded.set(one.accountId, { day, names: uncoveredIn(one) });
      },
    };
  }

  /** Null: no function came without a manifest since the day of the last reminder. */
  #reminder(
    coverage: AccountCoverage,
    day: string,
    record: Pick<AccountRecord, "coverageDays"> | undefined,
  ): AlertEvent | null {
    const { account, accountId } = coverage;
    const now = uncoveredIn(coverage);
    const points = record?.coverageDays ?? [];
    // A process before this one was running on the days that have a point.
    const before = this.#reminded.get(accountId) ?? { day: points.at(-1)?.day ?? day, names: now };
    if (before.day >= day) return null;
    const added = [...now].filter((name) => !before.names.has(name)).toSorted(byText);
    const count = Math.max(added.length, growth(points, before.day, day));
    if (count === 0) return null;
    return { kind: "functions-uncovered", account, count, names: added.slice(0, MOST_NAMES) };
  }
}

function uncoveredIn({ functions }: AccountCoverage): ReadonlySet<string> {
  const uncovered = functions.filter(({ state }) => state === "uncovered");
  return new Set(uncovered.map(({ region, name }) => `${name} in ${region}`));
}

/** How many functions more were uncovered at the end of the last day before this one than before the day of the last reminder. */
function growth(points: readonly RecordedCoverageDay[], since: string, day: string): number {
  const first = points.findLast((point) => point.day < since);
  const last = points.findLast((point) => point.day >= since && point.day < day);
  if (first === undefined || last === undefined) return 0;
  return Math.max(0, last.counts.uncovered - first.counts.uncovered);
}
