import { estateResourceArn, estateStatements } from "../access/access.ts";
import { HANDWRITTEN } from "../access/dialects.ts";
import {
  arnOfPolicy,
  awsManaged,
  type FunctionDraft,
  type PolicyDraft,
  type Site,
  type EstateStatement,
} from "../draft.ts";

/** Brings a function into a situation, and adds the customer-managed policies that it needs. */
export type Modify = (draft: FunctionDraft, site: Site, policies: PolicyDraft[]) => void;

/** A permissions boundary that a platform team set before. */
export const FOREIGN_BOUNDARY: PolicyDraft = {
  name: "developer-boundary",
  path: "/platform/",
  statements: [
    {
      Effect: "Allow",
      Action: [
        "dynamodb:*",
        "events:*",
        "lambda:*",
        "logs:*",
        "s3:*",
        "secretsmanager:*",
        "sns:*",
        "sqs:*",
        "ssm:*",
      ],
      Resource: "*",
    },
    { Effect: "Deny", Action: ["iam:*", "organizations:*"], Resource: "*" },
  ],
};

/** The account of a partner, which is not in this world. */
export const PARTNER_ACCOUNT = "777788889999";

export const addThreePolicyKinds: Modify = ({ role }, site, policies) => {
  const name = `${role.name.slice(0, 90)}-extra`;
  role.attached.push(awsManaged(site, "AmazonS3ReadOnlyAccess"), arnOfPolicy(site, "/", name));
  role.inline["orders-queue"] = [
    ...estateStatements(HANDWRITTEN, "consume-queue", { site, domain: "orders" }),
  ];
  const statements = estateStatements(HANDWRITTEN, "read-secret", { site, domain: "orders" });
  policies.push({ name, path: "/", statements });
};

export const attachAdministrator: Modify = ({ role }, site) => {
  role.attached.push(awsManaged(site, "AdministratorAccess"));
};

export const trustAccount: Modify = ({ role }, { partition }) => {
  const Principal = { AWS: `arn:${partition}:iam::${PARTNER_ACCOUNT}:root` };
  role.trust.push({ Effect: "Allow", Principal, Action: "sts:AssumeRole" });
};

/**
 * The policy that the console creates for logs, instead of the one of AWS.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
 */
export const writeConsoleLogsPolicy: Modify = ({ name: functionName, role }, site, policies) => {
  const { partition, region, accountId, random } = site;
  const name = `AWSLambdaBasicExecutionRole-${random.uuid()}`;
  const logs = `arn:${partition}:logs:${region}:${accountId}`;
  const basic = role.attached.findIndex((arn) => arn.endsWith("/AWSLambdaBasicExecutionRole"));
  if (basic >= 0) role.attached.splice(basic, 1);
  role.attached.push(arnOfPolicy(site, "/service-role/", name));
  const statements = [
    { Effect: "Allow", Action: "logs:CreateLogGroup", Resource: `${logs}:*` },
    {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: [`${logs}:log-group:/aws/lambda/${functionName}:*`],
    },
  ];
  policies.push({ name, path: "/service-role/", statements });
};

export const allowAllButIam: Modify = ({ role }) => {
  role.inline["everything-else"] = [
    { Effect: "Allow", NotAction: ["iam:*", "organizations:*", "account:*"], Resource: "*" },
  ];
};

export const addCondition: Modify = ({ role }, site) => {
  const [statement] = estateStatements(HANDWRITTEN, "send-to-queue", { site, domain: "orders" });
  role.inline["conditional-queue"] = [
    { ...statement, Condition: { StringEquals: { "aws:RequestedRegion": site.region } } },
  ];
};

export const setForeignBoundary: Modify = ({ role }, site) => {
  role.boundaryArn = arnOfPolicy(site, FOREIGN_BOUNDARY.path, FOREIGN_BOUNDARY.name);
};

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: white space does not count */
const MOST_INLINE = 10_240;

/** Fills the inline policies of the role up to the quota exactly. Runs after all that write inline policies. */
export const fillQuota: Modify = ({ role }, site) => {
  const queue = estateResourceArn(site, "send-to-queue", "history");
  const documentWith = (resources: readonly string[]): EstateStatement[] => [
    { Effect: "Allow", Action: "sqs:SendMessage", Resource: resources },
  ];
  const used = Object.values(role.inline).reduce((sum, statements) => sum + sizeOf(statements), 0);
  const resources: string[] = [];
  const remaining = (): number => MOST_INLINE - used - sizeOf(documentWith(resources));
  while (remaining() > 300) resources.push(`${queue}-${String(resources.length).padStart(4, "0")}`);
  const last = `${queue}-`;
  resources.push(last + "x".repeat(remaining() - `,"${last}"`.length));
  role.inline["history-queues"] = documentWith(resources);
};

/** The characters of a document, which is written without white space. */
function sizeOf(statements: readonly EstateStatement[]): number {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements }).replace(/\s/g, "").length;
}
