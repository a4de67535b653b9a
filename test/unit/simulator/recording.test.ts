import { describe, expect, test } from "@jest/globals";
import { RecordingError } from "../../../src/simulator/replay/recorded.ts";
import { readRecording } from "../../../src/simulator/replay/recording.ts";

const ACCOUNT = "111122223333";
const AT = "2026-01-01T00:00:00+00:00";
const TRUST = { Version: "2012-10-17", Statement: [] };
const ARN = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f`;

function role(changes: object = {}): object {
  return {
    Path: "/",
    RoleName: "r",
    RoleId: "AROA234567ABCDEFGHIJK",
    Arn: `arn:aws:iam::${ACCOUNT}:role/r`,
    CreateDate: AT,
    AssumeRolePolicyDocument: TRUST,
    InstanceProfileList: [],
    RolePolicyList: [],
    AttachedManagedPolicies: [],
    RoleLastUsed: {},
    ...changes,
  };
}

function listed(changes: object = {}): object {
  return {
    FunctionName: "f",
    FunctionArn: `${ARN}:$LATEST`,
    Version: "$LATEST",
    Role: `arn:aws:iam::${ACCOUNT}:role/r`,
    RevisionId: "1",
    CodeSha256: "c",
    LastModified: AT,
    ...changes,
  };
}

const details = (...roles: readonly object[]): object => ({
  RoleDetailList: roles,
  UserDetailList: [],
  Policies: [],
});
const functions = (...all: readonly object[]): object => ({ Functions: all });

function read(...contents: readonly (object | string)[]) {
  return readRecording(
    contents.map((each, index) => ({
      name: `${index}.json`,
      text: typeof each === "string" ? each : JSON.stringify(each),
    })),
  );
}

describe("a recording", () => {
  test("has its account and regions from the ARNs, in any order of its files", () => {
    const { accountId, regions, lambda } = read(
      { FunctionPolicies: { [ARN]: null } },
      functions(listed()),
      details(role()),
    );

    expect([accountId, regions, Object.keys(lambda["eu-west-1"]?.functions ?? {})]).toEqual([
      ACCOUNT,
      ["eu-west-1"],
      ["f"],
    ]);
  });

  test("takes documents as objects, as JSON and percent-encoded", () => {
    const json = JSON.stringify(TRUST);
    const roles = [TRUST, json, encodeURIComponent(json)].map((AssumeRolePolicyDocument, index) =>
      role({ RoleName: `r${index}`, AssumeRolePolicyDocument }),
    );

    const { target } = read(details(...roles));

    expect(Object.values(target.iam.roles).map(({ trust }) => trust)).toEqual([json, json, json]);
  });

  test("takes times as texts, and as the seconds that version 1 of the command line prints", () => {
    const roles = [AT, 1_767_225_600].map((CreateDate, index) => role({ RoleName: `r${index}`, CreateDate }));

    const { target } = read(details(...roles));

    const times = Object.values(target.iam.roles).map(({ createdAt }) => createdAt);
    expect(times).toEqual(["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"]);
  });

  test("leaves out environment variables, and members that a newer command line prints", () => {
    const { lambda } = read(
      functions(listed({ Environment: { Variables: { TOKEN: "secret" } }, NewMember: 1 })),
    );

    const latest = lambda["eu-west-1"]?.functions["f"]?.versions["$LATEST"];
    expect(latest).toMatchObject({ FunctionName: "f" });
    expect(JSON.stringify(latest)).not.toMatch(/secret|NewMember/);
  });

  const deep = `{"RoleDetailList":[${JSON.stringify(role()).replace(/"Statement":\[\]/, `"Statement":${"[".repeat(100_000)}${"]".repeat(100_000)}`)}]}`;

  test.each<[string, readonly (object | string)[], string]>([
    ["no JSON", ["{\n"], "0.json: not JSON: "],
    ["a list", ["[]"], "0.json: expected one of the members RoleDetailList, "],
    ["a file of another command", [{ Buckets: [] }], "0.json: expected one of the members RoleDetailList, "],
    ["no list of roles", [{ RoleDetailList: {} }], "0.json: RoleDetailList: expected a list, not an object"],
    [
      "a role without a name",
      [details(role({ RoleName: undefined }))],
      "0.json: RoleDetailList[0].RoleName: expected a name of IAM, not nothing",
    ],
    [
      "a name that IAM refuses",
      [details(role(), role({ RoleName: "a/b" }))],
      '0.json: RoleDetailList[1].RoleName: expected a name of IAM, not "a/b"',
    ],
    [
      "a name that changes a prototype",
      [details(role({ RoleName: "__proto__" }))],
      '0.json: RoleDetailList[0].RoleName: expected a name of IAM, not "__proto__"',
    ],
    ["a role twice", [details(role(), role())], '0.json: RoleDetailList[1]: role "r" is there twice'],
    [
      "a time that is none",
      [details(role({ CreateDate: "yesterday" }))],
      '0.json: RoleDetailList[0].CreateDate: expected a time, not "yesterday"',
    ],
    [
      "a document that is none",
      [details(role({ AssumeRolePolicyDocument: "%7" }))],
      '0.json: RoleDetailList[0].AssumeRolePolicyDocument: expected a policy document, not "%7"',
    ],
    [
      "a document of 100,000 levels",
      [deep],
      "0.json: RoleDetailList[0].AssumeRolePolicyDocument: it is nested too deeply",
    ],
    [
      "a policy without its default version",
      [{ ...details(role()), Policies: [{ DefaultVersionId: "v2", PolicyVersionList: [] }] }],
      '0.json: Policies[0]: its default version "v2" is not in PolicyVersionList',
    ],
    [
      "a role of ListRoles that the details do not have",
      [details(), { Roles: [{ RoleName: "x" }] }],
      '1.json: Roles[0]: role "x" is not in RoleDetailList',
    ],
    [
      "functions without versions",
      [functions(listed({ FunctionArn: ARN }))],
      "0.json: Functions[0]: the versions are missing: record it with --function-version ALL",
    ],
    [
      "a function without $LATEST",
      [functions(listed({ FunctionArn: `${ARN}:1`, Version: "1" }))],
      '0.json: function "f" has no $LATEST',
    ],
    [
      "a version twice",
      [functions(listed(), listed())],
      '0.json: Functions[1]: version $LATEST of function "f" is there twice',
    ],
    [
      "a member of another type",
      [functions(listed({ Timeout: "3" }))],
      "0.json: Functions[0]: entry.Timeout is string, expected number",
    ],
    [
      "a function's name that changes a prototype",
      [functions(listed({ FunctionArn: `${ARN.slice(0, -1)}__proto__:$LATEST` }))],
      "0.json: Functions[0].FunctionArn: expected the ARN of a function",
    ],
    [
      "a policy of a function that is not listed",
      [details(role()), { FunctionPolicies: { [`${ARN}x`]: null } }],
      '1.json: FunctionPolicies.arn:aws:lambda:eu-west-1:111122223333:function:fx: function "fx" is in no list of functions of eu-west-1',
    ],
    [
      "a policy under a name",
      [{ FunctionPolicies: { f: null } }],
      '0.json: FunctionPolicies.f: expected the ARN of a function, not "f"',
    ],
    [
      "two accounts",
      [details(role()), functions(listed({ Role: "arn:aws:iam::999999999999:role/r" }))],
      "the files are of more than one account: 111122223333, 999999999999",
    ],
    [
      "another partition",
      [details(role({ Arn: `arn:aws-cn:iam::${ACCOUNT}:role/r` }))],
      "recordings of other partitions than aws are not supported",
    ],
    ["nothing", [details()], "the recording has no role, no policy and no function"],
  ])("is refused for %s, in one line with the place", (_what, contents, message) => {
    let error: unknown;
    try {
      read(...contents);
    } catch (thrown) {
      error = thrown;
    }

    expect(error).toBeInstanceOf(RecordingError);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain("\n");
  });
});
