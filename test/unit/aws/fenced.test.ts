import { describe, expect, test } from "@jest/globals";
import { secondTry } from "../../../src/aws/errors/classify.ts";
import { asFenced, notSent } from "../../../src/aws/errors/fenced.ts";
import { AwsError, fixOfAwsError, type AccessDenial } from "../../../src/model/aws/errors/aws-error.ts";

const SITE = {
  call: "iam:PutRolePolicy",
  identity: "writer",
  accountId: "111122223333",
  region: null,
  object: "role/a",
} as const;

function refused(denial: Omit<AccessDenial, "action" | "fix"> | null): AwsError {
  return new AwsError({
    call: "iam:PutRolePolicy role/a",
    code: "AccessDenied",
    message: "not authorized",
    disposition: { kind: "circuit", scope: "object" },
    requestId: "r-1",
    lost: false,
    ...(denial !== null && { denial: { ...denial, action: "iam:PutRolePolicy", fix: "allow it" } }),
  });
}

describe("a refusal is that of a session's end, not a missing permission,", () => {
  test.each([
    {
      because: "if a session policy denies explicitly",
      by: "session policy",
      how: "explicit",
      isOver: false,
    },
    { because: "if AWS names no policy, after that end", by: "unknown", how: "implicit", isOver: true },
  ] as const)("$because", ({ by, how, isOver }) => {
    const { facts } = asFenced(refused({ deniedBy: by, how }), isOver);

    expect(facts).toMatchObject({
      code: "AccessDenied",
      message: "the lease of this controller may have ended: not authorized",
      disposition: { kind: "throttled" },
      requestId: "r-1",
      fix: expect.stringMatching(/^no permission is missing/),
    });
    expect(facts).not.toHaveProperty("denial");
  });

  test.each([
    { because: "a session policy lacks the permission", by: "session policy", how: "implicit", isOver: true },
    { because: "another policy denies it", by: "service control policy", how: "explicit", isOver: true },
    { because: "AWS names no policy before that end", by: "unknown", how: "explicit", isOver: false },
  ] as const)("unless $because", ({ by, how, isOver }) => {
    const error = refused({ deniedBy: by, how });

    expect(asFenced(error, isOver)).toBe(error);
  });

  test("unless AWS refused it for another reason", () => {
    const error = refused(null);

    expect(asFenced(error, true)).toBe(error);
  });
});

describe("a write that was not sent", () => {
  test.each([
    { why: "session-ends", code: "SessionEnds", again: "new-session", hasFix: false },
    { why: "too-late", code: "LeaseEnds", again: null, hasFix: false },
    { why: "clock-unknown", code: "ClockUnknown", again: null, hasFix: true },
  ] as const)("has no effect: $why", ({ why, code, again, hasFix }) => {
    const error = notSent(SITE, why);

    expect(error.facts).toMatchObject({ code, lost: false, disposition: { kind: "throttled" } });
    expect([secondTry(error), fixOfAwsError(error) !== null]).toEqual([again, hasFix]);
  });
});
