import { iamGuide, inSpec, type RulePage } from "./rule-page.ts";

const ACTIONS = iamGuide("reference_policies_elements_action.html");
const REFERENCE =
  "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html";

const READ_AND_WRITE = `grants:
  - s3: { bucket: uploads, allow: [read, write] }`;

/** ACT-…: which actions a statement names. */
export const ACTION_PAGES: readonly RulePage[] = [
  {
    id: "ACT-001",
    title: "An entire service",
    text: `\`*\`, \`s3:*\` and \`s*:Get\` include actions that AWS adds later. The rule also applies to AWS-managed policies that a
function attaches. Without AWS, \`validate\` and \`plan --base\` judge the shipped documents of 2026-08-26; a policy
that is not among them is reported as not read. The controller and \`plan --config\` judge the documents that they
read in AWS.`,
    fix: "name the actions that the code calls, or use a grant",
    example: inSpec(
      `statements:
  - reason: uploads
    statement: { Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::uploads/*" }`,
      READ_AND_WRITE,
    ),
    sources: [iamGuide("best-practices.html#grant-least-privilege"), ACTIONS],
  },
  {
    id: "ACT-002",
    title: "A part of a service",
    text: "AWS adds actions later, and the pattern allows them too. The message has the number of actions that the pattern matches today. The controller records which ones: after an upgrade of Grantkeeper whose action data has further ones, they are drift (UpstreamChanged) in `describe`, `plan --config` and the history, and where a profile asks for an approval of new access the function is held until it is given.",
    fix: "name the actions",
    example: inSpec(
      `statements:
  - reason: uploads
    statement: { Effect: Allow, Action: "s3:Get*", Resource: "arn:aws:s3:::uploads/*" }`,
      `grants:
  - s3: { bucket: uploads, allow: [read] }`,
    ),
    sources: [ACTIONS],
  },
  {
    id: "ACT-003",
    title: "A name that AWS does not have",
    text: "A service, an action, or a condition key that the action does not have. It grants or denies nothing, and looks as if it did.",
    fix: "correct the name; the message of the finding has the nearest one and the date of the action data",
    example: inSpec(
      `statements:
  - reason: "ORD-77"
    statement: { Effect: Allow, Action: "s3:GetObjekt", Resource: "arn:aws:s3:::uploads/*" }`,
      `statements:
  - reason: "ORD-77"
    statement: { Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::uploads/*" }`,
    ),
    sources: [REFERENCE],
  },
  {
    id: "ACT-004",
    title: "An action without its resource",
    text: "The action takes no resource of the types that the statement names, so that it allows or denies nothing; or the ARN of a resource ends with a space.",
    fix: "name a resource of the type that the action takes; an action that takes none needs `*`",
    example: inSpec(
      `statements:
  - reason: uploads
    statement: { Effect: Allow, Action: "s3:ListAllMyBuckets", Resource: "arn:aws:s3:::uploads" }`,
      `statements:
  - reason: uploads
    statement: { Effect: Allow, Action: "s3:ListAllMyBuckets", Resource: "*" }`,
    ),
    sources: [REFERENCE],
  },
  {
    id: "ACT-005",
    title: "NotAction with Allow",
    text: "It allows every action that it does not name, in every service, including future services.",
    fix: "list the actions that the code calls under Action",
    example: inSpec(
      `statements:
  - reason: all but deleting
    statement: { Effect: Allow, NotAction: "s3:DeleteObject", Resource: "arn:aws:s3:::uploads/*" }`,
      READ_AND_WRITE,
    ),
    sources: [iamGuide("reference_policies_elements_notaction.html")],
  },
];
