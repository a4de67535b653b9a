import { describe, expect, test } from "@jest/globals";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { linesOf } from "./grant-lines.ts";

const FILE = "teams/orders/a.yaml";
const HERE = "eu-west-1:222222222222";
const ELSEWHERE = "us-east-1:444455556666";
const via = (service: string): string => `"kms:ViaService":"${service}.eu-west-1.amazonaws.com"`;
const ALIAS = '"ForAnyValue:StringEquals":{"kms:ResourceAliases":"alias/k"}';
const DSQL = "4fiagmqh2ibmvxuaz7nzqzrr6a";
const RDS_DATA =
  "rds-data:BatchExecuteStatement rds-data:BeginTransaction rds-data:CommitTransaction rds-data:ExecuteStatement rds-data:RollbackTransaction";
const INVOKE = "bedrock:InvokeModel bedrock:InvokeModelWithResponseStream";

describe("a grant compiles to exact actions on exact resources", () => {
  test.each([
    {
      grant: "{firehose: {deliveryStream: clicks, allow: [put]}}",
      lines: [`firehose:PutRecord firehose:PutRecordBatch on arn:aws:firehose:${HERE}:deliverystream/clicks`],
    },
    {
      grant: "{scheduler: {group: reminders, allow: [manage]}}",
      lines: [
        `scheduler:CreateSchedule scheduler:DeleteSchedule scheduler:GetSchedule scheduler:UpdateSchedule on arn:aws:scheduler:${HERE}:schedule/reminders/*`,
      ],
    },
    {
      grant: `{scheduler: {group: "arn:aws:scheduler:${ELSEWHERE}:schedule-group/g", allow: [manage]}}`,
      lines: [
        `scheduler:CreateSchedule scheduler:DeleteSchedule scheduler:GetSchedule scheduler:UpdateSchedule on arn:aws:scheduler:${ELSEWHERE}:schedule/g/*`,
      ],
    },
    {
      grant: "{ses: {identity: example.com, allow: [send]}}",
      lines: [`ses:SendEmail ses:SendRawEmail on arn:aws:ses:${HERE}:identity/example.com`],
    },
    {
      grant:
        "{ses: {identity: example.com, from: [b@example.com, a@example.com], configurationSet: c, allow: [send]}}",
      lines: [
        `ses:SendEmail ses:SendRawEmail on arn:aws:ses:${HERE}:configuration-set/c arn:aws:ses:${HERE}:identity/example.com if {"StringEquals":{"ses:FromAddress":["a@example.com","b@example.com"]}}`,
      ],
    },
    {
      grant: "{cognito: {userPool: eu-west-1_Ab1, allow: [readUsers, manageUsers]}}",
      lines: [
        `cognito-idp:AdminAddUserToGroup cognito-idp:AdminCreateUser cognito-idp:AdminDisableUser cognito-idp:AdminEnableUser cognito-idp:AdminRemoveUserFromGroup cognito-idp:AdminUpdateUserAttributes on arn:aws:cognito-idp:${HERE}:userpool/eu-west-1_Ab1`,
        `cognito-idp:AdminGetUser cognito-idp:AdminListGroupsForUser cognito-idp:ListUsers on arn:aws:cognito-idp:${HERE}:userpool/eu-west-1_Ab1`,
      ],
    },
    {
      grant: "{cognito: {userPool: us-east-1_Ab1, allow: [readUsers]}}",
      lines: [
        "cognito-idp:AdminGetUser cognito-idp:AdminListGroupsForUser cognito-idp:ListUsers on arn:aws:cognito-idp:us-east-1:222222222222:userpool/us-east-1_Ab1",
      ],
    },
    {
      grant: `{cognito: {userPool: "arn:aws:cognito-idp:${ELSEWHERE}:userpool/us-east-1_Ab1", allow: [readUsers]}}`,
      lines: [
        `cognito-idp:AdminGetUser cognito-idp:AdminListGroupsForUser cognito-idp:ListUsers on arn:aws:cognito-idp:${ELSEWHERE}:userpool/us-east-1_Ab1`,
      ],
    },
    {
      grant: "{efs: {fileSystem: fs-01234567, accessPoint: fsap-01234567, allow: [mount]}}",
      lines: [
        `elasticfilesystem:ClientMount elasticfilesystem:ClientWrite on arn:aws:elasticfilesystem:${HERE}:file-system/fs-01234567 if {"StringEquals":{"elasticfilesystem:AccessPointArn":"arn:aws:elasticfilesystem:${HERE}:access-point/fsap-01234567"}}`,
      ],
    },
    {
      grant: "{dlq: {queue: failed, kmsKey: alias/k}}",
      lines: [
        `kms:Decrypt kms:GenerateDataKey on arn:aws:kms:${HERE}:key/* if {${ALIAS},"StringEquals":{${via("sqs")}}}`,
        `sqs:SendMessage on arn:aws:sqs:${HERE}:failed`,
      ],
    },
    {
      grant: "{dlq: {topic: failed, kmsKey: alias/k}}",
      lines: [
        `kms:Decrypt kms:GenerateDataKey on arn:aws:kms:${HERE}:key/* if {${ALIAS},"StringEquals":{${via("sns")}}}`,
        `sns:Publish on arn:aws:sns:${HERE}:failed`,
      ],
    },
    {
      grant: "{rdsData: {cluster: orders, secret: orders/db, allow: [query], kmsKey: alias/k}}",
      lines: [
        `kms:Decrypt on arn:aws:kms:${HERE}:key/* if {${ALIAS},"StringEquals":{${via("secretsmanager")}}}`,
        `${RDS_DATA} on arn:aws:rds:${HERE}:cluster:orders`,
        `secretsmanager:GetSecretValue on arn:aws:secretsmanager:${HERE}:secret:orders/db-??????`,
      ],
    },
    {
      grant: `{dsql: {cluster: ${DSQL}, allow: [connect]}}`,
      lines: [`dsql:DbConnect on arn:aws:dsql:${HERE}:cluster/${DSQL}`],
    },
    {
      grant: "{appconfig: {application: ab12cde, environment: fg34hij, profile: kl56mno, allow: [read]}}",
      lines: [
        `appconfig:GetLatestConfiguration appconfig:StartConfigurationSession on arn:aws:appconfig:${HERE}:application/ab12cde/environment/fg34hij/configuration/kl56mno`,
      ],
    },
    {
      grant:
        "{apigw: {api: abcd1234, stage: prod, method: ANY, path: '/orders/{id}/items', allow: [invoke]}}",
      lines: [`execute-api:Invoke on arn:aws:execute-api:${HERE}:abcd1234/prod/*/orders/*/items`],
    },
    {
      grant: "{apigw: {api: abcd1234, stage: prod, allow: [manageConnections]}}",
      lines: [
        `execute-api:ManageConnections on arn:aws:execute-api:${HERE}:abcd1234/prod/POST/@connections/*`,
      ],
    },
    {
      grant: "{lambda: {function: f, qualifier: live, allow: [invokeUrl]}}",
      lines: [
        `lambda:InvokeFunction on arn:aws:lambda:${HERE}:function:f:live if {"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}`,
        `lambda:InvokeFunctionUrl on arn:aws:lambda:${HERE}:function:f:live`,
      ],
    },
    {
      grant: "{bedrock: {model: a.b-v1:0, inferenceProfile: global.a.b-v1:0, allow: [invoke]}}",
      lines: [
        `${INVOKE} on arn:aws:bedrock:::foundation-model/a.b-v1:0 if {"StringEquals":{"bedrock:InferenceProfileArn":"arn:aws:bedrock:${HERE}:inference-profile/global.a.b-v1:0"}}`,
        `${INVOKE} on arn:aws:bedrock:${HERE}:inference-profile/global.a.b-v1:0 arn:aws:bedrock:eu-west-1::foundation-model/a.b-v1:0`,
      ],
    },
    {
      grant: "{bedrock: {guardrail: a1b2, allow: [guardrail]}}",
      lines: [`bedrock:ApplyGuardrail on arn:aws:bedrock:${HERE}:guardrail/a1b2`],
    },
    {
      grant: "{bedrock: {knowledgeBase: ABCDEFGHIJ, allow: [retrieve]}}",
      lines: [
        `bedrock:Retrieve on arn:aws:bedrock:${HERE}:knowledge-base/ABCDEFGHIJ`,
        "bedrock:RetrieveAndGenerate on *",
      ],
    },
    {
      grant: "{bedrock: {agent: ABCDEFGHIJ, agentAlias: KLMNOPQRST, allow: [agent]}}",
      lines: [`bedrock:InvokeAgent on arn:aws:bedrock:${HERE}:agent-alias/ABCDEFGHIJ/KLMNOPQRST`],
    },
  ])("$grant", ({ grant, lines }) => {
    expect(linesOf(grant)).toEqual(lines);
  });
});

