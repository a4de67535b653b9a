import { describe, expect, test } from "@jest/globals";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { judged, stating } from "./judged.ts";
import { LISTED, listed, allow } from "./listed.ts";

const DB_USER = "arn:aws:rds-db:eu-west-1:222222222222:dbuser:cluster-A1/orders";

const QUEUE = "arn:aws:sqs:eu-west-1:222222222222:orders";

describe("actions of a list, in a statement", () => {
  test.each<{ statement: Statement; breaks: readonly string[]; because: string }>([
    {
      statement: allow("rds-db:connect", DB_USER),
      breaks: [],
      because: "one database user is how a function connects",
    },
    {
      statement: allow("rds-db:connect", "arn:aws:rds-db:eu-west-1:222222222222:dbuser:*/orders"),
      breaks: ["CRED-001 block"],
      because: "a user of every database is not one user",
    },
    {
      statement: allow("rds-db:connect", DB_USER.replace("orders", "${aws:username}")),
      breaks: ["CRED-001 block"],
      because: "a variable is not one user",
    },
    {
      statement: allow("RDS-DB:Connect", [DB_USER, "*"]),
      breaks: ["CRED-001 block"],
      because: "neither case nor an exact name next to it hides the action",
    },
    {
      statement: allow("ecr:GetAuthorizationToken", "*"),
      breaks: ["CRED-001 warn"],
      because: "a registry's token has the permissions of the role only",
    },
    {
      statement: allow("sts:GetFederationToken", "*"),
      breaks: ["CRED-001 block"],
      because: "a token of STS works everywhere",
    },
    {
      statement: allow("sts:AssumeRole", "arn:aws:iam::222222222222:role/jobs/nightly"),
      breaks: [],
      because: "a role to assume has its own rule",
    },
    {
      statement: allow("rds:ModifyDBSnapshotAttribute", "arn:aws:rds:eu-west-1:222222222222:snapshot:orders"),
      breaks: ["EXP-001 block"],
      because: "one snapshot that is shared leaves the account",
    },
    {
      statement: allow(
        "logs:PutSubscriptionFilter",
        "arn:aws:logs:eu-west-1:222222222222:log-group:/aws/lambda/payments:*",
      ),
      breaks: ["EXP-001 block"],
      because: "a subscription sends the log group elsewhere",
    },
    {
      statement: allow("s3:PutReplicationConfiguration", "arn:aws:s3:::orders"),
      breaks: ["EXP-001 block"],
      because: "a replication copies the bucket elsewhere",
    },
    {
      statement: allow("lambda:CreateEventSourceMapping", "*"),
      breaks: ["EXP-001 block"],
      because: "a queue of this team may call another team's function",
    },
    {
      statement: allow(
        "s3vectors:PutVectorBucketPolicy",
        "arn:aws:s3vectors:eu-west-1:222222222222:bucket/a",
      ),
      breaks: ["EXP-001 block"],
      because: "a resource policy of any service changes who may use it",
    },
    {
      statement: allow("s3:PutLifecycleConfiguration", "arn:aws:s3:::orders"),
      breaks: ["TMP-001 block"],
      because: "an expiration destroys what the bucket records",
    },
    {
      statement: allow("iam:UploadSSHPublicKey", "arn:aws:iam::222222222222:user/deploy"),
      breaks: ["CRED-001 block"],
      because: "a key of a user works elsewhere",
    },
    {
      statement: allow("secretsmanager:GetSecretValue", "*"),
      breaks: ["EXF-001 block"],
      because: "every secret",
    },
    {
      statement: allow(
        "secretsmanager:GetSecretValue",
        "arn:aws:secretsmanager:eu-west-1:222222222222:secret:*-??????",
      ),
      breaks: ["EXF-001 block"],
      because: "a pattern without a letter of the name is every secret",
    },
    {
      statement: allow("s3:GetObject", "arn:aws:s3:::${aws:PrincipalTag/team}/*"),
      breaks: ["EXF-001 block"],
      because: "a variable may be any bucket",
    },
    {
      statement: allow("s3:GetObject", "arn:aws:s3:::uploads/*"),
      breaks: [],
      because: "one bucket is named",
    },
    {
      statement: allow("s3:Get*", "arn:aws:s3:::*"),
      breaks: ["EXF-001 block"],
      because: "a pattern reads too",
    },
    {
      statement: allow(["s3:Get*", "s3:Put*Tagging"], "arn:aws:s3:::uploads/*"),
      breaks: [],
      because: "s3:GetDataAccess takes no object",
    },
    {
      statement: allow("ecr:Get*", "arn:aws:ecr:eu-west-1:222222222222:repository/orders"),
      breaks: [],
      because: "GetAuthorizationToken takes no repository",
    },
    {
      statement: { Effect: "Allow", NotAction: "s3:ListBucket", Resource: "arn:aws:s3:::uploads/*" },
      breaks: ["CRED-001 block", "EXP-001 block", "TMP-001 block"],
      because: "NotAction includes every list",
    },
    {
      statement: {
        Effect: "Allow",
        Action: "ssm:GetParameter",
        NotResource: "arn:aws:ssm:eu-west-1:222222222222:parameter/x",
      },
      breaks: ["EXF-001 block"],
      because: "NotResource leaves the others open",
    },
    {
      statement: allow("kms:Decrypt", "arn:aws:kms:eu-west-1:222222222222:key/*", {
        Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/orders" } },
      }),
      breaks: [],
      because: "an alias names the key",
    },
    {
      statement: allow("kms:Decrypt", "arn:aws:kms:eu-west-1:222222222222:key/*", {
        Condition: { "ForAnyValue:StringLike": { "kms:ResourceAliases": "alias/*" } },
      }),
      breaks: ["EXF-001 block"],
      because: "every alias names no key",
    },
    {
      statement: allow(["ec2:CreateSnapshot", "rds:CreateDBSnapshot", "rds:CopyDBSnapshot"], "*"),
      breaks: [],
      because: "a snapshot stays in the account until it is shared",
    },
    {
      statement: allow("rds:ModifyDBSnapshotAttribute", "*"),
      breaks: ["EXP-001 block"],
      because: "this shares a snapshot",
    },
    {
      statement: allow("secretsmanager:BatchGetSecretValue", "*"),
      breaks: [],
      because: "each secret needs GetSecretValue as well",
    },
    {
      statement: allow("sqs:SetQueueAttributes", QUEUE),
      breaks: ["EXP-001 block"],
      because: "the queue's policy is an attribute",
    },
    {
      statement: allow(["sqs:SendMessage", "sqs:add*"], QUEUE),
      breaks: ["EXP-001 block"],
      because: "a part of a name in lower case is AddPermission",
    },
    {
      statement: allow("s3:PutObject*", "arn:aws:s3:::uploads/*"),
      breaks: ["EXP-001 block"],
      because: "the pattern includes PutObjectAcl",
    },
    {
      statement: allow("logs:*Stream", "arn:aws:logs:eu-west-1:222222222222:log-group:a:log-stream:b"),
      breaks: ["TMP-001 block"],
      because: "the pattern includes DeleteLogStream",
    },
    {
      statement: allow("cloudtrail:StopLogging", "arn:aws:cloudtrail:eu-west-1:222222222222:trail/main", {
        Condition: { Bool: { "aws:SecureTransport": "true" } },
      }),
      breaks: ["TMP-001 block"],
      because: "a condition does not make it harmless",
    },
    {
      statement: { Effect: "Deny", Action: "cloudtrail:*", Resource: "*" },
      breaks: [],
      because: "a Deny only revokes",
    },
  ])("$because", ({ statement, breaks }) => {
    expect(listed(stating(statement))).toEqual(breaks);
  });
});

