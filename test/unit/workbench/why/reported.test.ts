import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { WhyFolder, denied, session, type CaseValue } from "../../../support/screens/why.ts";

let folder: WhyFolder;
beforeEach(async () => {
  folder = await WhyFolder.make();
});
afterEach(() => folder.remove());

describe("why, for a denial that AWS reported", () => {
  const API = session("orders-api-eu-west-1", "orders-api");

  test("finds the function by its role and answers", async () => {
    const stdin = denied(
      API,
      "s3:GetObject",
      ' on resource: "arn:aws:s3:::acme-reports-prod/words.json" because no identity-based policy allows the s3:GetObject action',
    );

    const { code, out, err } = await folder.why(["-"], { stdin });

    expect({ code, err }).toEqual({ code: 2, err: "" });
    expect(out).toContain("  orders/orders-api@prod/eu-west-1, as declared in Git\n");
    expect(out).toContain("  AWS answered  no identity policy allows it\n");
    expect(out).toContain('    - s3: { bucket: "${account.vars.reportsBucket}", allow: [read] }\n');
  });

  test("finds a function that still has another role by the session's name", async () => {
    const stdin = denied(
      session("stack-role-XYZ", "payments-refunds"),
      "secretsmanager:GetSecretValue",
      " on resource: payments/psp-key because no identity-based policy allows the secretsmanager:GetSecretValue action",
    );

    const { out } = await folder.why(["-"], { stdin });

    expect(out).toContain("  payments/refunds@prod/eu-west-1, as declared in Git\n");
    expect(out).toContain("    - secrets: { secret: payments/psp-key, allow: [read] }\n");
  });

  test("a denial by a policy outside Git counts, even if Git allows the request", async () => {
    const table = "arn:aws:dynamodb:eu-west-1:444455556666:table/refunds";
    const caller = session("payments-refunds-eu-west-1", "payments-refunds");
    const stdin = denied(
      caller,
      "dynamodb:GetItem",
      ` on resource: ${table} with an explicit deny in a service control policy`,
    );

    const { code, out } = await folder.why(["-"], { stdin });

    expect(code).toBe(2);
    expect(out).toMatch(
      /^denied {2}dynamodb:GetItem on .*\n {2}AWS answered {2}an explicit deny in the service control policy\n\nallowed /,
    );
    expect(out).toContain("note:  the service control policy that denied it is not in Git: ask its owner");
  });

  test("a request that Git allows by now is allowed, with a note where to look", async () => {
    const stdin = denied(
      API,
      "dynamodb:GetItem",
      " on resource: arn:aws:dynamodb:eu-west-1:444455556666:table/orders-prod-7F3A",
    );

    const { code, out } = await folder.why(["-"], { stdin });

    expect(code).toBe(0);
    expect(out).toContain("  AWS answered  denied, without naming the policy\n");
    expect(out).toContain(
      "note:  Git allows what AWS refused: --live shows the state in AWS, grantkeeper describe orders/orders-api@prod/eu-west-1 shows the reason\n",
    );
  });

  test("a CloudTrail event needs no message: its name and parameters identify the request", async () => {
    const event = {
      eventSource: "s3.amazonaws.com",
      eventName: "ListObjects",
      errorCode: "AccessDenied",
      errorMessage: "Access Denied",
      awsRegion: "eu-west-1",
      userIdentity: { type: "AssumedRole", arn: API, accountId: "444455556666" },
      requestParameters: { bucketName: "acme-uploads-prod", prefix: "orders/2026/" },
    };

    const { answer, fix } = await folder.value(["-"], { stdin: JSON.stringify({ Records: [event] }) });

    expect(answer).toBe("denied");
    expect(fix?.lines).toEqual(["allow: [read, delete, list]"]);
  });

  test("several are answered one below the other, and the worst decides the exit code", async () => {
    const table = "arn:aws:dynamodb:eu-west-1:444455556666:table";
    const stdin = `${denied(API, "dynamodb:GetItem", ` on resource: ${table}/orders-prod-7F3A`)}${denied(API, "dynamodb:GetItem", ` on resource: ${table}/other`)}`;

    const { code, out } = await folder.why(["-", "-o", "json"], { stdin });

    expect(code).toBe(2);
    expect((JSON.parse(out) as readonly CaseValue[]).map(({ answer }) => answer)).toEqual([
      "allowed",
      "denied",
    ]);
    expect((await folder.why(["-"], { stdin })).out).toMatch(/\n\n\ndenied /);
  });

  test("more than twenty are cut, with a note", async () => {
    const stdin = Array.from({ length: 21 }, (_, at) =>
      denied(API, "dynamodb:GetItem", ` on resource: arn:aws:dynamodb:eu-west-1:444455556666:table/t${at}`),
    ).join("");

    const { out, err } = await folder.why(["-", "-o", "json"], { stdin });

    expect(JSON.parse(out)).toHaveLength(20);
    expect(err).toBe("note:  21 denied calls, only the first 20 are answered\n");
  });

  test("a metric has no resource", async () => {
    const stdin = denied(
      API,
      "cloudwatch:PutMetricData",
      " because no identity-based policy allows the cloudwatch:PutMetricData action",
    );

    expect(await folder.value(["-"], { stdin })).toMatchObject({
      answer: "denied",
      fix: { kind: "add-statement" },
    });
  });

  test("a target overrides the message's caller, and --context overrides its keys", async () => {
    const decoded = {
      allowed: false,
      context: {
        action: "s3:ListBucket",
        resource: "arn:aws:s3:::acme-uploads-staging",
        conditions: { items: [{ key: "s3:prefix", values: { items: [{ value: "x/" }] } }] },
      },
    };

    const stdin = JSON.stringify(decoded);

    expect((await folder.value(["search/rebuild", "-"], { stdin })).answer).toBe("denied");
    expect(
      (await folder.value(["search/rebuild", "-", "--context", "s3:prefix=catalogue/"], { stdin })).answer,
    ).toBe("allowed");
  });

  test("never controls the terminal, even if the message contains escape sequences", async () => {
    const stdin = denied(
      API,
      "sqs:SendMessage",
      " on resource: arn:aws:sqs:eu-west-1:444455556666:\u001b[2Jq\u202e because no identity-based policy allows it",
    );

    const { out, err } = await folder.why(["-"], { stdin });

    expect(`${out}${err}`).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect((await folder.why(["-", "-o", "json"], { stdin })).out).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u202e]/,
    );
  });

  test.each([
    {
      because: "the input contains no denied call",
      stdin: "Access Denied",
      expected: "standard input has no denied call",
    },
    {
      because: "no manifest declares the role",
      stdin: denied(session("other", "thing"), "sqs:SendMessage", ""),
      expected: "no manifest declares role other of account 444455556666 or a function thing there",
    },
    {
      because: "a user asked",
      stdin: denied("arn:aws:iam::444455556666:user/dana", "sqs:SendMessage", ""),
      expected: "arn:aws:iam::444455556666:user/dana is not a session of a function's role",
    },
    {
      because: "it does not name the caller",
      stdin: "User is not authorized to perform: sqs:SendMessage",
      expected: "the message does not name the caller",
    },
    {
      because: "it is encoded, and no caller is named",
      stdin:
        "(UnauthorizedOperation) when calling the RunInstances operation: Encoded authorization failure message: ABCDEFGHIJKLMNOPQRST",
      expected: "the refusal of RunInstances does not name the caller",
    },
    {
      because: "it leaves the resource out",
      stdin: denied(API, "sqs:SendMessage", ""),
      expected: "AWS's message does not name the resource of sqs:SendMessage",
    },
    {
      because: "its resource is not an ARN",
      stdin: denied(API, "sqs:SendMessage", " on resource: q"),
      expected: "AWS's message names q as the resource of sqs:SendMessage, which is not an ARN",
    },
    {
      because: "it is too long",
      stdin: "x".repeat(17_000_000),
      expected: "standard input has more than 16 MiB",
    },
  ])("names what is missing where $because", async ({ stdin, expected }) => {
    const { code, out, err } = await folder.why(["-"], { stdin });

    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(`error: ${expected}`);
    expect(err).toMatch(/\nhint: {2}\S/);
  });

  test("an encoded message of a known function is answered with the command that decodes it", async () => {
    const stdin =
      "when calling the RunInstances operation: Encoded authorization failure message: ABCDEFGHIJKLMNOPQRST";

    expect(await folder.why(["orders/orders-api@prod", "-"], { stdin })).toMatchObject({
      code: 1,
      err: expect.stringContaining(
        "aws sts decode-authorization-message --encoded-message … decodes it; paste the output",
      ),
    });
  });

  test("a call whose name is not an action is unknown, not denied", async () => {
    const event = {
      eventSource: "s3.amazonaws.com",
      eventName: "GetBucketEncryption",
      errorCode: "AccessDenied",
      userIdentity: { arn: API },
      requestParameters: { bucketName: "b" },
    };

    const { code, out } = await folder.why(["-"], { stdin: JSON.stringify(event) });

    expect(code).toBe(3);
    expect(out).toContain("has no action s3:GetBucketEncryption: use the action that the call needs\n");
    expect(out).not.toContain("fix");
  });

  test("a call without an action asks for the action", async () => {
    const event = {
      eventSource: "s3.amazonaws.com",
      eventName: "CopyObject",
      errorCode: "AccessDenied",
      userIdentity: { arn: API },
    };

    expect(await folder.why(["-"], { stdin: JSON.stringify(event) })).toMatchObject({
      code: 1,
      err: expect.stringContaining("the message does not name the action that CopyObject needs"),
    });
  });

  test("only the event's region decides between two functions of one name in two regions", async () => {
    const accounts = join(folder.root, "platform/accounts.yaml");
    await writeFile(
      accounts,
      (await readFile(accounts, "utf8")).replaceAll(
        "regions: [eu-west-1]",
        "regions: [eu-west-1, us-east-1]",
      ),
    );
    const manifest = join(folder.root, "teams/payments/webhook.yaml");
    await writeFile(
      manifest,
      (await readFile(manifest, "utf8")).replace("regions: [eu-west-1]", "regions: [eu-west-1, us-east-1]"),
    );
    const caller = session("stack-role", "payments-webhook", "111122223333");
    const resource = (region: string): string => ` on resource: arn:aws:sqs:${region}:111122223333:q`;

    expect(
      (await folder.value(["-"], { stdin: denied(caller, "sqs:SendMessage", resource("us-east-1")) })).target,
    ).toBe("payments/webhook@staging/us-east-1");
    expect(
      (await folder.why(["-"], { stdin: denied(caller, "sqs:SendMessage", resource("")) })).err,
    ).toContain(
      "2 functions are called payments-webhook: payments/webhook@staging/eu-west-1, payments/webhook@staging/us-east-1",
    );
  });
});
