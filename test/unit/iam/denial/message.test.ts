import { describe, expect, test } from "@jest/globals";
import { denialMessages } from "../../../../src/iam/denial/message.ts";
import { cpuMs } from "../../../support/cpu-time.ts";

const USER = "arn:aws:iam::123456789012:user/JohnDoe";
const SESSION = "arn:aws:sts::111122223333:assumed-role/orders-api-eu-west-1/orders-api";

describe("a message of AWS's own page", () => {
  // Word for word from https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html, its line ends too.
  test.each([
    {
      text: "User: arn:aws:iam::777788889999:user/JohnDoe is not authorized to perform: \ncodecommit:ListRepositories with an explicit deny in a service control policy",
      told: {
        action: "codecommit:ListRepositories",
        resource: null,
        deniedBy: "service control policy",
        how: "explicit",
      },
    },
    {
      text: `User: ${USER} is not authorized to perform: \ncodecommit:ListRepositories because no VPC endpoint policy allows the codecommit:ListRepositories action`,
      told: { deniedBy: "VPC endpoint policy", how: "implicit" },
    },
    {
      text: `User: ${USER} is not authorized to perform: \ncodedeploy:ListDeployments on resource: arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:* with an explicit deny in a VPC endpoint policy`,
      told: {
        resource: "arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:*",
        deniedBy: "VPC endpoint policy",
        how: "explicit",
      },
    },
    {
      text: `User: ${USER} is not authorized to perform: \ncodedeploy:ListDeployments on resource: arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:* because no permissions boundary allows the codedeploy:ListDeployments action`,
      told: { action: "codedeploy:ListDeployments", deniedBy: "permissions boundary", how: "implicit" },
    },
    {
      text: "User: arn:aws:iam::777788889999:user/JohnDoe is not authorized to perform: \nsagemaker:ListModels with an explicit deny in a permissions boundary",
      told: { deniedBy: "permissions boundary", how: "explicit" },
    },
    {
      text: `User: ${USER} is not authorized to perform: \ncodecommit:ListRepositories because no session policy allows the codecommit:ListRepositories action`,
      told: { deniedBy: "session policy", how: "implicit" },
    },
    {
      text: `User: ${USER} is not authorized to perform: \ncodedeploy:ListDeployments on resource: arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:* with an explicit deny in a sessions policy`,
      told: { deniedBy: "session policy", how: "explicit" },
    },
    {
      text: `User: ${USER} is not authorized to perform: \nsecretsmanager:GetSecretValue because no resource-based policy allows the secretsmanager:GetSecretValue action`,
      told: { resource: null, deniedBy: "resource policy", how: "implicit" },
    },
    {
      text: `User: ${USER} is not authorized to perform: \nsts:AssumeRole because the role trust policy allows the sts:AssumeRole action`,
      told: { deniedBy: "trust policy", how: "implicit" },
    },
    {
      text: "User: arn:aws:iam::777788889999:user/JohnDoe is not authorized to perform: \nsts:AssumeRole with an explicit deny in the role trust policy",
      told: { deniedBy: "trust policy", how: "explicit" },
    },
    {
      text: `User: ${USER} is not authorized to perform: \ncodecommit:ListRepositories because no identity-based policy allows the codecommit:ListRepositories action`,
      told: { caller: USER, deniedBy: "identity policy", how: "implicit", policy: null },
    },
    {
      text: "User: arn:aws:sts::111122223333:assumed-role/role-name/role-session-name is not authorized to perform: \nSNS:Publish on resource: arn:aws:sns:us-east-1:444455556666:role-name-2 \nwith an explicit deny in a VPC endpoint policy transitively through a service control policy",
      told: {
        caller: "arn:aws:sts::111122223333:assumed-role/role-name/role-session-name",
        action: "SNS:Publish",
        resource: "arn:aws:sns:us-east-1:444455556666:role-name-2",
        deniedBy: "service control policy",
      },
    },
    {
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
      text: "User: arn:aws:iam::123456789012:user/janedoe is not authorized to perform: iam:CreateInstanceProfile on resource: arn:aws:iam::123456789012:instance-profile/my-instance-profile with an explicit deny in an identity-based policy: arn:aws:iam::123456789012:policy/ExampleDenyPolicy. Go to https://us-east-1.console.aws.amazon.com/iam/home",
      told: {
        resource: "arn:aws:iam::123456789012:instance-profile/my-instance-profile",
        deniedBy: "identity policy",
        how: "explicit",
        policy: "arn:aws:iam::123456789012:policy/ExampleDenyPolicy",
      },
    },
  ])("is told apart: $told.deniedBy $told.how", ({ text, told }) => {
    expect(denialMessages(text)).toEqual([expect.objectContaining(told)]);
  });
});

