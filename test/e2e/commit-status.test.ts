import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { CommitStatusSink } from "../../src/record/sinks/commit-status/commit-status.ts";
import { ok } from "../../src/model/values/result.ts";
import { HttpReceiver } from "../support/alerts/http-receiver.ts";
import {
  estate,
  functions,
  PROD,
  READ_ORDERS,
  roleNameOf,
  WRITE_ORDERS,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";

const FIRST = estate(functions(["a"], READ_ORDERS));
const SECOND = { ...FIRST, ...functions(["a"], WRITE_ORDERS) };

let forge: HttpReceiver;
let installation: Installation;
/** `4f0e2d1 success`, and whether AWS had the role of the second commit then. */
let shown: { readonly status: string; readonly mayWrite: boolean }[];

beforeEach(async () => {
  forge = await HttpReceiver.start();
  shown = [];
  forge.answer = (response, { path, body }) => {
    const { state } = JSON.parse(body) as { readonly state: string };
    shown.push({ status: `${path.split("/").at(-1) ?? ""} ${state}`, mayWrite: mayWrite() });
    response.writeHead(201).end("{}");
  };
  const statuses = new CommitStatusSink(
    { forge: "github", apiUrl: forge.url, repository: "acme/permissions", name: "grantkeeper", link: null },
    { clock: { nowMs: () => Date.now() }, fetch, token: () => Promise.resolve(ok("t")) },
  );
  installation = await Installation.start({ files: FIRST, statuses });
  await installation.converge();
});

afterEach(async () => {
  await installation.stop();
  await forge.end();
});

function mayWrite(): boolean {
  const role = installation.world.accounts[PROD]?.iam.roles[roleNameOf("a")];
  return role?.inline["grantkeeper"]?.includes("dynamodb:PutItem") === true;
}

test("a commit is pending when it is accepted, and succeeds only after AWS has what it declares", async () => {
  const second = await installation.push(SECOND);
  await installation.settled();
  await installation.until("success is shown", () =>
    shown.some(({ status }) => status === `${second} success`),
  );

  const ofSecond = shown.filter(({ status }) => status.startsWith(second));
  expect(ofSecond[0]?.status).toBe(`${second} pending`);
  expect(ofSecond.at(-1)).toEqual({ status: `${second} success`, mayWrite: true });
  expect(ofSecond.filter(({ status }) => status.endsWith("success"))).toHaveLength(1);
});

test("what the forge did not accept before a restart is delivered after it, in order; the commit is applied meanwhile", async () => {
  const accept = forge.answer;
  forge.answer = (response) => response.writeHead(503, { "retry-after": "1" }).end();
  const second = await installation.push(SECOND);
  await installation.settled();
  expect(mayWrite()).toBe(true);

  await installation.restart();
  forge.answer = accept;
  await installation.until("success is shown", () =>
    shown.some(({ status }) => status === `${second} success`),
  );

  const ofSecond = shown.map(({ status }) => status).filter((status) => status.startsWith(second));
  expect(ofSecond).toEqual([`${second} pending`, `${second} success`]);
});
