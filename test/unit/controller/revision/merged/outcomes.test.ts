import { describe, expect, test } from "@jest/globals";
import type { Hold } from "../../../../../src/model/answers/hold.ts";
import type { Suspension } from "../../../../../src/model/approval.ts";
import { digestOf } from "../../../../../src/model/values/digest.ts";
import type { HoldCode, Verdict } from "../../../../../src/model/verdict.ts";
import { toConditions } from "../../../../../src/settle/conditions/conditions.ts";
import type { KeyOutcome } from "../../../../../src/settle/outcome/outcome.ts";
import { awsError } from "../../../../support/fakes/fake-aws.ts";
import { ACCOUNT_ID } from "../../../../support/pass/bindings.ts";
import { HELD, invalidSubject, REFUSED, skippedOf, writtenOf } from "../../../../support/pass/passes.ts";
import {
  apart,
  assessed,
  failing,
  LATE,
  SUSPENSION,
  withheldOutcome,
} from "../../../settle/condition-facts.ts";
import { KEY, MergedScene, NEW, OLD } from "./merged-scene.ts";

const AFTER =
  "waits for account staging (change window staging-first): written at 2026-10-01 12:00:00Z at the earliest, if staging matches Git until then";
const OPENS = "waits for the change window office, which opens at 2026-10-01 14:00:00Z";

function holdOf(code: Hold["code"], reason = `because ${code}`): Hold {
  const held = { account: "prod", keys: [KEY], actions: 1, sinceMs: 0 };
  return { ...held, subject: digestOf(code), code, reason };
}

function approvalOf(code: Hold["code"]): string {
  return `grantkeeper approve ${digestOf(code).slice("sha256:".length).slice(0, 12)} --reason TEXT`;
}

function heldBy(code: HoldCode, reason = `because ${code}`): KeyOutcome {
  const verdict: Verdict = { ...HELD, kind: "hold", code, reason, subject: digestOf(code) };
  return skippedOf({ kind: "nothing-due" }, { ...apart, verdict });
}

interface Seen {
  readonly holds?: readonly Hold[];
  readonly suspension?: Suspension;
  /** The subjects that an operator rejected. */
  readonly rejected?: readonly Hold["code"][];
}

/** The function after a pass with this outcome. */
function sceneOf(outcome: KeyOutcome): MergedScene {
  const scene = new MergedScene();
  scene.recorded(OLD, []);
  scene.recorded(NEW);
  scene.enforced(NEW);
  pass(scene, outcome);
  return scene;
}

function pass(scene: MergedScene, outcome: KeyOutcome, { holds = [], suspension, rejected = [] }: Seen = {}) {
  const found = assessed(outcome, suspension);
  scene.hasRecord({ sync: found.sync, health: found.health, conditions: toConditions(found, [], LATE) });
  scene.passEnded({ holds });
  const answer = { accountId: ACCOUNT_ID, actor: "sam", reason: "not now", at: LATE };
  scene.fake.store.rejectionList = rejected.map((code) => ({ ...answer, subject: digestOf(code) }));
  scene.compared();
}

/** The title, and the line of the function without its markup. */
async function shown(outcome: KeyOutcome, seen: Seen = {}): Promise<readonly [string, string]> {
  const scene = sceneOf(outcome);
  pass(scene, outcome, seen);
  await scene.progress.report(ACCOUNT_ID);
  return lastOf(scene);
}

function lastOf({ titles, texts }: MergedScene): readonly [string, string] {
  const line = (texts.at(-1) ?? "").split("\n").find((text) => text.startsWith("- ")) ?? "";
  const plain = line
    .replaceAll(/<\/?code>/g, "")
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  return [titles.at(-1) ?? "none", plain.replace("- orders/a@prod/eu-west-1: ", "")];
}

const awaiting = (code: HoldCode) =>
  [
    "not applied completely",
    `awaiting approval: because ${code}; to approve: ${approvalOf(code)}, by everyone who may approve in all of its namespaces`,
  ] as const;

