import { describe, expect, test } from "@jest/globals";
import { resolveIntents } from "../../../../src/controller/pass/resolve-intents.ts";
import { tookEffect, type Effect } from "../../../../src/controller/pass/took-effect.ts";
import type { WriteIntended } from "../../../../src/controller/ports/audit-log.ts";
import type { LiveAccount } from "../../../../src/model/live.ts";
import { withFunction } from "../../../support/pass/apply.ts";
import { NOW_MS, REGION } from "../../../support/pass/bindings.ts";
import { FakeClock } from "../../../support/fakes/fake-clock.ts";
import { MemoryAudit } from "../../../support/fakes/fake-ports.ts";
import { KEY, passOf } from "../../../support/pass/passes.ts";
import {
  ROWS,
  onRole,
  LIVE,
  EMPTY,
  role,
  INLINE,
  TAGS,
  onPolicy,
  policyTagged,
  onFunction,
  sid,
  FUNCTION,
  intentOf,
} from "./written-objects.ts";

const UNREAD: LiveAccount = { ...EMPTY, complete: false, policies: new Map(), regions: new Map() };

describe("whether a write with a lost answer took effect in AWS", () => {
  test.each(Object.entries(ROWS))("%s: seen, not seen, not read", (_, { intent, applied, not }) => {
    const effects = [applied, not, UNREAD].map((live) => tookEffect(intent, live));

    expect(effects).toEqual(["applied", "not-applied", "unknown"]);
  });

  test.each<{
    readonly intent: WriteIntended;
    readonly live: LiveAccount;
    readonly effect: Effect;
    readonly because: string;
  }>([
    {
      intent: onFunction("lambda:AddPermission", sid, "live"),
      live: LIVE,
      effect: "unknown",
      because: "that qualifier's policy was not read",
    },
    {
      intent: onFunction("lambda:AddPermission", sid),
      live: withFunction(LIVE, REGION, {
        ...FUNCTION,
        policies: new Map([["", { kind: "unknown", reason: "x" }]]),
      }),
      effect: "unknown",
      because: "the policy could not be read",
    },
    {
      intent: onFunction("lambda:AddPermission", sid),
      live: EMPTY,
      effect: "not-applied",
      because: "the function is gone",
    },
    {
      intent: onFunction("lambda:RemovePermission", sid),
      live: EMPTY,
      effect: "applied",
      because: "the function is gone, and its statements",
    },
    {
      intent: onFunction("lambda:AddPermission", sid),
      live: withFunction(LIVE, REGION, {
        ...FUNCTION,
        policies: new Map([["", { kind: "present", value: { text: "{", revisionId: "r" } }]]),
      }),
      effect: "not-applied",
      because: "a policy that is not JSON was not written by us",
    },
    {
      intent: onPolicy("iam:TagPolicy", TAGS),
      live: policyTagged(null),
      effect: "unknown",
      because: "the policy's tags were not read",
    },
    {
      intent: onPolicy("iam:TagPolicy", TAGS),
      live: EMPTY,
      effect: "not-applied",
      because: "the policy is gone",
    },
    {
      intent: onPolicy("iam:TagPolicy", { Tags: "x" }),
      live: policyTagged(""),
      effect: "applied",
      because: "no tags were asked for",
    },
    {
      intent: onRole("iam:UntagRole", { TagKeys: "x" }),
      live: LIVE,
      effect: "applied",
      because: "no tags were removed",
    },
    {
      intent: onRole("iam:PutRolePolicy", { PolicyName: "grantkeeper", PolicyDocument: INLINE }),
      live: role({ inline: [] }),
      effect: "not-applied",
      because: "there is no such document",
    },
  ])("$effect: $because", ({ intent, live, effect }) => {
    expect(tookEffect(intent, live)).toBe(effect);
  });

  test("a target that is not a function ARN is a bug", () => {
    expect(() => tookEffect(intentOf("lambda:AddPermission", sid, "x"), LIVE)).toThrow(
      "is not the ARN of a function",
    );
  });
});

describe("open intents", () => {
  const PUT = ROWS["iam:PutRolePolicy"];

  async function resolved(live: LiveAccount, ageMs: number, keys: ReadonlySet<typeof KEY> = new Set([KEY])) {
    const clock = new FakeClock(NOW_MS - ageMs);
    const audit = new MemoryAudit(clock);
    const { seq: _, at: _at, prev: _prev, hash: _hash, ...fact } = PUT.intent;
    await audit.append([fact]);
    const open = await resolveIntents({ ...passOf(), live }, keys, { audit });
    const last = audit.log.at(-1);
    return { open: [...open.keys()], outcome: last?.kind === "write-finished" ? last.outcome : null };
  }

  test.each([
    { live: PUT.applied, ageMs: 0, open: [], outcome: "found-applied", because: "its effect is seen" },
    { live: PUT.not, ageMs: 59_999, open: [KEY], outcome: null, because: "AWS may still show it later" },
    {
      live: { ...PUT.not, observedAtMs: NOW_MS - 3_600_000 },
      ageMs: 3_540_001,
      open: [KEY],
      outcome: null,
      because: "the reading began too early, however long ago that was",
    },
    {
      live: PUT.not,
      ageMs: 60_000,
      open: [],
      outcome: "found-not-applied",
      because: "the echo window is over",
    },
    {
      live: UNREAD,
      ageMs: 3_600_000,
      open: [KEY],
      outcome: null,
      because: "an unread object proves nothing",
    },
  ])("$because", async ({ live, ageMs, open, outcome }) => {
    expect(await resolved(live, ageMs)).toEqual({ open, outcome });
  });

  test("of keys outside the pass stay", async () => {
    expect(await resolved(PUT.applied, 0, new Set())).toEqual({ open: [], outcome: null });
  });
});
