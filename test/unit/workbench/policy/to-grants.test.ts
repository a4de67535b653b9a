import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { cli } from "../../../support/screens/cli.ts";
import { ACCOUNT, allow, document, QUEUE } from "../../../support/screens/policy-command.ts";

const SEND = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"];

const toGrants = (stdin: string, ...more: readonly string[]) =>
  cli(["policy", "to-grants", "-", ...more], { stdin });

describe("policy to-grants", () => {
  test("prints the grants and the statements as the spec of a manifest", async () => {
    const { code, out } = await toGrants(
      document(allow({ Action: SEND }), allow({ Sid: "All", Action: "sqs:*", Resource: "*" })),
    );

    const [first = "", ...lines] = out.split("\n");
    expect(code).toBe(0);
    expect(first).toBe(
      "1 of 2 statements recognised as 1 grant; 1 unchanged; proved: exactly the same permissions",
    );
    expect(parse(lines.join("\n"))).toEqual({
      grants: [{ sqs: { queue: "q", allow: ["send"] } }],
      statements: [
        {
          reason: "from statement All of standard input; no grant is equal",
          statement: { Effect: "Allow", Action: "sqs:*", Resource: "*" },
        },
      ],
    });
  });

  test("names what it leaves out because no request can use it, as a comment of the manifest", async () => {
    const { out } = await toGrants(
      document(allow({ Sid: "Send", Action: ["sqs:SendMessage", "sqs:SendMessageBatch"] })),
    );

    const [first = "", ...lines] = out.split("\n");
    expect(first).toContain("proved: the same permissions, except for those that no request can use");
    expect(lines.filter((line) => line.startsWith("#"))).toEqual([
      `# left out of statement Send of standard input: sqs:SendMessageBatch on ${QUEUE}, which no request can use: SQS checks a batch by the action without Batch (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-batch-api-actions.html)`,
    ]);
    expect(parse(lines.join("\n"))).toEqual({ grants: [{ sqs: { queue: "q", allow: ["SendMessage"] } }] });
  });

  test("lists the nearest grants apart from the result", async () => {
    const { out } = await toGrants(
      document(allow({ Sid: "Send", Action: ["sqs:SendMessage", "sqs:PurgeQueue"] })),
    );

    expect(out).toContain("0 of 1 statement recognised as 0 grants");
    expect(out.split("\n").slice(-5)).toEqual([
      "Nearest grants, which would allow less:",
      "statement Send of standard input: drops 1 action",
      "  - sqs: { queue: q, allow: [SendMessage] }",
      "  drops: sqs:PurgeQueue",
      "",
    ]);
  });

  test("exits with 2 for a part that no manifest can declare", async () => {
    const { code, out } = await toGrants(
      document(allow({ Action: SEND }), allow({ Sid: "Odd", Extra: "x" })),
    );

    expect(code).toBe(2);
    expect(out).toContain("not proved: the permissions may differ");
    expect(out).toContain(
      'not possible in a manifest: statement Odd of standard input: unknown element "Extra"',
    );
  });

  test("prints the published form", async () => {
    const { out } = await toGrants(document(allow({ Action: "sqs:SendMessage" })), "-o", "json");

    const grants = [{ sqs: { queue: "q", allow: ["SendMessage"] } }];
    expect(JSON.parse(out)).toMatchObject({ statements: 1, replaced: 1, proved: true, grants });
  });

  test.each([
    {
      because: "the ARNs name two regions",
      text: document(allow({ Resource: [QUEUE, QUEUE.replace("eu-west-1", "us-east-1")] })),
      more: [],
      error: /the region of the function is not known: .* several: eu-west-1, us-east-1/,
    },
    {
      because: "no ARN names an account",
      text: document(allow({ Resource: "*" })),
      more: ["--region", "eu-west-1"],
      error: /the account of the function is not known: .* no account/,
    },
    {
      because: "the region has another form",
      text: document(allow()),
      more: ["--account", ACCOUNT, "--region", "Ireland"],
      error: /--region "Ireland" is not a region/,
    },
  ])("asks for the place of the function if $because", async ({ text, more, error }) => {
    const { code, err } = await toGrants(text, ...more);

    expect([code, err]).toEqual([1, expect.stringMatching(error)]);
  });
});
