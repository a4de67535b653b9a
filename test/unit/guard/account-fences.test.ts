import { describe, expect, test } from "@jest/globals";
import { trustsMoreActions } from "../../../src/guard/rules/trust.ts";
import type { PrincipalElement, Statement } from "../../../src/model/aws/policy-document.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import { accountText } from "../../support/manifests.ts";
import {
  ACCOUNT,
  calledBy,
  FUNCTION_ARN,
  judged,
  PLAIN,
  stating,
  verdicts,
  waiverText,
  withRole,
  world,
  type World,
} from "./judged.ts";

const FRIEND = "444455556666";
const FOREIGN = "999999999999";
const OUR_ORGANIZATION = "o-ours123456";

/** The account admits FRIEND and OUR_ORGANIZATION. */
const FENCED = {
  "platform/accounts.yaml": accountText(
    "prod",
    ACCOUNT,
    `  callerAccounts: ["${FRIEND}"]
  organizations: [${OUR_ORGANIZATION}]
  resourceAccounts: ["${FRIEND}"]
`,
  ),
};

type Condition = NonNullable<Statement["Condition"]>;

const statement = (Principal: PrincipalElement, Condition?: Condition): Statement => ({
  Effect: "Allow",
  Principal,
  Action: "lambda:InvokeFunction",
  Resource: FUNCTION_ARN,
  ...(Condition === undefined ? {} : { Condition }),
});

const aws = (...principals: readonly string[]): PrincipalElement => ({ AWS: principals });
const service = (name: string): PrincipalElement => ({ Service: `${name}.amazonaws.com` });
const topic = (account: string): Condition => ({
  ArnLike: { "aws:SourceArn": `arn:aws:sns:eu-west-1:${account}:placed` },
});
const bucketOf = (account: string): Condition => ({
  ArnLike: { "aws:SourceArn": "arn:aws:s3:::uploads" },
  StringEquals: { "aws:SourceAccount": account },
});

function fencedWith(...statements: readonly Statement[]): World {
  const { binding } = calledBy(statements);
  const fenced = world("  tracing: true", FENCED);
  return { ...fenced, binding: { ...fenced.binding, callers: binding.callers } };
}

const ofRules = (rules: readonly string[], found: World): readonly string[] =>
  judged(found)
    .filter(({ rule }) => rules.includes(rule))
    .map(({ rule, severity }) => `${rule} ${severity}`);

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