test("several actions of one statement are one finding, which names its sources and a fix", () => {
  const actions = ["logs:DeleteLogGroup", "logs:DeleteLogStream", "logs:PutRetentionPolicy"];
  const [found, ...more] = judged(stating(allow(actions, "*"))).filter(({ rule }) => rule === "TMP-001");

  expect(more).toEqual([]);
  expect(found).toMatchObject({
    origin: { file: "teams/orders/orders-api.yaml", line: 6 },
    why: "logs:DeleteLogGroup, logs:DeleteLogStream, logs:PutRetentionPolicy can weaken the account's defences or destroy its records",
    fix: "remove it: the team that owns the resource changes it",
  });
});

test.each([
  {
    action: "secretsmanager:GetSecretValue",
    resource: "*",
    fix: 'write Resource: "arn:aws:secretsmanager:eu-west-1:222222222222:secret:NAME"',
  },
  {
    action: "secretsmanager:GetSecret*",
    resource: "*",
    fix: "list the actions that the code calls, without secretsmanager:GetSecretValue",
  },
  { action: "s3:GetObject", resource: "*", fix: 'write Resource: "arn:aws:s3:::NAME/NAME"' },
  { action: "sts:GetFederationToken", resource: "*", fix: "remove the action" },
])(
  "the fix of $action on $resource is a resource of this account and region",
  ({ action, resource, fix }) => {
    const [found] = judged(stating(allow(action, resource))).filter(({ rule }) => LISTED.test(rule));

    expect(found?.fix).toBe(fix);
  },
);
