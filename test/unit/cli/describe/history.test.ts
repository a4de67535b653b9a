import { describe, expect, test } from "@jest/globals";
import type { AuditEvent } from "../../../../src/api/events.ts";
import { checked } from "../../../support/record/audit-facts.ts";
import { APPLIED, desiredIn, facts, describedTexts } from "../../../support/screens/described.ts";

const { key: KEY } = desiredIn("prod");
const event = (seq: number, time: string, rest: object): AuditEvent =>
  ({ seq, at: time, key: KEY, ...rest }) as unknown as AuditEvent;
const row = (action: string, from: string, sid: string | null = null) => ({
  effect: "Allow",
  action,
  resource: "*",
  principal: null,
  from,
  sid,
});

/** A write with its result; null: there is none yet. */
const write = (
  seq: number,
  time: string,
  pass: string,
  outcome: string | null = "applied",
): readonly AuditEvent[] => [
  ...(outcome === null ? [] : [event(seq + 1, time, { kind: "write-finished", intent: seq, outcome })]),
  event(seq, time, { kind: "write-intended", pass, revision: APPLIED, call: "iam:PutRolePolicy" }),
];

describe("history", () => {
  const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";
  const reverted = [
    event(9, "2026-11-25T06:32:13.000Z", {
      kind: "drift-ended",
      fields: ["attachment-extra"],
      changes: ['- policy "AdministratorAccess"'],
      since: "2026-11-25T06:32:12.000Z",
      risks: ["escalation"],
      lastCleanAt: "2026-11-25T06:28:11.000Z",
      how: "reverted",
    }),
    event(8, "2026-11-25T06:32:13.000Z", {
      kind: "write-intended",
      pass: "p2",
      revision: APPLIED,
      call: "iam:DetachRolePolicy",
      input: { PolicyArn: ADMIN },
      delta: { allowed: [], noLongerAllowed: [row("*", ADMIN)] },
    }),
    event(7, "2026-11-25T06:32:12.000Z", { kind: "drift-found", fields: ["attachment-extra"] }),
  ];
  const applied = [
    event(3, "2026-11-23T06:32:14.000Z", { kind: "drift-ended", fields: ["inline"], how: "applied" }),
    ...write(2, "2026-11-23T06:32:13.000Z", "p1"),
  ];
  const authors = new Map([["4f0e2d1", "Dana Ruiz"]]);
  const historyOf = (events: readonly AuditEvent[]): readonly string[] => {
    const found = describedTexts(facts({ events: new Map([[KEY, events]]), authors }));
    return found.slice(found.indexOf("HISTORY, changed in AWS") + 1);
  };

  test("credits a revert to Grantkeeper and names the policy; a commit's author is unverified", () => {
    expect(historyOf([...reverted, ...applied])).toEqual([
      '4h ago  9  reverted by Grantkeeper: - policy "AdministratorAccess"',
      "  open for at most 4m 2s (last clean read 06:28:11Z, reverted 06:32:13Z)",
      "2d ago  2  applied 4f0e2d1, author Dana Ruiz (unverified), 1 call",
    ]);
  });

  test("credits the write of an undo to no author, also while a drift is open", () => {
    const [finished, intended] = write(8, "2026-11-25T06:32:13.000Z", "p2");
    const undone = [finished, { ...intended, cause: "operator" } as AuditEvent, ...reverted.slice(2)];

    expect(historyOf(undone.filter((each) => each !== undefined))[0]).toBe(
      "4h ago  8  undoes the adoption, 1 call",
    );
  });

  test("marks each entry that may not be what was written", () => {
    const shown = facts({ events: new Map([[KEY, [...reverted, ...applied]]]), unverifiedFrom: 9 });

    expect(describedTexts(shown).filter((line) => / applied | reverted by /.test(line))).toEqual([
      "4h ago  9  (not verified) reverted by Grantkeeper:",
      "2d ago  2  applied 4f0e2d1, 1 call",
    ]);
  });

  test("marks a write whose result may not be what was written", () => {
    const shown = facts({
      events: new Map([[KEY, write(2, "2026-11-23T06:32:13.000Z", "p1")]]),
      unverifiedFrom: 3,
    });

    expect(describedTexts(shown)).toContain("2d ago  2  (not verified) applied 4f0e2d1, 1 call");
  });

  test("keeps the sign of a change on the line of what changed", () => {
    const [ended, ...rest] = reverted;
    const changes = ['- policy "AdministratorAccess"', '- statement "test1"', '~ policy "grantkeeper"'];

    expect(historyOf([{ ...ended, changes } as AuditEvent, ...rest]).slice(0, 2)).toEqual([
      '4h ago  9  reverted by Grantkeeper: - policy "AdministratorAccess"',
      '             - statement "test1"  ~ policy "grantkeeper"',
    ]);
  });

  test("shows since when a change existed before the first read, and of old entries only what they contain", () => {
    const [ended, ...rest] = reverted;
    const at = (change: object): readonly string[] => historyOf([{ ...checked(ended), ...change }, ...rest]);

    expect(at({ lastCleanAt: null })[1]).toBe(
      "  open at the first read, 06:32:12Z; when it began is not known",
    );
    expect(at({ lastCleanAt: null, since: null, changes: null })).toEqual([
      "4h ago  9  reverted by Grantkeeper: attachment-extra",
    ]);
  });

  const decided = (seq: number, kind: string, rest: object = {}): AuditEvent =>
    event(seq, "2026-11-25T10:31:00.000Z", { kind, key: undefined, actor: "dana", reason: "INC-1", ...rest });
  const subject = `sha256:7f3a91c2${"0".repeat(56)}`;

  test.each([
    { entry: decided(5, "approved", { subject }), expected: 'approved 7f3a91c2 by dana: "INC-1"' },
    {
      entry: decided(5, "approved", { subject, groups: ["audit", "security"] }),
      expected: 'approved 7f3a91c2 by dana (groups audit, security): "INC-1"',
    },
    {
      entry: decided(5, "approved", { subject, overrides: { code: "change-window", windows: ["w"] } }),
      expected: 'approved 7f3a91c2, overrides the change window w by dana: "INC-1"',
    },
    { entry: decided(5, "rejected", { subject }), expected: 'rejected 7f3a91c2 by dana: "INC-1"' },
    {
      entry: decided(5, "suspended", { until: "2026-11-25T12:44:00.000Z" }),
      expected: 'suspended until 12:44Z by dana: "INC-1"',
    },
    { entry: decided(5, "resumed"), expected: 'resumed by dana: "INC-1"' },
  ])("shows that it was $entry.kind, which changed nothing in AWS by itself", ({ entry, expected }) => {
    const found = describedTexts(facts({ events: new Map([[KEY, [entry]]]) }));

    expect(found.slice(-2)).toEqual(["HISTORY", `10m ago  5  ${expected}`]);
  });

  test("does not call a write that failed a change, and shows its repetitions once", () => {
    const failing = [4, 8, 12].flatMap((seq) =>
      write(seq, `2026-11-25T10:3${seq / 4}:00.000Z`, `p${seq}`, "failed"),
    );
    const found = describedTexts(facts({ events: new Map([[KEY, failing.toReversed()]]) }));

    expect(found.slice(-2)).toEqual([
      "HISTORY",
      "8m ago  12  not written, 1 call failed (3 times, first 10m ago)",
    ]);
  });

  test("shows how many writes of a pass failed, and how many have no result yet", () => {
    const events = [
      ...write(8, "2026-11-25T10:31:00.000Z", "p1", null),
      ...write(6, "2026-11-25T10:31:00.000Z", "p1", "found-not-applied"),
      ...write(4, "2026-11-25T10:31:00.000Z", "p1"),
    ];

    expect(historyOf(events)).toEqual([
      "10m ago  8  applied 4f0e2d1, author Dana Ruiz (unverified), 3 calls, 1 failed, 1",
      "              without a result yet",
    ]);
  });

  test("is not none if the record has only differences that were seen", () => {
    const seen = event(7, "2026-11-25T06:32:12.000Z", { kind: "drift-found", fields: ["inline"] });
    const found = describedTexts(facts({ events: new Map([[KEY, [seen]]]), authors }));

    expect(found.slice(-2)).toEqual([
      "HISTORY no write and no decision in 1 entry:",
      "  grantkeeper history payments/refunds@prod/eu-west-1",
    ]);
  });

  test("ends with the command for what is not shown", () => {
    const events = [1, 3, 5, 7, 9, 11].flatMap((seq) => {
      const revision = `main@sha1:${String(seq).padStart(40, "a")}`;
      return write(seq, "2026-11-25T10:31:00.000Z", `p${seq}`).map((one) => ({
        ...one,
        ...(one.kind === "write-intended" && { revision: revision.replace(/(a+)(\d+)$/, "$2$1") }),
      }));
    });
    const found = describedTexts(
      facts({ events: new Map([[KEY, events.toSorted((a, b) => b.seq - a.seq)]]) }),
    );

    expect(found.filter((text) => text.includes("applied "))).toHaveLength(5);
    expect(found.at(-1)).toBe("earlier: grantkeeper history payments/refunds@prod/eu-west-1");
  });

  test("has no author for a pass that only reverted, even before its end is known", () => {
    expect(historyOf(reverted.slice(1)).join("\n")).not.toContain("Dana");
  });
});
