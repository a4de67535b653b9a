import { AttachRolePolicyCommand } from "@aws-sdk/client-iam";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { ok } from "../../src/model/values/result.ts";
import { PullRequestSink } from "../../src/record/sinks/pull-request/pull-request.ts";
import { inert } from "../../src/text/markdown.ts";
import { ForgeServer, TOKEN } from "../support/forge/forge-server.ts";
import { profileText } from "../support/profiles.ts";
import {
  estate,
  functions,
  keyOf,
  PROD,
  READ_ORDERS,
  roleNameOf,
  WRITE_ORDERS,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";

const FIRST = estate(functions(["a"], READ_ORDERS));
const SECOND = { ...FIRST, ...functions(["a"], WRITE_ORDERS) };
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

const ESCALATING = `  statements:
    - reason: x
      statement: {Effect: Allow, Action: "iam:PassRole", Resource: "*"}
`;

const PROFILE = "platform/profile.yaml";
const REVIEWED = profileText("reviewed", "{approval: {for: new-access, group: security}}");

let forge: ForgeServer;
let installation: Installation;
/** What the pull request showed, and whether AWS allowed then what it declares. */
let shown: { readonly title: string; readonly mayWrite: boolean }[];

beforeEach(async () => {
  forge = await ForgeServer.start("github");
  shown = [];
  forge.intercept = ({ method, body }) => {
    if (method !== "GET") shown.push({ title: titleOf(String(body["body"])), mayWrite: mayWrite() });
    return null;
  };
  const notes = new PullRequestSink(
    {
      forge: "github",
      apiUrl: forge.url,
      repository: "acme/permissions",
      name: "test-1",
      branch: "main",
      appId: null,
    },
    { clock: { nowMs: () => Date.now() }, fetch, token: () => Promise.resolve(ok(TOKEN)) },
  );
  installation = await Installation.start({ files: FIRST, notes });
  await installation.converge();
});

afterEach(async () => {
  await installation.stop();
  await forge.end();
});

/** Commits to a branch, and merges it as a forge does: by a commit with two parents. */
async function merge(files: Readonly<Record<string, string>>): Promise<void> {
  const { repository } = installation;
  const main = (await repository.git("rev-parse", "refs/heads/main")).trim();
  await repository.git("update-ref", "refs/heads/topic", main);
  const head = await repository.commit(files, { branch: "topic" });
  const parents = ["-p", main, "-p", head];
  const merged = await repository.git("commit-tree", `${head}^{tree}`, ...parents, "-m", "Merge #12");
  const mergeCommit = merged.trim();
  const into = "acme/permissions";
  const ofCommits = [mergeCommit, head];
  forge.merged.push({ number: 12, ofCommits, mergeCommit, head, branch: "main", isMerged: true, into });
  await installation.forcePush(mergeCommit);
}

function titleOf(text: string): string {
  return text.split("\n")[1]?.replace("### Grantkeeper: ", "") ?? "";
}

function titleNow(): string {
  return titleOf(forge.comments[0]?.body ?? "");
}

function mayWrite(): boolean {
  const role = installation.world.accounts[PROD]?.iam.roles[roleNameOf("a")];
  return role?.inline["grantkeeper"]?.includes("dynamodb:PutItem") === true;
}

test("a merged pull request shows that it is applied only after AWS has what it declares, and later the revert of a change in AWS", async () => {
  expect(forge.requests).toEqual([]);
  await merge(SECOND);
  await installation.settled();
  await installation.until("it is shown as applied", () => titleNow() === "applied");

  const applied = shown.filter(({ title }) => title === "applied");
  const entries = await installation.entries();
  const written = entries.findLast((entry) => entry.kind === "write-finished");
  const body = forge.comments[0]?.body ?? "";
  expect(applied).toEqual([{ title: "applied", mayWrite: true }]);
  expect(body).toContain(`read back from AWS, entry ${written?.seq}`);

  const { iam } = installation.consoleOf(PROD);
  await iam.send(new AttachRolePolicyCommand({ RoleName: roleNameOf("a"), PolicyArn: ADMINISTRATOR }));
  await installation.settled();
  const ended = (await installation.entries()).findLast((entry) => entry.kind === "drift-ended");
  await installation.until("the revert is shown", () =>
    (forge.comments[0]?.body ?? "").includes(`were reverted since, entry ${ended?.seq}`),
  );

  expect(forge.comments).toHaveLength(1);
});

test("what the forge did not accept before a restart is delivered after it, once: who may approve the held function, and which rules refuse the other one", async () => {
  const accept = forge.intercept;
  forge.intercept = () => ({ status: 503, body: {}, headers: { "retry-after": "1" } });
  await merge({ ...SECOND, ...functions(["b"], ESCALATING), [PROFILE]: REVIEWED });
  await installation.settled();

  await installation.restart();
  forge.intercept = accept;
  await installation.until("it is shown", () => titleNow() === "not applied completely");
  // The comment may be delivered before the first pass after the restart has held the plan again.
  await installation.until("the plan is held", async () => (await installation.holds()).length > 0);

  const [hold, ...others] = await installation.holds();
  const digits = hold?.subject.replace("sha256:", "").slice(0, 12);
  const body = forge.comments[0]?.body ?? "";
  expect(others).toEqual([]);
  expect(hold?.keys).toEqual([keyOf("a")]);
  expect(body).toMatch(
    new RegExp(
      `- ${inert("orders/a@prod/eu-west-1")}: awaiting approval: <code>grants new access, which needs an approval of group security</code>, entry \\d+; ` +
        `to approve: <code>grantkeeper approve ${digits} --reason TEXT</code>, by a member of group <code>security</code>, but by no author of the change\n`,
    ),
  );
  expect(body).toMatch(
    new RegExp(
      `- ${inert("orders/b@prod/eu-west-1")}: refused by a guard rule: <code>[^\n]*PASS-001[^\n]*, entry \\d+\n`,
    ),
  );
  expect(mayWrite()).toBe(false);
  expect(forge.comments).toHaveLength(1);
  expect(shown.filter(({ title }) => title === "not applied completely")).toHaveLength(1);
});
