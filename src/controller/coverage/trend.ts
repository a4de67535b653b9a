import { withCoverageDay } from "../../model/answers/coverage.ts";
import type { RecordChange } from "../../model/records/record-change.ts";
import type { ControllerContext } from "../settings.ts";

/** The records of accounts with the points of their coverage, as it was computed after the pass before. */
export function withTrend(change: RecordChange, { state }: Pick<ControllerContext, "state">): RecordChange {
  if (change.accounts === undefined) return change;
  const accounts = change.accounts.map((record) => {
    const coverage = state.coverage.of(record.accountId);
    if (coverage === null) return record;
    return { ...record, coverageDays: withCoverageDay(record.coverageDays ?? [], coverage) };
  });
  return { ...change, accounts };
}
