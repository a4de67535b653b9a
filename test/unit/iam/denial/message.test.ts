import { describe, expect, test } from "@jest/globals";
import { denialMessages } from "../../../../src/iam/denial/message.ts";
import { cpuMs } from "../../../support/cpu-time.ts";

const USER = "arn:aws:iam::123456789012:user/JohnDoe";
const SESSION = "arn:aws:sts::111122223333:assumed-role/orders-api-eu-west-1/orders-api";

describe("a message from AWS's own page", () => {
  // Word for word from https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html, its line ends too.
  test.each([
    {
      text: "User: arn:aws:iam::777788889999:user/JohnDoe is not authorized to perform: \ncodecommit:ListRepositories with an explicit deny in a service control policy",
      facts: {
        action: "codecommit:ListRepositories",
        resource: null,
        deniedBy: "service control policy",
        how: "explicit",
      },
    },
    {
      text: `User: ${USER} is not authorized to perform: \ncodecommit:ListRepositories because no VPC endpoint policy allows the codecommit:ListRepositories action`,
      facts: { deniedBy: "VPC endpoint policy", how: "implicit" },
    },
    {
      text: `User: ${USER} is not authorized to perform: \ncodedeploy:ListDeployments on resource: arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:* with an explicit deny in a VPC endpoint policy`,
      facts: {
        resource: "arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:*",
        deniedBy: "VPC endpoint policy",
        how: "explicit",
      },
    },
    {
      text: `User: ${USER} is not authorized to perform: \ncodedeploy:ListDeployments on resource: arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:* because no permissions boundary allows the codedeploy:ListDeployments action`,
      facts: { action: "codedeploy:ListDeployments", deniedBy: "permissions boundary", how: "implicit" },
    },
    {
      text: "User: arn:aws:iam::777788889999:user/JohnDoe is not authorized to perform: \nsagemaker:ListModels with an explicit deny in a permissions boundary",
      facts: { deniedBy: "permissions boundary", how: "explicit" },
    },
    {
      text: `User: ${USER} is not authorized to perform: \ncodecommit:ListRepositories because no session policy allows the codecommit:ListRepositories action`,
      facts: { deniedBy: "session policy", how: "implicit" },
    },
    {
      text: `User: ${USER} is not authorized to perform: \ncodedeploy:ListDeployments on resource: arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:* with an explicit deny in a sessions policy`,
      facts: { deniedBy: "session policy", how: "explicit" },
    },
    {
      text: `User: ${USER} is not authorized to perform: \nsecretsmanager:GetSecretValue because no resource-based policy allows the secretsmanager:GetSecretValue action`,
      facts: { resource: null, deniedBy: "resource policy", how: "implicit" },
    },
    {
      text: `User: ${USER} is not authorized to perform: \nsts:AssumeRole because the role trust policy allows the sts:AssumeRole action`,
      facts: { deniedBy: "trust policy", how: "implicit" },
    },
    {
      text: "User: arn:aws:iam::777788889999:user/JohnDoe is not authorized to perform: \nsts:AssumeRole with an explicit deny in the role trust policy",
      facts: { deniedBy: "trust policy", how: "explicit" },
    },
    {
      text: `User: ${USER} is not authorized to perform: \ncodecommit:ListRepositories because no identity-based policy allows the codecommit:ListRepositories action`,
      facts: { caller: USER, deniedBy: "identity policy", how: "implicit", policy: null },
    },
    {
      text: "User: arn:aws:sts::111122223333:assumed-role/role-name/role-session-name is not authorized to perform: \nSNS:Publish on resource: arn:aws:sns:us-east-1:444455556666:role-name-2 \nwith an explicit deny in a VPC endpoint policy transitively through a service control policy",
      facts: {
        caller: "arn:aws:sts::111122223333:assumed-role/role-name/role-session-name",
        action: "SNS:Publish",
        resource: "arn:aws:sns:us-east-1:444455556666:role-name-2",
        deniedBy: "service control policy",
      },
    },
    {
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
      text: "User: arn:aws:iam::123456789012:user/janedoe is not authorized to perform: iam:CreateInstanceProfile on resource: arn:aws:iam::123456789012:instance-profile/my-instance-profile with an explicit deny in an identity-based policy: arn:aws:iam::123456789012:policy/ExampleDenyPolicy. Go to https://us-east-1.console.aws.amazon.com/iam/home",
      facts: {
        resource: "arn:aws:iam::123456789012:instance-profile/my-instance-profile",
        deniedBy: "identity policy",
        how: "explicit",
        policy: "arn:aws:iam::123456789012:policy/ExampleDenyPolicy",
      },
    },
  ])("is parsed: $facts.deniedBy $facts.how", ({ text, facts }) => {
    expect(denialMessages(text)).toEqual([expect.objectContaining(facts)]);
  });
});

