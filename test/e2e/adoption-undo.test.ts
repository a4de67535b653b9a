import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { addRole } from "../../src/simulator/world.ts";
import { estate, functions, keyOf, PROD, READ_ORDERS } from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { accountText } from "../support/manifests.ts";

const ACCOUNT = accountText(
  "prod",
  PROD,
  `  functionRole: manage
  binder: {role: "arn:aws:iam::${PROD}:role/grantkeeper-system/binder", externalId: gk-test}
`,
);
const FORMER = `arn:aws:iam::${PROD}:role/orders-shared`;
const DECLARED = `arn:aws:iam::${PROD}:role/grantkeeper/a-eu-west-1`;
const KEY = keyOf("a");
const FILES = (mode = "enforce") =>
  estate(functions(["a"], `${READ_ORDERS}  functionRole: manage\n  mode: ${mode}\n`), ACCOUNT);

let installation: Installation;
beforeEach(async () => {
  installation = await Installation.start({
    files: FILES(),
    seed: ({ world }) => {
      addRole(world, { accountId: PROD, name: "orders-shared" });
      const latest = world.accounts[PROD]?.lambda["eu-west-1"]?.functions["a"]?.versions["$LATEST"];
      if (latest === undefined) throw new Error("there is no function");
      Object.assign(latest, { Role: FORMER });
    },
  });
  await installation.until("the function is switched", async () => {
    await installation.approveAll();
    return roleNow() === DECLARED;
  });
  await installation.settled();
});
afterEach(() => installation.stop());

const roleNow = (): unknown =>
  installation.world.accounts[PROD]?.lambda["eu-west-1"]?.functions["a"]?.versions["$LATEST"]?.["Role"];
const plans = (acceptChanges = false) => installation.control.undoPlans({ keys: [KEY], acceptChanges });
const undoOf = async () =>
  (await installation.store.keys(PROD as never)).find(({ key }) => key === KEY)?.adoptionUndo;

async function order(): Promise<void> {
  const found = await plans();
  const subject = found.kind === "ok" ? found.value.subject : null;
  if (subject === null) throw new Error(JSON.stringify(found));
  const made = await installation.control.orderUndo(
    { keys: [KEY], acceptChanges: false, subject, reason: "INC-1", forMs: 3_600_000 },
    "dana",
  );
  if (made.kind === "err") throw new Error(made.error.message);
  await installation.until("the undo is done", async () => (await undoOf())?.state === "done");
}

describe("a function that was switched to its declared role", () => {
  test("goes back to its former role, stays there while it is suspended, and is switched again only by a new approval", async () => {
    const switched = roleNow();
    const bytes = JSON.stringify(installation.world.accounts[PROD]?.iam.roles["orders-shared"]);

    await order();
    const undone = roleNow();
    await installation.look();
    const stays = roleNow();
    const again = await plans();
    const [suspension] = (await installation.overview()).suspensions;
    await installation.control.resume({ id: suspension?.id ?? "", reason: "fixed" }, "dana");
    await installation.look();
    await installation.look();
    const held = [roleNow(), (await installation.holds()).map(({ code }) => code)];
    await installation.approveAll();
    await installation.until("the function is switched again", () => roleNow() === DECLARED);
    await installation.look();

    expect([switched, undone, stays]).toEqual([DECLARED, FORMER, FORMER]);
    expect(again).toMatchObject({ value: { subject: null, plans: [{ finding: { kind: "nothing" } }] } });
    expect(held).toEqual([FORMER, ["needs-approval"]]);
    expect(roleNow()).toBe(DECLARED);
    expect(JSON.stringify(installation.world.accounts[PROD]?.iam.roles["orders-shared"])).toBe(bytes);
    expect(await undoOf()).toBeUndefined();
    const kinds = (await installation.entries()).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind.startsWith("adoption-und"))).toEqual([
      "adoption-undo-ordered",
      "adoption-undone",
    ]);
  });

  test("does not go back while a freeze from before or after the order covers it", async () => {
    const freeze = async (): Promise<string> => {
      const until = new Date(Date.now() + 7_200_000).toISOString();
      const scope = { accountId: null, namespace: null, key: null };
      const made = await installation.control.suspend({ scope, reason: "freeze", until }, "kim");
      return made.kind === "ok" ? made.value.id : JSON.stringify(made.error);
    };
    const before = await plans();
    const id = await freeze();
    const frozen = await plans(true);
    const subject = before.kind === "ok" ? (before.value.subject ?? "") : "";
    const command = { keys: [KEY], acceptChanges: false, subject, reason: "INC-1", forMs: 3_600_000 };
    const refused = await installation.control.orderUndo(command, "dana");
    await installation.control.resume({ id, reason: "over" }, "kim");

    expect(frozen).toMatchObject({
      value: {
        subject: null,
        plans: [{ finding: { kind: "refused", obstacles: [{ kind: "suspended" }] } }],
      },
    });
    expect(refused).toMatchObject({
      kind: "err",
      error: { message: "nothing is undone: kim suspended everything: freeze" },
    });

    await installation.control.orderUndo(command, "dana");
    const again = await freeze();
    await installation.until("the undo stops", async () => (await undoOf())?.state === "stopped");
    expect(roleNow()).toBe(DECLARED);
    await installation.control.resume({ id: again, reason: "over" }, "kim");
    await installation.look();
    expect(roleNow()).toBe(DECLARED);
    await installation.control.orderUndo(command, "dana");
    await installation.until("the undo is done", async () => (await undoOf())?.state === "done");
    expect(roleNow()).toBe(FORMER);
  });

  test.each([
    { forMs: 600_000, because: "that ends before that of the undo" },
    { forMs: 7_200_000, because: "that ends after that of the undo" },
  ])("does not go back after a suspension of the function alone, $because", async ({ forMs }) => {
    const kind = { kind: "error", code: "TooManyRequestsException", message: "no", status: 429 } as const;
    installation.simulator.addFault({ operation: "UpdateFunctionConfiguration", kind });
    const found = await plans();
    const subject = found.kind === "ok" ? (found.value.subject ?? "") : "";
    const command = { keys: [KEY], acceptChanges: false, subject, reason: "INC-1", forMs: 3_600_000 };
    const both = await Promise.all(
      ["dana", "kim"].map((actor) => installation.control.orderUndo(command, actor)),
    );
    const until = new Date(Date.now() + forMs).toISOString();
    const scope = { accountId: null, namespace: null, key: KEY };
    const suspended = await installation.control.suspend({ scope, reason: "freeze", until }, "kim");
    installation.simulator.clearFaults();
    await installation.until("the undo stops", async () => (await undoOf())?.state === "stopped");
    await installation.look();

    expect(both).toMatchObject([
      { kind: "ok" },
      { kind: "err", error: { message: expect.stringContaining("dana ordered it at") } },
    ]);
    expect(suspended).toMatchObject({ value: { reason: "freeze", actor: "kim", until } });
    expect(await undoOf()).toMatchObject({ reason: "suspended by kim: freeze" });
    expect((await installation.overview()).suspensions).toHaveLength(2);
    expect(roleNow()).toBe(DECLARED);
  });
});