describe("a message as services write it", () => {
  test.each([
    {
      because: "S3 puts the resource into quotes, and a log of JSON quotes the quotes",
      text: `{"error": "An error occurred (AccessDenied) when calling the GetObject operation: User: ${SESSION} is not authorized to perform: s3:GetObject on resource: \\"arn:aws:s3:::words/a b.json\\" because no identity-based policy allows the s3:GetObject action"}`,
      told: {
        caller: SESSION,
        operation: "GetObject",
        action: "s3:GetObject",
        resource: "arn:aws:s3:::words/a b.json",
      },
    },
    {
      because: "SQS writes its actions in lower case",
      text: `User: ${SESSION} is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:eu-west-1:111122223333:orders because no identity-based policy allows the sqs:sendmessage action`,
      told: { action: "sqs:sendmessage", resource: "arn:aws:sqs:eu-west-1:111122223333:orders" },
    },
    {
      because: "Secrets Manager names a secret as it was asked for",
      text: `User: ${SESSION} is not authorized to perform: secretsmanager:GetSecretValue on resource: orders/mail because no identity-based policy allows the secretsmanager:GetSecretValue action`,
      told: { resource: "orders/mail" },
    },
    {
      because: "KMS does not say which of its policies it was",
      text: `User: ${SESSION} is not authorized to perform: kms:Decrypt on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
      told: { action: "kms:Decrypt", resource: null, deniedBy: "resource policy", how: "unknown" },
    },
    {
      because: "a stack trace goes on behind it",
      text: `EcrException: User: ${SESSION} is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action (Service: Ecr, Status Code: 400)\n\tat software.amazon`,
      told: { action: "ecr:GetAuthorizationToken", resource: "*", how: "implicit" },
    },
    {
      because: "older messages end with the resource",
      text: `User: ${SESSION} is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:eu-west-1:111122223333:function:f`,
      told: {
        resource: "arn:aws:lambda:eu-west-1:111122223333:function:f",
        deniedBy: "unknown",
        how: "unknown",
      },
    },
    {
      because: "what follows an ARN belongs to the sentence",
      text: `User: ${SESSION} is not authorized to perform: sns:Publish on resource: arn:aws:sns:eu-west-1:111122223333:t in the log of today`,
      told: { resource: "arn:aws:sns:eu-west-1:111122223333:t" },
    },
    {
      because: "people leave the user out",
      text: "AccessDenied: User is not authorized to perform: sqs:sendmessage on resource: queue",
      told: { caller: null, action: "sqs:sendmessage", resource: "queue" },
    },
    {
      because: "a comma after the user is none of its name",
      text: `${SESSION}, is not authorized to perform: sqs:SendMessage`,
      told: { caller: SESSION },
    },
    {
      because: "another language names no action",
      text: `User: ${SESSION} is not authorized to perform: 許可されていません`,
      told: { caller: SESSION, action: null, resource: null },
    },
    {
      because: "EC2 adds what only the account can read",
      text: `when calling the RunInstances operation: You are not authorized to perform this operation. User: ${SESSION} is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:eu-west-1:111122223333:instance/* because no identity-based policy allows the ec2:RunInstances action. Encoded authorization failure message: ABCDEFGHIJKLMNOPQRST-_x`,
      told: { operation: "RunInstances", action: "ec2:RunInstances", encoded: "ABCDEFGHIJKLMNOPQRST-_x" },
    },
  ])("$because", ({ text, told }) => {
    expect(denialMessages(text)).toEqual([expect.objectContaining(told)]);
  });

  test("an encoded one alone tells the call where a tool named it", () => {
    const encoded = "Encoded authorization failure message: 4GIOHlTkIaWHQD0Q0m6XSnuUMCm";

    expect(
      denialMessages(`(UnauthorizedOperation) when calling the RunInstances operation: ${encoded}`),
    ).toEqual([
      expect.objectContaining({
        operation: "RunInstances",
        action: null,
        encoded: "4GIOHlTkIaWHQD0Q0m6XSnuUMCm",
      }),
    ]);
    expect(denialMessages(encoded)).toEqual([expect.objectContaining({ operation: null })]);
  });

  test("several in one log stand in its order, none with a part of the next", () => {
    const line = (action: string) => `ERROR User: ${SESSION} is not authorized to perform: ${action}\n`;

    const found = denialMessages(`${line("sqs:SendMessage")}${line("s3:GetObject")}with an explicit deny`);

    expect(found.map(({ action, how }) => [action, how])).toEqual([
      ["sqs:SendMessage", "unknown"],
      ["s3:GetObject", "explicit"],
    ]);
  });

  test("none is none", () => {
    expect(denialMessages("")).toEqual([]);
    expect(denialMessages("Access Denied")).toEqual([]);
  });
});

describe("a hostile text", () => {
  test.each([
    { of: "callers without end", text: "User:arn:".repeat(200_000) },
    { of: "messages without end", text: " is not authorized to perform: a:b on resource: ".repeat(50_000) },
    {
      of: "one resource without end",
      text: ` is not authorized to perform: a:b on resource: ${"x ".repeat(500_000)}`,
    },
    { of: "blanks without end", text: " ".repeat(15_000_000) },
    { of: "written line ends without end", text: "\\n".repeat(7_000_000) },
    { of: "control characters", text: `User: ${SESSION} is not authorized to perform: \u001b[2Ja:b\u0000` },
    { of: "half a surrogate", text: `User: ${SESSION}\ud800 is not authorized to perform: a:b` },
  ])("of $of is read in time that grows with its length alone", ({ text }) => {
    const before = process.cpuUsage();

    expect(denialMessages(text).length).toBeLessThanOrEqual(1_000);
    expect(cpuMs(before)).toBeLessThan(5_000);
  });
});
