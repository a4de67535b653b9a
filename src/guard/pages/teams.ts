import { iamGuide, inSpec, type RuleExample, type RulePage } from "./rule-page.ts";

/** `resources` of the team in the examples: its own names. */
function orders(more: string): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: { name: orders }
spec:
  accounts: [prod]
  functions: ["orders-*"]
  resources: ["orders-*"]${more}`;
}

const SEARCH = orders("").replaceAll("orders", "search");

/** Of documents below `platform/`, for the function `orders/orders-api` in account `prod`. */
function inTeam(bad: string, good: string): RuleExample {
  return { form: "team", given: null, severity: null, bad, good };
}

function withTeam(bad: string, good: string, more = ""): RuleExample {
  return inSpec(bad, good, orders(more));
}

const TWO_BOUNDARIES = `apiVersion: grantkeeper.dev/v1alpha1
kind: AwsAccount
metadata: { name: prod }
spec:
  id: "222222222222"
  regions: [eu-west-1]
  observer: { role: "arn:aws:iam::222222222222:role/grantkeeper-system/observer", externalId: gk-1 }
  boundary: platform-default
  boundaries: [wide]
---
apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: { name: wide }
spec:
  use: boundary
  document: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "*", Resource: "*" }] }
---
${orders("")}`;

const BOUNDARIES = iamGuide("access_policies_boundaries.html");
const ARNS = iamGuide("reference-arns.html");

/** TEN-…: what a Team allows. */
export const TEAM_PAGES: readonly RulePage[] = [
  {
    id: "TEN-001",
    title: "A namespace without a Team",
    text: `As soon as there is one Team, each namespace needs one: nothing of another namespace is applied or deleted, and what was
applied before stays. A Team with an error allows nothing. While a file of the platform that may declare Teams cannot be
read, every namespace whose Team is not known is refused.`,
    fix: "declare a Team with the name of the namespace",
    example: inTeam(
      SEARCH,
      `${SEARCH}
---
${orders("")}`,
    ),
    sources: [BOUNDARIES],
  },
  {
    id: "TEN-002",
    title: "An account of another team",
    text: "A binding, or a ManagedPolicy, in an account that the Team does not name.",
    fix: "name an account of the Team, or ask the platform team to add this one",
    example: inTeam(orders("").replace("[prod]", "[staging]"), orders("")),
    sources: [BOUNDARIES],
  },
  {
    id: "TEN-003",
    title: "A function or role of another team",
    text: `The name of the function, after substitution, matches no pattern of the Team. A role has the default name of an allowed
function, or a name that matches a pattern of the Team and that no function of another Team in that account can have.
IAM compares role names without regard to case.`,
    fix: "name a function of the team, and leave the role's name out",
    example: withTeam("function: payments-api", "function: orders-worker"),
    sources: [iamGuide("reference_iam-quotas.html")],
  },
  {
    id: "TEN-004",
    title: "A resource of another team",
    text: `A resource of a grant, a statement or a policy of the team that is not certainly [its own](../guardrails.md#resources-of-a-team)
or shared with it. A wildcard or a variable counts with everything that it can mean. A Deny may name any resource.`,
    fix: "name a resource of the team, or ask its owner for a share",
    example: withTeam(
      `grants:
  - dynamodb: { table: payments-main, allow: [read] }`,
      `grants:
  - dynamodb: { table: orders-main, allow: [read] }`,
    ),
    sources: [ARNS],
  },
  {
    id: "TEN-005",
    title: "A grant that the Team does not list",
    text: `With \`grants\`, a Team may use only the verbs in it. Without \`statements: true\` it may then write no statement, policy
document or caller in IAM syntax. \`logs\`, \`tracing\` and \`vpc\` are settings of the function, and always allowed.
A verb includes the use of the \`kmsKey\` of its grant; TEN-004 judges which key that is.`,
    fix: "use a verb of the Team, or ask the platform team to add this one",
    example: withTeam(
      `grants:
  - dynamodb: { table: orders-main, allow: [delete] }`,
      `grants:
  - dynamodb: { table: orders-main, allow: [read] }`,
      `
  grants: { dynamodb: [read] }`,
    ),
    sources: [ARNS],
  },
  {
    id: "TEN-006",
    title: "A boundary that the Team does not list",
    text: "A role has the account's default boundary, or one that the Team lists: a wider one is the platform's decision.",
    fix: "leave the boundary out, or ask the platform team to add it",
    example: inSpec("role: { boundary: wide }", "role: { boundary: platform-default }", TWO_BOUNDARIES),
    sources: [BOUNDARIES],
  },
];
