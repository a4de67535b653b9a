import { afterEach, expect, test } from "@jest/globals";
import { withoutUnprintable } from "../../../src/text/characters.ts";
import { activeParts, HOSTILE_TEXTS, lineProblems } from "../../support/forge/active-markdown.ts";
import { ReviewedChange } from "../../support/forge/reviewed-change.ts";
import { grants } from "../../support/screens/plan-command.ts";

let change: ReviewedChange;
afterEach(() => change.end());

/**
 * Lines that cannot be used and have a correction: each hostile text is a comment in one of them. A manifest with characters
 * that are not shown is refused as such.
 */
const WRONG_LINES = HOSTILE_TEXTS.map(([, text], at) => {
  const line = withoutUnprintable(text.replaceAll(/[\r\n\t]/g, " "));
  return `    - sqs: {queue: q${at}, allow: [sendd]} # ${line}\n`;
});

test.each(["github", "gitlab"] as const)(
  "nothing that an author wrote does anything in the comments, suggestions and statuses of %s",
  async (forge) => {
    change = await ReviewedChange.on(forge, grants(["orders"], WRONG_LINES.join("")));

    const { err } = await change.post("--merge-status");

    const suggestions = change.forge.comments.filter(({ at }) => at !== null);
    const active = await Promise.all(change.forge.comments.map(({ body }) => activeParts(body)));
    expect(err).toContain(`posted: ${suggestions.length} suggestions added`);
    expect(suggestions.length).toBeGreaterThan(15);
    expect(active.flat()).toEqual([]);
    expect(change.forge.statuses.flatMap(({ text }) => lineProblems(text))).toEqual([]);
  },
);
