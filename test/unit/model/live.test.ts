import { describe, expect, test } from "@jest/globals";
import { AwsError, fixOfAwsError, type AwsErrorFacts } from "../../../src/model/aws/errors/aws-error.ts";
import { isBlocking, type Finding } from "../../../src/model/finding.ts";
import type { AccountId, Region } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import {
  DEFAULT_QUOTAS,
  liveFunction,
  livePolicy,
  liveRole,
  type LiveAccount,
  type LiveRegion,
} from "../../../src/model/live.ts";

const REGION = "eu-west-1" as Region;

function account(complete: boolean, region?: LiveRegion): LiveAccount {
  return {
    accountId: "111122223333" as AccountId,
    observedAtMs: 0,
    complete,
    roles: new Map([["seen", { kind: "unknown", reason: "denied" }]]),
    policies: new Map([["arn:seen", { kind: "absent" }]]),
    awsManaged: new Map(),
    regions: new Map(region === undefined ? [] : [[REGION, region]]),
    quotas: DEFAULT_QUOTAS,
  };
}

function read(change: Partial<Extract<LiveRegion, { readonly kind: "read" }>>): LiveRegion {
  return { kind: "read", functions: new Map(), complete: false, absentFunctions: new Set(), ...change };
}

describe("the absence of a resource", () => {
  test("is concluded for a role or policy from a complete reading only", () => {
    expect(liveRole(account(true), "x")).toEqual({ kind: "absent" });
    expect(liveRole(account(false), "x").kind).toBe("unknown");
    expect(livePolicy(account(true), "arn:x")).toEqual({ kind: "absent" });
    expect(livePolicy(account(false), "arn:x").kind).toBe("unknown");
  });

  test("is not concluded from a failed read, even in a complete reading", () => {
    expect(liveRole(account(true), "SEEN")).toEqual({ kind: "unknown", reason: "denied" });
    expect(livePolicy(account(false), "arn:seen")).toEqual({ kind: "absent" });
  });

  test.each([
    { region: undefined, kind: "unknown", because: "its region was not read" },
    {
      region: { kind: "off", reason: "not enabled" } as const,
      kind: "unknown",
      because: "its region is disabled",
    },
    {
      region: { kind: "failed", reason: "throttled" } as const,
      kind: "unknown",
      because: "the reading of its region failed",
    },
    { region: read({}), kind: "unknown", because: "it was not requested" },
    { region: read({ complete: true }), kind: "absent", because: "the complete listing lacks it" },
    {
      region: read({ absentFunctions: new Set(["f"]) }),
      kind: "absent",
      because: "it was requested and does not exist",
    },
    {
      region: read({ complete: true, unread: new Map([["f", "denied"]]) }),
      kind: "unknown",
      because: "its own reading failed",
    },
  ])("of a function is $kind if $because", ({ region, kind }) => {
    expect(liveFunction(account(true, region), REGION, "f").kind).toBe(kind);
  });
});

describe("the hint for a failed AWS call", () => {
  const facts: AwsErrorFacts = {
    call: "iam:ListRoles",
    code: "AccessDenied",
    message: "no",
    disposition: { kind: "terminal" },
    requestId: null,
    lost: false,
  };

  test.each([
    {
      change: { code: "CredentialsProviderError" },
      fix: /AWS_ACCESS_KEY_ID/,
      because: "there are no credentials",
    },
    {
      change: {
        denial: { action: "iam:ListRoles", deniedBy: "unknown", how: "implicit", fix: "add the line" },
      } as const,
      fix: /add the line/,
      because: "a permission is missing",
    },
  ])("is given if $because", ({ change, fix }) => {
    expect(fixOfAwsError(new AwsError({ ...facts, ...change }))).toMatch(fix);
  });

  test("is missing for other errors", () => {
    expect(fixOfAwsError(new AwsError(facts))).toBeNull();
  });
});

describe("the effect of a finding", () => {
  const finding: Finding = {
    rule: "RES-001",
    severity: "block",
    key: "function/111122223333/eu-west-1/orders/x" as Key,
    origin: null,
    evidence: "{}",
    why: "x",
    fix: "y",
    waiver: { kind: "none" },
  };
  const waiver = { waiver: "w", until: "2027-01-01T00:00:00Z" };

  test.each([
    { change: {}, blocks: true, because: "no waiver mentions it" },
    {
      change: { waiver: { kind: "lifted", ...waiver } } as const,
      blocks: false,
      because: "a waiver permits it",
    },
    {
      change: { waiver: { kind: "expired", ...waiver } } as const,
      blocks: true,
      because: "its waiver expired",
    },
    { change: { severity: "warn" } as const, blocks: false, because: "a warning never blocks" },
  ])("blocks: $blocks, because $because", ({ change, blocks }) => {
    expect(isBlocking({ ...finding, ...change })).toBe(blocks);
  });
});
