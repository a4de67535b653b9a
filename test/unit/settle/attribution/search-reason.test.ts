import { SAME_CLOCK } from "../../../../src/model/changes/clock-offset.ts";
import { describe, expect, test } from "@jest/globals";
import type { EventSearch } from "../../../../src/model/changes/event-search.ts";
import { attributionOf } from "../../../../src/settle/drift/attribution.ts";
import { ADMINISTRATOR, drifted, ROLE, SECOND } from "./changes.ts";
import { attach } from "./sighted.ts";

const EXTRA = drifted({ kind: "attachment-extra", arn: ADMINISTRATOR }, { live: ADMINISTRATOR });

function reasonOf(searches: ReadonlyMap<string, EventSearch>, records = [attach(61)]) {
  const found = attributionOf(EXTRA, {
    changes: {
      records,
      problem: "the queue of change events cannot be read",
      searches,
    },
    writes: { byTarget: new Map() },
    lastCleanMs: SECOND,
    seen: { fromMs: SECOND + 60_000, toMs: SECOND + 60_000 },
    clockOffset: SAME_CLOCK,
  });
  return found.kind === "unknown" ? found.reason : found.kind;
}

describe("why no one is named although CloudTrail is asked", () => {
  test.each<[EventSearch, string]>([
    [{ kind: "due" }, "CloudTrail was not asked yet"],
    [
      { kind: "searched-early" },
      "CloudTrail shows no call yet that explains it; it shows a call up to 15 minutes later, and is asked again",
    ],
    [{ kind: "searched" }, "CloudTrail shows no call that explains it"],
    [{ kind: "too-many" }, "CloudTrail has more calls that name the object than are read"],
    [{ kind: "too-old" }, "it is older than the 90 days of which CloudTrail shows calls"],
    [
      { kind: "failed", code: "AccessDenied", isDenied: true },
      "the observer may not ask CloudTrail (cloudtrail:LookupEvents: AccessDenied)",
    ],
    [
      { kind: "failed", code: "Throttling", isDenied: false },
      "CloudTrail did not answer (cloudtrail:LookupEvents: Throttling); it is asked again",
    ],
  ])("%j", (search, reason) => {
    expect(reasonOf(new Map([[ROLE, search]]))).toBe(reason);
  });

  test("is that it was not asked, for an object that is not among its searches", () => {
    expect(reasonOf(new Map())).toBe("CloudTrail was not asked yet");
  });

  test("is no reason where a call explains it", () => {
    expect(reasonOf(new Map([[ROLE, { kind: "searched-early" }]]), [attach(7)])).toBe("named");
  });
});
