import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { git } from "../../../support/git/git-repository.ts";
import { DenialsFolder, denied, inStaging, QUEUE, refusal } from "./denials-scene.ts";

let folder: DenialsFolder;
beforeEach(async () => {
  folder = await DenialsFolder.make();
  await folder.commit();
});
afterEach(() => folder.remove());

const OTHER_ACCOUNT = QUEUE.replace("444455556666", "999999999999");
const REFUSED = denied({
  message: refusal("sqs:SendMessage", OTHER_ACCOUNT, "because no identity-based policy allows it"),
});
const FILE = "teams/orders/orders-api.yaml";
const show = (what: string): Promise<string> => git(folder.root, ["show", what]);

test("a branch has the suggested lines, and neither what a rule refuses nor what has a risk", async () => {
  const before = await show(`HEAD:${FILE}`);

  const { branch } = await folder.report([denied(), REFUSED], ["--branch", "allow-denied"]);

  expect(branch?.commits).toMatchObject([{ namespace: "orders", files: [FILE] }]);
  const after = await show(`allow-denied:${FILE}`);
  expect(after).toBe(
    before.replace(
      "    - sqs: { queue: orders-incoming, allow: [send] }\n",
      "    - sqs: { queue: orders-incoming, allow: [send] }\n    - sqs: { queue: refunds-todo, allow: [send] }\n",
    ),
  );
  expect(await git(folder.root, ["log", "-1", "--format=%B", "allow-denied"])).toContain(
    "orders: allow 1 denied request\n",
  );
  expect(await git(folder.root, ["status", "--porcelain"])).toBe("");
  expect(await git(folder.root, ["rev-parse", "--abbrev-ref", "HEAD"])).not.toContain("allow-denied");
});

test("lines that a rule refuses are committed if they are asked for, with the rule in the message", async () => {
  const { branch } = await folder.report([REFUSED], ["--with-refused", "--branch", "all"]);

  expect(branch?.commits).toHaveLength(1);
  expect(await git(folder.root, ["log", "-1", "--format=%B", "all"])).toContain("refused: RES-005 refuses");
});

test("no branch is created if nothing is suggested", async () => {
  const { out } = await folder.run([REFUSED], ["--branch", "none"]);

  expect(out).not.toContain("Created branch");
  expect(await git(folder.root, ["branch", "--list", "none"])).toBe("");
});

const PROBES = [
  denied({ source: "secretsmanager", name: "GetSecretValue", parameters: { secretId: "payments/db" } }),
  denied({ source: "dynamodb", name: "DeleteItem", parameters: { tableName: "payments-prod" } }),
  denied({
    name: "ReceiveMessage",
    parameters: { queueUrl: "https://sqs.eu-west-1.amazonaws.com/444455556666/payments" },
  }),
  denied({ source: "lambda", name: "Invoke", parameters: { functionName: "payments-refunds" } }),
];

test("a function that asks for what other teams have gets none of it, and each is shown with its risk", async () => {
  const { branch, functions } = await folder.report(PROBES, ["--branch", "probed"]);

  expect(branch).toBeNull();
  const found = functions.flatMap(({ requests }) => requests);
  expect(found.map(({ action, verdict, risks }) => [action, verdict, risks.map(({ kind }) => kind)])).toEqual(
    [
      ["dynamodb:DeleteItem", "risky", ["tamper", "other-namespace"]],
      ["lambda:InvokeFunction", "risky", ["other-namespace"]],
      ["secretsmanager:GetSecretValue", "risky", ["credential", "other-namespace"]],
      ["sqs:ReceiveMessage", "risky", ["tamper", "other-namespace"]],
    ],
  );
});

test("lines with a risk are committed if they are asked for, with the risk in the message", async () => {
  await folder.report(PROBES, ["--branch", "asked", "--with-risk"]);

  expect(await git(folder.root, ["log", "-1", "--format=%B", "asked"])).toContain(
    "credential: secretsmanager:GetSecretValue returns credentials; its name has the name of the namespace payments",
  );
});

test("lines that another account would get too are committed only if the call was denied there as well", async () => {
  await folder.target("[prod]", "[staging, prod]");
  await git(folder.root, ["commit", "--all", "--quiet", "-m", "in staging too"]);
  const call = denied();

  const alone = await folder.report([call], ["--branch", "alone"]);

  expect(alone.branch).toBeNull();
  expect(alone.functions[0]?.requests[0]).toMatchObject({
    verdict: "risky",
    because:
      "what the lines allow has a risk: orders/orders-api@staging/eu-west-1 would get it too, where it was not denied",
  });
  const both = await folder.report([call, inStaging(call)], ["orders/orders-api@prod", "--branch", "both"]);
  expect(both.branch?.commits).toHaveLength(1);
});
