import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { accountText } from "../../../support/manifests.ts";
import { VARIABLE_BOUNDARY, FILES, type Given, bootstrap } from "./printed-roles.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-bootstrap-"));
});

afterEach(() => rm(root, { recursive: true }));

describe("bootstrap roles refuses", () => {
  const platform = (text: string): Given => ({ files: { ...FILES, "platform/accounts.yaml": text } });
  const prod = accountText("prod", "222222222222");
  const elsewhere = accountText("china", "444444444444")
    .replaceAll("arn:aws:", "arn:aws-cn:")
    .replace(/regions: .*/, "regions: [cn-north-1]\n  partition: aws-cn");
  const names = (name: string): string => VARIABLE_BOUNDARY.replace("home.only", name);

  type Row = readonly [because: string, argv: readonly string[], error: string, given?: Given];
  const REFUSED: readonly Row[] = [
    ["neither an account nor all", [], "needs either --account or --organization"],
    ["both", ["--account", "prod", "--organization"], "needs either --account or --organization"],
    [
      "one template for all accounts",
      ["--organization", "--format", "cloudformation"],
      "the roles of one account",
    ],
    ["a stack set for one account", ["--account", "prod", "--format", "stackset"], "for an organization"],
    ["an unknown account", ["--account", "prood"], 'no manifest declares account "prood"'],
    [
      "no section in the operator's file",
      ["--account", "prod"],
      "bootstrap.baseRole is missing",
      { settings: null },
    ],
    [
      "no organization",
      ["--organization"],
      "bootstrap.organization is missing",
      { settings: { organization: null as never } },
    ],
    ["no deployers", ["--organization"], "bootstrap.deployers is missing", { settings: { deployers: [] } }],
    [
      "no units for stack sets",
      ["--organization"],
      "bootstrap.organizationalUnits is missing",
      { settings: { organizationalUnits: [] } },
    ],
    [
      "keys of an account that does not exist",
      ["--account", "prod"],
      'bootstrap.functionKeys.prodd: no manifest declares account "prodd"',
      { settings: { functionKeys: { prodd: ["arn:aws:kms:eu-west-1:222222222222:key/1"] } } },
    ],
    [
      "a base role of another partition",
      ["--account", "china"],
      "bootstrap.baseRole is a role of partition aws, and account china is in aws-cn",
      platform(elsewhere),
    ],
    [
      "a writer without a boundary",
      ["--account", "prod"],
      "platform/accounts.yaml:1:1: account prod has a writer and no boundary: spec.boundary is missing",
      platform(prod.replace("mode: enforce", "mode: observe").replace("  boundary: platform-default\n", "")),
    ],
    [
      "one role for two identities",
      ["--account", "prod"],
      "names one role for two identities",
      platform(prod.replace("system/writer", "system/observer")),
    ],
    [
      "a document of the platform with an error",
      ["--account", "prod"],
      "unknown field",
      { files: { ...FILES, "platform/wrong.yaml": VARIABLE_BOUNDARY.replace("use:", "uses: x\n  use:") } },
    ],
    [
      "a statement that IAM would refuse for its size, and that cannot be divided",
      ["--account", "prod"],
      "statement CreateInsideBoundary of the policy of the writer of account prod has",
      platform(
        prod.replace(
          "tagKeys: [cost-center]",
          `tagKeys: [${Array.from({ length: 60 }, (_, at) => `key-${at}-${"x".repeat(90)}`).join(", ")}]`,
        ),
      ),
    ],
    [
      "two boundaries with one logical id",
      ["--account", "prod"],
      "have the same logical id BoundaryHomeOnly",
      {
        files: {
          ...FILES,
          "platform/accounts.yaml": accountText(
            "prod",
            "222222222222",
            "  boundaries: [home.only, home-only]\n",
          ),
          "platform/twin.yaml": names("home-only"),
        },
      },
    ],
  ];

  test.each(REFUSED.map(([because, argv, error, given]) => ({ because, argv, error, given })))(
    "$because",
    async ({ argv, error, given }) => {
      const { code, out, err } = await bootstrap(root, argv, given);

      expect(code).not.toBe(0);
      expect(err).toContain(error);
      expect(out).toBe("");
    },
  );

  test("nothing because of a team's manifest with an error", async () => {
    const files = { ...FILES, "teams/orders/g.yaml": "kind: Nothing\n" };

    expect((await bootstrap(root, ["--account", "prod"], { files })).code).toBe(0);
  });

  test("a checkout without an account, and names what is missing", async () => {
    const files = { "platform/home.yaml": VARIABLE_BOUNDARY };

    expect((await bootstrap(root, ["--organization"], { files })).err).toContain(
      "no manifest declares an account",
    );
  });
});
