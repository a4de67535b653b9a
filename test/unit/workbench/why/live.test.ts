import { NO_ESTATES } from "../../../support/fakes/no-estates.ts";
import { NO_ORGANIZATIONS } from "../../../support/fakes/no-organizations.ts";
import { NO_REFERENCES } from "../../../support/fakes/no-references.ts";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { TEST_CONFIG, type CliRun } from "../../../support/screens/cli.ts";
import { ORDERS, STAGING, WhyFolder } from "../../../support/screens/why.ts";
import type { LiveState } from "../../../../src/controller/ports/live-state.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import type { AccountId, Region } from "../../../../src/model/aws/ids.ts";
import { DEFAULT_QUOTAS, type LiveFunction, type LiveRole } from "../../../../src/model/live.ts";
import { err, ok, orThrow } from "../../../../src/model/values/result.ts";
import { NO_NEEDS } from "../../../support/pass/live-state.ts";
import { deniedAccount } from "../../../support/fakes/fake-aws.ts";

let folder: WhyFolder;
beforeEach(async () => {
  folder = await WhyFolder.make();
});
afterEach(() => folder.remove());

const BOUNDARY = "arn:aws:iam::111122223333:policy/grantkeeper-boundary/platform-default" as Arn;
const ROLE = "arn:aws:iam::111122223333:role/grantkeeper/query-role" as Arn;
const XRAY = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess" as Arn;
const allowing = (action: string): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] });

/** The role of search/query with an inline policy and an AWS-managed one, of which only the requested parts are read. */
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
    needs: NO_NEEDS,
    triggers: { kind: "unknown", reason: "not requested" },
    versions: { kind: "present", value: [] },
    aliases: { kind: "present", value: [] },
    edge: false,
    policies: new Map(),
  };
  const { hasFunction = true } = change;
  const asked = change.role === undefined ? role : change.role;
  return {
    sweep: () => Promise.reject(new Error("one function needs no sweep")),
    read: async ({ account, roleNames, policyArns }) =>
      ok({
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
    const aws = async () => ({
      live,
      estates: NO_ESTATES,
      organizations: NO_ORGANIZATIONS,
      references: NO_REFERENCES,
      examine: async () => [],
      serviceControl: async () => new Map(),
      close: () => undefined,
    });
    return folder.why([...argv, "--live", "--config", "x.yaml"], {
      installation: { aws, config: TEST_CONFIG },
    });
  };

  test("reads the function, its role and the role's policies from AWS, and answers from these", async () => {
    const { code, out } = await run(liveOf(), ["search/query@staging", "sqs:SendMessage", QUEUE]);

    expect(code).toBe(0);
    expect(out).toContain(
      [
        `allowed  sqs:SendMessage on ${QUEUE}`,
        "  search/query@staging/eu-west-1, in AWS, read at 10:41:07Z",
        "  identity  a statement without Sid in inline by-hand",
        `  boundary  a statement without Sid in boundary ${BOUNDARY}`,
        "",
        `denied  sqs:SendMessage on ${QUEUE}`,
        "  search/query@staging/eu-west-1, as declared in Git",
        "",
      ].join("\n"),
    );
    expect(out).toContain(
      "note:  AWS allows what Git does not declare: this is drift, and ends when it is reverted\n",
    );
    expect(out).toContain(
      `note:  in AWS the function has the role ${ROLE}, Git declares arn:aws:iam::111122223333:role/grantkeeper/search-query-eu-west-1\n`,
    );
  });

  test("reads AWS's own documents, so that nothing stays unknown", async () => {
    const xray = await run(liveOf(), ["search/query@staging", "xray:PutTraceSegments", "*"]);

    expect(xray.code).toBe(0);
    expect(xray.out.match(/^(allowed|denied|unknown) /gm)).toEqual(["allowed ", "allowed "]);
    expect((await run(liveOf(), ["search/query@staging", "dynamodb:GetItem", ORDERS])).code).toBe(2);
  });

  test("explains where to look when Git allows what AWS denies", async () => {
    const { live } = { live: liveOf() };
    const argv = [
      "search/query@staging",
      "ssm:GetParametersByPath",
      `arn:aws:ssm:${STAGING}:parameter/search/query`,
    ];
    const manifest = join(folder.root, "teams/search/query.yaml");
    await writeFile(manifest, (await readFile(manifest, "utf8")).replace(/^ {2}managedPolicies.*\n/m, ""));

    const { code, out } = await run(live, argv);

    expect(code).toBe(2);
    expect(out).toContain(
      "note:  the declared permission is not in effect in AWS: grantkeeper describe search/query@staging/eu-west-1 shows the reason\n",
    );
  });

  test.each([
    {
      because: "there is no such function",
      live: liveOf({ hasFunction: false }),
      expected: "there is no function search-query in staging/eu-west-1",
    },
    {
      because: "its role is gone",
      live: liveOf({ role: null }),
      expected: `the function's role ${ROLE} does not exist`,
    },
  ])("is unknown where $because", async ({ live, expected }) => {
    const { code, out } = await run(live, ["search/query@staging", "sqs:SendMessage", QUEUE]);

    expect(code).toBe(3);
    expect(out).toContain(
      `unknown  sqs:SendMessage on ${QUEUE}\n  search/query@staging/eu-west-1, in AWS\n  ${expected}\n\n`,
    );
  });

  test("that can't be read fails with AWS's reason", async () => {
    const live: LiveState = { ...liveOf(), read: async () => err(deniedAccount("sts:AssumeRole")) };

    expect(await run(live, ["search/query@staging", "sqs:SendMessage", QUEUE])).toMatchObject({
      code: 4,
      out: "",
      err: expect.stringContaining("sts:AssumeRole"),
    });
  });

  test("reports what is missing when --live is given before the target without an operator's file", async () => {
    expect((await folder.why(["--live", "search/query@staging", "sqs:SendMessage", QUEUE])).err).toContain(
      "name the operator's file with --config",
    );
  });

  test("on a saved state reads nothing, and shows its date", async () => {
    const reading = await liveOf().read(
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
    const account = { ...orThrow(reading), observedAtMs: Date.parse("2026-11-20T08:15:00Z") };
    const accounts = [{ accountId: "111122223333", live: { kind: "read", account }, record: null }];
    const file = join(folder.root, "live.json");
    await writeFile(
      file,
      JSON.stringify({ format: "grantkeeper-live/1", savedAt: "2026-11-25T10:41:07Z", accounts }, maps),
    );

    const known = await folder.why(["--live-file", file, "search/query@staging", "sqs:SendMessage", QUEUE]);
    const other = await folder.why(["orders/orders-api@prod", "sqs:SendMessage", QUEUE, "--live-file", file]);

    expect(known.code).toBe(0);
    expect(known.out).toContain("in AWS, read at 2026-11-20 08:15Z\n");
    expect(other.out).toContain("  prod is not in the saved state\n");
  });
});
