import { afterEach, describe, expect, test } from "@jest/globals";
import type { ConversationForge } from "../../../src/network/forges/conversation.ts";
import { MARKER, ReviewedChange } from "../../support/forge/reviewed-change.ts";
import { grants } from "../../support/screens/plan-command.ts";

const FORGES: readonly ConversationForge[] = ["github", "gitlab"];

let change: ReviewedChange;
afterEach(() => change.end());

describe.each(FORGES)("while a review is posted, %s", (name) => {
  test.each([
    { state: "closed", head: null, as: "closed", message: "is closed" },
    {
      state: "open",
      head: "f".repeat(40),
      as: "at another commit",
      message: "is at fffffff, and the review is of",
    },
  ])(
    "keeps the comment of a newer run if the pull request is $as while an older run posts",
    async (moved) => {
      const { state, head, message } = moved;
      change = await ReviewedChange.on(name, grants(["orders", "customers"]));
      const newer = change.forge.add(`${MARKER}\nnewer`);
      change.forge.intercept = ({ method, path }) => {
        // The older run has read the pull request before.
        if (method === "POST" && path.includes("/statuses/")) {
          const { pullRequest } = change.forge;
          change.forge.pullRequest = { ...pullRequest, state, head: head ?? pullRequest.head };
        }
        return null;
      };

      const { code, err } = await change.post();

      expect(code).toBe(1);
      expect(err).toContain(message);
      expect(err).toContain("; only this was posted: status grantkeeper/review: pending\n");
      expect(newer.body).toBe(`${MARKER}\nnewer`);
      expect(change.own()).toEqual([newer]);
    },
  );

  test("gets no success if the pull request moves after the comment", async () => {
    change = await ReviewedChange.on(name, grants(["orders", "customers"]));
    change.forge.intercept = ({ method, path }) => {
      if (method === "POST" && !path.includes("/statuses/")) change.forge.pullRequest.head = "f".repeat(40);
      return null;
    };

    const { code, err } = await change.post();

    expect(code).toBe(1);
    expect(err).toContain("is at fffffff, and the review is of");
    expect(err).toContain("only this was posted: status grantkeeper/review: pending; comment added\n");
    expect(change.forge.statuses.map(({ state }) => state)).toEqual(["pending"]);
  });
});
