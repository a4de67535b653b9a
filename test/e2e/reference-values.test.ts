import { afterEach, describe, expect, test } from "@jest/globals";
import type { Files } from "../../demo/manifests.ts";
import { accountOf, type AccountState } from "../../src/simulator/world.ts";
import { estate, functions, keyOf, PROD, READ_ORDERS, roleNameOf } from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";

const REGION = "eu-west-1";
const STACK_ID = `arn:aws:cloudformation:${REGION}:${PROD}:stack/orders/1`;
const tableArn = (name: string): string => `arn:aws:dynamodb:${REGION}:${PROD}:table/${name}`;
const readsTable = (text: string): string =>
  `  grants: [{dynamodb: {table: "\${${text}}", allow: [read]}}]\n`;

let installation: Installation;
afterEach(() => installation.stop());

/** @param specs by the name of the function */
async function start(specs: Files, seed: (account: AccountState) => void): Promise<void> {
  const files = Object.entries(specs).map(([name, spec]) => functions([name], spec));
  installation = await Installation.start({
    files: estate(Object.assign({}, ...files)),
    worldOf: estate(functions(Object.keys(specs), READ_ORDERS)),
    seed: ({ world }) => seed(accountOf(world, PROD)),
  });
  await installation.converge();
}

function output(account: AccountState, outputs: Readonly<Record<string, string>>): void {
  account.stacks = { [REGION]: { orders: { name: "orders", id: STACK_ID, resources: [], outputs } } };
}

/** The tables with the tag app=orders. */
function tag(account: AccountState, ...tables: readonly string[]): void {
  account.tagged = {
    [REGION]: Object.fromEntries(tables.map((name) => [tableArn(name), { app: "orders" }])),
  };
}

const aws = (): AccountState => accountOf(installation.world, PROD);
const policy = (name = "f1"): string =>
  installation.world.accounts[PROD]?.iam.roles[roleNameOf(name)]?.inline["grantkeeper"] ?? "";
const callers = (name = "f1"): string =>
  JSON.stringify(aws().lambda[REGION]?.functions[name]?.policies ?? {});
const ready = (name = "f1") => installation.condition(keyOf(name), "Ready");
const reasons = async (): Promise<readonly string[]> =>
  (await installation.holds()).map(({ code, reason }) => `${code}: ${reason}`);

describe("the only table with a tag", () => {
  const TEXT = "tag.dynamodb:table.app=orders";

  test("is granted, stays granted while a second one has the tag, and another one is granted after an approval", async () => {
    await start({ f1: readsTable(TEXT) }, (account) => tag(account, "orders-1"));
    const first = policy();
    tag(aws(), "orders-1", "orders-2");
    await installation.settled();
    await installation.until("both tables are read", async () => (await ready())?.status !== "True");
    const [ofBoth, message] = [policy(), (await ready())?.message];
    tag(aws(), "orders-2");
    await installation.settled();
    await installation.until("the other table is held", async () => (await reasons()).length > 0);
    const [held, ofHeld] = [await reasons(), policy()];
    await installation.approveAll();
    await installation.settled();

    expect(first).toContain(tableArn("orders-1"));
    expect([ofBoth, ofHeld]).toEqual([first, first]);
    expect(message).toContain("it is not the only DynamoDB table with the tag app=orders: 2 match");
    expect(held).toEqual([
      `reference-changed: ${TEXT} changed from "${tableArn("orders-1")}" to "${tableArn("orders-2")}" in AWS, without a commit`,
    ]);
    expect(policy()).toContain(tableArn("orders-2"));
    expect(policy()).not.toContain("orders-1");
    expect(await ready()).toMatchObject({ status: "True" });
  });
});

