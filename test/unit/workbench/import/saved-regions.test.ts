import { expect, test } from "@jest/globals";
import { SavedRegions } from "../../../../src/workbench/import/read-estates.ts";
import { parseAccountId, parseRegion } from "../../../../src/model/aws/ids.ts";
import { estate, estateFunction } from "../../../support/adopt/estate.ts";
import { checked } from "../../../support/record/audit-facts.ts";

const NOW_MS = Date.parse("2026-11-29T12:00:00Z");
const OTHER = {
  accountId: checked(parseAccountId("111122223333")),
  region: checked(parseRegion("eu-central-1")),
};

test.each([
  { hours: 5, counts: { regions: 1, functions: 1 } },
  { hours: 6, counts: { regions: 1, functions: 0 } },
  { hours: 24, counts: { regions: 0, functions: 0 } },
  { hours: -1, counts: { regions: 0, functions: 0 } },
])(
  "of a read $hours hours ago only what a resumed run does not read again is counted",
  ({ hours, counts }) => {
    const observedAtMs = NOW_MS - hours * 3_600_000;
    const begun = [{ ...OTHER, observedAtMs, functions: [estateFunction("orders")] }];
    const regions = new SavedRegions("estate.json", { estates: [estate({ observedAtMs })], begun });

    expect(regions.countsAt(NOW_MS)).toEqual(counts);
  },
);