const table = (account: string, name = "orders") => `arn:aws:dynamodb:eu-west-1:${account}:table/${name}`;
const reading = (Resource: string | readonly string[], Condition?: Condition): Statement => ({
  Effect: "Allow",
  Action: "dynamodb:GetItem",
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

describe("RES-005", () => {
  test.each([
    { statement: reading(table(FOREIGN)), because: "a table of a foreign account" },
    { statement: reading([table(ACCOUNT), table(FOREIGN)]), because: "a foreign table next to an own one" },
    { statement: reading(table("*")), because: "a table of every account" },
    { statement: reading(table("22222222222?")), because: "a table of ten accounts" },
    { statement: reading(table("${aws:PrincipalAccount}")), because: "a variable for the account" },
    { statement: reading("arn:aws:dynamodb:eu-west-1:*"), because: "an ARN that ends before its account" },
    { statement: reading("arn:aws:dynamodb"), because: "an ARN that IAM completes with stars" },
    { statement: reading("*:table/orders"), because: "a pattern that is no ARN" },
    {
      statement: reading(table("*"), { StringEquals: { "aws:ResourceAccount": FOREIGN } }),
      because: "a foreign owner by condition",
    },
    {
      statement: reading("*", { StringEquals: { "aws:ResourceAccount": [ACCOUNT, FOREIGN] } }),
      because: "a foreign owner next to the own account",
    },
    {
      statement: reading(table("*"), { StringEqualsIfExists: { "aws:ResourceAccount": ACCOUNT } }),
      because: "a condition that holds without the key",
    },
  ])("refuses $because", ({ statement: own }) => {
    const [compiled] = stating(reading(table(ACCOUNT))).binding.role.inline.statements;
    const fenced = world("  tracing: true", FENCED);
    // The compiler refuses some of these texts before the rule does.
    const inline = { statements: compiled === undefined ? [] : [{ ...compiled, statement: own }] };

    expect(ofRules(["RES-005"], withRole(fenced, { inline }))).toEqual(["RES-005 block"]);
  });

  test.each([
    { statement: reading(table(ACCOUNT)), because: "an own table" },
    { statement: reading(table(FRIEND)), because: "a table of an admitted account" },
    {
      statement: reading(`arn:aws:dynamodb:*:${ACCOUNT}:table/orders`),
      because: "an own table in every region",
    },
    {
      statement: reading(`arn:aws:dynamodb:us-west-2:${ACCOUNT}:table/orders`),
      because: "a region that the account does not list: it lists where functions are managed",
    },
    {
      statement: reading(`arn:aws:dynamodb:\${aws:RequestedRegion}:${ACCOUNT}:table/orders`),
      because: "an own table, with a variable for the region",
    },
    {
      statement: reading(table("*"), { StringEquals: { "aws:ResourceAccount": [ACCOUNT, FRIEND] } }),
      because: "a table of every account, limited to admitted owners",
    },
    { statement: reading("*"), because: "everything, which is the matter of RES-001" },
    {
      statement: { ...reading("arn:aws:s3:::uploads/*"), Action: "s3:GetObject" },
      because: "a bucket, whose ARN has no account",
    },
    {
      statement: {
        ...reading("arn:aws:iam::aws:policy/ReadOnlyAccess"),
        Action: "iam:GetPolicy",
      },
      because: "a resource of AWS",
    },
    { statement: { ...reading(table(FOREIGN)), Effect: "Deny" as const }, because: "a Deny" },
  ])("allows $because", ({ statement: own }) => {
    expect(ofRules(["RES-005"], stating(own, FENCED))).toEqual([]);
  });

  test("judges grants, at the line of the grant", () => {
    const found = judged(
      world(`  grants:\n    - sqs: {queue: "arn:aws:sqs:eu-west-1:${FOREIGN}:q", allow: [send]}`),
    );

    expect(found.map(({ rule, origin, why }) => [rule, origin?.line, why])).toEqual([
      [
        "RES-005",
        7,
        '"arn:aws:sqs:eu-west-1:999999999999:q" is a resource of account 999999999999, which AwsAccount prod does not allow',
      ],
    ]);
  });

  test("shows the corrected ARN where the account is open", () => {
    const found = judged(stating(reading(table("*", "${aws:PrincipalTag/t}")))).find(
      ({ rule }) => rule === "RES-005",
    );

    expect(found?.fix).toBe(`write "${table(ACCOUNT, "${aws:PrincipalTag/t}")}"`);
  });
});

const attaching = (arn: string): World =>
  withRole(PLAIN, { attachments: [{ arn: arn as Arn, policy: null, origin: PLAIN.binding.origin }] });

describe("ATT-001", () => {
  test.each([
    { arn: "arn:aws:iam::aws:policy/ReadOnlyAccess", because: "a wide policy of AWS" },
    {
      arn: "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole",
      because: "a policy of that name elsewhere",
    },
    {
      arn: "arn:aws:iam::aws:policy/service-role/awslambdabasicexecutionrole",
      because: "the same name in another case",
    },
    {
      arn: `arn:aws:iam::${ACCOUNT}:policy/service-role/AWSLambdaBasicExecutionRole`,
      because: "a policy of the account that is not ours",
    },
  ])("refuses $because", ({ arn }) => {
    expect(ofRules(["ATT-001"], attaching(arn))).toEqual(["ATT-001 block"]);
  });

  test("allows AWS's policies for functions, and a ManagedPolicy", () => {
    const basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    const ours = withRole(PLAIN, {
      attachments: [
        {
          arn: `arn:aws:iam::${ACCOUNT}:policy/grantkeeper/gk_orders_read` as Arn,
          policy: `policy/${ACCOUNT}/orders/read` as never,
          origin: PLAIN.binding.origin,
        },
      ],
    });

    expect([...ofRules(["ATT-001"], attaching(basic)), ...ofRules(["ATT-001"], ours)]).toEqual([]);
  });

  test("allows what the account lists, and then nothing else", () => {
    const listed = "arn:aws:iam::aws:policy/CloudWatchLambdaInsightsExecutionRolePolicy";
    const files = {
      "platform/accounts.yaml": accountText("prod", ACCOUNT, `  attachablePolicies: ["${listed}"]\n`),
    };
    const found = judged(
      world(
        `  managedPolicies: ["${listed}", "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]`,
        files,
      ),
    );

    expect(found.filter(({ rule }) => rule === "ATT-001").map(({ origin }) => origin?.path)).toEqual([
      "spec.managedPolicies[1]",
    ]);
  });
});

describe("BND-001", () => {
  const DATA_WIDE = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: data-wide}
spec: {use: boundary, document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}
`;
  const using = (namespaces: string): World =>
    world("  role: {boundary: data-wide}", {
      "platform/wide.yaml": DATA_WIDE,
      "platform/accounts.yaml": accountText(
        "prod",
        ACCOUNT,
        `  boundaries: [{name: data-wide, namespaces: ${namespaces}}]\n`,
      ),
    });

  test("refuses a boundary of other namespaces, at the field that names it", () => {
    expect(
      judged(using("[data, order, orders2]")).map(({ rule, why, origin }) => [rule, why, origin?.path]),
    ).toEqual([
      ["BND-001", "AwsAccount prod does not allow data-wide for namespace orders", "spec.role.boundary"],
    ]);
  });

  test("allows a boundary of the own namespace", () => {
    expect(judged(using("[data, orders]"))).toEqual([]);
  });
});

describe("BND-003", () => {
  test.each([
    { principal: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/session`, because: "a session of a role" },
    { principal: `arn:aws:sts::${ACCOUNT}:federated-user/dana`, because: "a federated user" },
  ])("refuses $because", ({ principal }) => {
    expect(ofRules(["BND-003"], fencedWith(statement(aws(principal))))).toEqual(["BND-003 block"]);
  });

  test("names the role to write instead", () => {
    const session = statement(aws(`arn:aws:sts::${ACCOUNT}:assumed-role/deploy/session`));
    const [found] = judged(calledBy([session]));

    expect(found?.fix).toBe(`name the role, with its path: arn:aws:iam::${ACCOUNT}:role/deploy`);
  });

  test.each([
    { caller: statement(aws(`arn:aws:iam::${ACCOUNT}:role/deploy`)), because: "a role" },
    {
      caller: {
        ...statement(aws(`arn:aws:sts::${ACCOUNT}:assumed-role/deploy/session`)),
        Effect: "Deny" as const,
      },
      because: "a Deny for a session",
    },
  ])("allows $because", ({ caller }) => {
    expect(ofRules(["BND-003"], fencedWith(caller))).toEqual([]);
  });
});

