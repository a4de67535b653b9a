import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  estate,
  fileOf,
  functions,
  keyOf,
  PROD,
  READ_ORDERS,
  roleNameOf,
  WRITE_ORDERS,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";

const FIRST = estate(functions(["a", "b"], READ_ORDERS));
const SECOND = { ...FIRST, ...functions(["a"], WRITE_ORDERS) };

describe("a revision that does not follow the accepted one", () => {
  let installation: Installation;
  let first: string;
  let second: string;

  beforeEach(async () => {
    installation = await Installation.start({ files: FIRST });
    await installation.converge();
    first = (await installation.overview()).source.accepted?.split(":")[1] ?? "";
    second = await installation.push(SECOND);
    await installation.settled();
  });
  afterEach(() => installation.stop());

  const accepted = async (): Promise<string> =>
    (await installation.overview()).source.accepted?.split(":")[1] ?? "";
  const mayWrite = (): boolean =>
    installation.world.accounts[PROD]?.iam.roles[roleNameOf("a")]?.inline["grantkeeper"]?.includes(
      "dynamodb:PutItem",
    ) === true;

  test("a branch that was moved back is held until an operator approves it", async () => {
    await installation.forcePush(first);
    await installation.settled();
    const held = [await accepted(), mayWrite(), (await installation.holds()).map(({ reason }) => reason)];

    await installation.approveAll();
    await installation.settled();

    expect(held).toEqual([second, true, [expect.stringContaining("moved back")]]);
    expect([await accepted(), mayWrite(), await installation.holds()]).toEqual([first, false, []]);
  });

  test("a history that was rewritten is held, and stays held over a restart", async () => {
    const rewritten = await installation.repository.commit(FIRST, { parent: "none", message: "rewritten" });
    await installation.forcePush(rewritten);
    await installation.settled();
    await installation.restart();
    await installation.settled();

    expect(await accepted()).toBe(second);
    expect(mayWrite()).toBe(true);
    expect((await installation.holds()).map(({ reason }) => reason)).toEqual([
      expect.stringContaining("force-push"),
    ]);
  });

  test("an approval of one rewritten history does not let another one in", async () => {
    await installation.forcePush(
      await installation.repository.commit(FIRST, { parent: "none", message: "one" }),
    );
    await installation.settled();
    await installation.forcePush(
      await installation.repository.commit(FIRST, { parent: "none", message: "other" }),
    );
    const stale = await installation.holds();
    await installation.settled();
    const [hold] = stale;
    await installation.control.approve(
      { subject: hold?.subject ?? "", reason: "test", forMs: 60_000 },
      "dana",
    );
    await installation.settled();

    expect(await accepted()).toBe(second);
  });

  test("an empty branch is refused, and the accepted revision stays enforced", async () => {
    await installation.push({ "README.md": "nothing here" });
    await installation.settled();
    const role = installation.world.accounts[PROD]?.iam.roles[roleNameOf("a")];
    if (role !== undefined) role.attached = ["arn:aws:iam::aws:policy/AdministratorAccess"];
    await installation.settled();

    expect(await accepted()).toBe(second);
    expect((await installation.overview()).source.failure?.message).toContain("0 manifests");
    expect(await installation.holds()).toEqual([]);
    expect(role?.attached).toEqual([]);
  });

  test("an empty branch is refused even after a restart", async () => {
    await installation.push({ "README.md": "nothing here" });
    await installation.settled();
    await installation.restart();
    await installation.settled();

    expect(await accepted()).toBe(second);
    expect(mayWrite()).toBe(true);
    expect(Object.keys(installation.world.accounts[PROD]?.iam.roles ?? {})).toContain(roleNameOf("b"));
  });

  test("a file that breaks keeps its keys, even after a restart", async () => {
    const writes = installation.writes().length;
    await installation.push({ ...SECOND, [fileOf("a")]: "spec: {\n" });
    await installation.settled();
    await installation.restart();
    await installation.settled();

    expect(installation.writes()).toHaveLength(writes);
    expect(mayWrite()).toBe(true);
    expect(await installation.condition(keyOf("a"), "Stalled")).toMatchObject({ reason: "ValidationFailed" });
  });
});
