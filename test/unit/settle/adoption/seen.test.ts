import { describe, expect, test } from "@jest/globals";
import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import { emptyKeyRecord } from "../../../../src/model/keys/key-record.ts";
import type { LiveFunction } from "../../../../src/model/live.ts";
import { OLD } from "../../../support/pass/adoption.ts";
import { NOW_MS } from "../../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import {
  actionOf,
  BINDING,
  driftOf,
  HELD,
  KEY,
  knownRecord,
  planOf,
  skippedOf,
  subjectOf,
  writtenOf,
} from "../../../support/pass/passes.ts";
import { NOTHING_DUE, seen } from "./seen-passes.ts";

function seenWith(found: Partial<LiveFunction>) {
  const live = accountWith({ role: liveRoleOf(BINDING), found: liveFunctionOf(BINDING, found) });
  return seen(NOTHING_DUE, { live });
}

describe("what a pass sees of a function's aliases", () => {
  const version = (name: string, roleArn: string) => ({ version: name, roleArn });
  const alias = (name: string, ...versions: readonly string[]) => ({ name, versions });

  test.each<{ readonly found: Partial<LiveFunction>; readonly aliases: unknown; readonly because: string }>([
    { found: {}, aliases: { kind: "read", elsewhere: [] }, because: "it has none" },
    {
      found: { aliases: { kind: "not-requested" } },
      aliases: { kind: "not-asked", elsewhere: [] },
      because: "it was not its turn",
    },
    {
      found: { aliases: { kind: "unknown", reason: "throttled" } },
      aliases: { kind: "failed", reason: "throttled" },
      because: "they were not read",
    },
    { found: { aliases: { kind: "absent" } }, aliases: { kind: "failed" }, because: "they cannot be absent" },
    {
      found: {
        aliases: { kind: "present", value: [alias("dev", "$LATEST")] },
        versions: { kind: "not-requested" },
      },
      aliases: { kind: "read", elsewhere: [] },
      because: "an alias of $LATEST needs no version",
    },
    {
      found: {
        aliases: { kind: "present", value: [alias("live", "2", "1"), alias("blue", "1")] },
        versions: {
          kind: "present",
          value: [version("1", OLD), version("2", BINDING.role.arn), version("3", OLD)],
        },
      },
      aliases: { kind: "read", elsewhere: [{ version: "1", aliases: ["blue", "live"], roleArn: OLD }] },
      because: "a version on another role runs behind two aliases",
    },
    {
      found: {
        aliases: { kind: "present", value: [alias("live", "2"), alias("old", "1")] },
        versions: { kind: "present", value: [version("2", OLD), version("1", OLD)] },
      },
      aliases: { kind: "read", elsewhere: [{ version: "1" }, { version: "2" }] },
      because: "versions are sorted",
    },
    {
      found: {
        aliases: { kind: "present", value: [alias("live", "9")] },
        versions: { kind: "present", value: [] },
      },
      aliases: { kind: "failed", reason: "version 9 behind an alias: it was not listed" },
      because: "the listing of versions lacks one",
    },
    {
      found: {
        aliases: { kind: "present", value: [alias("live", "9")] },
        versions: { kind: "unknown", reason: "throttled" },
      },
      aliases: { kind: "failed", reason: "version 9 behind an alias: throttled" },
      because: "the versions were not read",
    },
  ])("is exact: $because", ({ found, aliases }) => {
    expect(seenWith(found)).toMatchObject({ kind: "seen", aliases });
  });
});

describe("what a pass sees of what Lambda needs", () => {
  const TRACED = { ...liveFunctionOf(BINDING).needs, tracing: true };

  test.each<{ readonly found: Partial<LiveFunction>; readonly needs: unknown; readonly because: string }>([
    { found: {}, needs: { kind: "read", unmet: [] }, because: "everything was read" },
    {
      found: { needs: TRACED, triggers: { kind: "not-requested" } },
      needs: { kind: "not-asked", unmet: [{ what: "tracing" }] },
      because: "the listing shows the configuration",
    },
    {
      found: { triggers: { kind: "unknown", reason: "denied" } },
      needs: { kind: "failed", reason: "denied" },
      because: "the triggers were not read",
    },
  ])("is exact: $because", ({ found, needs }) => {
    const facts = seenWith(found);
    expect(facts?.kind === "seen" ? facts.needs() : facts).toMatchObject(needs as object);
  });
});