const sourced = (arn: string, more: Condition = {}): Statement =>
  statement(service("events"), { ArnLike: { "aws:SourceArn": arn }, ...more });

describe("INV-005", () => {
  test.each([
    { caller: sourced("arn:aws:events:eu-west-1:*:rule/nightly"), because: "a rule of any account" },
    { caller: sourced("arn:aws:events:eu-west-1:22222222222?:rule/nightly"), because: "ten accounts" },
    { caller: sourced("arn:aws:events:*:*:rule/nightly"), because: "a rule of any account and region" },
    {
      caller: sourced("arn:aws:events:eu-west-1:*:rule/nightly", {
        StringLike: { "aws:SourceAccount": "2*" },
      }),
      because: "an account that is itself a pattern",
    },
  ])("refuses $because", ({ caller }) => {
    expect(ofRules(["INV-005"], fencedWith(caller))).toEqual(["INV-005 block"]);
  });

  test.each([
    { caller: sourced(`arn:aws:events:eu-west-1:${ACCOUNT}:rule/*`), because: "every rule of the account" },
    { caller: sourced(`arn:aws:events:eu-west-1:${ACCOUNT}:rule/n?ghtly`), because: "a name with a ?" },
    { caller: sourced(`arn:aws:events:*:${ACCOUNT}:rule/nightly`), because: "every region" },
    { caller: sourced(`arn:aws:execute-api:eu-west-1:${ACCOUNT}:*/prod/GET/x`), because: "every API" },
    { caller: sourced(`arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:*`), because: "every log group" },
    {
      caller: sourced(`arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:psp-*-??????`),
      because: "every secret with that prefix",
    },
  ])("warns of $because", ({ caller }) => {
    expect(ofRules(["INV-005"], fencedWith(caller))).toEqual(["INV-005 warn"]);
  });

  test.each([
    { caller: sourced(`arn:aws:events:eu-west-1:${ACCOUNT}:rule/nightly`), because: "one rule" },
    {
      caller: sourced(`arn:aws:execute-api:eu-west-1:${ACCOUNT}:a1b2c3/*/*/orders/*`),
      because: "the stages and routes of one API",
    },
    {
      caller: sourced(`arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/aws/lambda/x:*`),
      because: "the streams of one log group",
    },
    {
      caller: sourced(`arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:psp-key-??????`),
      because: "a secret, whose ARN ends with six characters of AWS",
    },
    {
      caller: statement(service("events"), {
        StringEquals: { "aws:SourceArn": `arn:aws:events:eu-west-1:${ACCOUNT}:rule/*` },
      }),
      because: "a star that is compared as text",
    },
    {
      caller: sourced("arn:aws:events:eu-west-1:*:rule/nightly", {
        StringEquals: { "aws:SourceAccount": ACCOUNT },
      }),
      because: "an open account that another condition names",
    },
    {
      caller: { ...sourced("arn:aws:events:eu-west-1:*:rule/nightly"), Effect: "Deny" as const },
      because: "a Deny",
    },
  ])("allows $because", ({ caller }) => {
    expect(ofRules(["INV-005"], fencedWith(caller))).toEqual([]);
  });
});

describe("TRU-003", () => {
  const trust = (Action: string | readonly string[], Effect = "Allow"): string =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect, Principal: { Service: "lambda.amazonaws.com" }, Action }],
    });

  test.each([
    { text: trust("sts:AssumeRole"), actions: [], because: "assuming the role alone" },
    { text: trust("STS:assumerole"), actions: [], because: "the same in another case" },
    { text: trust(["sts:AssumeRole", "sts:TagSession"]), actions: ["sts:tagsession"], because: "tags" },
    { text: trust("sts:SetSourceIdentity"), actions: ["sts:setsourceidentity"], because: "an identity" },
    { text: trust("sts:*"), actions: ["sts:*"], because: "every action" },
    { text: trust("sts:TagSession", "Deny"), actions: [], because: "a Deny" },
  ])("$because", ({ text, actions }) => {
    const found = trustsMoreActions(PLAIN.binding, text);

    expect(found.map(({ why }) => why.toLowerCase())).toEqual(
      actions.map((action) => `the trust policy allows ${action} as well`),
    );
  });

  test("the trust that is written has nothing else", () => {
    expect(trustsMoreActions(PLAIN.binding)).toEqual([]);
  });
});
