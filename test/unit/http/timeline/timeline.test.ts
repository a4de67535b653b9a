import { describe, expect, test } from "@jest/globals";
import type { AuditFact } from "../../../../src/audit/entry.ts";
import { driftFingerprint } from "../../../../src/model/drift.ts";
import { accessOf } from "../../../support/screens/access.ts";
import { fakeState } from "../../../support/screens/api-world.ts";
import { BY_ALICE, BY_ALICE_OR_BOB, BY_NO_ONE } from "../../../support/screens/authors.ts";
import { ORDERS_API, REFUNDS } from "../../../support/screens/world-keys.ts";
import { drift, record, view } from "../../../support/screens/world-states.ts";
import {
  NOW_MS,
  hours,
  ORDERS,
  ATTACHED,
  ended,
  found,
  asked,
  countsOf,
  drifting,
  type Scene,
} from "./scene.ts";

describe("the timeline", () => {
  test("has only calm steps, if everything was read and nothing drifted", async () => {
    const shown = await asked();

    expect(shown).toMatchObject({ accounts: 1, drifting: [], ended: [], gaps: [], notCompared: 0 });
    expect(shown.steps).toHaveLength(96);
    expect(new Set(countsOf(shown))).toEqual(new Set([0]));
  });

  test.each([
    { range: "24h", steps: 96 },
    { range: "7d", steps: 84 },
    { range: "30d", steps: 120 },
  ] as const)("of $range has $steps steps", async ({ range, steps }) => {
    expect((await asked({ range })).steps).toHaveLength(steps);
  });

  test("shows a drift from its beginning to its end, with its author", async () => {
    const shown = await asked({
      facts: [
        [hours(3), found()],
        [hours(2), ended()],
      ],
    });

    expect(shown.ended).toEqual([
      {
        key: ORDERS_API,
        since: hours(3),
        lastCleanAt: hours(4),
        ended: { at: hours(2), how: "reverted", entry: 3 },
        changes: [ATTACHED],
        risks: ["escalation"],
        authors: [{ difference: ATTACHED, attribution: BY_ALICE }],
      },
    ]);
    expect(countsOf(shown).slice(83, 89)).toEqual([0, 1, 1, 1, 1, 0]);
  });

  test.each([
    { change: { live: null, cause: "initial" }, isOfGit: true, because: "AWS has nothing of it" },
    { change: { live: "{}", cause: "initial" }, isOfGit: false, because: "AWS has something else" },
    { change: { live: null, cause: "out-of-band" }, isOfGit: false, because: "it was applied before" },
    {
      change: { live: null, cause: "initial", ofFirstRead: true },
      isOfGit: false,
      because: "whether it is a change is not known",
    },
  ] as const)("a difference of Git alone is $isOfGit: $because", async ({ change, isOfGit }) => {
    const seen = { ...drift(ORDERS_API), ...change };
    const known = record(ORDERS_API);
    const driftSinceMs = { [driftFingerprint(seen)]: NOW_MS };
    const shown = await asked({
      records: [{ ...known, driftSinceMs }],
      state: { views: new Map([[ORDERS_API, view(ORDERS_API, { drifts: [seen] })]]) },
    });

    const revision = known.status?.lastAttemptedRevision;
    expect(shown.drifting.map(({ declaredIn = null }) => declaredIn)).toEqual([isOfGit ? revision : null]);
  });

  test.each([
    { cause: "initial", isApplied: false, isBefore: true, because: "nothing was applied" },
    { cause: "initial", isApplied: true, isBefore: false, because: "an alias was read for the first time" },
    { cause: "out-of-band", isApplied: false, isBefore: false, because: "AWS is known to have changed" },
  ] as const)(
    "a difference is from before anything was applied: $isBefore, since $because",
    async ({ cause, isApplied, isBefore }) => {
      const seen = { ...drift(ORDERS_API), live: "{}", cause };
      const known = record(ORDERS_API);
      const { status } = known;
      if (status === null) throw new Error("the record of this test has a status");
      const lastAppliedRevision = isApplied ? status.lastAttemptedRevision : null;
      const shown = await asked({
        records: [
          {
            ...known,
            status: { ...status, lastAppliedRevision },
            driftSinceMs: { [driftFingerprint(seen)]: NOW_MS },
          },
        ],
        state: { views: new Map([[ORDERS_API, view(ORDERS_API, { drifts: [seen] })]]) },
      });

      expect(shown.drifting.map(({ isBeforeFirstApply = false }) => isBeforeFirstApply)).toEqual([isBefore]);
    },
  );

  test("shows a drift that one pass found and reverted", async () => {
    const at = hours(2);
    const shown = await asked({
      facts: [
        [at, found()],
        [at, ended({ since: at })],
      ],
    });

    expect(countsOf(shown).filter((count) => count === 1)).toHaveLength(1);
  });

  test("shows the authors that became known later, and those alone that are of this drift", async () => {
    const late = { difference: ATTACHED, attribution: BY_ALICE_OR_BOB };
    const author = { kind: "drift-author-found", key: ORDERS_API, found: 2, authors: [late] } as const;
    const facts: Scene["facts"] = [
      [hours(9), found({ authors: [{ difference: "~ other", attribution: BY_NO_ONE }] })],
      [hours(3), found()],
      [hours(3), found({ key: REFUNDS })],
      [hours(2), ended()],
      [hours(1), { ...author, fields: ["attachment-extra"], since: hours(3) }],
      [hours(1), { ...author, fields: ["trust"], since: hours(3) }],
    ];

    expect((await asked({ facts })).ended.map(({ authors }) => authors)).toEqual([[late]]);
  });

  test.each([
    { how: "applied", facts: [], rows: 0, because: "a change of Git that was applied is no drift" },
    { how: "applied", facts: [[hours(3), found()]], rows: 1, because: "drift may end as declared" },
    { how: "gone", facts: [], rows: 1, because: "drift may end by itself" },
  ] as const)("$because", async ({ how, facts, rows }) => {
    expect((await asked({ facts: [...facts, [hours(2), ended({ how })]] })).ended).toHaveLength(rows);
  });

  test("takes an entry of 0.1, which has no times and changes", async () => {
    const {
      changes: _,
      risks: __,
      since: ___,
      lastCleanAt: ____,
      ...old
    } = ended() as ReturnType<typeof Object>;
    const shown = await asked({ facts: [[hours(2), old as AuditFact]] });

    expect(shown.ended).toMatchObject([
      {
        since: hours(2),
        lastCleanAt: null,
        changes: ["+ a policy that is not declared is attached to its role"],
      },
    ]);
  });
});

