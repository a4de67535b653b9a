import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { AccountStatus } from "../../../src/api/manifests.ts";
import type { PermissionsObject } from "../../../src/api/permissions.ts";
import type { AccessMap } from "../../../src/model/answers/questions/access-map.ts";
import type { ReachAnswer } from "../../../src/model/answers/questions/reached.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { connectionsOf } from "../../../src/page/view/map/connections.ts";
import { withoutManifest } from "../../../src/page/view/map/without-manifest.ts";
import { shownReach } from "../../../src/page/view/reach.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import { manifests, READ_ORDERS, WRITE_ORDERS } from "../../support/fakes/fake-controller.ts";
import { ASKED_ACCOUNT, AskedController } from "../../support/screens/asked-controller.ts";
import { LOCAL_TOKEN, ORDERS_TOKEN } from "../../support/screens/http-server.ts";

const FUNCTION = `arn:aws:lambda:eu-west-1:${ASKED_ACCOUNT}:function:a`;
const TABLE = `arn:aws:dynamodb:eu-west-1:${ASKED_ACCOUNT}:table/orders`;
const QUEUE = `arn:aws:sqs:eu-west-1:${ASKED_ACCOUNT}:jobs`;
const KEY = `function/${ASKED_ACCOUNT}/eu-west-1/orders/a` as Key;
const CALLED = `${READ_ORDERS}  invokedBy: [{sns: {topic: returned}}]\n`;
const STATEMENT = { Sid: "s", Effect: "Allow", Principal: "*", Action: "lambda:InvokeFunction" };
const EXTRA = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: QUEUE }],
});

let asked: AskedController;

/** Applied, changed in AWS, pending until it is deployed, and declared alone since the account is not readable. */
beforeAll(async () => {
  asked = await AskedController.start();
  await asked.fake.push(manifests({ a: READ_ORDERS, b: CALLED }));
  await asked.suspend();
  const text = JSON.stringify({ Version: "2012-10-17", Statement: [{ ...STATEMENT, Resource: FUNCTION }] });
  const policies = new Map([["", { kind: "present", value: { text, revisionId: "r" } } as const]]);
  asked.addFunction("a", asked.role().arn, { policies });
  asked.addFunction("legacy", asked.role().arn, { policies });
  asked.changeRole({ inline: [...asked.role().inline, { name: "debug", text: EXTRA }] });
  await asked.sweep();
  asked.aws.readError = awsError("circuit", { code: "AccessDenied" });
  await asked.fake.push(manifests({ a: WRITE_ORDERS, b: CALLED, c: CALLED }));
  await asked.sweep();
});
afterAll(() => asked.stop());

/** What a command prints for programs. */
async function printed(token: string, ...argv: readonly string[]): Promise<unknown> {
  const { out } = await asked.run(argv, { env: { GRANTKEEPER_TOKEN: token } });
  return JSON.parse(out);
}

/** The items that the map of the page reads. */
async function permissions(token: string): Promise<readonly PermissionsObject[]> {
  return (await asked.server.get("/permissions", token)).json.items as readonly PermissionsObject[];
}

const isFunction = (key: string): boolean => key.startsWith("function/");

describe.each([
  { who: "a token of every namespace", token: LOCAL_TOKEN },
  { who: "a token of one namespace", token: ORDERS_TOKEN },
])("the command line and the page have the same for $who:", ({ token }) => {
  test("each connection of a function in the map, and its state", async () => {
    const map = (await printed(token, "map", "--format", "json")) as AccessMap;
    const { connections } = connectionsOf(await permissions(token));

    const ofPage = connections
      .filter(({ key }) => isFunction(key))
      .map(({ key, what, on, drawnAs }) => [key, what, on, drawnAs].join(" | "));
    const ofCli = map.edges.map(({ from, to, what, on, state }) => {
      const principal = from.replace(/^caller /, "");
      return isFunction(from)
        ? [from, what, on, state].join(" | ")
        : [to, what.replace(/^caller /, ""), on === "" ? principal : on, state].join(" | ");
    });
    const states = connections.map(({ drawnAs }) => drawnAs);

    expect(ofPage.toSorted()).toEqual(ofCli.toSorted());
    expect(new Set(states)).toEqual(new Set(["effective", "undeclared", "pending", "unknown"]));
  });

  test("the functions that the map cannot show completely", async () => {
    const map = (await printed(token, "map", "--format", "json")) as AccessMap;
    const { unread } = connectionsOf(await permissions(token));
    const accounts = (await asked.server.get("/overview", token)).json.status.accounts as AccountStatus[];

    const missing = map.unknown.find(({ reason }) => reason === "no manifest names it")?.targets ?? [];
    const incomplete = new Set(map.unknown.flatMap(({ targets }) => targets));

    expect(unread.filter(isFunction)).toHaveLength(3);
    expect(incomplete.size).toBe(3 + missing.length);
    expect(withoutManifest(accounts)).toBe(missing.length);
  });

  test("the callers and the resources of one function", async () => {
    const { steps } = (await printed(token, "reach", "orders/a", "-o", "json")) as ReachAnswer;
    const [state] = (await permissions(token)).filter(({ status }) => status.key === KEY);
    if (state === undefined) throw new Error("the token does not see the function");

    const ofGraph = shownReach(state.status).resources.flatMap(({ name, state: drawnAs, whats }) =>
      whats.map((what) => [what, name, drawnAs].join(" | ")),
    );
    const ofSteps = steps.map(({ what, on, state: drawnAs }) => [what, on, drawnAs].join(" | "));

    expect(ofGraph.toSorted()).toEqual(ofSteps.toSorted());
    expect(ofGraph).toHaveLength(4);
  });

  test.each([
    { path: "/exposed", argv: ["exposed"] },
    { path: "/namespaces/orders/reaches/a.111122223333.eu-west-1", argv: ["reach", "orders/a"] },
    { path: "/namespaces/orders/reaches/c.111122223333.eu-west-1", argv: ["reach", "orders/c"] },
  ])("$argv, which the page reads at $path", async ({ path, argv }) => {
    const { status } = (await asked.server.get(path, token)).json;

    expect(await printed(token, ...argv, "-o", "json")).toEqual(status);
  });

  test.each([
    { action: "dynamodb:GetItem", resource: TABLE, allowed: 3, because: "each may, one in Git alone" },
    { action: "dynamodb:PutItem", resource: TABLE, allowed: 1, because: "one may, in Git alone" },
    { action: "sqs:SendMessage", resource: QUEUE, allowed: 1, because: "AWS has it and Git does not" },
    { action: "sqs:ReceiveMessage", resource: QUEUE, allowed: 0, because: "no function may" },
  ])("who can $action: $because", async ({ action, resource, allowed }) => {
    const { status } = (await asked.server.post("/whocans", { action, resource }, token)).json;

    expect(await printed(token, "who-can", action, resource, "-o", "json")).toEqual(status);
    const targets = status.allowed.map(({ target }: { target: string }) => target);
    expect(targets.filter((target: string) => target.startsWith("orders/"))).toHaveLength(allowed);
  });
});
