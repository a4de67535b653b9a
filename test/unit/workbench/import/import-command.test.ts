import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { known } from "../../../../src/adopt/estate/estate.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import { estate, estateFunction, estateIam, estateRole } from "../../../support/adopt/estate.ts";
import { policyText } from "../../../support/adopt/policies.ts";
import { livePolicyOf } from "../../../support/pass/live-state.ts";
import { type CliRun } from "../../../support/screens/cli.ts";
import {
  ORDERS_API,
  READ_POLICY,
  ESTATE,
  importFolder,
  importing,
  byRules,
  importedFile,
} from "../../../support/adopt/import-command.ts";

let root: string;

beforeEach(async () => {
  root = await importFolder();
});

afterEach(() => rm(root, { recursive: true }));

describe("import", () => {
  test("writes a manifest for each function that was read and matches a rule, and names the others", async () => {
    const { code, out } = await byRules(root);

    expect(code).toBe(3);
    expect(out.split("\n")).toEqual([
      "3 functions: 1 imported, 1 of them proved equal, 1 unmatched, 1 unknown",
      "2 of 2 statements recognised as grants (100 %)",
      "1 file written, 0 unchanged",
      "",
      "The line that each deployer changes: get role-arn prints the ARN",
      "  1 function: unknown deployer: no known sign",
      "",
      "Before functions switch to their roles",
      "  orders-prod: 1 new role, 10 of 1000 exist",
      "  orders-prod: other places that may name an old role were not read: policies of other resources (buckets, keys, queues, topics, secrets), of users and groups, of other accounts and of the organization; resource policy of function orders-job in eu-west-1: lambda:GetPolicy was not called",
      "",
      "Take over in place, only where a new role is not possible",
      "  possible: orders-api@orders-prod/eu-west-1: nothing that was read is against it; the platform lists the role in adoptableRoles of the AwsAccount, then the manifest has role: { name: orders-api-role, path: /, adopt: reviewed }",
      "  not looked at for this function: the stack of CloudFormation that may own the role, except by its tags (cloudformation:DescribeStackResources was not called)",
      "  not looked at for this function: states of Terraform that were not given, and other tools",
      "  not looked at for this function: functions of regions that account orders-prod does not list",
      "",
      "Without a manifest",
      "  unknown: orders-job@orders-prod/eu-west-1: lambda:GetPolicy was not called; allow the call to the observer, and import again",
      "  unmatched: search-api@orders-prod/eu-west-1: no rule matches it; add a rule to --namespace-rules",
      "",
      "Next:",
      "  grantkeeper validate /repository",
      "  grantkeeper plan /repository --config FILE",
      "",
    ]);
    expect(await importedFile(root, "teams/orders/orders-api.yaml")).toContain("mode: observe");
  });

  test("names the rules that refuse a function, and drafts waivers that an owner has to complete", async () => {
    const open = policyText([{ Effect: "Allow", Action: "*", Resource: "*" }]);
    const role = estateRole("orders-api-role", { inline: [{ name: "app", text: open }] });
    const functions = [estateFunction("orders-api")];
    const read = estate({ functions, iam: known(estateIam([role])) });

    const { code, out } = await importing(root, ["--namespace", "orders"], read);

    expect(code).toBe(0);
    expect(out).toMatch(
      /^ {2}orders-api@orders-prod\/eu-west-1: ACT-001, [A-Z0-9-]+, [A-Za-z0-9-]+ and \d+ more$/m,
    );
    expect(out).toMatch(/^ {2}refused by rules: orders-api@orders-prod\/eu-west-1: ACT-001, /m);
    expect(out).not.toContain("possible: ");
    const drafts = (await importedFile(root, "drafts/waivers.yaml")).split("\n---\n").slice(1);
    expect(drafts.length).toBeGreaterThan(0);
    expect(parse(drafts[0] ?? "")).toMatchObject({
      kind: "Waiver",
      metadata: { name: "import-act-001-orders-orders-api-orders-prod-eu-west-1" },
      spec: { rule: "ACT-001", binding: "orders/orders-api@orders-prod/eu-west-1", owner: "OWNER" },
    });
    const again = await importing(root, ["--namespace", "orders"], read);
    expect(again.out).toContain("0 imported, 0 of them proved equal, 1 declared");
    expect(again.out).toMatch(/^ {2}refused by rules: orders-api@orders-prod\/eu-west-1: ACT-001, /m);
  });

  test("names a manifest that is over a quota once, and drafts no waiver of it, which AWS keeps all the same", async () => {
    const NotResource = Array.from(
      { length: 200 },
      (_, at) => `arn:aws:sqs:eu-west-1:111122223333:history-events-${at}`,
    );
    const full = policyText([{ Effect: "Deny", Action: "sqs:SendMessage", NotResource }]);
    const role = estateRole("orders-api-role", { inline: [{ name: "app", text: full }] });
    const functions = [estateFunction("orders-api")];
    const read = estate({ functions, iam: known(estateIam([role])) });

    const { out } = await importing(root, ["--namespace", "orders"], read);

    expect(out.match(/SIZ-001/g)).toHaveLength(1);
    expect(out).toMatch(
      /Larger than AWS accepts \(SIZ-001\), which no Waiver changes\n {2}orders-api@orders-prod\/eu-west-1: /,
    );
    expect(out).not.toContain("Refused by rules");
    await expect(importedFile(root, "drafts/waivers.yaml")).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("shows the limits of a boundary that is not declared as limits, not as permissions", async () => {
    const boundary = "arn:aws:iam::111122223333:policy/developers" as Arn;
    const text = policyText([
      { Effect: "Allow", Action: "*", Resource: "*" },
      { Effect: "Deny", Action: "iam:*", Resource: "*" },
    ]);
    const role = estateRole("orders-api-role", { boundary, inline: [{ name: "app", text: READ_POLICY }] });
    const policies = new Map([
      [boundary, { kind: "present", value: livePolicyOf(boundary, [text]) } as const],
    ]);
    const iam = estateIam([role], { policies });

    const { out } = await importing(
      root,
      ["--namespace", "orders"],
      estate({ functions: [estateFunction("orders-api")], iam: known(iam) }),
    );

    expect(out).toContain("permission: orders-api@orders-prod/eu-west-1: - Deny of the boundary: iam:* on *");
    expect(out).not.toMatch(/: \+ (iam:)?\* on \*/);
  });

  test("prints the published form", async () => {
    const { out } = await importing(root, ["--namespace", "all", "-o", "json"]);

    expect(JSON.parse(out)).toMatchObject({
      functions: [
        {
          function: "orders-api",
          outcome: "written",
          isProved: true,
          statements: { total: 2, recognised: 2, withLeftOut: 0 },
        },
        { function: "orders-job", outcome: "unknown", path: null },
        { function: "search-api", outcome: "written" },
      ],
      files: [{ state: "written" }, { state: "written" }],
    });
  });

  test.each<{ readonly because: string; readonly more: readonly string[]; readonly error: RegExp }>([
    { because: "no namespace is named", more: [], error: /needs to know the namespaces/ },
    {
      because: "both forms are given",
      more: ["--namespace", "a", "--namespace-rules", "b"],
      error: /exclude each other/,
    },
    { because: "the name is none", more: ["--namespace", "A b"], error: /"A b" is not a namespace name/ },
    {
      because: "there is no such file",
      more: ["--namespace-rules", "none.yaml"],
      error: /cannot read none.yaml/,
    },
  ])("is refused if $because", async ({ more, error }) => {
    const { code, err } = await importing(root, more);

    expect([code, err]).toEqual([1, expect.stringMatching(error)]);
  });

  test.each([
    { text: "rules: []\n", error: /rules is not as expected/ },
    { text: "rules:\n  - { prefix: orders- }\n", error: /rules\[0\] is not as expected/ },
    {
      text: "rules:\n  - { prefix: a, prefix: b, namespace: c }\n",
      error: /rules.yaml:2:\d+: duplicate key/,
    },
  ])("refuses the rules $text", async ({ text, error }) => {
    await writeFile(join(root, "rules.yaml"), text);

    const { code, err } = await byRules(root);

    expect([code, err.replaceAll(/\n +/g, " ")]).toEqual([1, expect.stringMatching(error)]);
  });

  describe("with a state of Terraform", () => {
    const state = {
      version: 4,
      resources: ["aws_lambda_function", "aws_iam_role"].map((type) => ({
        mode: "managed",
        type,
        name: "this",
        instances: [
          {
            index_key: "api",
            attributes: {
              arn: type === "aws_iam_role" ? ORDERS_API.roleArn : ORDERS_API.arn,
              environment: [{ variables: { PASSWORD: "hunter2" } }],
            },
          },
        ],
      })),
    };
    const withState = async (text: string): Promise<CliRun> => {
      await writeFile(join(root, "tf.json"), text);
      await writeFile(
        join(root, "rules.yaml"),
        "rules:\n  - { terraform: aws_lambda_function.this, namespace: shop }\n",
      );
      const options = ["--namespace-rules", join(root, "rules.yaml"), "-o", "json"];
      return importing(root, [...options, "--terraform-state", join(root, "tf.json")]);
    };

    test("a rule names addresses, the line has the address, and nothing else of the state is kept", async () => {
      const { out, err } = await withState(JSON.stringify(state));

      expect(JSON.parse(out)).toMatchObject({
        functions: [
          {
            path: "teams/shop/orders-api.yaml",
            deployer: { kind: "terraform", address: 'aws_lambda_function.this["api"]' },
            roleSwitch: {
              line: { text: expect.stringMatching(/^aws_lambda_function.this\["api"\]: role = "arn:/) },
              oldRole: expect.stringContaining("the command takes it out"),
              commands: [`terraform state rm 'aws_iam_role.this["api"]'`],
            },
          },
          { outcome: "unmatched" },
          { outcome: "unmatched" },
        ],
      });
      expect(out + err + (await importedFile(root, "teams/shop/orders-api.yaml"))).not.toContain("hunter2");
    });

    test("an unreadable one is refused without its content", async () => {
      const { code, out, err } = await withState('{"version": 4, "password": "hunter2"');

      expect(code).toBe(1);
      expect(out + err).toContain("is not a Terraform state");
      expect(out + err).not.toContain("hunter2");
    });

    test("a rule for addresses needs one", async () => {
      await withState(JSON.stringify(state));

      const { code, err } = await byRules(root);

      expect([code, err]).toEqual([1, expect.stringContaining("no state is named")]);
    });
  });

  test("is refused for an account that was not saved", async () => {
    const other = { ...ESTATE, account: { ...ESTATE.account, id: "999999999999" as never } };

    const { code, err } = await importing(root, ["--namespace", "all"], other);

    expect([code, err]).toEqual([1, expect.stringContaining("has nothing of account orders-prod")]);
  });
});
