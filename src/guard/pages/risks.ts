import { iamGuide, inSpec, type RulePage } from "./rule-page.ts";

const CLOUDSPLAINING = "https://github.com/salesforce/cloudsplaining";
const AUTHORIZATION = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html";

const OF_OTHERS =
  "Some actions of the list, marked in it, are refused only on resources that may be of others. They are accepted on the function itself, on what its [Team](../manifests.md#team) names, and on `controllableResources` of the [AwsAccount](../manifests.md#awsaccount).";

const OVER_ROLE =
  "The rule judges all documents of the role together: the statements and grants, every attached ManagedPolicy, and policies of AWS. A wildcard, another case or NotAction hides nothing. If the boundary allows none of the actions, it is a warning.";

/** CRED-001, EXF-001, EXP-001, TMP-001: actions that are dangerous by themselves. */
export const RISK_PAGES: readonly RulePage[] = [
  {
    id: "CRED-001",
    title: "Credentials that work elsewhere",
    text: `The action returns a token, a key or a password, which the code can pass on. It is accepted on exact resources, such as one database user. ${OVER_ROLE} A token for a registry (ECR) has only the permissions of the role: a warning.`,
    fix: "name the one resource, or remove the action",
    example: inSpec(
      `statements:
  - reason: connects to the database
    statement:
      {
        Effect: Allow,
        Action: "rds-db:connect",
        Resource: "arn:aws:rds-db:eu-west-1:222222222222:dbuser:*/*",
      }`,
      `grants:
  - rds: { resourceId: cluster-ABCDEFGHIJKL, user: orders, allow: [connect] }`,
    ),
    sources: [CLOUDSPLAINING, iamGuide("best-practices.html")],
  },
  {
    id: "EXF-001",
    title: "Data of every resource",
    text: `The action reads, copies or diverts data, and no name limits it to a resource. It is accepted on named resources. ${OVER_ROLE}`,
    fix: "name the resources that the code uses",
    example: inSpec(
      `statements:
  - reason: reads secrets
    statement: { Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: "*" }`,
      `grants:
  - secrets: { secret: orders/database, allow: [read] }`,
    ),
    sources: [CLOUDSPLAINING],
  },
  {
    id: "EXP-001",
    title: "Who else may use a resource",
    text: `The action changes a resource policy, an ACL or a share, or where data, events and traffic go: the code could open the resource to another account. ${OF_OTHERS} \`sns:Subscribe\` is accepted with \`sns:Endpoint\` in a condition. ${OVER_ROLE}`,
    fix: "remove the action: the team that owns the resource changes its policy",
    example: inSpec(
      `statements:
  - reason: uploads
    statement: { Effect: Allow, Action: ["s3:PutObject", "s3:PutObjectAcl"], Resource: "arn:aws:s3:::uploads/*" }`,
      `statements:
  - reason: uploads
    statement: { Effect: Allow, Action: ["s3:PutObject"], Resource: "arn:aws:s3:::uploads/*" }`,
    ),
    sources: [AUTHORIZATION],
  },
  {
    id: "TMP-001",
    title: "Defences, records, and resources of others",
    text: `The action stops a trail, a detector or an alarm, destroys logs, keys or backups, or deletes or changes what others run on: a table, a queue, a function, a stack. ${OF_OTHERS} ${OVER_ROLE}`,
    fix: "remove the action: the platform team changes the account's defences",
    example: inSpec(
      `statements:
  - reason: cleans up
    statement:
      {
        Effect: Allow,
        Action: "logs:DeleteLogGroup",
        Resource: "arn:aws:logs:eu-west-1:222222222222:log-group:/aws/lambda/orders-api:*",
      }`,
      `logs: { create: true }`,
    ),
    sources: [AUTHORIZATION],
  },
];
