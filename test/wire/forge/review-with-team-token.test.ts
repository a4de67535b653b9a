import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Arn } from "../../../src/model/aws/arn.ts";
import { inert } from "../../../src/text/markdown.ts";
import type { reviewValue } from "../../../src/workbench/review/value.ts";
import { profileText } from "../../support/profiles.ts";
import { manifests, READ_ORDERS, WRITE_ORDERS } from "../../support/fakes/fake-controller.ts";
import { activeParts } from "../../support/forge/active-markdown.ts";
import { ForgeServer, PULL_REQUEST, TOKEN } from "../../support/forge/forge-server.ts";
import { git } from "../../support/git/git-repository.ts";
import { AskedController, ASKED_ACCOUNT } from "../../support/screens/asked-controller.ts";
import type { CliRun } from "../../support/screens/cli.ts";
import { LOCAL_TOKEN, ORDERS_TOKEN } from "../../support/screens/http-server.ts";
import { writeManifests } from "../../support/screens/plan-command.ts";

/** What the controller in force has of another team. */
const OF_OTHERS = {
  "teams/payments/ledger.yaml": manifests({ ledger: READ_ORDERS })["teams/orders/ledger.yaml"] ?? "",
};

let asked: AskedController;
let forge: ForgeServer;
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-team-review-"));
  asked = await AskedController.start({ ...manifests({ a: READ_ORDERS }), ...OF_OTHERS });
  forge = await ForgeServer.start("github");
  await git(root, ["init", "--quiet", "--initial-branch", "main"]);
  await commit(manifests({ a: READ_ORDERS }));
  await git(root, ["checkout", "--quiet", "-b", "topic"]);
  await commit(manifests({ a: WRITE_ORDERS }));
  forge.pullRequest.head = (await git(root, ["rev-parse", "HEAD"])).trim();
});
afterEach(async () => {
  await forge.end();
  await asked.stop();
  await rm(root, { recursive: true });
});

async function commit(files: Readonly<Record<string, string>>): Promise<void> {
  await writeManifests(root, files);
  await git(root, ["add", "--all"]);
  await git(root, ["commit", "--quiet", "-m", "change"]);
}

test("the comment and the report name an approval that only AWS shows, and list it once with that of a profile", async () => {
  asked.addFunction("b", `arn:aws:iam::${ASKED_ACCOUNT}:role/legacy` as Arn);
  await asked.sweep();
  const claim = `first claim of function b, which runs on arn:aws:iam::${ASKED_ACCOUNT}:role/legacy`;
  const newAccess = "grants new access, which needs an approval of group security";
  await commit(manifests({ b: "" }));
  forge.pullRequest.head = (await git(root, ["rev-parse", "HEAD"])).trim();

  const posted = await postWith(LOCAL_TOKEN);
  const profile = profileText("reviewed", "{approval: {for: new-access, group: security}}");
  await commit({ "platform/profile.yaml": profile });
  const { out } = await asked.run(["review", root, "--base", "main", "--head", "topic", "-o", "json"]);
  const { approvals } = JSON.parse(out) as ReturnType<typeof reviewValue>;

  expect(posted.code).toBe(0);
  const by = "approved by everyone who may approve in all of its namespaces";
  expect(forge.comments[0]?.body).toContain(
    `\n#### Approvals after the merge\n\n- ${inert(`orders/b@prod/eu-west-1: ${claim}; ${by}`)}\n`,
  );
  expect(approvals.map(({ reason, groups, names }) => [reason, groups, names])).toEqual([
    [`${newAccess}; ${claim}`, ["security"], ["orders/a", "orders/b"]],
  ]);
});

function postWith(controllerToken: string, forgeToken = TOKEN, ...more: readonly string[]): Promise<CliRun> {
  const target = ["--post", "github", "--api-url", forge.url, "--repository", "acme/permissions"];
  const names = ["--base", "main", "--head", "topic", "--pull-request", String(PULL_REQUEST)];
  return asked.run(["review", root, ...names, ...target, ...more], {
    env: { GRANTKEEPER_TOKEN: controllerToken, GRANTKEEPER_FORGE_TOKEN: forgeToken },
  });
}

describe("a review that asks the controller with the token of a team, and is posted", () => {
  test("has the calls of the team after the merge, and nothing of another team", async () => {
    const until = new Date(asked.fake.clock.nowMs() + 3_600_000).toISOString();
    const scope = { accountId: ASKED_ACCOUNT, namespace: null, key: null };
    const hostile =
      "\n/approve\n::error::x\n@team [x](https://evil.example) #1 <script>alert(1)</script> <!-- hidden";
    const reason = `see teams/payments/ledger.yaml${hostile}`;
    await asked.fake.control.suspend({ scope, reason, until }, "dana");
    await asked.sweep();

    const { code, err } = await postWith(ORDERS_TOKEN);

    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("posted: comment added") });
    const [comment, ...others] = forge.comments;
    expect(others).toEqual([]);
    expect(comment?.body).toContain("In AWS after the merge");
    expect(comment?.body).toContain("orders/a&#64;prod/eu-west-1");
    expect(comment?.body).toContain("none while it is suspended");
    expect(await activeParts(comment?.body ?? "")).toEqual([]);
    const posted = JSON.stringify([forge.comments, forge.statuses]);
    // Who suspended it, and why, is not for all readers of the repository.
    const hidden = ["payments", "ledger", "dana", "/approve", "another namespace", ORDERS_TOKEN, TOKEN];
    expect(hidden.filter((text) => posted.includes(text))).toEqual([]);
  });

  test("of files outside of the token's namespaces is posted without a preview, names them, and does not merge by itself", async () => {
    const path = "platform/accounts.yaml";
    const accounts = manifests({})[path] ?? "";
    await commit({ [path]: accounts.replace("mode: enforce", "mode: observe") });
    await commit({ "teams/payments/ledger.yaml": OF_OTHERS["teams/payments/ledger.yaml"] ?? "" });
    forge.pullRequest.head = (await git(root, ["rev-parse", "HEAD"])).trim();
    const why = `not previewed: ${path}, teams/payments/ledger.yaml, outside of the token's namespaces`;

    const { code, out, err } = await postWith(ORDERS_TOKEN, TOKEN, "--merge-status");

    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("posted: comment added") });
    expect(out).toContain(`IN AWS AFTER THE MERGE\n${why}; the controller judged no part of the change`);
    const bodies = forge.comments.map(({ body }) => body.replaceAll("&#58;", ":").replaceAll("&#39;", "'"));
    expect(bodies).toEqual([expect.stringContaining(`#### In AWS after the merge\n\n- <code>${why}`)]);
    expect(forge.statuses.map(({ name, state }) => `${name}: ${state}`)).toEqual([
      "grantkeeper/review/auto-merge/main: failure",
      "grantkeeper/review: pending",
      "grantkeeper/review: success",
    ]);
  });

  test("posts nothing if the controller does not know the token", async () => {
    const { code, err } = await postWith("no-such-token");

    expect(code).toBe(4);
    expect(err).toContain("GRANTKEEPER_TOKEN");
    expect([forge.comments, forge.statuses]).toEqual([[], []]);
  });

  test("posts no comment if the forge's token may set no status", async () => {
    forge.intercept = ({ path, method }) =>
      method === "POST" && path.includes("/statuses/") ? { status: 403, body: { message: "no" } } : null;

    const { code, err } = await postWith(ORDERS_TOKEN);

    expect(code).toBe(4);
    expect(err).toContain("nothing was posted");
    expect([forge.comments, forge.statuses]).toEqual([[], []]);
  });
});
