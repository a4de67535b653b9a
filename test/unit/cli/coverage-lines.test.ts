import { expect, test } from "@jest/globals";
import { coverageLines } from "../../../src/cli/status/coverage-lines.ts";
import { account } from "./overview.ts";

const COUNTS = { managed: 3, switched: 0, observed: 0, proposed: 0, excluded: 0, unknown: 0, uncovered: 0 };

test("the coverage of accounts of other replicas is unknown, with and without uncovered functions", () => {
  const accounts = [account("prod", {}, { assigned: true }), account("dev", {})];
  const replicas = { readAt: "2026-09-30T11:32:00.000Z", active: 1, standby: 1, lost: 0 };
  const uncovered = { ...COUNTS, uncovered: 2 };

  expect(coverageLines({ accounts, replicas, coverage: COUNTS })).toEqual([
    "",
    "Coverage: unknown for 1 account of other replicas (grantkeeper get coverage)",
  ]);
  expect(coverageLines({ accounts, replicas, coverage: uncovered }).at(-1)).toBe(
    "Coverage: 2 of 5 functions in AWS are uncovered; unknown for 1 account of other replicas (grantkeeper get coverage)",
  );
});

test("a token of some namespaces, which sees no replicas, has no line of coverage that is not known", () => {
  expect(coverageLines({ accounts: [account("prod", {}, { assigned: true })] })).toEqual([]);
});
