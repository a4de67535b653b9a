import { describe, expect, test } from "@jest/globals";
import type { LiveFunction } from "../../../src/model/live.ts";
import type { KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { UndeclaredQualifiers, VersionRounds } from "../../../src/model/keys/undeclared-qualifiers.ts";
import { driftFingerprint } from "../../../src/model/drift.ts";
import { appliedRecord, binding, caller, NOW_MS } from "../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, liveRoleOf, presentPolicy } from "../../support/pass/live-state.ts";
import {
  BINDING,
  driftOf,
  knownRecord,
  passOf,
  skippedOf,
  subjectOf,
  writtenOf,
} from "../../support/pass/passes.ts";
import { openDriftsOf } from "../../../src/settle/drift/open-drifts.ts";
import { recordAfter } from "./settled.ts";

const BLUE = { name: "blue", versions: ["$LATEST"] };
const OPEN = presentPolicy({
  Sid: "test1",
  Effect: "Allow",
  Principal: "*",
  Action: "lambda:InvokeFunction",
});
const ABSENT = { kind: "absent" } as const;
const UNKNOWN = { kind: "unknown", reason: "denied" } as const;
const LISTED: LiveFunction["aliases"] = { kind: "present", value: [BLUE] };
const NOT_LISTED: LiveFunction["aliases"] = { kind: "not-requested" };
const KNOWN: UndeclaredQualifiers = {
  functionName: BINDING.functionName,
  lastMs: 2,
  withPolicy: ["blue"],
};

const ON_BLUE = {
  subject: `${BINDING.functionArn}:blue`,
  change: { kind: "statement-extra", qualifier: "blue", sid: "test1", ours: false, danger: "public" },
} as const;

function recordOf(
  found: Partial<LiveFunction>,
  undeclaredQualifiers?: UndeclaredQualifiers,
  more: Partial<KeyRecord> = {},
): KeyRecord {
  const read = { versions: { kind: "not-requested" } as const, ...found };
  const live = accountWith({ role: liveRoleOf(BINDING), found: liveFunctionOf(BINDING, read) });
  const written = writtenOf();
  const { subject } = written.judged;
  const record = { ...subject.record, ...more, ...(undeclaredQualifiers && { undeclaredQualifiers }) };
  const judged = { ...written.judged, subject: { ...subject, record } as typeof subject };
  return recordAfter({ ...written, judged }, { live, observed: live });
}

const policies = (blue?: LiveFunction["policies"] extends ReadonlyMap<string, infer R> ? R : never) =>
  new Map([["", ABSENT] as const, ...(blue === undefined ? [] : [["blue", blue] as const])]);

describe("undeclared qualifiers after a pass", () => {
  const startedAtMs = passOf().startedAtMs;

  test.each<{
    name: string;
    aliases: LiveFunction["aliases"];
    blue: Parameters<typeof policies>[0];
    before?: UndeclaredQualifiers;
    after: Partial<UndeclaredQualifiers> | undefined;
  }>([
    {
      name: "without a turn are not recorded",
      aliases: NOT_LISTED,
      blue: undefined,
      after: undefined,
    },
    {
      name: "are read by the turn that read all policies",
      aliases: LISTED,
      blue: ABSENT,
      after: { lastMs: startedAtMs, withPolicy: [] },
    },
    {
      name: "were not read if one policy was not",
      aliases: LISTED,
      blue: UNKNOWN,
      before: { ...KNOWN, lastMs: null, withPolicy: ["red"] },
      after: { lastMs: null, withPolicy: ["red"] },
    },
    {
      name: "are read by each turn",
      aliases: LISTED,
      blue: OPEN,
      before: KNOWN,
      after: { lastMs: startedAtMs, withPolicy: ["blue"] },
    },
    {
      name: "keep a policy that could not be read",
      aliases: NOT_LISTED,
      blue: UNKNOWN,
      before: KNOWN,
      after: KNOWN,
    },
    {
      name: "forget a policy that is gone",
      aliases: NOT_LISTED,
      blue: ABSENT,
      before: KNOWN,
      after: { lastMs: 2, withPolicy: [] },
    },
    {
      name: "forget those of another function",
      aliases: NOT_LISTED,
      blue: undefined,
      before: { ...KNOWN, functionName: "another" },
      after: undefined,
    },
  ])("$name", ({ aliases, blue, before, after }) => {
    const { undeclaredQualifiers } = recordOf({ aliases, policies: policies(blue) }, before);

    expect({ undeclaredQualifiers }).toMatchObject({ undeclaredQualifiers: after });
  });

  test.each<{
    name: string;
    published: readonly string[];
    read: readonly string[];
    unread?: readonly string[];
    before?: VersionRounds;
    after: VersionRounds | undefined;
  }>([
    {
      name: "of a function without versions are complete",
      published: [],
      read: [],
      after: { lastMs: startedAtMs, round: null },
    },
    { name: "without a turn are as before", published: ["1"], read: [], after: undefined },
    {
      name: "remember how far the first turn came",
      published: ["12", "7", "9"],
      read: ["7", "9"],
      after: { lastMs: null, round: { sinceMs: startedAtMs, readTo: 9 } },
    },
    {
      name: "are as old as the start of the round once it is complete",
      published: ["7", "9", "12"],
      read: ["12"],
      before: { lastMs: 3, round: { sinceMs: 5, readTo: 9 } },
      after: { lastMs: 5, round: null },
    },
    {
      name: "wait for the first policy that was not read",
      published: ["7", "9", "12"],
      read: ["7", "12"],
      before: { lastMs: 3, round: null },
      after: { lastMs: 3, round: { sinceMs: startedAtMs, readTo: 7 } },
    },
    {
      name: "stay where they are in a pass that read other versions",
      published: ["9", "12"],
      read: ["12"],
      before: { lastMs: null, round: { sinceMs: 5, readTo: 7 } },
      after: { lastMs: null, round: { sinceMs: 5, readTo: 7 } },
    },
    {
      name: "go on after a policy that cannot be read",
      published: ["7", "9", "12"],
      read: ["9"],
      unread: ["7"],
      after: { lastMs: null, round: { sinceMs: startedAtMs, readTo: 9, isPartial: true } },
    },
    {
      name: "are not complete at the end of a round without a policy",
      published: ["7", "9", "12"],
      read: ["12"],
      before: { lastMs: 3, round: { sinceMs: 5, readTo: 9, isPartial: true } },
      after: { lastMs: 3, round: null },
    },
  ])("rounds of versions $name", ({ published, read, unread = [], before, after }) => {
    const value = published.map((version) => ({ version, roleArn: BINDING.role.arn }));
    const found = {
      versions: { kind: "present", value } as const,
      policies: new Map<string, typeof ABSENT | typeof UNKNOWN>([
        ["", ABSENT],
        ...read.map((version) => [version, ABSENT] as const),
        ...unread.map((version) => [version, UNKNOWN] as const),
      ]),
    };

    const { undeclaredQualifiers } = recordOf(found, { ...KNOWN, ...(before && { versions: before }) });

    expect(undeclaredQualifiers?.versions).toEqual(after);
  });

  test.each([
    { before: undefined, names: ["policies on undeclared aliases and versions until they were read once"] },
    { before: KNOWN, names: ["policies on undeclared versions until they were read once"] },
    { before: { ...KNOWN, versions: { lastMs: 5, round: null } }, names: [] },
  ])("are named as not checked until they were read once: $names", ({ before, names }) => {
    const { status } = recordOf({ aliases: NOT_LISTED, policies: policies() }, before);

    expect(status?.notWatched.filter((part) => part.includes("undeclared"))).toEqual(names);
  });
});

test("a turn in a pass that writes is remembered, although the read after the writes lists no aliases", () => {
  const role = liveRoleOf(BINDING);
  const read = (aliases: LiveFunction["aliases"]) =>
    accountWith({ role, found: liveFunctionOf(BINDING, { aliases, policies: policies(ABSENT) }) });

  const { undeclaredQualifiers } = recordAfter(writtenOf(), {
    live: read(NOT_LISTED),
    observed: read(LISTED),
  });

  expect(undeclaredQualifiers?.lastMs).toBe(passOf().startedAtMs);
});

test("the policy of an alias whose caller Git no longer declares stays known", () => {
  const before = binding({}, { callers: [{ ...caller("one"), qualifier: "blue" }] });
  const { applied } = appliedRecord(before);

  const after = recordOf({ aliases: NOT_LISTED, policies: policies(OPEN) }, undefined, { applied });

  expect(after.undeclaredQualifiers?.withPolicy).toEqual(["blue"]);
});

test("a statement of a first read keeps no incident open", () => {
  const first = { ...driftOf({ ...ON_BLUE, cause: "initial" }), ofFirstRead: true } as const;
  const record = knownRecord({
    incidentSinceMs: NOW_MS - 1,
    driftSinceMs: { [driftFingerprint(driftOf())]: NOW_MS - 1 },
  });

  const after = recordAfter(skippedOf({ kind: "observe" }, { drifts: [first], subject: subjectOf(record) }));

  expect(after.incidentSinceMs).toBeNull();
});

test.each([
  { lastMs: NOW_MS - 40, clean: NOW_MS - 40 },
  { lastMs: null, clean: null },
])("an author of a statement on an alias is sought since the last turn, at $lastMs", ({ lastMs, clean }) => {
  const history = { ...passOf().history, record: { ...passOf().history.record, lastSweepMs: NOW_MS - 5 } };
  const known = { ...KNOWN, lastMs, withPolicy: [] };
  const drift = driftOf(ON_BLUE);
  const record = { ...knownRecord(), comparedSinceMs: 0, undeclaredQualifiers: known };
  const pass = passOf([BINDING], { history });

  const open = openDriftsOf(pass, record, {
    opened: [drift],
    drifts: [drift],
    writes: { byTarget: new Map() },
  });

  expect(Object.values(open).map(({ lastCleanMs }) => lastCleanMs)).toEqual([clean]);
});