describe("a plan that is held", () => {
  const EXPECTED = {
    "first-enforcing-pass": awaiting("first-enforcing-pass"),
    "lost-database": awaiting("lost-database"),
    "first-claim": awaiting("first-claim"),
    "take-over": awaiting("take-over"),
    "catalogue-changed": awaiting("catalogue-changed"),
    "profiles-changed": awaiting("profiles-changed"),
    "reference-changed": awaiting("reference-changed"),
    "limit-deletes": awaiting("limit-deletes"),
    "limit-changes": awaiting("limit-changes"),
    "profile-approval": awaiting("profile-approval"),
    "needs-approval": awaiting("needs-approval"),
    "change-window": ["not applied completely", "held back by a change window: because change-window"],
    "account-order": ["not applied completely", "held back by a change window: because account-order"],
    "depends-on": ["not applied completely", "waits for a function that it depends on: because depends-on"],
    wave: awaiting("wave"),
    "wave-member": awaiting("wave-member"),
    // A stricter verdict holds no plan: no approval of it is named as the next step.
    "verdict-changed": ["not applied completely", "awaiting approval: because verdict-changed"],
  } as const satisfies Record<HoldCode, readonly [string, string]>;

  test.each(Object.keys(EXPECTED) as readonly HoldCode[])("as %s is shown with its reason", async (code) => {
    expect(await shown(heldBy(code), { holds: [holdOf(code)] })).toEqual(EXPECTED[code]);
  });

  test.each<{ holds: readonly HoldCode[]; code: HoldCode; because: string }>([
    { holds: ["wave-member", "wave"], code: "wave", because: "the wave moves it, and not its own switch" },
    {
      holds: ["change-window", "needs-approval"],
      code: "needs-approval",
      because: "a window needs no answer",
    },
    { holds: ["verdict-changed", "take-over"], code: "take-over", because: "no plan of the first is held" },
  ])("in two ways is shown with the approval that it awaits: $because", async ({ holds, code }) => {
    const [, line] = await shown(heldBy(code), { holds: holds.map((one) => holdOf(one)) });

    expect(line).toContain(approvalOf(code));
  });

  test("again with another plan for the same reason is shown with the approval of that plan", async () => {
    const scene = sceneOf(heldBy("limit-changes"));
    pass(scene, heldBy("limit-changes"), { holds: [holdOf("limit-changes")] });
    await scene.progress.report(ACCOUNT_ID);
    pass(scene, heldBy("limit-changes"), {
      holds: [{ ...holdOf("limit-changes"), subject: digestOf("wave") }],
    });

    await scene.progress.report(ACCOUNT_ID);

    expect(lastOf(scene)[1]).toContain(approvalOf("wave"));
  });

  test("and rejected is not shown as awaiting an approval", async () => {
    const seen = { holds: [holdOf("take-over")], rejected: ["take-over"] } as const;

    expect(await shown(heldBy("take-over"), seen)).toEqual([
      "not applied completely",
      'rejected: by sam: "not now"',
    ]);
  });

  test("in two ways of which one is rejected still awaits the other approval", async () => {
    const seen = { holds: [holdOf("take-over"), holdOf("needs-approval")], rejected: ["take-over"] } as const;

    expect((await shown(heldBy("take-over"), seen))[1]).toMatch(/^awaiting approval/);
  });
});

describe("a function is shown", () => {
  test.each<{ outcome: KeyOutcome; seen?: Seen; line: string; because: string }>([
    {
      outcome: heldBy("change-window", AFTER),
      line: `held back by a change window: ${AFTER}`,
      because: "an account comes before its account",
    },
    {
      outcome: heldBy("change-window", OPENS),
      line: `held back by a change window: ${OPENS}`,
      because: "its window is closed",
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { ...apart, verdict: REFUSED }),
      line: "refused by a guard rule: RES-001: too wide",
      because: "a rule refuses it",
    },
    {
      outcome: skippedOf({ kind: "suspended", suspension: SUSPENSION }, apart),
      seen: { suspension: SUSPENSION },
      line: 'suspended: until 2026-10-01 12:00:00Z by dana: "INC-1"',
      because: "it is suspended",
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { subject: invalidSubject() }),
      line: "its manifest cannot be used: ",
      because: "its manifest has an error",
    },
    {
      outcome: withheldOutcome("unmet-need"),
      line: "not seen as declared: because unmet-need",
      because: "it depends on something else",
    },
    {
      outcome: writtenOf(apart, {
        writes: failing(awsError("terminal")),
        readBack: { kind: "not-read", reason: "x" },
      }),
      line: "not seen as declared: ",
      because: "AWS refuses the write",
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { unread: ["policies of versions"] }),
      line: "cannot be read from AWS: some parts could not be read: policies of versions",
      because: "a part of it is not read, so that no pass of this process has compared it",
    },
  ])("as not applied completely: $because", async ({ outcome, seen, line }) => {
    const [title, text] = await shown(outcome, seen);

    expect(title).toBe("not applied completely");
    expect(text).toContain(line);
  });

  test("as applied while it is suspended, if it was read as declared", async () => {
    const [title] = await shown(skippedOf({ kind: "suspended", suspension: SUSPENSION }), {
      suspension: SUSPENSION,
    });

    expect(title).toBe("applied");
  });

  test("as it was found before, as long as a part of it cannot be read", async () => {
    const scene = sceneOf(skippedOf({ kind: "nothing-due" }));
    await scene.progress.report(ACCOUNT_ID);
    pass(scene, skippedOf({ kind: "nothing-due" }, { unread: ["policies of versions"] }));

    await scene.progress.report(ACCOUNT_ID);

    expect(scene.titles).toEqual(["applied"]);
  });
});