describe("a message as services write it", () => {
  test.each([
    {
      because: "S3 quotes the resource, and a JSON log escapes the quotes",
      text: `{"error": "An error occurred (AccessDenied) when calling the GetObject operation: User: ${SESSION} is not authorized to perform: s3:GetObject on resource: \\"arn:aws:s3:::words/a b.json\\" because no identity-based policy allows the s3:GetObject action"}`,
      facts: {
        caller: SESSION,
        operation: "GetObject",
        action: "s3:GetObject",
        resource: "arn:aws:s3:::words/a b.json",
      },
    },
    {
      because: "SQS writes its actions in lower case",
      text: `User: ${SESSION} is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:eu-west-1:111122223333:orders because no identity-based policy allows the sqs:sendmessage action`,
      facts: { action: "sqs:sendmessage", resource: "arn:aws:sqs:eu-west-1:111122223333:orders" },
    },
    {
      because: "Secrets Manager names a secret as in the request",
      text: `User: ${SESSION} is not authorized to perform: secretsmanager:GetSecretValue on resource: orders/mail because no identity-based policy allows the secretsmanager:GetSecretValue action`,
      facts: { resource: "orders/mail" },
    },
    {
      because: "KMS does not name the policy",
      text: `User: ${SESSION} is not authorized to perform: kms:Decrypt on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
      facts: { action: "kms:Decrypt", resource: null, deniedBy: "resource policy", how: "unknown" },
    },
    {
      because: "a stack trace follows",
      text: `EcrException: User: ${SESSION} is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action (Service: Ecr, Status Code: 400)\n\tat software.amazon`,
      facts: { action: "ecr:GetAuthorizationToken", resource: "*", how: "implicit" },
    },
    {
      because: "older messages end with the resource",
      text: `User: ${SESSION} is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:eu-west-1:111122223333:function:f`,
      facts: {
        resource: "arn:aws:lambda:eu-west-1:111122223333:function:f",
        deniedBy: "unknown",
        how: "unknown",
      },
    },
    {
      because: "the full stop after an ARN belongs to the sentence",
      text: `User: ${SESSION} is not authorized to perform: sns:Publish on resource: arn:aws:sns:eu-west-1:111122223333:t in the log of today`,
      facts: { resource: "arn:aws:sns:eu-west-1:111122223333:t" },
    },
    {
      because: "the message lacks the user",
      text: "AccessDenied: User is not authorized to perform: sqs:sendmessage on resource: queue",
      facts: { caller: null, action: "sqs:sendmessage", resource: "queue" },
    },
    {
      because: "a comma after the user is not a part of its name",
      text: `${SESSION}, is not authorized to perform: sqs:SendMessage`,
      facts: { caller: SESSION },
    },
    {
      because: "a message in another language names no action",
      text: `User: ${SESSION} is not authorized to perform: 許可されていません`,
      facts: { caller: SESSION, action: null, resource: null },
    },
    {
      because: "EC2 adds an encoded part that only the account can read",
      text: `when calling the RunInstances operation: You are not authorized to perform this operation. User: ${SESSION} is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:eu-west-1:111122223333:instance/* because no identity-based policy allows the ec2:RunInstances action. Encoded authorization failure message: ABCDEFGHIJKLMNOPQRST-_x`,
      facts: { operation: "RunInstances", action: "ec2:RunInstances", encoded: "ABCDEFGHIJKLMNOPQRST-_x" },
    },
  ])("$because", ({ text, facts }) => {
    expect(denialMessages(text)).toEqual([expect.objectContaining(facts)]);
  });

  test("an encoded message is returned as encoded, with the call if a tool named it", () => {
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

  test("several messages in a log are returned in order, none with a part of the next", () => {
    const line = (action: string) => `ERROR User: ${SESSION} is not authorized to perform: ${action}\n`;

    const found = denialMessages(`${line("sqs:SendMessage")}${line("s3:GetObject")}with an explicit deny`);

    expect(found.map(({ action, how }) => [action, how])).toEqual([
      ["sqs:SendMessage", "unknown"],
      ["s3:GetObject", "explicit"],
    ]);
  });

  test("a text without a message has no denial", () => {
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
  ])("of $of is parsed in time linear in its length", ({ text }) => {
    const before = process.cpuUsage();

    expect(denialMessages(text).length).toBeLessThanOrEqual(1_000);
    expect(cpuMs(before)).toBeLessThan(20_000);
  });
});
