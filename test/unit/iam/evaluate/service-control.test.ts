import { describe, expect, test } from "@jest/globals";
import { parseCaller } from "../../../../src/iam/evaluate/caller.ts";
import { attachedPolicy } from "../../../../src/iam/evaluate/policy.ts";
import { accessRequest } from "../../../../src/iam/evaluate/request.ts";
import { controlFindings, type ControlLevel } from "../../../../src/iam/evaluate/service-control.ts";

const OBSERVER = "arn:aws:iam::111122223333:role/grantkeeper-system/observer";
const FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:orders";
const FULL = { Effect: "Allow", Action: "*", Resource: "*" };

type Policies = Readonly<Record<string, readonly object[] | string>>;

function level(id: string, policies: Policies): ControlLevel {
  const context = { dialect: "identity", partition: "aws", accountId: "111122223333" } as const;
  return {
    id,
    policies: Object.entries(policies).map(([from, of]) => {
      const text = typeof of === "string" ? of : JSON.stringify({ Version: "2012-10-17", Statement: of });
      return attachedPolicy({ from, text }, context);
    }),
  };
}

/** What lambda:GetPolicy on a function is denied by, with FullAWSAccess above. */
function found(unit: Policies): readonly string[] {
  const caller = parseCaller(OBSERVER);
  if (caller.kind === "err") throw new Error(caller.error);
  const context = { "aws:RequestedRegion": "eu-west-1", "aws:PrincipalOrgID": "o-1", "aws:SourceArn": [] };
  const request = accessRequest({
    caller: caller.value,
    action: "lambda:GetPolicy",
    resource: FUNCTION,
    context,
  });
  return controlFindings(request, [level("r-1", { full: [FULL] }), level("ou-1", unit)]).map(
    ({ level: at, by, doubt }) =>
      `${at}: ${by === null ? "no allow" : `${by.policy}/${by.sid ?? "-"}`}${doubt === null ? "" : `? ${doubt}`}`,
  );
}

function denyWith(more: object): Policies {
  return { full: [FULL], p: [{ Sid: "D", Effect: "Deny", Action: "lambda:Get*", Resource: "*", ...more }] };
}

describe("service control policies", () => {
  test.each<[sentence: string, unit: Policies, findings: readonly string[]]>([
    ["allow what every level allows", { full: [FULL] }, []],
    ["deny by a Deny of any level", denyWith({}), ["ou-1: p/D"]],
    ["deny nothing by a Deny of other actions", denyWith({ Action: "s3:*" }), []],
    [
      "deny by a NotAction without the action",
      denyWith({ Action: undefined, NotAction: "iam:*" }),
      ["ou-1: p/D"],
    ],
    ["deny nothing by a Deny of another function", denyWith({ Resource: `${FUNCTION}-2` }), []],
    ["deny what a level does not allow", { iam: [{ ...FULL, Action: "iam:*" }] }, ["ou-1: no allow"]],
    ["deny everything at a level that only denies", { none: [] }, ["ou-1: no allow"]],
    [
      "spare the roles that a Deny excepts",
      denyWith({
        Condition: { ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/grantkeeper-system/*" } },
      }),
      [],
    ],
    [
      "deny the roles that a Deny does not except",
      denyWith({ Condition: { ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/admin" } } }),
      ["ou-1: p/D"],
    ],
    [
      "deny a region",
      denyWith({ Condition: { StringNotEquals: { "aws:RequestedRegion": ["us-east-1"] } } }),
      ["ou-1: p/D"],
    ],
    [
      "deny nothing in an allowed region, with any other test",
      denyWith({
        Condition: {
          StringNotEquals: { "aws:RequestedRegion": ["eu-west-1"], "aws:PrincipalTag/team": "x" },
        },
      }),
      [],
    ],
    [
      "may deny by a key that is not known",
      denyWith({ Condition: { StringNotEquals: { "aws:PrincipalTag/Team": "x" } } }),
      ["ou-1: p/D? it depends on aws:PrincipalTag/team"],
    ],
    [
      "may deny where a known key is compared with one that is not known",
      denyWith({ Condition: { StringEquals: { "aws:PrincipalOrgID": "${aws:SourceOrgID}" } } }),
      ["ou-1: p/D? it depends on aws:SourceOrgID"],
    ],
    [
      "may deny a resource with a variable that is not known",
      denyWith({ Resource: "arn:aws:lambda:*:*:function:${aws:PrincipalTag/team}" }),
      ["ou-1: p/D? it depends on aws:PrincipalTag/team"],
    ],
    [
      "may deny all but such a resource",
      denyWith({ Resource: undefined, NotResource: "arn:aws:lambda:*:*:function:${aws:PrincipalTag/team}" }),
      ["ou-1: p/D? it depends on aws:PrincipalTag/team"],
    ],
    [
      "may deny all but a resource whose variable IAM does not replace",
      denyWith({ Resource: undefined, NotResource: "arn:aws:lambda:${aws:RequestedRegion}:*:function:x" }),
      ["ou-1: p/D? it depends on a variable outside the name of a resource"],
    ],
    [
      "deny nothing on what NotResource names",
      denyWith({ Resource: undefined, NotResource: "arn:aws:lambda:*" }),
      [],
    ],
    [
      "deny nothing by a key that AWS does not send",
      denyWith({ Condition: { StringLike: { "aws:SourceArn": "*" } } }),
      [],
    ],
    [
      "may allow, if an Allow has an unknown condition",
      { p: [{ ...FULL, Condition: { StringEquals: { "aws:PrincipalTag/team": "x" } } }] },
      ["ou-1: no allow? it depends on aws:PrincipalTag/team"],
    ],
    [
      "are asked for what is certain first",
      {
        full: [FULL],
        p: [
          {
            Sid: "Maybe",
            Effect: "Deny",
            Action: "*",
            Resource: "*",
            Condition: { Bool: { "aws:x": "true" } },
          },
          { Sid: "Sure", Effect: "Deny", Action: "lambda:*", Resource: "*" },
        ],
      },
      ["ou-1: p/Sure"],
    ],
    [
      "may deny and may not allow where the document can't be read",
      { p: "no JSON" },
      [
        expect.stringMatching(/^ou-1: p\/-\? the document can't be read/),
        expect.stringMatching(/^ou-1: no allow\? the document can't be read/),
      ] as unknown as string[],
    ],
    [
      "may deny by a statement that is not understood",
      { full: [FULL], p: [{ Sid: "Odd", Effect: "Deny", Action: "*", Resource: "*", Unknown: 1 }] },
      [expect.stringMatching(/^ou-1: p\/-\? statement Odd is not understood/)] as unknown as string[],
    ],
  ])("%s", (_, unit, findings) => {
    expect(found(unit)).toEqual(findings);
  });
});
