import { PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Statement } from "../../src/model/aws/policy-document.ts";
import { estate, functions, keyOf, PROD, roleNameOf } from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";

const SPEC = "  grants: [{s3: {bucket: uploads, prefix: orders/, allow: [read]}}]\n";

/** How far a document is from git decides what follows: nothing, a look, a correction, or an alert. */
describe("a role's document that another principal rewrites", () => {
  let installation: Installation;

  beforeEach(async () => {
    installation = await Installation.start({ files: estate(functions(["a"], SPEC)) });
    await installation.converge();
  });
  afterEach(() => installation.stop());

  const inline = (): string =>
    installation.world.accounts[PROD]?.iam.roles[roleNameOf("a")]?.inline["grantkeeper"] ?? "";

  /** Rewrites the document and runs passes until nothing changes: the writes that followed, the record and the alerts. */
  const rewrite = async (change: (statement: Statement) => Statement) => {
    const document = JSON.parse(inline()) as { readonly Version: string; readonly Statement: Statement[] };
    const text = JSON.stringify({ ...document, Statement: document.Statement.map(change) });
    const before = { writes: installation.writes().length, entries: (await installation.entries()).length };
    const { iam } = installation.consoleOf(PROD);
    const RoleName = roleNameOf("a");
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "grantkeeper", PolicyDocument: text }));
    await installation.settled();
    const entries = (await installation.entries()).slice(before.entries);
    return {
      isKept: inline() === text,
      writes: installation
        .writes()
        .slice(before.writes)
        .map(({ operation }) => operation),
      took: [
        ...new Set(
          entries.flatMap((entry) =>
            entry.kind === "write-intended" ? entry.delta.noLongerAllowed.map(({ action }) => action) : [],
          ),
        ),
      ],
      found: entries.flatMap((entry) => (entry.kind === "drift-found" ? [entry.severity] : [])),
      alerts: installation.alerts.filter((body) => body.includes("drift-opened")).length,
      notes: installation.control.keyView(keyOf("a"))?.notes ?? [],
    };
  };

  test("with the same structure is no difference at all", async () => {
    const after = await rewrite(({ Action, ...rest }) => ({ ...rest, Action: upper(Action) }));

    expect(after).toEqual({ isKept: true, writes: [], took: [], found: [], alerts: 0, notes: [] });
  });

  test("with the same meaning stays, is in sync, and is shown", async () => {
    const after = await rewrite(({ Resource, ...rest }) => ({ ...rest, Resource: withSubsumed(Resource) }));

    expect(after).toEqual({
      isKept: true,
      writes: [],
      took: [],
      found: [],
      alerts: 0,
      notes: [expect.stringContaining("same meaning, left unchanged")],
    });
    expect(await installation.condition(keyOf("a"), "Drifted")).toMatchObject({ status: "False" });
  });

  test("with other Sids is reverted without an alert", async () => {
    const after = await rewrite((statement) => ({ ...statement, Sid: `${statement.Sid ?? ""}x` }));

    expect(after).toEqual({
      isKept: false,
      writes: ["PutRolePolicy"],
      took: [],
      found: ["other"],
      alerts: 0,
      notes: [],
    });
  });

  test("with another meaning is reverted with an alert", async () => {
    const after = await rewrite((statement) => ({ ...statement, Action: "s3:*" }));

    expect(after).toEqual({
      isKept: false,
      writes: ["PutRolePolicy"],
      took: ["s3:*"],
      found: ["security"],
      alerts: 1,
      notes: [],
    });
  });
});

function upper(action: Statement["Action"]): readonly string[] {
  return [action ?? []].flat().map((one) => one.toUpperCase());
}

/** With a member that another one of them covers. */
function withSubsumed(resource: Statement["Resource"]): readonly string[] {
  const all = [resource ?? []].flat();
  return [...all, ...all.filter((one) => one.endsWith("*")).map((one) => `${one.slice(0, -1)}x`)];
}
