import { describe, expect, test } from "@jest/globals";
import type { AuditEvent } from "../../../../src/api/events.ts";
import { describeLines } from "../../../../src/cli/describe/describe.ts";
import type { AttributedDrift } from "../../../../src/model/changes/attribution.ts";
import { NO_DELTA } from "../../../../src/model/delta.ts";
import { ATTACHED, BY_ALICE, BY_ALICE_OR_BOB, BY_NO_ONE } from "../../../support/screens/authors.ts";
import { desiredIn, facts, object, describedTexts } from "../../../support/screens/described.ts";

const drift = (authors?: readonly AttributedDrift[]) => ({
  since: "2026-11-25T06:33:00.000Z",
  fields: ["attachment-extra"],
  delta: NO_DELTA,
  actor: null,
  ...(authors !== undefined && { authors }),
});

function authorLines(authors?: readonly AttributedDrift[]): readonly string[] {
  const lines = describedTexts(facts({ bindings: [object("prod", { drift: drift(authors) })] }));
  const first = lines.findIndex((line) => line.startsWith("AUTHOR"));
  return first < 0
    ? []
    : lines.slice(
        first + 1,
        lines.findIndex((line, at) => at > first && !line.startsWith(" ")),
      );
}

describe("the lines of an author", () => {
  test("are the last call seen that set an open difference", () => {
    expect(authorLines([{ difference: ATTACHED, attribution: BY_ALICE }])).toEqual([
      `  ${ATTACHED}`,
      "    last call seen that set this: alice@example.com via AWSReservedSSO_Admin",
      "      from 203.0.113.7 attached AdministratorAccess at 06:32:07Z (event e1)",
    ]);
  });

  test.each([
    { mark: {}, heading: "AUTHOR of the drift last seen" },
    {
      mark: { isOutdated: true } as const,
      heading: "AUTHOR of the drift seen before Git changed",
    },
  ])("are below the heading: $heading", ({ mark, heading }) => {
    const shown = { ...drift([{ difference: ATTACHED, attribution: BY_ALICE }]), ...mark };
    const lines = describedTexts(facts({ bindings: [object("prod", { drift: shown })] }));

    expect(lines.filter((line) => line.startsWith("AUTHOR"))).toEqual([heading]);
  });

  test("name a difference without a colour: what was added in AWS is no good news", () => {
    const shown = drift([{ difference: ATTACHED, attribution: BY_ALICE }]);
    const lines = describeLines(facts({ bindings: [object("prod", { drift: shown })] }));

    expect(lines).toContain(`  ${ATTACHED}`);
  });

  test("show candidates as such, each in a line of its own", () => {
    const lines = authorLines([{ difference: ATTACHED, attribution: BY_ALICE_OR_BOB }]);

    expect(lines[1]).toBe("    not certain, one of these calls:");
    expect(lines.filter((line) => /^ {4}(alice|bob)@/.test(line))).toHaveLength(2);
  });

  test("shows once why no one is known", () => {
    const authors = [ATTACHED, "~ tag env"].map((difference) => ({ difference, attribution: BY_NO_ONE }));

    expect(authorLines(authors)).toEqual([
      `  ${ATTACHED}`,
      "  ~ tag env",
      "    not known: the queue of change events cannot be read",
    ]);
  });

  test("shows no author of an earlier version, or that the token may not see", () => {
    expect(authorLines()).toEqual([]);
    expect(authorLines([])).toEqual([]);
  });

  test("shows in its history who made a difference that was reverted since then", () => {
    const { key } = desiredIn("prod");
    const found = {
      seq: 7,
      at: "2026-11-25T06:33:00.000Z",
      key,
      kind: "drift-found",
      fields: ["attachment-extra"],
      changes: [ATTACHED],
      authors: [{ difference: ATTACHED, attribution: BY_ALICE }],
    } as unknown as AuditEvent;

    const lines = describedTexts(facts({ events: new Map([[key, [found]]]) }));

    expect(lines.slice(lines.indexOf("HISTORY, changed in AWS") + 1)).toEqual([
      `4h ago  7  drift: ${ATTACHED}`,
      "  last call seen that set this: alice@example.com via AWSReservedSSO_Admin from",
      "    203.0.113.7 attached AdministratorAccess at 06:32:07Z (event e1)",
    ]);
  });

  test.each([
    { found: 7, entry: "entry 7" },
    { found: null, entry: "an earlier entry, which was not found" },
  ])("of a drift that had ended are no later drift in its history: $entry", ({ found, entry }) => {
    const { key } = desiredIn("prod");
    const [at, kind] = ["2026-11-25T06:39:00.000Z", "drift-author-found"];
    const authors = [{ difference: ATTACHED, attribution: BY_ALICE }];
    const event = { seq: 9, at, key, kind, found, authors } as unknown as AuditEvent;

    const lines = describedTexts(facts({ events: new Map([[key, [event]]]) }));

    const [first = "", second = ""] = lines.slice(lines.indexOf("HISTORY") + 1);
    expect(`${first} ${second.trim()}`).toContain(`4h ago  9  author of the drift in ${entry}: + Admin`);
    expect(lines.join("\n")).toContain("last call seen that set this: alice@example.com");
  });
});
