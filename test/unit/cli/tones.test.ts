import { describe, expect, test } from "@jest/globals";
import { describeLines } from "../../../src/cli/describe/describe.ts";
import { historyLines } from "../../../src/cli/history/history.ts";
import { holdLines } from "../../../src/cli/resources/holds.ts";
import { messageTable } from "../../../src/cli/screen/message-table.ts";
import { problemLines } from "../../../src/cli/screen/problem.ts";
import { table } from "../../../src/cli/screen/table.ts";
import { statusLines } from "../../../src/cli/status/status.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import { renderPlan } from "../../../src/plan/render/plan.ts";
import type { ScreenLine } from "../../../src/text/screen-line.ts";
import { doctorLines } from "../../../src/workbench/doctor/screen.ts";
import { decisionLines } from "../../../src/workbench/policy/decision.ts";
import { diffLines } from "../../../src/workbench/commands/policy-diff.ts";
import { suggestionLines } from "../../../src/workbench/suggest/screen.ts";
import { facts, object, pendingOf, state } from "../../support/screens/described.ts";
import { view } from "../plan/render/views.ts";
import { CONTEXT, hold, NOW_MS } from "./hold-objects.ts";
import { FACTS, LAYOUT, overview } from "./overview.ts";

const NARROW = { width: 40, rowWidth: 40, isWide: false };
const NOTES = [{ title: "NOTE", cell: (note: string) => note }];

/** Screens with a text that a person, AWS or a manifest wrote, or that Grantkeeper made of such texts. */
const SCREENS: Readonly<Record<string, (prose: string) => readonly ScreenLine[]>> = {
  describe: (prose) =>
    describeLines(
      facts({
        bindings: [object("prod", { notes: [prose], notWatched: [prose] })],
        states: [
          state("prod", {
            effective: { unknown: [prose] },
            pending: [{ ...pendingOf({ kind: "withheld", reason: prose }), other: [prose] }],
          }),
        ],
      }),
    ),
  plan: (prose) => renderPlan([view({ notes: [prose], broken: prose, file: prose })]),
  approvals: (prose) => holdLines(hold({ reason: prose }), { ...CONTEXT, fix: prose }, 40),
  "policy diff": (prose) =>
    diffLines(
      {
        tier: "security",
        document: [
          {
            kind: "statement-changed",
            statement: prose,
            changes: [{ kind: "added", element: "Action", value: prose }],
          },
        ],
        delta: NO_DELTA,
        narrower: { kind: "unproved" } as never,
        wider: { kind: "unproved" } as never,
        unusable: [],
        expanded: [],
      },
      80,
    ),
  why: (prose) =>
    decisionLines({ action: "sqs:A", resource: "*" }, { kind: "unknown", reason: prose } as never),
  history: (message) =>
    historyLines(
      [
        {
          entry: 1,
          last: 1,
          at: new Date(NOW_MS).toISOString(),
          kind: "applied",
          by: "x".repeat(30),
          message,
          below: message,
          events: [],
        },
      ],
      { nowMs: NOW_MS, unverifiedFrom: null },
      NARROW,
    ),
  status: (prose) =>
    statusLines(
      overview({
        actionRequired: [
          { ...FACTS, kind: "broken", target: "orders/api", message: prose, details: [prose] } as never,
        ],
      }),
      LAYOUT,
    ),
  "a list": (prose) => table(NOTES, [prose]),
  "a list of messages": (prose) =>
    messageTable(
      [{ title: "TARGET", cell: () => "t".repeat(38) }],
      { title: "NOTE", texts: (note: string) => [note] },
      { rows: [prose], layout: NARROW },
    ),
  doctor: (detail) => {
    const checks = [
      { identity: "writer", region: null, what: "iam:A", outcome: "not-checked", detail } as const,
    ];
    return doctorLines({ own: [{ title: detail, checks }], accounts: [] }, NARROW);
  },
  suggest: (prose) =>
    suggestionLines(
      {
        lastAccessed: false,
        cloudtrail: null,
        unreadAccounts: [],
        unreadRoles: [],
        branch: null,
        manifests: [
          {
            file: prose,
            manifest: prose,
            targets: [],
            permissions: [],
            nearest: [],
            ownLogGroups: [],
            outcome: "refused",
            because: prose,
            drops: [],
          },
        ],
      },
      LAYOUT,
    ),
};

const SIGNS = [
  "+ ",
  "- ",
  "~ ",
  "! ",
  "= ",
  "✗ ",
  "? ",
  "error: ",
  "warning: ",
  "hint:  ",
  "note:  ",
  "held  ",
];

function tonesOf(lines: readonly ScreenLine[]): readonly (string | null)[] {
  return lines.map((line) => (typeof line === "string" ? null : line.tone));
}

describe.each(Object.entries(SCREENS))("%s", (_, linesOf) => {
  test.each(SIGNS)("gives a text that begins with %j no colour", (sign) => {
    const rest = "the queue and the table of the function were changed by hand in the console";
    const plain = sign.replaceAll(/[^ ]/g, "x");

    expect(tonesOf(linesOf(sign + rest))).toEqual(tonesOf(linesOf(plain + rest)));
  });

  test("gives a text in capitals the colour of no head", () => {
    expect(tonesOf(linesOf("THE QUEUE"))).toEqual(tonesOf(linesOf("the queue")));
  });
});

test("all lines of one message have its colour, and a hint has its own", () => {
  const message = "the queue and the table of the function were changed by hand in the console";
  const lines = problemLines({ level: "error", place: null, message, hint: message }, 40);

  expect(tonesOf(lines)).toEqual(["danger", "danger", "danger", "aside", "aside", "aside"]);
});
