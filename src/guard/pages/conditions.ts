import { iamGuide, inSpec, type RulePage } from "./rule-page.ts";

const SEVERAL_VALUES = iamGuide("reference_policies_condition-single-vs-multi-valued-context-keys.html");

/** CON-…, DEN-001, EXP-100: statements that do not do what they seem to do. */
export const CONDITION_PAGES: readonly RulePage[] = [
  {
    id: "CON-001",
    title: "ForAllValues that holds without the key",
    text: "`ForAllValues` also matches if the request has no such key at all.",
    fix: 'add `Null` with the same key and `"false"`',
    example: inSpec(
      `statements:
  - reason: own orders
    statement:
      Effect: Allow
      Action: "dynamodb:GetItem"
      Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/orders"
      Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["orders"] } }`,
      `statements:
  - reason: own orders
    statement:
      Effect: Allow
      Action: "dynamodb:GetItem"
      Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/orders"
      Condition:
        "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["orders"] }
        "Null": { "dynamodb:LeadingKeys": "false" }`,
    ),
    sources: [SEVERAL_VALUES],
  },
  {
    id: "CON-002",
    title: "An operator that compares something else",
    text: "A number compared as text, a wildcard in a plain `StringEquals`, one key in two spellings, a space at the beginning or end of a value.",
    fix: "use the operator that the hint of the finding names",
    example: inSpec(
      `statements:
  - reason: uploads
    statement:
      Effect: Allow
      Action: "s3:ListBucket"
      Resource: "arn:aws:s3:::uploads"
      Condition: { StringEquals: { "s3:prefix": "orders/*" } }`,
      `statements:
  - reason: uploads
    statement:
      Effect: Allow
      Action: "s3:ListBucket"
      Resource: "arn:aws:s3:::uploads"
      Condition: { StringLike: { "s3:prefix": "orders/*" } }`,
    ),
    sources: [iamGuide("reference_policies_elements_condition_operators.html")],
  },
  {
    id: "CON-003",
    title: "A plain operator on several values",
    text: `A request may have several values of such a key: only \`ForAnyValue\` and \`ForAllValues\` define which of them count. In an
Allow, \`ForAnyValue\` also admits a request that has further values. For a key with one value these operators give a warning.`,
    fix: "in an Allow, use `ForAllValues:` before the operator, and `Null` with the same key; in a Deny, use `ForAnyValue:`, and what the hint of the finding adds for requests without the key",
    example: inSpec(
      `statements:
  - reason: own orders
    statement:
      Effect: Allow
      Action: "dynamodb:GetItem"
      Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/orders"
      Condition: { StringEquals: { "dynamodb:LeadingKeys": "orders" } }`,
      `statements:
  - reason: own orders
    statement:
      Effect: Allow
      Action: "dynamodb:GetItem"
      Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/orders"
      Condition:
        "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "orders" }
        "Null": { "dynamodb:LeadingKeys": "false" }`,
    ),
    sources: [SEVERAL_VALUES],
  },
  {
    id: "DEN-001",
    title: "Allowed and denied",
    text: "A Deny without conditions on the same role cancels the Allow completely or in part.",
    fix: "remove the Allow, or limit the Deny to what must stay denied",
    example: inSpec(
      `statements:
  - reason: uploads
    statement: { Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::uploads/*" }
  - reason: not the archive
    statement: { Effect: Deny, Action: "s3:*", Resource: "*" }`,
      `statements:
  - reason: uploads
    statement: { Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::uploads/*" }
  - reason: not the archive
    statement: { Effect: Deny, Action: "s3:GetObject", Resource: "arn:aws:s3:::uploads/archive/*" }`,
    ),
    sources: [iamGuide("reference_policies_evaluation-logic.html")],
  },
  {
    id: "EXP-100",
    title: "An end that AWS would not keep",
    text: `\`until\` without a zone, or with a statement that has no end in AWS. The schema and the compiler detect both before this
rule does. So is an \`until\` later than a GuardrailProfile allows. An \`until\` in the past is a warning.`,
    fix: "write the end with its zone, such as `2026-12-31T00:00:00Z`; remove an entry that has ended",
    example: {
      form: "spec",
      given: null,
      severity: "warn",
      bad: `grants:
  - s3: { bucket: uploads, allow: [read] }
    until: "2020-12-31T00:00:00Z"`,
      good: `grants:
  - s3: { bucket: uploads, allow: [read] }
    until: "2030-12-31T00:00:00Z"`,
    },
    sources: [iamGuide("reference_policies_examples_aws-dates.html")],
  },
];
