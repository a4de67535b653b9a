import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { git } from "../../../support/git/git-repository.ts";
import { DenialsFolder, denied, QUEUE, refusal } from "./denials-scene.ts";

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
