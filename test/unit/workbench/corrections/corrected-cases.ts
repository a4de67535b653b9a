import type { RULE_CORRECTIONS } from "../../../../src/guard/pages/corrections.ts";
import { accountText, functionText } from "../../../support/manifests.ts";

export const FILE = "teams/orders/orders-api.yaml";
const BOUNDARY = boundaryText("platform-default", '"dynamodb:*Item", "logs:Create*", "logs:PutLogEvents"');
export const PLATFORM = {
  "platform/accounts.yaml": accountText("prod", "222222222222"),
  "platform/boundary.yaml": BOUNDARY,
};
export type Texts = Readonly<Record<string, string>>;

export function boundaryText(name: string, actions: string): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: ${name}}
spec:
  use: boundary
  document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: [${actions}], Resource: "*"}]}
`;
}

export interface Case {
  readonly rule: keyof typeof RULE_CORRECTIONS;
  readonly because: string;
  readonly texts: Texts;
  readonly before: string;
  readonly after: string | null;
}

export function inSpec(
  rule: Case["rule"],
  because: string,
  spec: string,
  more: Texts = {},
): Omit<Case, "before" | "after"> {
  return { rule, because, texts: { ...PLATFORM, [FILE]: functionText("orders-api", spec), ...more } };
}

function inBothAccounts(rule: Case["rule"], because: string, spec: string): Omit<Case, "before" | "after"> {
  const { texts } = inSpec(rule, because, spec);
  const staging = { "platform/staging.yaml": accountText("staging", "333333333333") };
  return { rule, because, texts: inBoth({ ...texts, ...staging }) };
}

export function inBoth(texts: Texts): Texts {
  return { ...texts, [FILE]: (texts[FILE] ?? "").replace("accounts: [prod]", "accounts: [prod, staging]") };
}

export function statement(text: string): string {
  return `  statements:\n    - reason: test\n      statement: ${text}\n`;
}

export const TABLE = "arn:aws:dynamodb:eu-west-1:222222222222:table/orders";

export const CASES: readonly Case[] = [
  {
    ...inSpec(
      "BND-002",
      "a grant is outside the boundary",
      `  grants:
    # The orders.
    - dynamodb: { table: orders, allow: [write] }
    # Events of orders.
    - sqs: { queue: events, allow: [send] } # to billing
  tracing: false
`,
    ),
    before: "    # Events of orders.\n    - sqs: { queue: events, allow: [send] } # to billing",
    after: null,
  },
  {
    ...inSpec(
      "BND-002",
      "one verb of a grant is outside",
      "  grants:\n    - dynamodb: { table: orders, allow: [scan, delete] }\n",
    ),
    before: "    - dynamodb: { table: orders, allow: [scan, delete] }",
    after: "    - dynamodb: { table: orders, allow: [delete] }",
  },
  {
    ...inSpec(
      "BND-002",
      "the only statement is outside",
      `${statement('{ Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::uploads/*" }')}  tracing: false\n`,
    ),
    before: `  statements:
    - reason: test
      statement: { Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::uploads/*" }`,
    after: null,
  },
  {
    ...inSpec(
      "CON-001",
      "a request without the key passes",
      statement(
        `{ Effect: Allow, Action: "dynamodb:GetItem", Resource: "${TABLE}", Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [a] } } }`,
      ),
    ),
    before: `      statement: { Effect: Allow, Action: "dynamodb:GetItem", Resource: "${TABLE}", Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [a] } } }`,
    after: `      statement: { Effect: Allow, Action: "dynamodb:GetItem", Resource: "${TABLE}", Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [a] }, "Null": { dynamodb:LeadingKeys: "false" } } }`,
  },
  {
    ...inSpec(
      "CON-001",
      "the condition is written in lines",
      `  statements:
    - reason: test
      statement:
        Effect: Allow
        Action: "dynamodb:GetItem"
        Resource: "${TABLE}"
        Condition:
          "ForAllValues:StringEquals":
            "dynamodb:LeadingKeys": [a]
`,
    ),
    before: `            "dynamodb:LeadingKeys": [a]`,
    after: `            "dynamodb:LeadingKeys": [a]\n          "Null": { dynamodb:LeadingKeys: "false" }`,
  },
  {
    ...inSpec(
      "ACT-002",
      "a pattern of actions",
      statement(`{ Effect: Allow, Action: ["dynamodb:Get*Item", "dynamodb:PutItem"], Resource: "${TABLE}" }`),
    ),
    before: `      statement: { Effect: Allow, Action: ["dynamodb:Get*Item", "dynamodb:PutItem"], Resource: "${TABLE}" }`,
    after: `      statement: { Effect: Allow, Action: ["dynamodb:GetItem", "dynamodb:PutItem"], Resource: "${TABLE}" }`,
  },
  {
    ...inSpec(
      "RES-005",
      "the account of a resource is open",
      statement(
        `{ Effect: Allow, Action: "dynamodb:GetItem", Resource: "arn:aws:dynamodb:eu-west-1:*:table/orders" }`,
      ),
    ),
    before: `      statement: { Effect: Allow, Action: "dynamodb:GetItem", Resource: "arn:aws:dynamodb:eu-west-1:*:table/orders" }`,
    after: `      statement: { Effect: Allow, Action: "dynamodb:GetItem", Resource: "${TABLE}" }`,
  },
  {
    ...inBothAccounts(
      "RES-005",
      "functions of two accounts have the statement",
      `  statements:
    - reason: test
      statement:
        Effect: Allow
        Action: "dynamodb:GetItem"
        Resource:
          - "arn:aws:dynamodb:eu-west-1:*:table/orders"
`,
    ),
    before: `          - "arn:aws:dynamodb:eu-west-1:*:table/orders"`,
    after: `          - "arn:aws:dynamodb:eu-west-1:\${account.id}:table/orders"`,
  },
  {
    ...inSpec(
      "EXP-100",
      "the end is later than the profile allows",
      `  grants:
    - dynamodb: { table: orders, allow: [delete] }
      until: "2027-11-25T12:00:00Z"
`,
      {
        "platform/profile.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: GuardrailProfile
metadata: {name: short}
spec: {maxUntil: 30d}
`,
      },
    ),
    before: `      until: "2027-11-25T12:00:00Z"`,
    after: `      until: "2026-12-25T00:00:00Z"`,
  },
  ...(["BND-001", "TEN-006"] as const).map((rule): Case => ({
    ...inSpec(
      rule,
      "the boundary is not for this namespace",
      `  role: { boundary: data-wide }
  tracing: false
`,
      {
        "platform/accounts.yaml": accountText(
          "prod",
          "222222222222",
          rule === "BND-001"
            ? "  boundaries: [{ name: data-wide, namespaces: [data] }]\n"
            : "  boundaries: [data-wide]\n",
        ),
        "platform/wide.yaml": boundaryText(
          "data-wide",
          '"dynamodb:*Item", "logs:Create*", "logs:PutLogEvents", "sqs:SendMessage"',
        ),
        ...(rule === "TEN-006" && {
          "platform/teams.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: { name: orders }
spec: { accounts: [prod], functions: ["orders-*"], resources: ["orders-*"] }
`,
        }),
      },
    ),
    before: "  role: { boundary: data-wide }",
    after: null,
  })),
];
