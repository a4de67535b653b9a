import { describe, expect, test } from "@jest/globals";
import type { DeclaredFunction } from "../../../src/adopt/coverage/coverage-inputs.ts";
import { coverageCounts, coverageDay, withCoverageDay } from "../../../src/model/answers/coverage.ts";
import type { AccountId, Region } from "../../../src/model/aws/ids.ts";
import type { DesiredExclusion } from "../../../src/model/desired.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { coverage, liveWith, lone, onlyOne } from "../../support/adopt/coverage.ts";
import { estateRole } from "../../support/adopt/estate.ts";
import { binding, NOW_MS, ORIGIN, REGION } from "../../support/pass/bindings.ts";
import { emptyAccount, liveFunctionOf } from "../../support/pass/live-state.ts";

const BOUND = binding();
const KEY: Key = BOUND.key;
const OTHER_REGION = "us-east-1" as Region;

describe("the state of a live function", () => {
  const onDeclared = liveFunctionOf(BOUND);
  const onOther = liveFunctionOf(BOUND, { roleArn: estateRole("old").arn });
  const enforce: DeclaredFunction = { kind: "bound", binding: BOUND, mode: "enforce", isApplied: true };
  const observe: DeclaredFunction = { kind: "bound", binding: BOUND, mode: "observe", isApplied: true };
  const foreign: DeclaredFunction = {
    kind: "foreign",
    binding: BOUND,
    mode: "enforce",
    isApplied: true,
    reason: "orders/api names it, which its Team does not allow",
  };
  const broken: DeclaredFunction = { kind: "broken", key: KEY, reason: "unknown-field" };

  test.each([
    { state: "managed", because: "it is on the declared role", found: onDeclared, one: enforce },
    {
      state: "switched",
      because: "no revision was applied yet",
      found: onDeclared,
      one: { ...enforce, isApplied: false },
    },
    { state: "switched", because: "the mode is observe", found: onDeclared, one: observe },
    {
      state: "switched",
      because: "an undo is restoring its role",
      found: onDeclared,
      one: { ...enforce, isUndoing: true as const },
    },
    { state: "observed", because: "it runs on another role", found: onOther, one: enforce },
    { state: "proposed", because: "its manifest has an error", found: onOther, one: broken },
    { state: "uncovered", because: "no manifest names it", found: onOther, one: null },
    { state: "uncovered", because: "its Team does not allow the manifest", found: onOther, one: foreign },
    {
      state: "uncovered",
      because: "its manifest releases it",
      found: onDeclared,
      one: { ...enforce, kind: "released" as const, reason: "orders/orders-api releases it" },
    },
    {
      state: "managed",
      because: "it was switched before its Team changed",
      found: onDeclared,
      one: foreign,
    },
    {
      state: "uncovered",
      because:
        "its Team does not allow the manifest, which names the role that it runs on and was never applied",
      found: onDeclared,
      one: { ...foreign, isApplied: false },
    },
    {
      state: "excluded",
      because: "a manifest that its Team does not allow counts after an Exclusion",
      found: onOther,
      one: foreign,
      excluded: "orders-*",
    },
    { state: "excluded", because: "an Exclusion names it", found: onOther, one: null, excluded: "orders-*" },
    {
      state: "uncovered",
      because: "the Exclusion names another",
      found: onOther,
      one: null,
      excluded: "order",
    },
    {
      state: "managed",
      because: "a manifest counts before an Exclusion",
      found: onDeclared,
      one: enforce,
      excluded: "orders-*",
    },
    {
      state: "excluded",
      because: "Lambda@Edge is not supported",
      found: { ...onOther, edge: true },
      one: null,
    },
  ])("$state: $because", ({ state, found, one, excluded }) => {
    const exclusions = excluded === undefined ? [] : [exclusion({ functions: [excluded] })];

    expect(onlyOne(coverage({ live: liveWith([found]), one, exclusions })).state).toBe(state);
  });

  test("of a manifest that its Team does not allow is that of no namespace, with the reason", () => {
    expect(onlyOne(coverage({ live: liveWith([onOther]), one: foreign }))).toMatchObject({
      state: "uncovered",
      reason: "orders/api names it, which its Team does not allow",
      key: null,
      namespace: null,
    });
  });

  test.each([
    { because: "another account", change: { accounts: ["999900001111" as AccountId] } },
    { because: "another region", change: { regions: ["us-east-1"] } },
    { because: "it ended", change: { until: "2026-09-30T00:00:00Z" }, reason: /legacy ended on 2026-09-30/ },
    {
      because: "it is for more than a year",
      change: { until: "2028-09-01T00:00:00Z" },
      reason: /legacy is for more than a year: until 2028-09-01/,
    },
    { because: "it ends now", change: { until: new Date(NOW_MS).toISOString() }, reason: /ended/ },
  ])("an Exclusion does not count: $because", ({ change, reason }) => {
    const found = onlyOne(coverage({ live: liveWith([onOther]), exclusions: [exclusion(change)] }));

    expect(found.state).toBe("uncovered");
    expect(found.reason ?? "no Exclusion").toMatch(reason ?? /^no Exclusion$/);
  });

  test.each([
    { because: "the other ended", until: "2026-09-01T00:00:00Z" },
    { because: "the other is for more than a year", until: "2028-09-01T00:00:00Z" },
  ])("of two Exclusions the one in force counts: $because", ({ until }) => {
    const other = exclusion({ name: "a", until });

    const found = onlyOne(
      coverage({ live: liveWith([onOther]), exclusions: [other, exclusion({ name: "b" })] }),
    );

    expect(found).toMatchObject({
      state: "excluded",
      reason: "moves to ECS (Exclusion b, owner dana, until 2027-03-01T00:00:00Z)",
    });
  });
});

