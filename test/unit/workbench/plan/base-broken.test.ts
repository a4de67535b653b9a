import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli } from "../../../support/screens/cli.ts";
import { API, grants, commitBase, writeManifests } from "../../../support/screens/plan-command.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-plan-"));
});
afterEach(() => rm(root, { recursive: true }));

describe("plan --base of a checkout that is broken", () => {
  test("names the place of manifests that do not compile, and exits with 3", async () => {
    await commitBase(root);
    await writeManifests(root, { [API]: grants(["orders"]).replace("dynamodb", "dynamo") });

    const { code, out } = await cli(["plan", root, "--base", "main"]);

    expect(code).toBe(3);
    expect(out).toContain(
      '  broken: the applied revision was not read\n    teams/orders/api.yaml:8:7: unknown grant "dynamo"',
    );
    expect(out).not.toMatch(/^ +- /m);
  });

  test("takes nothing from the functions that use a policy whose file cannot be read any more", async () => {
    const policy = (action: string): string => `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: audit}
spec:
  statements:
    - {reason: the audit trail, statement: {Effect: Allow, Action: "kinesis:PutRecord", ${action}: "arn:aws:kinesis:eu-west-1:111122223333:stream/audit"}}
`;
    const used = { [API]: grants(["orders"], "  managedPolicies: [platform/audit]\n") };
    await commitBase(root, { ...used, "platform/audit.yaml": policy("Resource") });
    await writeManifests(root, { "platform/audit.yaml": policy("Resources") });

    const { code, out } = await cli(["plan", root, "--base", "main"]);

    expect(code).toBe(3);
    expect(out).toContain("platform/audit (policy), platform/audit.yaml");
    expect(out).not.toMatch(/^ +[+-] /m);
  });

  test.each([
    { what: "a wrong field", broken: grants(["orders"]).replace("dynamodb", "dynamo"), place: "8:7" },
    { what: "no YAML", broken: `${grants(["orders"])}\t- x\n`, place: "9:1" },
  ])(
    "on a base that is broken ($what) compares nothing, and shows what is declared",
    async ({ broken, place }) => {
      await commitBase(root, { [API]: broken });
      await writeManifests(root, { [API]: grants(["orders"]) });

      const { code, out } = await cli(["plan", root, "--base", "main"]);

      expect(code).toBe(0);
      expect(out).toMatch(
        /^ {2}Declared in Git, not compared: prod\/eu-west-1\n {4}dynamodb read +table\/orders/m,
      );
      expect(out).toContain(`\n  warning: the base revision is broken: teams/orders/api.yaml:${place}: `);
      expect(out).toContain("Plan: 0 functions change, 1 is not compared, 0 are unchanged\n");
      expect(out).not.toMatch(/^ +[+-] /m);
    },
  );

  test("removes nothing of a file that cannot be parsed and that the base declares", async () => {
    await commitBase(root, { [API]: grants(["orders"], "  deletionPolicy: delete\n") });
    await writeManifests(root, { [API]: `${grants(["orders"])}\t- x\n` });

    const { code, out } = await cli(["plan", root, "--base", "main"]);

    expect(code).toBe(3);
    expect(out).toContain("\n  broken: the applied revision was not read\n    teams/orders/api.yaml:9:1: ");
    expect(out).toContain("Plan: 0 functions change, 1 is broken, 0 are unchanged\n");
    expect(out).not.toMatch(/^ +- |deletionPolicy|no longer declared/m);
  });
});
