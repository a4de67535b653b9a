import { describe, expect, test } from "@jest/globals";
import type { HeldCommit } from "../../../src/api/overview.ts";
import { holdTexts } from "../../support/screens/hold-texts.ts";
import { CONTEXT, hold } from "./hold-objects.ts";

describe("the commits of a held revision", () => {
  const commit = (at: number): HeldCommit => ({
    id: String(at).padStart(40, "a"),
    author: "Dana Ruiz <dana@example.com>",
    committer: "GitHub <noreply@github.com>",
    at: "2026-09-30T08:30:12.000Z",
    subject: "open the queue",
  });
  const linesOf = (
    commits: readonly HeldCommit[] | undefined,
    dropped?: readonly HeldCommit[],
  ): readonly string[] => {
    const revision = { code: "revision", changes: [], keys: [] } as const;
    const known = { ...(commits !== undefined && { commits }), ...(dropped !== undefined && { dropped }) };
    return holdTexts(hold({ ...revision, ...known }), CONTEXT, 80);
  };

  test("are listed with the author that they claim", () => {
    expect(linesOf([commit(1)])).toEqual(
      expect.arrayContaining([
        "Commits that it adds to the accepted revision (authors as they claim)",
        "aaaaaaaaaaaa 2026-09-30T08:30Z Dana Ruiz <dana@example.com>: open the queue",
      ]),
    );
  });

  test("are counted beyond twenty", () => {
    const lines = linesOf(Array.from({ length: 22 }, (_, at) => commit(at)));

    expect(lines.filter((line) => line.includes("open the queue"))).toHaveLength(20);
    expect(lines).toContain("and 2 older commits: grantkeeper describe approval REVISION -o json");
  });

  test("are followed by those of the accepted revision that it does not contain", () => {
    const lines = linesOf([commit(1)], [{ ...commit(2), subject: "close the queue" }]);
    const title = "Commits of the accepted revision that it drops (authors as they claim)";

    expect(lines.indexOf(title)).toBeGreaterThan(lines.findIndex((line) => line.includes("open the queue")));
    expect(lines[lines.indexOf(title) + 1]).toContain("close the queue");
    expect(linesOf([commit(1)]).join("\n")).not.toContain("drops");
  });

  test("are none for a rollback, and a plan has no such line", () => {
    expect(linesOf([])).toContain("Commits that it adds to the accepted revision: none");
    expect(linesOf(undefined).join("\n")).not.toContain("Commits");
  });
});
