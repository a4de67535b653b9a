import { SAME_CLOCK } from "../../../../src/model/changes/clock-offset.ts";
import { describe, expect, test } from "@jest/globals";
import type { Region } from "../../../../src/model/aws/ids.ts";
import type { ChangeRecord } from "../../../../src/model/changes/change-event.ts";
import { authorLines } from "../../../../src/model/changes/author-text.ts";
import { ADMINISTRATOR, ALICE, changed, drifted, ROLE, SECOND } from "./changes.ts";
import { attach, attribution, detach, ids, NONE, type Sighted } from "./sighted.ts";

describe("the author of a difference", () => {
  test("is the caller of the only call that explains it", () => {
    const found = attribution({ records: [attach(7)] });

    expect(found).toMatchObject({ kind: "named", change: { eventId: "e7", actor: ALICE } });
    expect(authorLines(found)).toEqual([
      "last call seen that set this: alice@example.com via AWSReservedSSO_Admin from 203.0.113.7 attached AdministratorAccess at 10:32:07Z (event e7)",
    ]);
  });

  test.each<readonly [string, string, string, Sighted]>([
    [
      "named",
      "e9",
      "an earlier call was undone by another one",
      { records: [attach(3), detach(5), attach(9)] },
    ],
    [
      "unknown",
      NONE,
      "the last call undid it, so that an event is missing",
      { records: [attach(3), detach(5)] },
    ],
    [
      "candidates",
      "e3 e9",
      "two calls made it and no event shows how the first ended",
      { records: [attach(3), attach(9)] },
    ],
    [
      "candidates",
      "e7",
      "CloudTrail may show a later call that undid it",
      { records: [{ ...attach(7), isEarly: true }] },
    ],
    ["candidates", "e5", "it was made and undone in one second", { records: [attach(5), detach(5)] }],
    ["candidates", "e-5", "the call was before the last read, which may be old", { records: [attach(-5)] }],
    ["unknown", NONE, "the call was long before the last read", { records: [attach(-61)] }],
    ["unknown", NONE, "the call was after the difference was seen", { records: [attach(61)] }],
    [
      "unknown",
      NONE,
      "Grantkeeper has detached the policy since",
      { records: [attach(7)], ownMs: SECOND + 8_000 },
    ],
    [
      "candidates",
      "e7",
      "Grantkeeper has detached the policy in the second of the call: the event does not show which was first",
      { records: [attach(7)], ownMs: SECOND + 7_999 },
    ],
    [
      "candidates",
      "e7",
      "Grantkeeper has written another field of the role since, which it had read before the call",
      { records: [attach(7)], ownMs: SECOND + 8_000, ownCall: "iam:PutRolePolicy" },
    ],
    [
      "unknown",
      NONE,
      "Grantkeeper has created the role since",
      { records: [attach(7)], ownMs: SECOND + 8_000, ownCall: "iam:CreateRole" },
    ],
    [
      "named",
      "e7",
      "Grantkeeper has written the role before",
      { records: [attach(7)], ownMs: SECOND + 1_000 },
    ],
    [
      "candidates",
      "e7",
      "Grantkeeper has written the role shortly before, by a clock that may be behind: the call may be the one that it reverted",
      { records: [attach(7)], ownMs: SECOND + 3_000, clockOffset: { ...SAME_CLOCK, maxMs: 4_500 } },
    ],
    [
      "named",
      "e7",
      "Grantkeeper has written the role shortly before, by the same clock",
      { records: [attach(7)], ownMs: SECOND + 6_500 },
    ],
    [
      "candidates",
      "e7",
      "the last read may have been after the call, by a clock that may be behind",
      { records: [attach(7)], lastCleanMs: SECOND + 5_000, clockOffset: { ...SAME_CLOCK, maxMs: 3_000 } },
    ],
    [
      "candidates",
      "e70",
      "the call is later than the read by a clock that may be behind",
      { records: [attach(70)], clockOffset: { ...SAME_CLOCK, maxMs: 600_000 } },
    ],
    [
      "candidates",
      "e59",
      "the event arrived after the difference was seen, in whose second it is",
      { records: [attach(59)], seenMs: SECOND + 59_500 },
    ],
    [
      "named",
      "e7",
      "the event arrived after the difference was seen, and was clearly earlier",
      { records: [attach(7)], seenMs: SECOND + 8_500 },
    ],
    [
      "candidates",
      "e7",
      "the clock is wrong: the event arrived before its call",
      { records: [{ ...attach(7), receivedMs: SECOND }] },
    ],
    [
      "unknown",
      "no read without this difference is known",
      "it was never read without it",
      { records: [attach(7)], lastCleanMs: null },
    ],
    [
      "unknown",
      "the queue is not read",
      "events may be missing",
      { records: [], problem: "the queue is not read" },
    ],
    [
      "unknown",
      NONE,
      "another role was changed",
      { records: [attach(7, { object: { kind: "role", name: "other" } })] },
    ],
    [
      "unknown",
      NONE,
      "a policy was changed",
      { records: [attach(7, { object: { kind: "policy", arn: ADMINISTRATOR } })] },
    ],
    [
      "unknown",
      NONE,
      "a function was changed",
      {
        records: [
          attach(7, {
            object: { kind: "function", region: "eu-west-1" as Region, name: "orders", qualifier: null },
          }),
        ],
      },
    ],
  ])("is %s (%s) if %s", (kind, what, _, given) => {
    const found = attribution(given);

    expect([found.kind, ids(found)]).toEqual([kind, what]);
  });

  test("of a policy is never the caller for a role of the same name, nor the other way round", () => {
    const policy = "arn:aws:iam::111122223333:policy/grantkeeper/orders";
    const deleted = (object: ChangeRecord["event"]["object"]) => [
      changed(7, { kind: "deleted" }, { object }),
    ];
    const role = { kind: "role", name: "orders" } as const;
    const missing = drifted({ kind: "policy-missing" }, { subject: policy });

    expect(attribution({ records: deleted(role) }, missing).kind).toBe("unknown");
    expect(attribution({ records: deleted({ kind: "policy", arn: policy }) }, missing).kind).toBe("named");
    expect(
      attribution({ records: deleted({ kind: "policy", arn: policy }) }, drifted({ kind: "role-missing" }))
        .kind,
    ).toBe("unknown");
  });

  test("is one of the newest five of many", () => {
    expect(ids(attribution({ records: [1, 2, 3, 4, 5, 6, 7].map((second) => attach(second)) }))).toBe(
      "e3 e4 e5 e6 e7",
    );
  });

  test("is AWS for a new version of its own policy", () => {
    const upstream = drifted({ kind: "upstream-changed", arn: ADMINISTRATOR, versionId: "v2" });

    expect(attribution({ records: [attach(7)] }, upstream)).toEqual({
      kind: "unknown",
      reason: "AWS made the change itself",
    });
  });

  test("of an added statement may be the caller for the same function in the same region, and is not named", () => {
    const subject = "arn:aws:lambda:eu-west-1:111122223333:function:orders:live";
    const drift = drifted(
      { kind: "statement-extra", qualifier: "live", sid: "s", ours: false, danger: "public" },
      { subject },
    );
    const added = (region: string) =>
      changed(
        7,
        { kind: "statement-added", sid: "s" },
        {
          object: { kind: "function", region: region as Region, name: "orders", qualifier: "live" },
        },
      );

    // The event names the statement by its sid only.
    expect(attribution({ records: [added("eu-west-1")] }, drift).kind).toBe("candidates");
    expect(attribution({ records: [added("us-east-1")] }, drift).kind).toBe("unknown");
  });
});