describe("what was not read", () => {
  const enforce: DeclaredFunction = { kind: "bound", binding: BOUND, mode: "enforce", isApplied: true };

  test("a declared function in a region that failed is unknown, and the region is named", () => {
    const live = emptyAccount({ regions: new Map([[REGION, { kind: "failed", reason: "AccessDenied" }]]) });

    const found = coverage({ live, one: enforce });

    expect(onlyOne(found)).toMatchObject({
      state: "unknown",
      role: null,
      reason: `region ${REGION}: AccessDenied`,
    });
    expect(found.unread).toEqual([`region ${REGION}: AccessDenied`]);
  });

  test("a declared function of an unread listing is unknown, also if an earlier read had it", () => {
    const live = liveWith([liveFunctionOf(BOUND)], { unread: new Map([["orders-api", "throttled"]]) });

    expect(onlyOne(coverage({ live, one: enforce }))).toMatchObject({
      state: "unknown",
      reason: "throttled",
    });
  });

  test("a declared function that does not exist is no live function", () => {
    expect(coverage({ live: liveWith([]), one: enforce }).functions).toEqual([]);
  });

  test("a region that is off has no functions and is not missing", () => {
    const live = emptyAccount({ regions: new Map([[REGION, { kind: "off", reason: "disabled" }]]) });

    expect(coverage({ live })).toMatchObject({ functions: [], unread: [] });
  });

  test("tags that were not read leave the deployer unknown", () => {
    const found = onlyOne(coverage({ live: liveWith([lone()]), tags: new Map() }));

    expect(found.deployer).toEqual({ kind: "unknown", reason: "tag:GetResources was not called" });
  });
});

describe("the role of a live function", () => {
  test("is counted for each of its functions in all regions", () => {
    const shared = [lone({ name: "a" }), lone({ name: "b" })];
    const live = liveWith(shared, {}, [OTHER_REGION, [lone({ name: "c" })]]);

    expect(coverage({ live }).functions.map(({ role }) => role?.users)).toEqual([3, 3, 3]);
  });

  test("may have more functions if a region was not read", () => {
    const live = liveWith([lone()]);
    const half = {
      ...live,
      regions: new Map([...live.regions, [OTHER_REGION, { kind: "failed", reason: "x" }] as const]),
    };

    expect(onlyOne(coverage({ live: half })).role).toEqual({
      arn: lone().roleArn,
      users: 1,
      isComplete: false,
    });
  });
});

test("counts have every state, and the functions are sorted by region and name", () => {
  const live = liveWith([lone({ name: "b" }), lone({ name: "a" })], {}, [
    OTHER_REGION,
    [lone({ name: "a" })],
  ]);

  const { functions } = coverage({ live });

  expect(functions.map(({ region, name }) => `${region}/${name}`)).toEqual([
    "eu-west-1/a",
    "eu-west-1/b",
    "us-east-1/a",
  ]);
  expect(coverageCounts(functions)).toEqual({
    managed: 0,
    switched: 0,
    observed: 0,
    proposed: 0,
    excluded: 0,
    unknown: 0,
    uncovered: 3,
  });
});

function exclusion(change: Partial<DesiredExclusion> = {}): DesiredExclusion {
  return {
    name: "legacy",
    functions: ["orders-*"],
    accounts: null,
    regions: null,
    reason: "moves to ECS",
    owner: "dana",
    until: "2027-03-01T00:00:00Z",
    origin: ORIGIN,
    ...change,
  };
}

describe("the trend of an account", () => {
  const at = (time: string, names: readonly string[], unread: readonly string[] = []) => {
    const found = coverage({ live: liveWith(names.map((name) => lone({ name }))) });
    return { ...found, unread, readAtMs: Date.parse(time) };
  };

  test("has one point for each day, with the last counts of that day", () => {
    const first = withCoverageDay([], at("2026-10-01T08:00:00Z", ["a", "b"]));
    const same = withCoverageDay(first, at("2026-10-01T20:00:00Z", ["a"]));
    const next = withCoverageDay(same, at("2026-10-02T00:00:00Z", []));

    expect(next.map(({ day, counts }) => [day, counts.uncovered])).toEqual([
      ["2026-10-01", 1],
      ["2026-10-02", 0],
    ]);
  });

  test("has no point of an incomplete read, nor of a read before its last day", () => {
    const days = withCoverageDay([], at("2026-10-02T08:00:00Z", ["a"]));

    expect(withCoverageDay(days, at("2026-10-03T08:00:00Z", [], ["region eu-west-1: x"]))).toBe(days);
    expect(withCoverageDay(days, at("2026-10-01T08:00:00Z", []))).toBe(days);
  });

  test("shows a point of an earlier build, which named managed functions enforced", () => {
    const { managed, ...others } = coverageCounts([{ state: "managed" }, { state: "uncovered" }]);
    const earlier = { day: "2026-10-01", counts: { ...others, enforced: managed } };

    const days = withCoverageDay([earlier], at("2026-10-02T08:00:00Z", ["a"])).map(coverageDay);

    expect(days.map(({ counts }) => [counts.managed, counts.uncovered])).toEqual([
      [1, 1],
      [0, 1],
    ]);
    expect(days.flatMap(({ counts }) => Object.keys(counts))).not.toContain("enforced");
  });

  test("keeps the last 92 days", () => {
    const start = Date.parse("2026-01-01T00:00:00Z");
    const all = Array.from({ length: 100 }, (_, day) => new Date(start + day * 86_400_000).toISOString());

    const days = all.reduce<ReturnType<typeof withCoverageDay>>(
      (before, time) => withCoverageDay(before, at(time, [])),
      [],
    );

    expect(days).toHaveLength(92);
    expect(days.at(-1)?.day).toBe("2026-04-10");
  });
});
