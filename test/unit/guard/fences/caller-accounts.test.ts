import { describe, expect, test } from "@jest/globals";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { ACCOUNT, calledBy, judged, verdicts, waiverText, world } from "../judged.ts";
import {
  FRIEND,
  FOREIGN,
  OUR_ORGANIZATION,
  type Condition,
  statement,
  aws,
  service,
  topic,
  bucketOf,
  fencedWith,
  ofRules,
} from "./account-world.ts";

interface CallerRow {
  readonly statement: Statement;
  readonly because: string;
}

const OUTSIDE: readonly CallerRow[] = [
  { statement: statement(aws(FOREIGN)), because: "a foreign account by its id" },
  { statement: statement(aws(`arn:aws:iam::${FOREIGN}:root`)), because: "a foreign account by its root" },
  { statement: statement(aws(`arn:aws:iam::${FOREIGN}:role/x`)), because: "a foreign role" },
  { statement: statement(aws(`arn:aws:iam::${FOREIGN}:user/x`)), because: "a foreign user" },
  {
    statement: statement(aws(`arn:aws:iam::${ACCOUNT}:role/x`, `arn:aws:iam::${FOREIGN}:role/x`)),
    because: "a foreign role next to an own one",
  },
  {
    statement: statement(aws("arn:aws:iam::9999*:role/x")),
    because: "a pattern where the account should be",
  },
  { statement: statement(aws("AROAEXAMPLEEXAMPLE")), because: "the unique id of a deleted principal" },
  {
    statement: statement({
      CanonicalUser: "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be",
    }),
    because: "a canonical user names no account",
  },
  {
    statement: statement({ Federated: "cognito-identity.amazonaws.com" }),
    because: "a web identity names no account",
  },
  {
    statement: statement("*", { StringEquals: { "aws:PrincipalOrgID": "o-theirs1234" } }),
    because: "a foreign organization",
  },
  {
    statement: statement("*", { StringEquals: { "aws:PrincipalOrgID": [OUR_ORGANIZATION, "o-theirs1234"] } }),
    because: "a foreign organization next to ours: one of the values is enough",
  },
  {
    statement: statement("*", { StringLike: { "aws:PrincipalOrgID": "o-*" } }),
    because: "every organization by a pattern",
  },
  {
    statement: statement("*", { StringLike: { "aws:PrincipalOrgPaths": "o-theirs1234/r-ab12/*" } }),
    because: "a path in a foreign organization",
  },
  {
    statement: statement("*", { StringLike: { "aws:PrincipalOrgPaths": `${OUR_ORGANIZATION}*/r-ab12/*` } }),
    because: "a pattern before the end of the organization's id",
  },
  {
    statement: statement("*", { StringEquals: { "aws:PrincipalAccount": FOREIGN } }),
    because: "anyone of a foreign account",
  },
  {
    statement: statement("*", { StringLike: { "aws:PrincipalAccount": "22222222222?" } }),
    because: "accounts by a pattern that includes the own one",
  },
  {
    statement: statement("*", { StringEquals: { "aws:PrincipalAccount": "${aws:PrincipalAccount}" } }),
    because: "a variable that is equal for every caller",
  },
  {
    statement: statement("*", { ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${FOREIGN}:role/x` } }),
    because: "a foreign role by the key of its ARN",
  },
  {
    statement: statement("*", { StringLike: { "aws:PrincipalArn": `arn:aws:iam*:${ACCOUNT}:role/x` } }),
    because: "a star before the account reaches over colons where text is compared",
  },
  {
    statement: statement("*", { StringEquals: { "lambda:EventSourceToken": "secret" } }),
    because: "a token alone admits every caller that knows it",
  },
  {
    statement: statement("*", { StringEquals: { "aws:SourceAccount": FOREIGN } }),
    because: "services on behalf of a foreign account, by any principal",
  },
  { statement: statement(service("sns"), topic(FOREIGN)), because: "a service on behalf of a foreign topic" },
  {
    statement: statement(service("s3"), bucketOf(FOREIGN)),
    because: "a bucket whose owner is a foreign account",
  },
  {
    statement: statement(service("s3"), {
      ArnLike: { "aws:SourceArn": "arn:aws:s3:::uploads" },
      StringEquals: { "aws:SourceOrgID": "o-theirs1234" },
    }),
    because: "a bucket of any account of a foreign organization",
  },
  {
    statement: statement(aws(FOREIGN), { StringNotEquals: { "aws:PrincipalAccount": ACCOUNT } }),
    because: "a negated test limits nothing",
  },
  {
    statement: statement(aws(FOREIGN), {
      StringEqualsIfExists: { "aws:PrincipalOrgID": OUR_ORGANIZATION },
    }),
    because: "a test that holds without the key limits nothing",
  },
  {
    statement: statement(aws(FOREIGN), {
      "ForAllValues:StringEquals": { "aws:PrincipalOrgPaths": `${OUR_ORGANIZATION}/r-ab12/` },
    }),
    because: "ForAllValues holds without the key",
  },
  {
    statement: statement(aws(FOREIGN), { StringEquals: { "aws:SourceAccount": ACCOUNT } }),
    because: "the key of a source shows nothing of a principal that calls itself",
  },
  {
    statement: { ...statement(aws(FOREIGN)), Principal: undefined, NotPrincipal: aws(ACCOUNT) } as never,
    because: "everyone but the own account",
  },
  {
    statement: statement({ AWS: [`arn:aws:iam::${ACCOUNT}:role/x`], Unknown: "y" }),
    because: "a kind of principal that is not understood",
  },
];

const INSIDE: readonly CallerRow[] = [
  { statement: statement(aws(ACCOUNT)), because: "the own account" },
  { statement: statement(aws(`arn:aws:iam::${FRIEND}:role/x`)), because: "a role of an admitted account" },
  {
    statement: statement("*", { StringEquals: { "aws:PrincipalOrgID": OUR_ORGANIZATION } }),
    because: "an admitted organization",
  },
  {
    statement: statement("*", {
      "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": `${OUR_ORGANIZATION}/r-ab12/ou-1/*` },
    }),
    because: "a unit of an admitted organization",
  },
  {
    statement: statement(aws(FOREIGN), { StringEquals: { "aws:PrincipalOrgID": OUR_ORGANIZATION } }),
    because: "an account, limited to an admitted organization",
  },
  {
    statement: statement("*", {
      StringEquals: { "AWS:PrincipalOrgID": OUR_ORGANIZATION },
      ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/deploy" },
    }),
    because: "a role's name in every account of an admitted organization",
  },
  {
    statement: statement("*", { StringEquals: { "aws:PrincipalAccount": [ACCOUNT, FRIEND] } }),
    because: "only admitted accounts",
  },
  { statement: statement(service("sns"), topic(ACCOUNT)), because: "an own topic" },
  { statement: statement(service("sns"), topic(FRIEND)), because: "a topic of an admitted account" },
  { statement: statement(service("s3"), bucketOf(ACCOUNT)), because: "an own bucket" },
  {
    statement: statement(service("s3"), {
      ArnLike: { "aws:SourceArn": "arn:aws:s3:::uploads" },
      StringEquals: { "aws:SourceAccount": ACCOUNT, "aws:SourceOrgID": "o-theirs1234" },
    }),
    because: "every test must hold: one that names the own account is enough",
  },
  {
    statement: statement(service("alexa-appkit"), { StringEquals: { "lambda:EventSourceToken": "skill" } }),
    because: "a skill names no account, only its token",
  },
  {
    statement: { ...statement(aws(FOREIGN)), Effect: "Deny" },
    because: "a Deny admits no caller",
  },
  {
    statement: { ...statement({ Unknown: "y" }), Effect: "Deny" },
    because: "a Deny that is not understood admits no caller",
  },
  {
    statement: statement("*"),
    because: "anyone at all is the matter of INV-003, which a waiver may lift",
  },
];

describe("INV-004", () => {
  test.each(OUTSIDE)("refuses $because", ({ statement: caller }) => {
    const found = verdicts(judged(fencedWith(caller)));

    expect(found.filter((text) => /^INV-00[34] block/.test(text))).not.toEqual([]);
  });

  test.each(INSIDE)("allows $because", ({ statement: caller }) => {
    expect(ofRules(["INV-004"], fencedWith(caller))).toEqual([]);
  });

  test("by default admits the account alone", () => {
    const friendly = INSIDE.filter(({ statement: one }) => JSON.stringify(one).includes(FRIEND));

    for (const { statement: caller } of friendly)
      expect(ofRules(["INV-004"], calledBy([caller]))).toEqual(["INV-004 block"]);
  });

  test("names the accounts and the organizations, and the field that would admit them", () => {
    const found = judged(
      calledBy([
        statement("*", { StringEquals: { "aws:PrincipalOrgID": "o-theirs1234" } }),
        statement(aws(FOREIGN)),
      ]),
    );

    expect(found.filter(({ rule }) => rule === "INV-004").map(({ why, fix }) => [why, fix])).toEqual([
      [
        "o-theirs1234 may call the function, which AwsAccount prod does not allow",
        'remove the caller, or ask the platform team for organizations: ["o-theirs1234"] in AwsAccount prod',
      ],
      [
        "999999999999 may call the function, which AwsAccount prod does not allow",
        'remove the caller, or ask the platform team for callerAccounts: ["999999999999"] in AwsAccount prod',
      ],
    ]);
  });

  test("has nothing to propose for a caller without an account", () => {
    const [found] = judged(calledBy([statement(aws("AROAEXAMPLEEXAMPLE"))])).filter(
      ({ rule }) => rule === "INV-004",
    );

    expect([found?.why, found?.fix]).toEqual([
      "AWS AROAEXAMPLEEXAMPLE, which names no account may call the function, which AwsAccount prod does not allow",
      "name a principal of the account",
    ]);
  });

  test.each([
    { caller: `account: {id: "${FOREIGN}"}`, because: "an account" },
    { caller: "organization: {id: o-theirs1234}", because: "an organization" },
    { caller: `functionUrl: {authType: iam, account: "${FOREIGN}"}`, because: "an account through the URL" },
    { caller: `s3: {bucket: uploads, account: "${FOREIGN}"}`, because: "a bucket of an account" },
    { caller: `sns: {topic: "arn:aws:sns:eu-west-1:${FOREIGN}:placed"}`, because: "a topic of an account" },
    {
      caller: `cognito: {userPool: "arn:aws:cognito-idp:eu-west-1:${FOREIGN}:userpool/eu-west-1_AbCdEfGhI"}`,
      because: "a user pool of an account",
    },
  ])("refuses $because that a manifest names, at its line", ({ caller }) => {
    const found = judged(world(`  invokedBy:\n    - ${caller}`)).filter(({ rule }) => rule === "INV-004");

    expect(found.map(({ severity, origin }) => [severity, origin?.line, origin?.path])).toEqual(
      found.map(() => ["block", 7, `spec.invokedBy[0].${caller.slice(0, caller.indexOf(":"))}`]),
    );
    expect(found).not.toEqual([]);
  });

  test("is lifted by a waiver", () => {
    const waived = world(`  invokedBy: [{account: {id: "${FOREIGN}"}}]`, {
      "platform/w.yaml": waiverText("w", "INV-004", "2027-01-01T00:00:00Z"),
    });

    expect(judged(waived).map(({ rule, waiver }) => [rule, waiver.kind])).toEqual([["INV-004", "lifted"]]);
  });
});

describe("INV-002", () => {
  test.each([
    { Condition: { StringNotEquals: { "aws:SourceAccount": FOREIGN } }, because: "a negated test" },
    {
      Condition: { StringEqualsIfExists: { "aws:SourceAccount": ACCOUNT } },
      because: "a test with IfExists",
    },
    { Condition: { StringLike: { "aws:SourceAccount": "*" } }, because: "a test that every account passes" },
  ])("counts no $because as the owner of a bucket", ({ Condition }) => {
    const caller = statement(service("s3"), {
      ArnLike: { "aws:SourceArn": "arn:aws:s3:::uploads" },
      ...(Condition as Condition),
    });

    expect(ofRules(["INV-002"], fencedWith(caller))).toEqual(["INV-002 block"]);
  });
});
