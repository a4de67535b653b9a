import type { Role } from "@aws-sdk/client-iam";
import { describe, expect, test } from "@jest/globals";
import { roleFromGetRole } from "../../../src/aws/observe/project-role.ts";
import { completedRole } from "../../../src/aws/observe/read-role.ts";
import type { AccountReader } from "../../../src/aws/observe/reader.ts";
import type { LiveRole } from "../../../src/model/live.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";

const BOUNDARY = "arn:aws:iam::111122223333:policy/platform-default";

const ROLE: Role = {
  RoleName: "orders-api",
  RoleId: "AROA1",
  Path: "/",
  Arn: "arn:aws:iam::111122223333:role/orders-api",
  CreateDate: new Date(0),
  AssumeRolePolicyDocument: "%7B%7D",
  MaxSessionDuration: 3_600,
  PermissionsBoundary: { PermissionsBoundaryArn: BOUNDARY },
  RoleLastUsed: {},
};

/** The role as the account-wide listing shows it: without a boundary and a last use, unless given. */
const listed = (change: Partial<LiveRole> = {}): LiveRole => ({
  ...roleFromGetRole(ROLE),
  inline: [],
  attachments: [],
  instanceProfiles: [],
  boundary: null,
  lastUsedAtMs: "unknown",
  ...change,
});

/** A reader of which only the call to IAM is used. */
const readerOf = (answer: () => Promise<unknown>): AccountReader =>
  ({ iam: answer }) as unknown as AccountReader;

const failing = (code: string) =>
  readerOf(() => Promise.reject(awsError("throttled", { call: "iam:GetRole", code, message: code })));

describe("a role that a listing shows incompletely", () => {
  test("gets boundary and last use from GetRole", async () => {
    const reader = readerOf(() => Promise.resolve({ Role: ROLE }));

    expect(await completedRole(reader, listed())).toMatchObject({
      kind: "present",
      value: { boundary: BOUNDARY, lastUsedAtMs: null },
    });
  });

  test("is not read again if nothing is missing", async () => {
    const { boundary } = roleFromGetRole(ROLE);
    const entire = listed({ boundary, lastUsedAtMs: null });

    expect(await completedRole(failing("AccessDenied"), entire)).toEqual({ kind: "present", value: entire });
  });

  test.each([
    {
      reader: readerOf(() => Promise.resolve({ Role: { ...ROLE, RoleId: "AROA2" } })),
      reason: "role orders-api changed during the read",
      because: "it was created again in between",
    },
    {
      reader: failing("NoSuchEntity"),
      reason: "role orders-api changed during the read",
      because: "it was deleted in between",
    },
    { reader: failing("Throttling"), reason: "Throttling", because: "GetRole failed" },
  ])("is unknown if $because", async ({ reader, reason }) => {
    const reading = await completedRole(reader, listed());

    expect(reading).toEqual({ kind: "unknown", reason: expect.stringContaining(reason) });
  });
});
