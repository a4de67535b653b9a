import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { reviewRefusal } from "../../../../src/judge/approvals/review-refusal.ts";
import { err, ok } from "../../../../src/model/values/result.ts";
import { SWEEP_MS } from "../../../support/fakes/fake-controller.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import type { ApprovalSubject } from "../../../../src/model/verdict.ts";
import { FIRST, MINUTE_MS, REQUEST, ReviewScene } from "./review-scene.ts";

let scene: ReviewScene;

beforeEach(() => {
  scene = new ReviewScene();
});

afterEach(() => scene.stop());

/** A promise, and what resolves it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

async function rejectAll(): Promise<void> {
  for (const subject of await scene.subjects())
    await scene.fake.control.reject({ subject, reason: "not now" }, "dana");
}

/** The approvals by reviews, the writes, and who rejected it. */
async function outcome(): Promise<readonly (readonly unknown[])[]> {
  const rejected = scene.fake.store.rejectionList.map(({ actor }) => actor);
  return [await scene.recorded(), scene.aws.writes, rejected];
}

const ONLY_REJECTED = [[], [], ["dana"]];

test("a review does not approve what a person rejected while the forge could not be read", async () => {
  scene.answer = err({ cause: "GitHub answers 503", afterMs: 0 });
  await scene.start();
  await scene.merge();
  await rejectAll();
  scene.answer = ok([REQUEST]);

  await scene.fake.clock.pass(2 * MINUTE_MS);

  expect(await outcome()).toEqual(ONLY_REJECTED);
});

test("a review does not approve what a person rejects while the forge is asked", async () => {
  const { opened, open } = gate();
  await scene.start();
  scene.before = () => opened;
  await scene.merge();
  expect(scene.asked).toHaveLength(1);
  await rejectAll();

  open();
  await scene.fake.clock.pass(2 * MINUTE_MS);

  expect(await outcome()).toEqual(ONLY_REJECTED);
});

test("a rejection that was begun before a review approves is recorded first, and counts", async () => {
  const { fake } = scene;
  const [forge, store] = [gate(), gate()];
  await scene.start();
  scene.before = () => forge.opened;
  await scene.merge();
  const approvals = fake.store.approvals.bind(fake.store);
  fake.store.approvals = async (nowMs) => {
    const found = await approvals(nowMs);
    await store.opened;
    return found;
  };
  const rejecting = rejectAll();
  await settled();

  forge.open();
  await settled();
  store.open();
  await rejecting;
  await fake.clock.pass(2 * MINUTE_MS);

  expect(await outcome()).toEqual(ONLY_REJECTED);
});

test("a review does not approve another plan of a revision of which a person rejected one", async () => {
  scene.answer = ok([{ ...REQUEST, reviews: [] }]);
  await scene.start();
  await scene.merge();
  await rejectAll();
  // As when the plan changes, by a change in AWS.
  await scene.fake.store.commit({ endedRejections: await scene.subjects() });
  scene.answer = ok([REQUEST]);

  await scene.fake.clock.pass(2 * SWEEP_MS);

  expect([await scene.recorded(), scene.aws.writes]).toEqual([[], []]);
  expect(await scene.reasons()).toEqual([
    expect.stringContaining("a person has rejected a plan of it since the revision was accepted"),
  ]);
});

test("a review approves the revision after the one that a person rejected", async () => {
  scene.answer = ok([{ ...REQUEST, reviews: [] }]);
  await scene.start();
  await scene.merge();
  await rejectAll();
  await scene.merge(FIRST);
  scene.answer = ok([REQUEST]);

  await scene.merge();

  expect(await scene.recorded()).toHaveLength(1);
});

const HOLD = { subject: "sha256:1" as ApprovalSubject, code: "profile-approval" } as const;

test.each([
  { hold: HOLD, rejections: [], refusal: null, because: "nothing is against it" },
  {
    hold: HOLD,
    rejections: [{ subject: "sha256:2" as ApprovalSubject, actor: "dana" }],
    refusal: null,
    because: "another plan was rejected",
  },
  {
    hold: HOLD,
    rejections: [{ subject: HOLD.subject, actor: "dana" }],
    refusal: "dana has rejected it",
    because: "a person rejected it",
  },
  {
    hold: { ...HOLD, coversUnseen: true as const },
    rejections: [],
    refusal: "it also covers what no pull request shows",
    because: "it came to cover a changed value while the forge was asked",
  },
  {
    hold: { ...HOLD, code: "first-enforcing-pass" as const },
    rejections: [],
    refusal: "it waits for another approval than that of a profile",
    because: "it came to wait for another approval while the forge was asked",
  },
])("the answer to a review is $refusal if $because", ({ hold, rejections, refusal }) => {
  expect(reviewRefusal(hold, rejections)).toBe(refusal);
});