function policyText(grant: string): string {
  return `apiVersion: grantkeeper.dev/v1alpha1\nkind: ManagedPolicy\nmetadata: {name: p}\nspec:\n  grants: [${grant}]\n`;
}

function problemsOf(grant: string): readonly string[] {
  const compilation = compileTexts({ [FILE]: functionText("a", `  grants: [${grant}]\n`) });
  return diagnosticTexts(compilation).map((text) => text.slice(FILE.length + 1));
}

describe("a wrong grant names its place and its fix", () => {
  test.each([
    {
      grant: "{scheduler: {group: 'reminders/*', allow: [manage]}}",
      problem:
        '6:32 "reminders/*" is not a schedule group of EventBridge Scheduler: its name or its full ARN → write one entry for each resource; a pattern is possible under spec.statements',
    },
    {
      grant: "{ses: {identity: example.com, from: ['*@example.com'], allow: [send]}}",
      problem: '6:49 "*@example.com" is not an e-mail address → write it like orders@example.com',
    },
    {
      grant: "{cognito: {userPool: customers, allow: [readUsers]}}",
      problem:
        '6:33 "customers" is not a Cognito user pool: its id or its full ARN → write it like eu-west-1_AbCdEfGhI',
    },
    {
      grant: "{efs: {fileSystem: fs-01234567, allow: [mount]}}",
      problem:
        "6:18 spec.grants[0].efs.accessPoint is required → write accessPoint: TEXT, such as fsap-0123456789abcdef0",
    },
    {
      grant: "{dlq: {queue: a, topic: b}}",
      problem:
        "6:18 dlq takes either queue or topic → write one of them, and an entry for each further target",
    },
    {
      grant: "{dlq: {}}",
      problem:
        "6:18 dlq takes either queue or topic → write one of them, and an entry for each further target",
    },
    {
      grant: "{dsql: {cluster: orders, allow: [connect]}}",
      problem: `6:29 "orders" is not an Aurora DSQL cluster: its id or its full ARN → write it like ${DSQL}`,
    },
    {
      grant: `{dsql: {cluster: ${DSQL}, allow: ["dsql:DbConnectAdmin"]}}`,
      problem:
        '6:65 unknown value "dsql:DbConnectAdmin" for spec.grants[0].dsql.allow[0] → no verb of dsql allows dsql:DbConnectAdmin: write it under spec.statements, as a statement of IAM',
    },
    {
      grant: "{appconfig: {application: Orders App, environment: ab12cde, profile: ab12cde, allow: [read]}}",
      problem:
        '6:38 "Orders App" is not the id of an AppConfig application (not its name) → write it like ab12cde',
    },
    {
      grant: "{apigw: {api: abcd1234, stage: prod, allow: [invoke]}}",
      problem:
        "6:57 invoke needs method and path → name the one route that the function calls, such as method: GET, path: /orders/{id}",
    },
    {
      grant: "{apigw: {api: abcd1234, stage: prod, path: /a, allow: [manageConnections]}}",
      problem:
        "6:55 method and path belong to invoke, and allow has no invoke → leave out method and path, or add invoke",
    },
    {
      grant: "{apigw: {api: abcd1234, stage: prod, method: GET, allow: [manageConnections]}}",
      problem:
        "6:57 method and path belong to invoke, and allow has no invoke → leave out method and path, or add invoke",
    },
    {
      grant: "{bedrock: {agent: ABCDEFGHIJ, allow: [agent]}}",
      problem: "6:50 agent needs agentAlias → write agentAlias: KLMNOPQRST",
    },
    {
      grant: "{bedrock: {allow: [invoke]}}",
      problem: "6:31 invoke needs model → write model: amazon.titan-embed-text-v2:0",
    },
    {
      grant: "{bedrock: {model: a.b, guardrail: g1, allow: [invoke]}}",
      problem:
        "6:46 guardrail belongs to guardrail, and allow has no guardrail → add guardrail to allow, or leave out guardrail",
    },
    {
      grant: "{firehose: {stream: clicks, allow: [put]}}",
      problem: '6:24 unknown field "stream" in spec.grants[0].firehose → did you mean "deliveryStream"?',
    },
    {
      grant: "{apigw: {apiId: abcd1234, stage: prod, allow: [manageConnections]}}",
      problem: '6:21 unknown field "apiId" in spec.grants[0].apigw → did you mean "api"?',
    },
    {
      grant: "{dlq: {queue: q, allow: [send]}}",
      problem:
        '6:29 unknown field "allow" in spec.grants[0].dlq → leave it out; valid fields: kmsKey, queue, topic',
    },
    {
      grant: "{sesv2: {identity: x}}",
      problem: '6:13 unknown grant "sesv2" → did you mean "ses"?',
    },
    {
      grant: "{rds-data: {cluster: a, secret: b, allow: [query]}}",
      problem: '6:13 unknown grant "rds-data" → did you mean "rdsData"?',
    },
    {
      grant: "{execute-api: {api: a}}",
      problem: '6:13 unknown grant "execute-api" → did you mean "apigw"?',
    },
  ])("$grant", ({ grant, problem }) => {
    const [found = "", ...others] = problemsOf(grant);

    expect(found.slice(0, problem.length)).toBe(problem);
    expect(others).toEqual([]);
  });

  test.each([
    { grant: "{appconfig: {application: ab12cde, environment: ab12cde, profile: ab12cde, allow: [read]}}" },
    { grant: "{apigw: {api: abcd1234, stage: prod, allow: [manageConnections]}}" },
    { grant: "{bedrock: {guardrail: g1, allow: [guardrail]}}" },
    { grant: "{cognito: {userPool: eu-west-1_Ab1, allow: [readUsers]}}" },
    { grant: "{dlq: {topic: failed}}" },
  ])("in a ManagedPolicy, which has no region: $grant", ({ grant }) => {
    const compilation = compileTexts({
      "teams/orders/p.yaml": policyText(grant),
      [FILE]: functionText("a", "  managedPolicies: [p]\n"),
    });

    expect(diagnosticTexts(compilation).filter((text) => /region/.test(text)).length).toBeGreaterThan(0);
  });
});
