import { describe, expect, test } from "@jest/globals";
import { liveDigest } from "../../../src/judge/live-digest.ts";
import { DEFAULT_QUOTAS, type LiveAccount } from "../../../src/model/live.ts";
import { allow, binding, documentOf } from "../../support/pass/bindings.ts";
import {
  accountWith,
  convergedAccount,
  liveFunctionOf,
  liveRoleOf,
  presentPolicy,
} from "../../support/pass/live-state.ts";
import { subjectOf } from "../../support/pass/passes.ts";

const STATE = binding();
const BEFORE = convergedAccount(STATE);
const withRole = (change: Parameters<typeof liveRoleOf>[1]): LiveAccount =>
  accountWith({ role: liveRoleOf(STATE, change), found: liveFunctionOf(STATE) });
const withFunction = (change: Parameters<typeof liveFunctionOf>[1]): LiveAccount =>
  accountWith({ role: liveRoleOf(STATE), found: liveFunctionOf(STATE, change) });

describe("the digest of the live state behind a refused plan", () => {
  test.each([
    {
      live: withFunction({ policies: new Map([["", presentPolicy(allow("lambda:InvokeFunction"))]]) }),
      because: "a statement of the function's policy",
    },
    { live: withFunction({ roleArn: "arn:aws:iam::111122223333:role/x" }), because: "the function's role" },
    { live: withFunction({ revisionId: "another" }), because: "the function's configuration" },
    { live: withRole({ inline: [{ name: "x", text: documentOf() }] }), because: "an inline policy" },
    { live: withRole({ tags: [] }), because: "a tag" },
    { live: withRole({ boundary: null }), because: "the boundary" },
    { live: { ...BEFORE, quotas: { ...DEFAULT_QUOTAS, rolePolicySize: 20_480 } }, because: "a raised quota" },
  ])("changes with $because", ({ live }) => {
    expect(liveDigest(subjectOf(), live)).not.toBe(liveDigest(subjectOf(), BEFORE));
  });

  test.each([
    { live: withRole({ lastUsedAtMs: 1 }), because: "the last use of the role" },
    {
      live: withFunction({ versions: { kind: "unknown", reason: "not requested" } }),
      because: "an unread list",
    },
    { live: { ...BEFORE, observedAtMs: 1 }, because: "the time of the read" },
  ])("does not change with $because", ({ live }) => {
    expect(liveDigest(subjectOf(), live)).toBe(liveDigest(subjectOf(), BEFORE));
  });
});
