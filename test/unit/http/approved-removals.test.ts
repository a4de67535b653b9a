import { describe, expect, test } from "@jest/globals";
import { NO_DELTA, turnedDelta, type Delta } from "../../../src/model/delta.ts";
import type { KeyView } from "../../../src/model/answers/key-view.ts";
import { digestOf, type Digest } from "../../../src/model/values/digest.ts";
import { timeText } from "../../../src/text/phrases.ts";
import type { FakeState } from "../../support/fakes/fake-state.ts";
import { actionOf } from "../../support/pass/passes.ts";
import { deltaRow } from "../../support/policies/delta-rows.ts";
import { calm, itemsOf, LONG_AGO, NOW_MS } from "../../support/screens/action-required.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { drift, plan as planOf, view } from "../../support/screens/world-states.ts";

describe("access whose removal is approved", () => {
  const REMOVAL = digestOf("removal");
  const OTHER = digestOf("other");
  const exposing = {
    ...NO_DELTA,
    allowed: [deltaRow({ action: "*", resource: "*", principal: "AWS *", risk: "exposure" })],
  };
  const open = drift(ORDERS_API, {
    change: { kind: "statement-extra", qualifier: null, sid: "try", ours: false, danger: "public" },
    cause: "initial",
    delta: exposing,
  });
  const withheld = (approval: Digest, fix: string) =>
    ({ kind: "approval-needed", subject: "arn", reason: "there at first", fix, approval }) as const;
  const part = (digest: Digest, delta: Delta) => ({
    reason: "there at first",
    actions: [actionOf({ cause: "initial", delta })],
    digest,
  });
  const reason = "account staging (change window first): it must match Git until 2026-11-30 12:00:00Z";
  const heldBack = { code: "change-window", reason } as const;
  const stateOf = (change: Partial<KeyView>, parts = [REMOVAL]): FakeState => {
    const plan = {
      ...planOf(ORDERS_API),
      approvable: parts.map((digest) => part(digest, turnedDelta(exposing))),
      withheld: parts.map((digest) => withheld(digest, `approve ${digest}, or add it to Git`)),
    };
    return {
      ...calm(),
      views: new Map([[ORDERS_API, view(ORDERS_API, { drifts: [open], plan, ...change })]]),
    };
  };
  const answered = (until: string) => [{ digest: REMOVAL, by: "dana", until }];
  const SOON = new Date(NOW_MS + 3_600_000).toISOString();

  test("remains open, names what its removal waits for, and asks for no approval", async () => {
    const [item] = await itemsOf(stateOf({ approved: answered(SOON), heldBack }));

    expect(item).toMatchObject({
      kind: "exposed",
      message: "anyone can invoke it",
      details: [
        expect.any(String),
        `its removal is approved by dana until ${timeText(SOON)}; it waits for ${reason}`,
      ],
      hint: "to end it before that, remove it in AWS",
    });
  });

  test.each([
    {
      what: "nothing holds it back",
      change: { approved: answered(SOON) },
      parts: [REMOVAL],
      hint: /describe/,
    },
    {
      what: "another one is not",
      change: { approved: answered(SOON) },
      parts: [REMOVAL, OTHER],
      hint: OTHER,
    },
    {
      what: "it has ended",
      change: { approved: answered(LONG_AGO), heldBack },
      parts: [REMOVAL],
      hint: REMOVAL,
    },
  ])("has a hint for what is left to do if $what", async ({ change, parts, hint }) => {
    const [item] = await itemsOf(stateOf(change, parts));

    expect(item?.hint).toMatch(hint);
  });
});
