import { describe, expect, test } from "@jest/globals";
import { diffPolicy } from "../../../src/diff/policy.ts";
import type { DriftChange } from "../../../src/model/drift.ts";
import type { LivePolicy } from "../../../src/model/live.ts";
import { allow, appliedRecord, compiled, documentOf, policy } from "../../support/pass/bindings.ts";
import { context } from "../../support/pass/plans.ts";
import { accountWith, emptyAccount, livePolicyOf } from "../../support/pass/live-state.ts";

const READ = allow("s3:GetObject");
const AUDIT = policy(compiled(READ));

function livePolicy(change: Partial<LivePolicy> = {}): LivePolicy {
  return livePolicyOf(AUDIT.arn, [documentOf(READ)], {
    tags: { kind: "present", value: AUDIT.tags },
    ...change,
  });
}

function compare(live: LivePolicy, desired = AUDIT) {
  return diffPolicy(desired, context(accountWith({ policies: [live] }), { record: appliedRecord(desired) }));
}

describe("a managed policy", () => {
  test("that matches Git does not drift", () => {
    expect(compare(livePolicy())).toEqual({
      kind: "compared",
      drifts: [],
      leftAlone: [],
      notes: [],
      waitsForFunction: false,
      unread: [],
    });
  });

  test.each<{ live: Partial<LivePolicy>; change: DriftChange; because: string }>([
    {
      live: { versions: [{ id: "v1", text: documentOf(allow("s3:*")), createdAtMs: 0 }] },
      change: { kind: "policy-document" },
      because: "another document",
    },
    {
      live: { defaultVersionId: "v9" },
      change: { kind: "policy-document" },
      because: "a default version that is not listed",
    },
    { live: { description: "x" }, change: { kind: "policy-description" }, because: "another description" },
    {
      live: { tags: { kind: "present", value: AUDIT.tags.slice(1) } },
      change: { kind: "policy-tag", tag: "grantkeeper.dev/instance" },
      because: "a missing tag",
    },
    {
      live: { tags: { kind: "present", value: [...AUDIT.tags, { key: "Team", value: "x" }] } },
      change: { kind: "policy-tag", tag: "Team" },
      because: "an additional tag",
    },
  ])("drifts by $because", ({ live, change }) => {
    expect(compare(livePolicy(live))).toMatchObject({ drifts: [{ change, cause: "out-of-band" }] });
  });

  test("is missing only after a complete read", () => {
    expect(diffPolicy(AUDIT, context(emptyAccount()))).toMatchObject({
      drifts: [
        {
          change: { kind: "policy-missing" },
          cause: "initial",
          delta: { noLongerAllowed: [{ action: { kind: "one", name: "s3:GetObject" } }] },
        },
      ],
    });
    expect(diffPolicy(AUDIT, context(emptyAccount({ complete: false })))).toMatchObject({ kind: "unknown" });
  });

  test("whose tags and description were not read is compared without them", () => {
    const unread = { tags: { kind: "unknown", reason: "AccessDenied" }, description: null } as const;

    expect(compare(livePolicy(unread), policy(compiled(READ), { description: "d" }))).toMatchObject({
      drifts: [],
      unread: [`tags and description of ${AUDIT.arn}: AccessDenied`],
    });
  });

  test("with other Sids differs in metadata", () => {
    const versions = [{ id: "v1", text: documentOf({ ...READ, Sid: "Other" }), createdAtMs: 0 }];

    expect(compare(livePolicy({ versions }))).toMatchObject({
      drifts: [{ tier: "metadata", delta: { allowed: [] } }],
    });
  });

  test("that is a boundary has no tags and no owner", () => {
    const boundary = policy(compiled(READ), { use: "boundary" });

    expect(compare(livePolicy({ tags: { kind: "unknown", reason: "not asked" } }), boundary)).toMatchObject({
      drifts: [],
      unread: [],
    });
  });

  test("without a statement in Git always differs", () => {
    expect(compare(livePolicy(), policy(compiled()))).toMatchObject({
      drifts: [{ change: { kind: "policy-document" }, desired: null }],
    });
  });
});
