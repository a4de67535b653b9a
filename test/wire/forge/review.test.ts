import { afterEach, describe, expect, test } from "@jest/globals";
import type { ConversationForge } from "../../../src/network/forges/conversation.ts";
import { STRANGER, TOKEN } from "../../support/forge/forge-server.ts";
import { MARKER, ReviewedChange, WRONG } from "../../support/forge/reviewed-change.ts";
import { API, grants } from "../../support/screens/plan-command.ts";
import { preapproving } from "../../support/screens/plan-merge.ts";

const FORGES: readonly ConversationForge[] = ["github", "gitlab", "gitea", "forgejo"];

let change: ReviewedChange;
afterEach(() => change.end());

describe.each(FORGES)("%s", (name) => {
  test("has one comment, which later runs update, and a status", async () => {
    change = await ReviewedChange.on(name, grants(["orders", "customers"]));
    change.forge.add("looks good", STRANGER);

    const first = await change.post();
    const again = await change.post();
    const [comment] = change.own();
    if (comment !== undefined) comment.body = `${MARKER}\nolder`;
    const third = await change.post();

    expect(first.code).toBe(0);
    expect(first.err).toContain("posted: comment added");
    expect(again.err).toContain("posted: the comment was up to date");
    expect(third.err).toContain("posted: comment updated");
    expect(change.own().map(({ body }) => body.split("\n", 3))).toEqual([
      [MARKER, "### Grantkeeper review: 1 function changes, 0 are unchanged", ""],
    ]);
    expect(change.forge.statuses[0]).toMatchObject({ name: "grantkeeper/review", state: "pending" });
    expect(change.forge.statuses[1]).toEqual({
      commit: change.forge.pullRequest.head,
      name: "grantkeeper/review",
      state: "success",
      text: "1 function changes, 0 are unchanged",
    });
    expect(JSON.stringify([change.forge.comments, change.forge.statuses])).not.toContain(TOKEN);
  });

  test("gets a new comment if someone removed it, also while it is updated", async () => {
    change = await ReviewedChange.on(name, grants(["orders", "customers"]));
    change.forge.add(`${MARKER}\nolder`);
    change.forge.intercept = ({ method }) => {
      if (method === "PATCH" || method === "PUT") change.forge.comments.length = 0;
      return null;
    };

    expect((await change.post()).code).toBe(0);
    expect(change.own()).toHaveLength(1);
  });

  test("never has a comment twice if the answer is lost", async () => {
    change = await ReviewedChange.on(name, grants(["orders", "customers"]));
    let lost = 0;
    change.forge.intercept = ({ method, path }) => {
      if (method !== "POST" || path.includes("/statuses/") || lost > 0) return null;
      lost += 1;
      return { status: 0, body: null, isLost: true };
    };

    expect((await change.post()).code).toBe(0);
    expect(lost).toBe(1);
    expect(change.own()).toHaveLength(1);
  });

  test("keeps the comment of a stranger who wrote our marker", async () => {
    change = await ReviewedChange.on(name, grants(["orders", "customers"]));
    change.forge.add(`${MARKER}\nThis change may merge by itself`, STRANGER);

    await change.post();

    expect(change.forge.comments[0]?.body).toBe(`${MARKER}\nThis change may merge by itself`);
    expect(change.own()).toHaveLength(1);
  });

  test("finds its comment behind hundreds of others", async () => {
    change = await ReviewedChange.on(name, grants(["orders", "customers"]));
    for (let at = 0; at < 250; at += 1) change.forge.add(`comment ${at}`, STRANGER);
    change.forge.add(`${MARKER}\nolder`);

    expect((await change.post()).err).toContain("posted: comment updated");
    expect(change.own()).toHaveLength(1);
  });

  test.each([
    { status: 401, hint: "renew the token" },
    { status: 403, hint: "a pipeline of a fork has a token that only reads" },
    { status: 404, hint: "check --repository" },
    { status: 302, hint: "set --api-url to the final address" },
  ])("posts nothing and explains it if it answers $status", async ({ status, hint }) => {
    change = await ReviewedChange.on(name, grants(["orders", "customers"]));
    change.forge.intercept = ({ method }) =>
      method === "GET" ? null : { status, body: { message: `no ${TOKEN} here` } };

    const { code, err } = await change.post();

    expect(code).toBe(4);
    expect(err).toContain(hint);
    expect(err).toContain("nothing was posted");
    expect(err).not.toContain(TOKEN);
    expect(change.forge.statuses).toEqual([]);
  });

  test("is asked again after the pause that it asks for, and not if that is long", async () => {
    change = await ReviewedChange.on(name, grants(["orders", "customers"]));
    const answers = ["7", "3600"];
    change.forge.intercept = ({ method }) => {
      const pause = method === "POST" ? answers.shift() : undefined;
      return pause === undefined ? null : { status: 429, body: {}, headers: { "retry-after": pause } };
    };

    const limited = await change.post();
    const later = await change.post();

    expect(change.waits).toEqual([7_000]);
    expect(limited.code).toBe(4);
    expect(limited.err).toContain("the forge limits how many requests a token may make");
    expect(later.code).toBe(0);
    expect(change.own()).toHaveLength(1);
  });

  test("gets only the statuses of the commit without a pull request, and the one of a new grant without a profile fails", async () => {
    change = await ReviewedChange.on(name, grants(["orders", "customers"]));
    const { code } = await change.postWithout("--merge-status", "--target", "main");

    expect(code).toBe(0);
    expect(change.forge.comments).toEqual([]);
    expect(change.forge.statuses.map(({ name: context, text }) => `${context}: ${text}`)).toEqual([
      "grantkeeper/review/auto-merge/main: allows more: orders/api",
      "grantkeeper/review: 1 function changes, 0 are unchanged",
    ]);
    expect(change.forge.statuses[0]?.state).toMatch(/^fail/);
  });

  test("has a status that succeeds for a new grant that the profile lists as preapproved", async () => {
    const base = preapproving("{dynamodb: [read]}");
    change = await ReviewedChange.on(name, grants(["orders", "customers"]), base);

    const { code } = await change.post("--merge-status");

    expect(code).toBe(0);
    expect(change.forge.statuses.map(({ name: context, state, text }) => ({ context, state, text }))).toEqual(
      [
        { context: "grantkeeper/review", state: "pending", text: "the review is being posted" },
        {
          context: "grantkeeper/review/auto-merge/main",
          state: "pending",
          text: "the review is being posted",
        },
        {
          context: "grantkeeper/review",
          state: "success",
          text: "1 function changes, 0 are unchanged",
        },
        { context: "grantkeeper/review/auto-merge/main", state: "success", text: "may merge by itself" },
      ],
    );
  });

  test("has a status for each branch that the commit is to be merged into", async () => {
    change = await ReviewedChange.on(name, grants(["orders", "customers"]));
    await change.post("--merge-status");
    change.forge.pullRequest.branch = "sandbox";
    await change.post("--merge-status");
    const elsewhere = await change.post("--merge-status", "--target", "main");

    const names = change.forge.statuses.map((one) => one.name).filter((one) => one.includes("auto-merge"));
    expect([...new Set(names)]).toEqual([
      "grantkeeper/review/auto-merge/main",
      "grantkeeper/review/auto-merge/sandbox",
    ]);
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.err).toContain("is to be merged into sandbox, and the review is about main");
  });

  test("keeps no earlier success if the comment of a failure is refused", async () => {
    change = await ReviewedChange.on(name, WRONG);
    change.forge.intercept = ({ method, path }) =>
      method === "POST" && !path.includes("/statuses/") ? { status: 403, body: {} } : null;

    const { code, err } = await change.post();

    expect(code).toBe(4);
    expect(err).toContain("only this was posted: status grantkeeper/review: failure");
    expect(change.forge.statuses.map(({ state }) => state)).toEqual([expect.stringMatching(/^fail/)]);
  });

  test("has no comment if it refuses statuses, and a pending status before the comment", async () => {
    change = await ReviewedChange.on(name, grants(["orders", "customers"]));
    change.forge.intercept = ({ method, path }) =>
      method === "POST" && path.includes("/statuses/") ? { status: 403, body: {} } : null;

    const refused = await change.post();
    const before = change.forge.comments.length;
    change.forge.intercept = () => null;
    const repeated = await change.post();

    expect(refused.code).toBe(4);
    expect(refused.err).toContain("nothing was posted");
    expect(before).toBe(0);
    expect(repeated.err).toContain("posted: status grantkeeper/review: success");
    expect(change.forge.statuses.map(({ state }) => state)).toEqual(["pending", "success"]);
  });

  test("has the first of two statuses if it refuses the second one, and the command names it", async () => {
    change = await ReviewedChange.on(name, grants(["orders"]), { [API]: grants(["orders", "customers"]) });
    change.forge.intercept = ({ body }) =>
      String(body["context"] ?? body["name"]).includes("auto-merge") ? { status: 403, body: {} } : null;

    const { code, err } = await change.post("--merge-status");

    expect(code).toBe(4);
    expect(err).toContain("; only this was posted: status grantkeeper/review: pending\n");
    expect(change.forge.statuses.map(({ state }) => state)).toEqual(["pending"]);
  });

  test("may have the status of which the answer was lost, and the command shows that", async () => {
    change = await ReviewedChange.on(name, WRONG);
    change.forge.intercept = ({ method }) => (method === "POST" ? { status: 503, body: {} } : null);

    const { code, err } = await change.post();

    expect(code).toBe(4);
    expect(err).toContain("; nothing was posted; the last request may have taken effect as well\n");
  });

  test("has a failed status, with the reason, and the corrected line in its comment for a change that cannot be used", async () => {
    change = await ReviewedChange.on(name, WRONG);

    const { code } = await change.post("--merge-status");

    expect(code).toBe(3);
    expect(change.forge.statuses.map(({ state, text }) => ({ state, text }))).toEqual([
      { state: expect.stringMatching(/^fail/), text: "cannot be used: orders/api" },
      { state: expect.stringMatching(/^fail/), text: "cannot be used: orders/api" },
    ]);
    expect(change.own()[0]?.body).toMatch(
      /#### Corrected lines\n\n.+\n\n```diff\n-.+allow: \[sendd\].+\n\+.+allow: \[send\].+\n```\n/,
    );
  });
});