describe("what a pass sees of the declared role", () => {
  const JUST = recentWrites([
    {
      key: KEY,
      atMs: NOW_MS - 1_000,
      call: "iam:CreateRole",
      step: 2,
      target: BINDING.role.arn,
      beforeHash: null,
      afterHash: null,
    },
  ]);
  const drift = (kind: "function-role" | "inline") => driftOf({ change: { kind } });

  test.each<{ readonly ownRole: unknown; readonly found: ReturnType<typeof seen>; readonly because: string }>(
    [
      { found: seen(), ownRole: { isOurs: true, problem: null }, because: "it is as declared" },
      {
        found: seen(skippedOf({ kind: "nothing-due" }, { drifts: [drift("function-role")] })),
        ownRole: { isOurs: true, problem: null },
        because: "a difference of the function is none of the role",
      },
      {
        found: seen(skippedOf({ kind: "nothing-due" }, { drifts: [drift("inline")] })),
        ownRole: { isOurs: true, problem: "the declared role is not as declared in Git" },
        because: "its inline policy differs",
      },
      {
        found: seen(NOTHING_DUE, { writes: JUST }),
        ownRole: { isOurs: true, problem: "the propagation wait after the last write of the declared role" },
        because: "it was just written",
      },
      {
        found: seen(NOTHING_DUE, { live: accountWith({ found: liveFunctionOf(BINDING) }) }),
        ownRole: { isOurs: false, problem: "the declared role does not exist yet" },
        because: "it does not exist",
      },
      {
        found: seen(NOTHING_DUE, {
          live: accountWith({
            role: liveRoleOf(BINDING, { tags: [], roleId: "AROAX" }),
            found: liveFunctionOf(BINDING),
          }),
          writes: recentWrites([]),
        }),
        ownRole: { isOurs: false, problem: "the declared role was created again by someone else" },
        because: "another principal created it again",
      },
      {
        found: seen(skippedOf({ kind: "observe" }, { subject: subjectOf(emptyKeyRecord(KEY)) }), {
          live: accountWith({ role: liveRoleOf(BINDING, { tags: [] }), found: liveFunctionOf(BINDING) }),
        }),
        ownRole: { isOurs: false, problem: "role orders-api-eu-west-1 has no ownership tags" },
        because: "another tool made it",
      },
    ],
  )("is $ownRole: $because", ({ found, ownRole }) => {
    expect(found).toMatchObject({ kind: "seen", ownRole });
  });

  test.each([
    { outcome: NOTHING_DUE, isSilent: true, because: "nothing was to be written" },
    { outcome: skippedOf({ kind: "observe" }), isSilent: false, because: "observe writes nothing" },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { verdict: HELD }),
      isSilent: false,
      because: "it is held",
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { plan: planOf([actionOf()]) }),
      isSilent: false,
      because: "a write is not due yet",
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { unread: ["its policy"] }),
      isSilent: false,
      because: "a part was not read",
    },
    { outcome: writtenOf(), isSilent: false, because: "it wrote" },
  ])("is silent only after a pass without a write: $because", ({ outcome, isSilent }) => {
    expect(seen(outcome)).toMatchObject({ isSilent });
  });

  test.each([
    { record: knownRecord(), isApplied: true, because: "it is the one of the applied state" },
    { record: emptyKeyRecord(KEY), isApplied: false, because: "nothing was applied" },
    {
      record: knownRecord({}, {
        ...BINDING,
        role: { ...BINDING.role, arn: `${BINDING.role.arn}-2` },
      } as typeof BINDING),
      isApplied: false,
      because: "another role was applied",
    },
  ])("is applied only if a revision was applied to it: $because", ({ record, isApplied }) => {
    expect(seen(skippedOf({ kind: "nothing-due" }, { subject: subjectOf(record) }))).toMatchObject({
      isApplied,
    });
  });
});
