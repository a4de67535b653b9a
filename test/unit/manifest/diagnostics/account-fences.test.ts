import { describe, expect, test } from "@jest/globals";
import { accountText, compileTexts, diagnosticTexts } from "../../../support/manifests.ts";

const WIDE = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: data-wide}
spec: {use: boundary, document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}
`;

const compiled = (fields: string) =>
  compileTexts({
    "platform/accounts.yaml": accountText("prod", "222222222222", fields),
    "platform/wide.yaml": WIDE,
  });

const fencesOf = (fields: string) => [...compiled(fields).desired.accounts.values()][0]?.fences;

const DEFAULT_POLICIES = [
  "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess",
  "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
  "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole",
  "arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole",
  "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole",
  "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
];

describe("the fences of an account", () => {
  test("without fields let in no other account, no organization, and only AWS's policies for functions", () => {
    expect(fencesOf("")).toEqual({
      callerAccounts: [],
      organizations: [],
      resourceAccounts: [],
      attachablePolicies: DEFAULT_POLICIES,
      restrictedBoundaries: [],
    });
  });

  test("are sorted lists, without the account itself, which is always allowed", () => {
    const fences = fencesOf(`  callerAccounts: ["444455556666", "333333333333", "222222222222"]
  organizations: [o-zzzzzzzzzz, o-aaaaaaaaaa]
  resourceAccounts: ["222222222222"]
  attachablePolicies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
  boundaries: [{name: data-wide, namespaces: [web, data]}]
`);

    expect(fences).toEqual({
      callerAccounts: ["333333333333", "444455556666"],
      organizations: ["o-aaaaaaaaaa", "o-zzzzzzzzzz"],
      resourceAccounts: [],
      attachablePolicies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
      restrictedBoundaries: [
        {
          arn: "arn:aws:iam::222222222222:policy/grantkeeper-boundary/data-wide",
          namespaces: ["data", "web"],
        },
      ],
    });
  });

  test("an empty list of policies allows none", () => {
    expect(fencesOf("  attachablePolicies: []\n")?.attachablePolicies).toEqual([]);
  });

  test("a boundary of some namespaces is a choice of the account like a plain one", () => {
    const [account] = compiled(
      "  boundaries: [{name: data-wide, namespaces: [data]}]\n",
    ).desired.accounts.values();

    expect(account?.boundaries).toContain("arn:aws:iam::222222222222:policy/grantkeeper-boundary/data-wide");
  });

  test.each([
    {
      fields: "  callerAccounts: [444455556666]\n",
      message:
        '13:20 spec.callerAccounts[0]: 444455556666 is read as a number, not as text → quote it: "444455556666"',
    },
    {
      fields: '  callerAccounts: ["*"]\n',
      message: '13:20 "*" is not an account id of twelve digits → write it like "111122223333"',
    },
    {
      fields: '  callerAccounts: ["444455556666", "444455556666"]\n',
      message: '13:36 duplicate value "444455556666" → keep one of them',
    },
    {
      fields: '  resourceAccounts: ["4444-5555-6666"]\n',
      message: '13:22 "4444-5555-6666" is not an account id of twelve digits → write "444455556666"',
    },
    {
      fields: "  organizations: [O-ABCDEF1234]\n",
      message: '13:19 "O-ABCDEF1234" is not an organization\'s id → write o-abcdef1234',
    },
    {
      fields: '  organizations: ["o-*"]\n',
      message: '13:19 "o-*" is not an organization\'s id → write it like o-a1b2c3d4e5',
    },
    {
      fields: '  attachablePolicies: ["arn:aws:iam::aws:policy/*"]\n',
      message:
        '13:24 "arn:aws:iam::aws:policy/*" is not the ARN of an AWS-managed policy → write it like arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
    },
    {
      fields: '  attachablePolicies: ["arn:aws:iam::222222222222:policy/own"]\n',
      message:
        '13:24 "arn:aws:iam::222222222222:policy/own" is not the ARN of an AWS-managed policy → write it like arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
    },
    {
      fields: '  attachablePolicies: ["arn:aws-cn:iam::aws:policy/ReadOnlyAccess"]\n',
      message:
        "13:24 arn:aws-cn:iam::aws:policy/ReadOnlyAccess is not a policy of partition aws → write arn:aws:iam::aws:policy/ReadOnlyAccess",
    },
    {
      fields: "  boundaries: [{name: data-wide, namespaces: []}]\n",
      message: "13:46 the list is empty → name at least one",
    },
    {
      fields: "  boundaries: [{name: data-wide, namespaces: [Data]}]\n",
      message: '13:47 "Data" is not a namespace (lower-case letters, digits and -) → write it like orders',
    },
    {
      fields: "  boundaries: [5]\n",
      message:
        "13:16 spec.boundaries[0] has the wrong form → write a name, or an object of name and namespaces",
    },
    {
      fields: "  boundaries: [data-wide, {name: data-wide, namespaces: [data]}]\n",
      message: '13:27 boundary "data-wide" is listed twice → keep one of them',
    },
    {
      fields: "  boundaries: [{name: platform-default, namespaces: [data]}]\n",
      message:
        '13:53 "platform-default" is the default boundary of the account, which every namespace uses → write another default, or list platform-default without namespaces',
    },
    {
      fields: "  boundaries: [{name: data-wied, namespaces: [data]}]\n",
      message:
        '13:23 unknown boundary "data-wied", did you mean data-wide? → declare a ManagedPolicy with use: boundary in the platform\'s folder',
    },
  ])("$message", ({ fields, message }) => {
    expect(diagnosticTexts(compiled(fields))).toEqual([`platform/accounts.yaml:${message}`]);
  });
});
