import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli, TEST_CONFIG, type CliRun, type CliSetting } from "../../support/cli.ts";
import type { LiveState } from "../../../src/controller/ports/live-state.ts";
import { AwsError } from "../../../src/model/aws-error.ts";
import type { Arn } from "../../../src/model/arn.ts";
import type { AccountId, Region } from "../../../src/model/ids.ts";
import {
  DEFAULT_QUOTAS,
  type LiveAccount,
  type LiveFunction,
  type LiveRole,
} from "../../../src/model/live.ts";

const STAGING = "eu-west-1:111122223333";
const ORDERS = `arn:aws:dynamodb:${STAGING}:table/orders-staging`;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-why-"));
  await cp("manifests", root, { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

/** On a copy of the example manifests, without the folder's name in what it printed. */
async function why(argv: readonly string[], setting: CliSetting = {}): Promise<CliRun> {
  const { code, out, err } = await cli(["why", ...argv, "--dir", root], setting);
  return { code, out: out.replaceAll(`${root}/`, ""), err: err.replaceAll(`${root}/`, "") };
}

interface MendValue {
  readonly kind: string;
  readonly lines: readonly string[];
  readonly file: string;
  readonly line: number;
  readonly path: string;
  readonly guard: { readonly verdict: string; readonly findings: readonly { readonly rule: string }[] };
}

interface CaseValue {
  readonly answer: string;
  readonly target: string;
  readonly mend: MendValue | null;
  readonly notes: readonly string[];
}

async function value(argv: readonly string[], setting: CliSetting = {}): Promise<CaseValue> {
  const { out } = await cli(["why", ...argv, "--dir", root, "-o", "json"], setting);
  return JSON.parse(out) as CaseValue;
}

describe("why, as git says", () => {
  test("an allowed request names the statements that decide, and where they are written", async () => {
    expect(await why(["orders/orders-api@staging/eu-west-1", "dynamodb:GetItem", ORDERS])).toEqual({
      code: 0,
      out: [
        `allowed  dynamodb:GetItem on ${ORDERS}`,
        "  orders/orders-api@staging/eu-west-1, as git says",
        "  identity  statement DynamodbRead260d1f35 in teams/orders/orders-api.yaml:13:7",
        "  boundary  statement StatementAllow54a6836b in platform/boundary.yaml:12:9",
        "",
      ].join("\n"),
      err: "",
    });
  });

  test("a denied one names what comes nearest, what of it fails, and the line that mends it", async () => {
    expect(
      await why([
        "orders/orders-api@staging",
        "dynamodb:GetItem",
        `arn:aws:dynamodb:${STAGING}:table/customers`,
      ]),
    ).toEqual({
      code: 2,
      out: [
        `denied  dynamodb:GetItem on arn:aws:dynamodb:${STAGING}:table/customers`,
        "  orders/orders-api@staging/eu-west-1, as git says",
        "  no identity policy allows it",
        "  nearest  statement DynamodbRead260d1f35 in teams/orders/orders-api.yaml:13:7",
        `  ✗ resource: ${ORDERS}, asked is arn:aws:dynamodb:${STAGING}:table/customers`,
        "",
        "mend  write below this grant: teams/orders/orders-api.yaml:22:7",
        "    - dynamodb: { table: customers, allow: [read] }",
        "note  read has no Scan. If the code scans: allow: [read, scan]",
        "note  it changes orders/orders-api@prod/eu-west-1 too",
        "guard passes, by the rules that need no live state",
        "",
      ].join("\n"),
      err: "",
    });
  });

  test("what the boundary forbids is told with the statement that does, and no grant passes for enough", async () => {
    const { code, out } = await why(["orders/orders-api@staging", "dynamodb:DeleteTable", ORDERS]);

    expect(code).toBe(2);
    expect(out).toContain(
      "  boundary  statement StatementDeny4d213e6b in platform/boundary.yaml:40:9 denies it\n",
    );
    expect(out).toContain("note  these lines are not enough: the boundary forbids it\n");
    expect(out).toContain(
      "note  the platform team has to change the boundary arn:aws:iam::111122223333:policy/grantkeeper-boundary/platform-default\n",
    );
  });

  test("where only the boundary is missing, its owner is named and no grant", async () => {
    const manifest = join(root, "teams/orders/orders-api.yaml");
    const text = await readFile(manifest, "utf8");
    const more = `${text}  statements:\n    - { reason: "x", statement: { Effect: Allow, Action: "textract:AnalyzeDocument", Resource: "*" } }\n`;
    await writeFile(manifest, more);

    const { code, out } = await why(["orders/orders-api@staging", "textract:AnalyzeDocument", "*"]);

    expect(code).toBe(2);
    expect(out).toContain("  the boundary does not hold it: no statement of it allows it\n");
    expect(out).toContain(
      "mend  the platform team has to change the boundary arn:aws:iam::111122223333:policy/",
    );
    expect(out).not.toContain("- reason");
  });

  test("a Deny of the function's own is no matter of grants", async () => {
    const { code, out } = await why(["payments/capture@staging", "ec2:CreateNetworkInterface", "*"]);

    expect(code).toBe(2);
    expect(out).toContain(
      "  identity  statement VpcAttachaa6caee4 in teams/payments/capture.yaml:12:3 denies it\n",
    );
    expect(out).toContain("note  a Deny outweighs every grant");
    expect(out).not.toContain("mend");
  });

  test.each([
    {
      because: "a document of AWS's own may deny",
      argv: [
        "search/query@staging",
        "bedrock:InvokeModel",
        "arn:aws:bedrock:eu-west-1::foundation-model/amazon.titan-embed-text-v2:0",
      ],
      says: "teams/search/query.yaml:10:7 allows it, unless a policy of the role denies it; arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess: its document is AWS's own, and stands in no manifest",
    },
    {
      because: "a document of AWS's own may allow",
      argv: ["search/query@staging", "xray:PutTraceSegments", "*"],
      says: "nothing that is known allows it; arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess may",
    },
    {
      because: "a condition decides that nobody told",
      argv: [
        "payments/capture@staging",
        "kms:Decrypt",
        `arn:aws:kms:${STAGING}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
      ],
      says: "say what the request has: --context kms:resourcealiases=… --context kms:viaservice=…",
    },
    {
      because: "a key's own policy decides too",
      argv: [
        "payments/capture@staging",
        "kms:Decrypt",
        `arn:aws:kms:${STAGING}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
        "--context=kms:ResourceAliases=alias/payments",
        "--context=kms:ViaService=secretsmanager.eu-west-1.amazonaws.com",
      ],
      says: "the policy of the resource has to allow it too, and was not read",
    },
  ])("is unknown where $because", async ({ argv, says }) => {
    const { code, out } = await why(argv);

    expect(code).toBe(1);
    expect(out).toMatch(/^unknown {2}/);
    expect(out).toContain(says);
  });

  test("an end that has passed is mended by a new one, not by a grant for ever", async () => {
    const { code, out } = await why(
      ["payments/refunds@prod", "s3:GetObject", "arn:aws:s3:::acme-reports-prod/disputes/1"],
      { clock: { nowMs: () => Date.parse("2027-06-01T00:00:00Z"), sleep: async () => undefined } },
    );

    expect(code).toBe(2);
    expect(out).toContain(
      "  ✗ condition: DateLessThan aws:currenttime 2027-03-31T00:00:00Z, the request has 2027-06-01T00:00:00Z\n",
    );
    expect(out).toContain(
      "mend  this end has passed, give it a new one, or take it away for ever: teams/payments/refunds.yaml:14:7\n",
    );
    expect(out).not.toContain("- s3:");
  });

  test("an action that AWS does not have is no line to write", async () => {
    const { code, out } = await why(["orders/orders-api@prod", "states:SendTaskSucess", "*"]);

    expect(code).toBe(2);
    expect(out).toContain("has no action states:SendTaskSucess, did you mean states:SendTaskSuccess?\n");
    expect(out).not.toContain("mend");
  });

  test.each([
    {
      because: "a service that AWS does not have is told",
      argv: ["nothere:Get", "*"],
      note: "has no service nothere",
    },
    {
      because: "an action that takes no resource is told",
      argv: ["s3:ListAllMyBuckets", "arn:aws:s3:::b"],
      note: "s3:ListAllMyBuckets takes no resource: ask with *",
    },
    {
      because: "a grant that needs a name is told",
      argv: ["states:SendTaskSuccess", "*"],
      note: "rather a grant: states with allow: [callback]; it needs a name that the request does not tell",
    },
    {
      because: "a grant without verbs that needs a name is told",
      argv: ["cloudwatch:PutMetricData", "*"],
      note: "rather a grant: metrics; it needs a name that the request does not tell",
    },
  ])("$because", async ({ argv, note }) => {
    const { notes } = await value(["orders/orders-api@prod", ...argv]);

    expect(notes).toContainEqual(expect.stringContaining(note));
  });

  test("says which rule of the guard would refuse the line", async () => {
    const argv = ["orders/orders-api@staging", "dynamodb:DescribeBackup", "*"];

    expect((await value(argv)).mend?.guard).toMatchObject({
      verdict: "refused",
      findings: [{ rule: "RES-001" }],
    });
    expect((await why(argv)).out).toMatch(
      /\n✗ refused {2}RES-001 {2}teams\/orders\/orders-api.yaml:\d+:\d+ {2}.+\n {2}mend {2}/,
    );
  });
});

/** The file with the lines where the answer says that they belong. */
function mended(text: string, { kind, lines, line, path }: MendValue): string {
  const all = text.split("\n");
  if (kind === "change-grant") {
    const [change = ""] = lines;
    const field = change.slice(0, change.indexOf(":"));
    const at = all.findIndex((each, index) => index >= line - 1 && new RegExp(`\\b${field}: \\[`).test(each));
    return all
      .map((each, index) =>
        index === at ? each.replace(new RegExp(`\\b${field}: \\[.*?\\]`), change) : each,
      )
      .join("\n");
  }
  const isInSpec = path === "spec";
  const dash = (all[line - 1] ?? "").indexOf("-");
  const indent = isInSpec ? 2 : dash;
  let end = line;
  while (!isInSpec && /^ +\S/.test(all[end] ?? "") && (all[end] ?? "").search(/\S/) > dash) end += 1;
  return [
    ...all.slice(0, end),
    ...lines.map((each) => `${" ".repeat(indent)}${each}`),
    ...all.slice(end),
  ].join("\n");
}

describe("the lines that mend it", () => {
  test.each([
    { target: "orders/orders-api@staging", action: "dynamodb:Scan", resource: ORDERS, kind: "change-grant" },
    {
      target: "orders/orders-api@staging",
      action: "dynamodb:Query",
      resource: `${ORDERS}/index/by-day`,
      kind: "change-grant",
    },
    {
      target: "orders/orders-api@staging",
      action: "s3:PutObject",
      resource: "arn:aws:s3:::acme-uploads-staging/orders/1",
      kind: "change-grant",
    },
    {
      target: "orders/orders-api@staging",
      action: "s3:PutObject",
      resource: "arn:aws:s3:::acme-reports-staging/x y/1",
      kind: "add-grant",
    },
    {
      target: "orders/orders-api@staging",
      action: "xray:PutTraceSegments",
      resource: "*",
      kind: "set-tracing",
    },
    {
      target: "orders/orders-worker@prod",
      action: "states:SendTaskSuccess",
      resource: "*",
      kind: "change-grant",
    },
    {
      target: "payments/refunds@prod",
      action: "sqs:sendmessage",
      resource: "arn:aws:sqs:eu-west-1:444455556666:q.fifo",
      kind: "add-grant",
    },
    {
      target: "payments/refunds@prod",
      action: "ssm:GetParametersByPath",
      resource: "arn:aws:ssm:us-east-1:444455556666:parameter/a/b",
      kind: "add-grant",
    },
    {
      target: "search/index@staging",
      action: "kinesis:SubscribeToShard",
      resource: `arn:aws:kinesis:${STAGING}:stream/other/consumer/c:1`,
      kind: "add-grant",
    },
    {
      target: "reports/report-archive@staging",
      action: "translate:TranslateText",
      resource: "*",
      kind: "add-statement",
    },
    {
      target: "orders/orders-api@staging",
      action: "states:DescribeMapRun",
      resource: `arn:aws:states:${STAGING}:mapRun:m/x:1`,
      kind: "add-statement",
    },
  ])(
    "allow $action on $resource when they stand there ($kind)",
    async ({ target, action, resource, kind }) => {
      const before = await value([target, action, resource]);
      const { mend } = before;
      if (mend === null) throw new Error("nothing mends it");
      await writeFile(mend.file, mended(await readFile(mend.file, "utf8"), mend));

      const after = await value([target, action, resource]);

      expect({ kind: mend.kind, before: before.answer, after: after.answer }).toEqual({
        kind,
        before: "denied",
        after: "allowed",
      });
      expect((await cli(["validate", root])).code).toBe(mend.guard.verdict === "passes" ? 0 : 1);
    },
  );

  test.each([
    {
      because: "a list in brackets takes an entry in braces",
      grants: "  grants: [{ sqs: { queue: a, allow: [send] } }]",
      lines: ["{ sqs: { queue: b, allow: [send] } }"],
    },
    {
      because: "an empty list gives way",
      grants: "  grants: []",
      lines: ["grants:", "  - sqs: { queue: b, allow: [send] }"],
    },
    {
      because: "a list that is not there is begun",
      grants: "",
      lines: ["grants:", "  - sqs: { queue: b, allow: [send] }"],
    },
  ])("$because", async ({ grants, lines }) => {
    await writeFile(
      join(root, "teams/orders/small.yaml"),
      `apiVersion: grantkeeper.dev/v1alpha1\nkind: FunctionPermission\nmetadata: { name: small }\nspec:\n  targets: [{ accounts: [staging], regions: [eu-west-1] }]\n${grants}\n`,
    );

    const { mend } = await value(["orders/small", "sqs:SendMessage", `arn:aws:sqs:${STAGING}:b`]);

    expect(mend?.lines).toEqual(lines);
  });
});

const session = (role: string, name: string, account = "444455556666"): string =>
  `arn:aws:sts::${account}:assumed-role/${role}/${name}`;
const denied = (caller: string, action: string, rest: string): string =>
  `2026-11-25T08:00:00Z ERROR AccessDenied: User: ${caller} is not authorized to perform: ${action}${rest}\n`;

describe("why, of what AWS said", () => {
  const API = session("orders-api-eu-west-1", "orders-api");

  test("finds the function by its role and answers", async () => {
    const stdin = denied(
      API,
      "s3:GetObject",
      ' on resource: "arn:aws:s3:::acme-reports-prod/words.json" because no identity-based policy allows the s3:GetObject action',
    );

    const { code, out, err } = await why(["-"], { stdin });

    expect({ code, err }).toEqual({ code: 2, err: "" });
    expect(out).toContain("  orders/orders-api@prod/eu-west-1, as git says\n");
    expect(out).toContain("  AWS said  no identity policy allows it\n");
    expect(out).toContain('    - s3: { bucket: "${account.vars.reportsBucket}", allow: [read] }\n');
  });

  test("finds a function that still has another role by the session's name", async () => {
    const stdin = denied(
      session("stack-role-XYZ", "payments-refunds"),
      "secretsmanager:GetSecretValue",
      " on resource: payments/psp-key because no identity-based policy allows the secretsmanager:GetSecretValue action",
    );

    const { out } = await why(["-"], { stdin });

    expect(out).toContain("  payments/refunds@prod/eu-west-1, as git says\n");
    expect(out).toContain("    - secrets: { secret: payments/psp-key, allow: [read] }\n");
  });

  test("what a policy outside of git denies is denied whatever git allows", async () => {
    const table = "arn:aws:dynamodb:eu-west-1:444455556666:table/refunds";
    const caller = session("payments-refunds-eu-west-1", "payments-refunds");
    const stdin = denied(
      caller,
      "dynamodb:GetItem",
      ` on resource: ${table} with an explicit deny in a service control policy`,
    );

    const { code, out } = await why(["-"], { stdin });

    expect(code).toBe(2);
    expect(out).toMatch(
      /^denied {2}dynamodb:GetItem on .*\n {2}AWS said {2}an explicit deny in the service control policy\n\nallowed /,
    );
    expect(out).toContain("note  git does not hold the service control policy that denied it");
  });

  test("what git allows by now is allowed, and where to look is said", async () => {
    const stdin = denied(
      API,
      "dynamodb:GetItem",
      " on resource: arn:aws:dynamodb:eu-west-1:444455556666:table/orders-prod-7F3A",
    );

    const { code, out } = await why(["-"], { stdin });

    expect(code).toBe(0);
    expect(out).toContain("  AWS said  denied, not by which policy\n");
    expect(out).toContain(
      "note  git allows what AWS refused: --live shows what stands there, grantkeeper describe orders/orders-api@prod/eu-west-1 why\n",
    );
  });

  test("a CloudTrail event needs no message: its name and parameters tell it", async () => {
    const event = {
      eventSource: "s3.amazonaws.com",
      eventName: "ListObjects",
      errorCode: "AccessDenied",
      errorMessage: "Access Denied",
      awsRegion: "eu-west-1",
      userIdentity: { type: "AssumedRole", arn: API, accountId: "444455556666" },
      requestParameters: { bucketName: "acme-uploads-prod", prefix: "orders/2026/" },
    };

    const { answer, mend } = await value(["-"], { stdin: JSON.stringify({ Records: [event] }) });

    expect(answer).toBe("denied");
    expect(mend?.lines).toEqual(["allow: [read, delete, list]"]);
  });

  test("several are answered one below the other, and the worst counts", async () => {
    const table = "arn:aws:dynamodb:eu-west-1:444455556666:table";
    const stdin = `${denied(API, "dynamodb:GetItem", ` on resource: ${table}/orders-prod-7F3A`)}${denied(API, "dynamodb:GetItem", ` on resource: ${table}/other`)}`;

    const { code, out } = await why(["-", "-o", "json"], { stdin });

    expect(code).toBe(2);
    expect((JSON.parse(out) as readonly CaseValue[]).map(({ answer }) => answer)).toEqual([
      "allowed",
      "denied",
    ]);
    expect((await why(["-"], { stdin })).out).toMatch(/\n\n\ndenied /);
  });

  test("more than twenty are cut, and that is said", async () => {
    const stdin = Array.from({ length: 21 }, (_, at) =>
      denied(API, "dynamodb:GetItem", ` on resource: arn:aws:dynamodb:eu-west-1:444455556666:table/t${at}`),
    ).join("");

    const { out, err } = await why(["-", "-o", "json"], { stdin });

    expect(JSON.parse(out)).toHaveLength(20);
    expect(err).toBe("note: 21 refusals, the first 20 are answered\n");
  });

  test("a metric has no resource", async () => {
    const stdin = denied(
      API,
      "cloudwatch:PutMetricData",
      " because no identity-based policy allows the cloudwatch:PutMetricData action",
    );

    expect(await value(["-"], { stdin })).toMatchObject({
      answer: "denied",
      mend: { kind: "add-statement" },
    });
  });

  test("a target counts before the message's caller, and --context before its keys", async () => {
    const decoded = {
      allowed: false,
      context: {
        action: "s3:ListBucket",
        resource: "arn:aws:s3:::acme-uploads-staging",
        conditions: { items: [{ key: "s3:prefix", values: { items: [{ value: "x/" }] } }] },
      },
    };

    const stdin = JSON.stringify(decoded);

    expect((await value(["search/rebuild", "-"], { stdin })).answer).toBe("denied");
    expect(
      (await value(["search/rebuild", "-", "--context", "s3:prefix=catalogue/"], { stdin })).answer,
    ).toBe("allowed");
  });

  test("does nothing to the terminal, whatever the message holds", async () => {
    const stdin = denied(
      API,
      "sqs:SendMessage",
      " on resource: arn:aws:sqs:eu-west-1:444455556666:\u001b[2Jq\u202e because no identity-based policy allows it",
    );

    const { out, err } = await why(["-"], { stdin });

    expect(`${out}${err}`).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect((await why(["-", "-o", "json"], { stdin })).out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  test.each([
    { because: "nothing is told", stdin: "Access Denied", says: "standard input tells no refused call" },
    {
      because: "nobody has the role",
      stdin: denied(session("other", "thing"), "sqs:SendMessage", ""),
      says: "no manifest here has role other of account 444455556666, and none a function thing there",
    },
    {
      because: "a user asked",
      stdin: denied("arn:aws:iam::444455556666:user/dana", "sqs:SendMessage", ""),
      says: "arn:aws:iam::444455556666:user/dana is no session of a function's role",
    },
    {
      because: "it does not say who",
      stdin: "User is not authorized to perform: sqs:SendMessage",
      says: "the message does not say who asked",
    },
    {
      because: "it is encoded, and nobody is named",
      stdin:
        "(UnauthorizedOperation) when calling the RunInstances operation: Encoded authorization failure message: ABCDEFGHIJKLMNOPQRST",
      says: "the refusal of RunInstances does not say who asked",
    },
    {
      because: "it leaves the resource out",
      stdin: denied(API, "sqs:SendMessage", ""),
      says: "AWS's message does not say what sqs:SendMessage was asked for",
    },
    {
      because: "its resource is no ARN",
      stdin: denied(API, "sqs:SendMessage", " on resource: q"),
      says: "AWS's message calls it q, which is no ARN: what sqs:SendMessage was asked for",
    },
    { because: "it is too long", stdin: "x".repeat(17_000_000), says: "standard input has more than 16 MiB" },
  ])("says what is missing where $because", async ({ stdin, says }) => {
    const { code, out, err } = await why(["-"], { stdin });

    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(`error: ${says}`);
    expect(err).toMatch(/\nmend: {2}\S/);
  });

  test("an encoded message of a known function says how to decode it", async () => {
    const stdin =
      "when calling the RunInstances operation: Encoded authorization failure message: ABCDEFGHIJKLMNOPQRST";

    expect(await why(["orders/orders-api@prod", "-"], { stdin })).toMatchObject({
      code: 1,
      err: expect.stringContaining(
        "aws sts decode-authorization-message --encoded-message … decodes it; paste its answer",
      ),
    });
  });

  test("a call whose action is not told asks for it", async () => {
    const event = {
      eventSource: "s3.amazonaws.com",
      eventName: "CopyObject",
      errorCode: "AccessDenied",
      userIdentity: { arn: API },
    };

    expect(await why(["-"], { stdin: JSON.stringify(event) })).toMatchObject({
      code: 1,
      err: expect.stringContaining("which action CopyObject needs is not told"),
    });
  });

  test("two functions of one name in two regions are told apart by the event's region, or not at all", async () => {
    const accounts = join(root, "platform/accounts.yaml");
    await writeFile(
      accounts,
      (await readFile(accounts, "utf8")).replaceAll(
        "regions: [eu-west-1]",
        "regions: [eu-west-1, us-east-1]",
      ),
    );
    const manifest = join(root, "teams/payments/webhook.yaml");
    await writeFile(
      manifest,
      (await readFile(manifest, "utf8")).replace("regions: [eu-west-1]", "regions: [eu-west-1, us-east-1]"),
    );
    const caller = session("stack-role", "payments-webhook", "111122223333");
    const resource = (region: string): string => ` on resource: arn:aws:sqs:${region}:111122223333:q`;

    expect(
      (await value(["-"], { stdin: denied(caller, "sqs:SendMessage", resource("us-east-1")) })).target,
    ).toBe("payments/webhook@staging/us-east-1");
    expect((await why(["-"], { stdin: denied(caller, "sqs:SendMessage", resource("")) })).err).toContain(
      "2 functions are called payments-webhook: payments/webhook@staging/eu-west-1, payments/webhook@staging/us-east-1",
    );
  });
});

describe("what is asked", () => {
  test.each([
    {
      argv: ["orders/orders-api", "sqs:SendMessage", "*"],
      says: "orders/orders-api means 2 functions: orders/orders-api@staging/eu-west-1, orders/orders-api@prod/eu-west-1",
    },
    { argv: ["orders/orders-apj", "sqs:SendMessage", "*"], says: "did you mean orders/orders-api?" },
    { argv: ["orders/orders-api@prod", "sqs:*", "*"], says: '"sqs:*" is no action' },
    { argv: ["orders/orders-api@prod", "sqs:SendMessage", "q"], says: '"q" is neither an ARN nor *' },
    { argv: ["orders/orders-api@prod", "sqs:SendMessage"], says: "an action and a resource are needed" },
    {
      argv: ["orders/orders-api@prod", "sqs:SendMessage", "*", "--context", "x"],
      says: '--context "x" is no key=value',
    },
  ])("as $argv is refused: $says", async ({ argv, says }) => {
    const { code, out, err } = await why(argv);

    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(says);
  });

  test("of a function whose manifest has problems says so", async () => {
    await writeFile(join(root, "teams/search/query.yaml"), "kind: FunctionPermission\n");
    const manifest = join(root, "teams/orders/orders-api.yaml");
    await writeFile(manifest, (await readFile(manifest, "utf8")).replace("allow: [send]", "allow: [sned]"));
    const stdin = denied(session("orders-api-eu-west-1", "orders-api"), "sqs:SendMessage", " on resource: *");

    for (const argv of [["orders/orders-api@prod", "sqs:SendMessage", "*"], ["-"]]) {
      expect((await why(argv, { stdin })).err).toContain(
        "some manifests here have problems: grantkeeper validate",
      );
    }
  });
});

const BOUNDARY = "arn:aws:iam::111122223333:policy/grantkeeper-boundary/platform-default" as Arn;
const ROLE = "arn:aws:iam::111122223333:role/grantkeeper/query-role" as Arn;
const XRAY = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess" as Arn;
const allowing = (action: string): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] });

/** The role of search/query with an inline policy of its own and an AWS-managed one, read as far as it is asked for. */
function liveOf(change: { readonly role?: LiveRole | null; readonly hasFunction?: boolean } = {}): LiveState {
  const role: LiveRole = {
    name: "query-role",
    path: "/grantkeeper/",
    arn: ROLE,
    roleId: "AROAEXAMPLE",
    createdAtMs: 0,
    trust: "{}",
    description: "",
    maxSessionSeconds: 3_600,
    boundary: BOUNDARY,
    inline: [{ name: "by-hand", text: allowing("sqs:*") }],
    attachments: [XRAY],
    tags: [],
    instanceProfiles: [],
    lastUsedAtMs: null,
  };
  const found: LiveFunction = {
    name: "search-query",
    arn: `arn:aws:lambda:${STAGING}:function:search-query` as Arn,
    roleArn: ROLE,
    revisionId: "r",
    needs: {
      vpc: false,
      tracing: false,
      deadLetterArn: null,
      fileSystemArns: [],
      kmsKeyArn: null,
      logGroup: null,
    },
    versions: { kind: "present", value: [] },
    aliases: { kind: "present", value: [] },
    edge: false,
    policies: new Map(),
  };
  const { hasFunction = true } = change;
  const asked = change.role === undefined ? role : change.role;
  return {
    sweep: () => Promise.reject(new Error("one function needs no sweep")),
    read: async ({ account, roleNames, policyArns }): Promise<LiveAccount> => ({
      accountId: account.id,
      observedAtMs: Date.parse("2026-11-25T10:41:07Z"),
      complete: false,
      roles: new Map(
        roleNames.map((name) => [
          name.toLowerCase(),
          asked === null ? { kind: "absent" } : { kind: "present", value: asked },
        ]),
      ),
      policies: new Map(
        policyArns
          .filter((arn) => arn === BOUNDARY)
          .map((arn) => [
            arn,
            {
              kind: "present",
              value: {
                name: "platform-default",
                path: "/grantkeeper-boundary/",
                arn: BOUNDARY,
                policyId: "ANPAEXAMPLE",
                defaultVersionId: "v1",
                versions: [{ id: "v1", createdAtMs: 0, text: allowing("*") }],
                description: "",
                attachmentCount: 0,
                boundaryUsageCount: 1,
                tags: { kind: "present", value: [] },
              },
            },
          ]),
      ),
      awsManaged: new Map(
        policyArns
          .filter((arn) => arn === XRAY)
          .map((arn) => [
            arn,
            { kind: "present", value: { arn: XRAY, versionId: "v1", text: allowing("xray:*") } },
          ]),
      ),
      regions: new Map([
        [
          "eu-west-1" as Region,
          {
            kind: "read",
            functions: new Map(hasFunction ? [["search-query", found]] : []),
            complete: false,
            absentFunctions: new Set(["search-query"]),
          },
        ],
      ]),
      quotas: DEFAULT_QUOTAS,
    }),
  };
}

describe("why --live", () => {
  const QUEUE = `arn:aws:sqs:${STAGING}:q`;
  const run = (live: LiveState, argv: readonly string[]): Promise<CliRun> => {
    const aws = async () => ({ live, examine: async () => [], close: () => undefined });
    return why([...argv, "--live", "--config", "x.yaml"], { installation: { aws, config: TEST_CONFIG } });
  };

  test("asks AWS for the function, its role and that role's policies, and that answer counts", async () => {
    const { code, out } = await run(liveOf(), ["search/query@staging", "sqs:SendMessage", QUEUE]);

    expect(code).toBe(0);
    expect(out).toMatch(/^unknown {2}sqs:SendMessage/);
    expect(out).toContain(
      [
        "",
        `allowed  sqs:SendMessage on ${QUEUE}`,
        "  search/query@staging/eu-west-1, as it stood in AWS at 10:41:07",
        "  identity  a statement without Sid in inline by-hand",
        `  boundary  a statement without Sid in boundary ${BOUNDARY}`,
        "",
      ].join("\n"),
    );
    expect(out).toContain(
      `note  in AWS the function has the role ${ROLE}, git says arn:aws:iam::111122223333:role/grantkeeper/search-query-eu-west-1\n`,
    );
  });

  test("reads AWS's own documents, so that nothing stays unknown", async () => {
    expect((await run(liveOf(), ["search/query@staging", "xray:PutTraceSegments", "*"])).code).toBe(0);
    expect((await run(liveOf(), ["search/query@staging", "dynamodb:GetItem", `${ORDERS}`])).code).toBe(2);
  });

  test.each([
    {
      because: "there is no such function",
      live: liveOf({ hasFunction: false }),
      says: "there is no function search-query in staging/eu-west-1",
    },
    {
      because: "its role is gone",
      live: liveOf({ role: null }),
      says: `the function's role ${ROLE} does not exist`,
    },
  ])("is unknown where $because", async ({ live, says }) => {
    const { code, out } = await run(live, ["search/query@staging", "sqs:SendMessage", QUEUE]);

    expect(code).toBe(1);
    expect(out).toContain(`\nunknown  as it stands in AWS\n  ${says}\n`);
  });

  test("that can't be read fails with AWS's reason", async () => {
    const facts = {
      call: "sts:AssumeRole",
      code: "AccessDenied",
      message: "no",
      disposition: { kind: "circuit", scope: "account" },
      requestId: null,
      lost: false,
    } as const;
    const live: LiveState = { ...liveOf(), read: () => Promise.reject(new AwsError(facts)) };

    expect(await run(live, ["search/query@staging", "sqs:SendMessage", QUEUE])).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("sts:AssumeRole"),
    });
  });

  test("without an operator's file says what is needed", async () => {
    expect((await why(["search/query@staging", "sqs:SendMessage", QUEUE, "--live"])).err).toContain(
      "name the operator's file with --config",
    );
  });

  test("on a saved state reads nothing", async () => {
    const read = await liveOf().read(
      {
        account: { id: "111122223333" as AccountId } as never,
        pass: "p",
        roleNames: ["query-role"],
        policyArns: [XRAY, BOUNDARY],
        functions: [],
      },
      new AbortController().signal,
    );
    const maps = (_name: string, each: unknown): unknown =>
      each instanceof Map ? { $map: [...each] } : each instanceof Set ? { $set: [...each] } : each;
    const accounts = [{ accountId: "111122223333", live: { kind: "read", account: read }, record: null }];
    const file = join(root, "live.json");
    await writeFile(
      file,
      JSON.stringify({ format: "grantkeeper-live/1", savedAt: "2026-11-25T10:41:07Z", accounts }, maps),
    );

    expect((await why(["search/query@staging", "sqs:SendMessage", QUEUE, "--live", file])).code).toBe(0);
    expect((await why(["orders/orders-api@prod", "sqs:SendMessage", QUEUE, "--live", file])).out).toContain(
      "  prod is not in the saved state\n",
    );
  });
});
