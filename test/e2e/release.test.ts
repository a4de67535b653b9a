import { PutRolePolicyCommand, TagRoleCommand } from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  CALLED_BY_TOPIC,
  estate,
  fileOf,
  functions,
  keyOf,
  PROD,
  READ_ORDERS,
  roleNameOf,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { allKeys } from "../support/record/all-keys.ts";

const SPEC = READ_ORDERS + CALLED_BY_TOPIC;
const MANAGED = estate(functions(["a", "b"], SPEC));
const RELEASED = { ...MANAGED, ...functions(["a"], `${SPEC}  mode: release\n`) };
const ROLE = `arn:aws:iam::${PROD}:role/grantkeeper/${roleNameOf("a")}`;
const HOTFIX = {
  RoleName: roleNameOf("a"),
  PolicyName: "hotfix",
  PolicyDocument: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  }),
};

describe("a manifest with mode: release", () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await Installation.start({ files: MANAGED });
    await installation.converge();
  });
  afterEach(() => installation.stop());

  const role = () => {
    const found = installation.world.accounts[PROD]?.iam.roles[roleNameOf("a")];
    if (found === undefined) throw new Error("the role is gone");
    return found;
  };
  const withoutTags = (): string => JSON.stringify({ ...role(), tags: [] });
  const writesOf = (from: number): readonly string[] =>
    installation
      .writes()
      .slice(from)
      .map(({ operation }) => operation);

  test("removes the ownership tags and changes nothing else, now and after it leaves Git", async () => {
    const [before, start] = [withoutTags(), installation.writes().length];
    const permissions = JSON.stringify(
      installation.world.accounts[PROD]?.lambda["eu-west-1"]?.functions["a"]?.policies,
    );

    await installation.converge(RELEASED);
    const ready = await installation.condition(keyOf("a"), "Ready");
    await installation.consoleOf(PROD).iam.send(new PutRolePolicyCommand(HOTFIX));
    const theirs = withoutTags();
    await installation.restart();
    await installation.converge();
    const drifted = await installation.condition(keyOf("a"), "Drifted");
    const files = { ...RELEASED };
    delete files[fileOf("a")];
    await installation.converge(files);

    expect(writesOf(start)).toEqual(["UntagRole"]);
    expect(ready).toMatchObject({ status: "True", reason: "Released" });
    expect(drifted).toMatchObject({ status: "False", reason: "NoDriftDetected" });
    expect(role().tags).toEqual([]);
    expect(withoutTags()).toBe(theirs);
    expect(before).not.toBe(theirs);
    expect(
      JSON.stringify(installation.world.accounts[PROD]?.lambda["eu-west-1"]?.functions["a"]?.policies),
    ).toBe(permissions);
    expect((await installation.overview()).orphans).toEqual([]);
    expect((await allKeys(installation.store)).map(({ key }) => key)).not.toContain(keyOf("a"));
    const intents = (await installation.entries()).filter((entry) => entry.kind === "write-intended");
    expect(intents.filter(({ call }) => call === "iam:UntagRole")).toMatchObject([
      { target: ROLE, cause: "revision", before: expect.stringContaining("orders/a") },
    ]);
  });

  test.each([
    {
      because: "before the call",
      fault: { kind: "error", code: "ServiceFailure", message: "no", status: 500 },
    },
    { because: "after it took effect", fault: { kind: "lost-response" } },
  ] as const)("is completed by the next pass if the call fails $because", async ({ fault }) => {
    const start = installation.writes().length;
    installation.simulator.addFault({ operation: "UntagRole", kind: fault, times: 1 });

    await installation.converge(RELEASED);
    await installation.restart();
    await installation.converge();

    expect(role().tags).toEqual([]);
    expect(new Set(writesOf(start))).toEqual(new Set(["UntagRole"]));
    expect(await installation.condition(keyOf("a"), "Ready")).toMatchObject({ reason: "Released" });
    expect(await installation.condition(keyOf("b"), "Ready")).toMatchObject({
      reason: "ReconciliationSucceeded",
    });
  });

  test("releases the role that the function had before its role was renamed, too", async () => {
    const renamed = { ...MANAGED, ...functions(["a"], `${SPEC}  role: {name: other}\n`) };
    await installation.converge(renamed);
    const orphans = (await installation.overview()).orphans.map(({ arn }) => arn);

    const released = functions(["a"], `${SPEC}  role: {name: other}\n  mode: release\n`);
    await installation.converge({ ...MANAGED, ...released });
    const left = Object.values(installation.world.accounts[PROD]?.iam.roles ?? {}).filter(({ tags }) =>
      JSON.stringify(tags).includes("orders/a"),
    );
    const files = { ...MANAGED };
    delete files[fileOf("a")];
    await installation.converge(files);

    expect(orphans).toEqual([ROLE]);
    expect(left).toEqual([]);
    expect((await allKeys(installation.store)).map(({ key }) => key)).not.toContain(keyOf("a"));
  });

  test("never shows a removed manifest as ready while its former role has our tags", async () => {
    await installation.converge({ ...MANAGED, ...functions(["a"], `${SPEC}  role: {name: other}\n`) });
    const files = { ...MANAGED };
    delete files[fileOf("a")];
    await installation.converge(files);
    const iam = installation.world.accounts[PROD]?.iam;
    const kept = await installation.condition(keyOf("a"), "Ready");
    delete iam?.roles["other"];
    await installation.converge();
    const left = await installation.condition(keyOf("a"), "Ready");

    expect(kept).toMatchObject({ status: "Unknown" });
    expect(left).toMatchObject({ status: "Unknown", message: expect.stringContaining(ROLE) });
  });

  test("keeps the role managed while the release names another role", async () => {
    const { tags } = role();
    const files = { ...MANAGED, ...functions(["a"], `${SPEC}  mode: release\n  role: {name: other}\n`) };

    await installation.converge(files);
    await installation.consoleOf(PROD).iam.send(new PutRolePolicyCommand(HOTFIX));
    await installation.converge();

    expect(await installation.condition(keyOf("a"), "Ready")).toMatchObject({ reason: "ValidationFailed" });
    expect(role().tags).toEqual(tags);
    expect(JSON.stringify(role())).not.toContain("hotfix");
  });

  test("is not repeated for a later manifest with an error, so that a role that was tagged again can be managed", async () => {
    const tags = [...role().tags];
    await installation.converge(RELEASED);
    await installation.converge({ ...MANAGED, ...functions(["a"], `${SPEC}  mode: 3\n`) });
    await installation
      .consoleOf(PROD)
      .iam.send(new TagRoleCommand({ RoleName: roleNameOf("a"), Tags: tags }));
    await installation.restart();
    await installation.converge();
    const tagged = [...role().tags];
    await installation.converge(MANAGED);

    expect(tagged).toEqual(tags);
    expect(await installation.condition(keyOf("a"), "Ready")).toMatchObject({
      reason: "ReconciliationSucceeded",
    });
  });
});