describe("what drifts now", () => {
  test("is shown with its difference and author, also before a pass of this process", async () => {
    const facts = { difference: ATTACHED, attribution: BY_ALICE, risks: ["escalation"] as const };
    const shown = await asked({
      records: [drifting(ORDERS_API, { ...facts, lastCleanMs: Date.parse(hours(3)) })],
    });

    expect(shown.drifting).toEqual([
      {
        key: ORDERS_API,
        since: hours(2),
        lastCleanAt: hours(3),
        ended: null,
        changes: [ATTACHED],
        risks: ["escalation"],
        authors: [{ difference: ATTACHED, attribution: BY_ALICE }],
      },
    ]);
    expect(countsOf(shown).slice(-9)).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  test("leaves out what waits to be applied from Git", async () => {
    expect((await asked({ records: [drifting(ORDERS_API, {})] })).drifting).toEqual([]);
  });

  test("takes a record of 0.1 by what the last pass found", async () => {
    const state = fakeState();
    const shown = await asked({ records: [drifting(ORDERS_API, null)], state: { views: state.views } });

    expect(shown.drifting).toMatchObject([
      { changes: ['+ policy "hotfix", not declared'], authors: [], lastCleanAt: null },
    ]);
  });

  test("counts the bindings that were not compared", async () => {
    const shown = await asked({ records: [record(ORDERS_API, { sync: "Unknown" }), record(REFUNDS)] });

    expect(shown.notCompared).toBe(1);
  });

  test("begins with the longest drift", async () => {
    const of = { difference: ATTACHED };
    const records = [drifting(ORDERS_API, of, NOW_MS - 5), drifting(REFUNDS, of, NOW_MS - 9)];

    expect((await asked({ records })).drifting.map(({ key }) => key)).toEqual([REFUNDS, ORDERS_API]);
  });
});

describe("a person of one team", () => {
  const facts: Scene["facts"] = [
    [hours(3), found({ key: REFUNDS })],
    [hours(2), ended({ key: REFUNDS })],
  ];

  test("sees no drift of another, and in a namespace there is only its own", async () => {
    const records = [drifting(REFUNDS, { difference: ATTACHED })];

    expect(await asked({ facts, records, access: ORDERS })).toMatchObject({ ended: [], drifting: [] });
    expect(await asked({ facts, records, namespace: "orders" })).toMatchObject({ ended: [], drifting: [] });
    expect((await asked({ facts, records, namespace: "payments" })).ended).toHaveLength(1);
  });

  test("sees no gap of an account without a function of the team", async () => {
    const account = { failing: { sinceMs: 0, reason: "denied" } };
    const shown = await asked({ account, access: accessOf("team", new Set(["nothing"])) });

    expect(shown).toMatchObject({ accounts: 0, gaps: [] });
  });

  test("sees of a role that may be another owner's which fields differ, and not by whom", async () => {
    const fields = ["function-role"];
    const own: Scene["facts"] = [
      [hours(3), found({ fields })],
      [hours(2), ended({ fields })],
    ];
    const records = [drifting(ORDERS_API, { difference: ATTACHED, attribution: BY_ALICE })];
    const shown = await asked({ facts: own, records, access: ORDERS });

    expect(shown.ended).toMatchObject([{ changes: ["! the function runs on another role"], authors: [] }]);
    expect(shown.drifting).toMatchObject([{ changes: ["+ a policy that is not declared"], authors: [] }]);
  });
});

test("of more than 200 drifts the others are counted", async () => {
  const facts: Scene["facts"] = Array.from({ length: 203 }, () => [hours(2), ended({ how: "gone" })]);
  const shown = await asked({ facts });

  expect(shown.ended).toHaveLength(200);
  expect(shown.omitted).toEqual({ drifting: 0, ended: 3, gaps: 0 });
});

test("of more entries than are read the time before them is not known", async () => {
  const facts: Scene["facts"] = [
    [hours(20), ended({ how: "gone" })],
    ...Array.from({ length: 5_000 }, () => [hours(2), ended({ how: "gone" })] as const),
  ];
  const { gaps } = await asked({ facts });

  expect(gaps).toMatchObject([
    { account: null, until: hours(2), reason: "only the newest 5000 entries are read" },
  ]);
});