describe("the author as text", () => {
  test("names candidates as such, and the reason where there is none", () => {
    expect(authorLines(attribution({ records: [attach(-5)] }))).toEqual([
      expect.stringMatching(/^not certain: alice@example.com .* at 10:31:55Z \(event e-5\)$/),
    ]);
    const lines = authorLines(attribution({ records: [attach(3), attach(9)] }));
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe("not certain, one of these calls:");
    expect(authorLines({ kind: "unknown", reason: "why" })).toEqual(["not known: why"]);
  });

  test.each([
    [{ ...ALICE, role: null, sourceAddress: null }, "alice@example.com"],
    [{ ...ALICE, name: "AWSReservedSSO_Admin" }, "a session of role AWSReservedSSO_Admin from 203.0.113.7"],
    [
      { ...ALICE, role: null, accountId: "444455556666" },
      "alice@example.com of account 444455556666 from 203.0.113.7",
    ],
    [
      { ...ALICE, role: null, sourceAddress: null, service: "cloudformation.amazonaws.com" },
      "cloudformation.amazonaws.com for alice@example.com",
    ],
  ])("%j is %s", (actor, text) => {
    const [line] = authorLines(attribution({ records: [attach(7, { actor })] }));

    expect(line).toBe(
      `last call seen that set this: ${text} attached AdministratorAccess at 10:32:07Z (event e7)`,
    );
  });

  test.each([
    [{ kind: "created", id: null }, "created it"],
    [{ kind: "deleted" }, "deleted it"],
    [{ kind: "trust", document: null }, "changed the trust policy"],
    [{ kind: "inline-set", policyName: "p", document: null }, "put the inline policy p"],
    [{ kind: "inline-deleted", policyName: "p" }, "deleted the inline policy p"],
    [{ kind: "detached", arn: ADMINISTRATOR }, "detached AdministratorAccess"],
    [{ kind: "boundary-set", arn: ADMINISTRATOR }, "set the boundary AdministratorAccess"],
    [{ kind: "boundary-deleted" }, "removed the boundary"],
    [{ kind: "tags-set", tags: { b: "1", a: "2" } }, "set the tags a, b"],
    [{ kind: "tags-deleted", keys: ["b", "a"] }, "removed the tags a, b"],
    [{ kind: "settings", description: null, maxSessionSeconds: null }, "changed the settings"],
    [{ kind: "version-created", document: null, isDefault: true }, "created a version"],
    [{ kind: "default-version", versionId: "v2" }, "made v2 the default version"],
    [{ kind: "statement-added", sid: "s" }, "added the statement s"],
    [{ kind: "statement-removed", sid: "s" }, "removed the statement s"],
    [{ kind: "function-role", roleArn: ROLE }, "set the role orders"],
    [{ kind: "other" }, "called iam:X"],
  ] as const)("%j: %s", (aspect, text) => {
    const change = { eventId: "e", at: "2026-11-28T10:32:07.000Z", call: "iam:X", aspect, actor: ALICE };

    expect(authorLines({ kind: "named", change })[0]).toContain(` ${text} at 10:32:07Z `);
  });
});
