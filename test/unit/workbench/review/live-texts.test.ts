import { describe, expect, test } from "@jest/globals";
import type { PreviewedChange } from "../../../../src/api/questions.ts";
import type { KeyPlan } from "../../../../src/model/plan.ts";
import type { RecordedDelta } from "../../../../src/model/delta.ts";
import { digestOf } from "../../../../src/model/values/digest.ts";
import type { HoldCode } from "../../../../src/model/verdict.ts";
import type { Revision } from "../../../../src/model/values/revision.ts";
import { recorded } from "../../../../src/plan/render/recorded.ts";
import {
  liveNotes,
  liveObstacles,
  liveTexts,
  type Readers,
} from "../../../../src/workbench/review/live/live-texts.ts";
import { ORDERS_API } from "../../../support/screens/world-keys.ts";
import { drift, plan } from "../../../support/screens/world-states.ts";

type JudgedChange = NonNullable<PreviewedChange["found"]>;

const PLAN = plan(ORDERS_API) as unknown as KeyPlan<RecordedDelta>;
const JUDGED: JudgedChange = {
  plan: PLAN,
  verdict: { kind: "allow" },
  findings: [],
  drifts: [],
  unread: [],
  readAt: "2026-11-30T12:00:00.000Z",
};
const DRIFTS = [recorded(drift(ORDERS_API))];
const WITHHELD = [{ kind: "ownership-conflict", subject: "role", reason: "it has another owner", fix: null }];

function held(code: HoldCode, reason: string): JudgedChange["verdict"] {
  return { kind: "hold", code, reason, subject: digestOf([reason]) };
}

function live(change: Partial<PreviewedChange>, found: Partial<JudgedChange> | null = {}) {
  const judged = found === null ? null : { ...JUDGED, ...found };
  const about = { key: ORDERS_API, target: "prod/eu-west-1", mode: "enforce", suspended: null } as const;
  const changes = [{ ...about, notJudged: null, found: judged, ...change }];
  const preview = { revision: "main@sha1:9c1d04e0000" as Revision, changes, beyond: [] };
  return { kind: "previewed", preview } as const;
}

const NAME = "orders/orders-api@prod/eu-west-1";

describe("what the controller will do", () => {
  test.each<{ name: string; of: ReturnType<typeof live>; codes: readonly string[] }>([
    { name: "a change that is written", of: live({}), codes: [] },
    { name: "a change in observe mode", of: live({ mode: "observe" }, { drifts: DRIFTS }), codes: [] },
    {
      name: "a key that was not judged",
      of: live({ notJudged: "AWS was not read yet" }, null),
      codes: ["not-read"],
    },
    {
      name: "a part that was not read",
      of: live({}, { unread: ["its role was not read"] }),
      codes: ["not-read"],
    },
    { name: "a plan that is not shown", of: live({}, { plan: null }), codes: ["not-read"] },
    {
      name: "a change that AWS makes refused",
      of: live({}, { verdict: { kind: "refuse", reason: "no" } as never, drifts: DRIFTS }),
      codes: ["refused"],
    },
    {
      name: "a plan with a part that waits",
      of: live({}, { plan: { ...PLAN, withheld: WITHHELD as never } }),
      codes: ["held"],
    },
    {
      name: "an approval that only AWS shows",
      of: live({}, { verdict: held("first-enforcing-pass", "first enforcing run") }),
      codes: ["held"],
    },
    {
      name: "a plan that a window lets through by itself",
      of: live({}, { verdict: held("change-window", "waits for window nights") }),
      codes: [],
    },
    {
      name: "a suspended function",
      of: live({ suspended: "dana: INC-1" }, { drifts: DRIFTS }),
      codes: ["held"],
    },
    { name: "a change in AWS that is set back", of: live({}, { drifts: DRIFTS }), codes: ["overwrites"] },
  ])("keeps the branch from merging by itself for $name: $codes", ({ of, codes }) => {
    expect(liveObstacles(of).map(({ code }) => code)).toEqual(codes);
  });

  test.each<{ name: string; of: ReturnType<typeof live>; texts: readonly string[] }>([
    { name: "without a call", of: live({}), texts: [`${NAME}: no call`] },
    {
      name: "that overwrites a change",
      of: live({}, { drifts: DRIFTS }),
      texts: [`${NAME}: no call`, '  overwrites: + policy "hotfix", not declared'],
    },
    {
      name: "next to a change that stays",
      of: live({ mode: "observe" }, { drifts: DRIFTS, unread: ["x"] }),
      texts: [`${NAME}: no call`, '  differs: + policy "hotfix", not declared', "  not read: x"],
    },
    {
      name: "that a person must approve",
      of: live({}, { verdict: held("first-enforcing-pass", "first enforcing pass") }),
      texts: [`${NAME}: no call; after an approval: first enforcing pass`],
    },
    {
      name: "that waits by itself",
      of: live({}, { verdict: held("change-window", "waits for window nights") }),
      texts: [`${NAME}: no call; waits for window nights`],
    },
    {
      name: "whose role is not shown",
      of: live({}, { plan: null }),
      texts: [`${NAME}: its role or its function belongs to another owner, so what changes is not shown`],
    },
  ])("is one line for a change $name", ({ of, texts }) => {
    const lines = liveTexts(of, "operator").flatMap(({ text, parts }) => [
      text,
      ...parts.map((part) => `  ${part}`),
    ]);

    expect(lines).toEqual([
      "applied on top of main@9c1d04e, which is in force",
      "AWS was read at 2026-11-30 12:00:00Z or later",
      ...texts,
    ]);
  });
});