describe("a function whose reference has no value that can be used", () => {
  const PARAMETERS = {
    "/secret": { type: "SecureString", value: "orders" },
    "/list": { type: "StringList", value: "orders,customers" },
    "/long": { type: "String", value: "o".repeat(1_025) },
    "/index": { type: "String", value: "orders/index/by-customer" },
    "/all": { type: "String", value: "*" },
    "/good": { type: "String", value: "orders" },
  } as const;
  const NUMBERS = Array.from({ length: 21 }, (_, index) => String(index));
  const MANY = Array.from(
    { length: 21 },
    (_, index) => `{sns: {topic: "\${ssm./t/${index}}", allow: [publish]}}`,
  );
  const REFUSED = [
    { name: "secret", reason: "ReferenceNotResolved", message: "is a SecureString, which is not decrypted" },
    { name: "list", reason: "ReferenceNotResolved", message: "parameter /list is a list" },
    { name: "long", reason: "ReferenceNotResolved", message: "which can't be used in a policy" },
    { name: "index", reason: "ValidationFailed", message: "orders/index/by-customer" },
    { name: "all", reason: "ReferenceNotResolved", message: "which can't be used in a policy" },
    { name: "many", reason: "ValidationFailed", message: "the function names more than 20 values in AWS" },
  ];

  test("gets no role, shows why, and stops no other function", async () => {
    const specs = Object.keys(PARAMETERS).map((path) => [path.slice(1), readsTable(`ssm.${path}`)] as const);
    await start({ ...Object.fromEntries(specs), many: `  grants: [${MANY.join(", ")}]\n` }, (account) => {
      const topics = NUMBERS.map((number) => [`/t/${number}`, { type: "String", value: "placed" }] as const);
      account.parameters = { [REGION]: { ...PARAMETERS, ...Object.fromEntries(topics) } };
    });
    const shown = await Promise.all(REFUSED.map(({ name }) => ready(name)));

    expect(shown).toEqual(
      REFUSED.map(({ reason, message }) =>
        expect.objectContaining({ status: "False", reason, message: expect.stringContaining(message) }),
      ),
    );
    expect(REFUSED.map(({ name }) => policy(name))).toEqual(REFUSED.map(() => ""));
    expect(policy("good")).toContain(tableArn("orders"));
    expect(await ready("good")).toMatchObject({ status: "True" });
  });
});

describe("values that change while their function is being applied", () => {
  const SPEC = `${readsTable("stack.orders.Table")}  invokedBy: [{s3: {bucket: "\${stack.orders.Bucket}"}}]\n`;
  const values = (n: number) => ({ Table: `orders-${n}`, Bucket: `uploads-${n}` });

  /**
   * Another deployment, as soon as the first call of the plan has its effect. A sweep reads references next to its calls, so
   * without `isRead` the stack cannot be read until the last call of the plan.
   */
  function deployDuring(next: number, isRead: boolean): void {
    let isDeployed = false;
    const end = installation.simulator.watch(({ service, operation, when, effective }) => {
      if (when === "before") return isDeployed && service === "cloudformation" ? "drop" : "go-on";
      if (operation === "RemovePermission" && effective) end();
      if (operation === "PutRolePolicy" && !isDeployed) {
        isDeployed = true;
        output(aws(), values(next));
        if (isRead) end();
        if (isRead) void installation.control.reconcile({ kind: "all" }, "test");
      }
      return "go-on";
    });
  }

  /** Which deployment the function has the permissions and the callers of, each number once. */
  const deployments = (): readonly string[] => [
    ...new Set([...`${policy()}${callers()}`.matchAll(/(?:orders|uploads)-(\d)/g)].map(([, n = ""]) => n)),
  ];

  test.each([
    { isRead: false, expected: ["2"], because: "the later ones are read after the last call" },
    // A read that is slower than the calls is the first case again.
    { isRead: true, expected: ["1", "2"], because: "the later ones are read during it" },
  ])("are written as approved or as before, never in part: $because", async ({ isRead, expected }) => {
    await start({ f1: SPEC }, (account) => output(account, values(1)));
    output(aws(), values(2));
    await installation.settled();
    deployDuring(3, isRead);
    await installation.approveAll();
    await installation.settled();
    await installation.look();

    const [left = "", ...mixed] = deployments();
    expect([expected, mixed]).toEqual([expect.arrayContaining([left]), []]);
    expect(await reasons()).toEqual([expect.stringContaining(`from "orders-${left}" to "orders-3"`)]);
    await installation.approveAll();
    await installation.settled();
    expect([deployments(), await reasons()]).toEqual([["3"], []]);
  });
});
