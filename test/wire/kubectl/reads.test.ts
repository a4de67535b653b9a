import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { HAS_KUBECTL, Kubectl } from "../../support/kubernetes/kubectl.ts";
import { ORDERS_TOKEN } from "../../support/screens/http-server.ts";

if (!HAS_KUBECTL) console.warn("skipped: install Debian's kubernetes-client to try the API with kubectl");

(HAS_KUBECTL ? describe : describe.skip)("kubectl", () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.start();
  });
  afterAll(() => kubectl.close());

  const run = (command: string, token?: string) => kubectl.run(command.split(" "), token);
  /** Columns are as wide as their longest cell: how many spaces are between them does not matter. */
  const rows = (out: string): readonly string[] =>
    out
      .trim()
      .split("\n")
      .map((line) => line.replace(/ {2,}/g, " | ").trim());

  test("version shows both versions without a warning", async () => {
    const { code, out, err } = await run("version");

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/Server Version: v1\.32\.0\+grantkeeper\./);
  });

  test("api-resources lists the resources with their short names", async () => {
    const { code, out } = await run("api-resources --api-group=grantkeeper.dev --categories=grantkeeper");

    expect(code).toBe(0);
    expect(rows(out).map((row) => row.split(" | ").slice(0, 2))).toEqual([
      ["NAME", "SHORTNAMES"],
      ["awsaccounts", "acct"],
      ["bindings", "bd"],
      ["drifts", "dr"],
      ["functionpermissions", "fp"],
      ["holds", "grantkeeper.dev/v1alpha1"],
      ["managedpolicies", "mp"],
    ]);
  });

  test("get fp -A is a table of functions", async () => {
    const { code, out, err } = await run("get fp -A");

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(rows(out)).toEqual([
      "NAMESPACE | NAME | READY | REASON | DRIFT",
      "orders | orders-api | True | none | none",
      "orders | orders-jobs | Unknown | NotCompared | unknown",
      "payments | refunds | True | none | none",
    ]);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test.each([
    { command: "get fp,mp,acct,bd,dr,holds -A", expected: "awsaccount.grantkeeper.dev/prod" },
    { command: "get grantkeeper -A -o wide", expected: "drift.grantkeeper.dev/orders-api" },
    { command: "get all -n orders", expected: "orders-jobs" },
    { command: "get fp -n orders -o wide", expected: "1 of 1 binding" },
    { command: "get fp -n orders -o yaml", expected: "kind: FunctionPermission" },
    { command: "get fp orders-api -n orders -o json", expected: '"uid": "uid-orders-orders-api"' },
    { command: "get bd -A -o name", expected: "binding.grantkeeper.dev/ledger.111122223333" },
    { command: "get acct prod -o jsonpath={.status.accountId}", expected: "111122223333" },
    { command: "get fp -A -l team=payments", expected: "refunds" },
    { command: "get fp -A --show-labels", expected: "team=orders,tier=1" },
    { command: "get bd -A --sort-by=.status.sync", expected: "audit-read.111122223333" },
    { command: "get bd -A --field-selector=status.sync=OutOfSync", expected: "orders-api.111122223333" },
    { command: "get bd -A --chunk-size=2", expected: "audit-read.111122223333" },
    { command: "get ns", expected: "payments" },
    { command: "get events -A", expected: "WriteIntended" },
    { command: "events -n orders --for fp/orders-api", expected: "FunctionPermission/orders-api" },
    { command: "auth whoami", expected: "[approve read reconcile suspend]" },
    { command: "auth can-i list fp -n orders", expected: "yes" },
    { command: "explain fp.spec.mode", expected: "default `enforce`" },
    { command: "explain fp.spec.grants", expected: "dynamodb" },
    { command: "explain mp.spec --recursive", expected: "2012-10-17" },
    { command: "explain drifts", expected: "One difference between Git and AWS." },
    { command: "auth can-i --list -n orders", expected: "functionpermissions.grantkeeper.dev" },
  ])("$command", async ({ command, expected }) => {
    const { code, out, err } = await run(command);

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(expected);
  });

  test("describe shows the object with its events", async () => {
    const { code, out } = await run("describe fp orders-api -n orders");

    expect(code).toBe(0);
    expect(out).toMatch(/Name:\s+orders-api\n/);
    expect(out).toMatch(/Events:\n.*Type.*Reason.*\n.*\n\s+Normal\s+WriteIntended/);
  });

  test.each([
    { command: "get fp nothing -n orders", err: 'functionpermissions "nothing" not found' },
    { command: "get pods", err: `the server doesn't have a resource type "pods"` },
    { command: "get plans -A -w", err: "watches of plans are not supported: list again" },
    { command: "create ns other", err: "namespaces are those of the manifests in Git, and are read-only" },
    { command: "get fp -A --as=root", err: "impersonation is not supported" },
    {
      command: "get bd -A --field-selector=status.health=x",
      err: "expected metadata.name, metadata.namespace",
    },
  ])("$command explains what is wrong", async ({ command, err }) => {
    const answer = await run(command);

    expect(answer.code).toBe(1);
    expect(answer.err).toContain(err);
  });

  describe("with the token of a team", () => {
    test.each([
      "get fp,mp,acct,bd,dr,holds -A -o yaml",
      "get ns",
      "get events -A",
      "get fp,acct,bd -A -o wide",
    ])("%s has no word of another team", async (command) => {
      const { code, out } = await run(command, ORDERS_TOKEN);

      expect(code).toBe(0);
      expect(out).not.toMatch(/payments|refunds|ledger/);
    });

    test("auth can-i denies another namespace", async () => {
      const { code, out } = await run("auth can-i list fp -n payments", ORDERS_TOKEN);

      expect({ code, out }).toEqual({ code: 1, out: "no - the token may not see the namespace\n" });
    });

    test("get ns of another team is forbidden", async () => {
      expect((await run("get ns payments", ORDERS_TOKEN)).err).toContain("(Forbidden)");
    });
  });

  test("an unknown token is unauthorized", async () => {
    const { code, err } = await run("get fp -A", "unknown");

    expect(code).toBe(1);
    expect(err).toContain("unknown token");
  });

  test("an unknown token is unauthorized also at the first contact", async () => {
    const { code, err } = await run(`get fp -A --cache-dir=${join(kubectl.folder, "empty")}`, "unknown");

    expect(code).toBe(1);
    expect(err).toContain("You must be logged in to the server");
  });
});