test("a part that no approval ends is not shown as one that needs an approval", () => {
  const [obstacle] = liveObstacles(live({}, { plan: { ...PLAN, withheld: WITHHELD as never } }));

  expect(obstacle?.reason).toBe(`a part is not written before a person acts: ${NAME}`);
});

test("without a question to a controller there are no texts and no obstacles of it", () => {
  const asked = { kind: "not-asked" } as const;

  expect([liveTexts(asked, "operator"), liveObstacles(asked)]).toEqual([[], []]);
});

describe("the names and the reasons of operators", () => {
  const by = "Dana Ruiz <https://idp.example.com/realms/ops#00u1>";
  const revision = "main@sha1:9c1d04e0000" as Revision;
  const rolledBack = { revision, until: "2026-12-01T18:00:00.000Z", by, reason: "INC-4410" };
  const { preview } = live({ suspended: `${by}: INC-4410` });
  const asked = {
    kind: "previewed",
    preview: { ...preview, rolledBack, platformRolledBack: rolledBack },
  } as const;
  const textOf = (readers: Readers) =>
    liveTexts(asked, readers)
      .map(({ text }) => text)
      .join("\n");

  test.each([
    { name: "a comment", text: textOf("repository") },
    { name: "a report of a pipeline", text: liveNotes(asked).join("\n") },
  ])("are not in $name, which names the end of the rollback and a command instead", ({ text }) => {
    expect(text).not.toMatch(/Dana|00u1|INC-4410/);
    expect(text).toContain(
      "a rollback of the source keeps main@9c1d04e in force until 2026-12-01T18:00:00.000Z",
    );
    expect(text).toContain("the platform source is rolled back until 2026-12-01T18:00:00.000Z");
    expect(text).toContain("grantkeeper status shows who ordered it, and why");
  });

  test("are in the operator's text, without the provider's id of who ordered the rollback", () => {
    const [inForce, platform] = liveTexts(asked, "operator");

    expect(inForce?.text).toContain('by Dana Ruiz ("INC-4410") keeps');
    expect(platform?.text).toContain('by Dana Ruiz ("INC-4410")');
    expect(textOf("operator")).toContain("none while it is suspended (");
  });
});
