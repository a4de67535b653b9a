import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { ForgeReviewer, UnreadReviews } from "../../../../src/controller/ports/reviews/reviews.ts";
import { SourceError } from "../../../../src/controller/ports/source.ts";
import type { ControllerSettings } from "../../../../src/controller/settings.ts";
import type {
  ReviewedContent,
  ReviewedRequest,
} from "../../../../src/model/records/pull-requests/reviewed.ts";
import { err, ok, type Result } from "../../../../src/model/values/result.ts";
import { manifests, READ_ORDERS, SWEEP_MS, WRITE_ORDERS } from "../../../support/fakes/fake-controller.ts";
import { awsError } from "../../../support/fakes/fake-aws.ts";
import { HOUR_MS, KEY, keyOf } from "../control/operator.ts";
import {
  CONTENT,
  HEAD,
  LEE,
  MINUTE_MS,
  NEXT,
  PROFILE,
  REQUEST,
  REVIEW,
  ReviewScene,
} from "./review-scene.ts";

const WRITE_BOTH = WRITE_ORDERS.replace("}]", "}, {dynamodb: {table: customers, allow: [write]}}]");

let scene: ReviewScene;

beforeEach(() => {
  scene = new ReviewScene();
});

afterEach(() => scene.stop());

describe("a review of the merged pull request", () => {
  test("approves what its revision changes, and is in the record with its person, its id and its time", async () => {
    await scene.start();

    await scene.merge();

    expect(scene.asked).toEqual([await acceptedCommit()]);
    expect(await scene.subjects()).toEqual([]);
    expect(scene.aws.writes).not.toEqual([]);
    expect(await scene.recorded()).toMatchObject([
      {
        actor: "lee",
        groups: ["security"],
        reason: "github: review 100 of pull request 12, given at 2026-10-01T11:00:00.000Z",
        review: { forge: "github", pullRequest: 12, id: 100, accountId: 7, commit: HEAD, at: REVIEW.at },
        covers: [{ key: KEY }],
      },
    ]);
  });

  test("approves a new function", async () => {
    await scene.start();

    await scene.merge({ ...manifests({ a: READ_ORDERS, b: READ_ORDERS, c: WRITE_ORDERS }), ...PROFILE });

    expect(await scene.recorded()).toMatchObject([{ covers: [{ key: keyOf("c") }] }]);
  });

  test("is found when it is given after the merge, within a minute", async () => {
    await scene.start();
    scene.answer = ok([{ ...REQUEST, reviews: [] }]);
    await scene.merge();
    expect(scene.aws.writes).toEqual([]);
    scene.answer = ok([REQUEST]);

    await scene.fake.clock.pass(MINUTE_MS);

    expect(await scene.recorded()).toHaveLength(1);
    expect(scene.aws.writes).not.toEqual([]);
  });

  test("approves nothing if it is dismissed before it is read", async () => {
    await scene.start();
    scene.answer = err({ cause: "GitHub answers 503", afterMs: 0 });
    await scene.merge();
    scene.answer = ok([{ ...REQUEST, reviews: [{ ...REVIEW, verdict: "dismissed" }] }]);

    await scene.fake.clock.pass(2 * MINUTE_MS);

    expect(await scene.recorded()).toEqual([]);
    expect(scene.aws.writes).toEqual([]);
  });
});

interface Case {
  readonly because: string;
  readonly reason: string;
  readonly answer?: Result<readonly ReviewedRequest[], UnreadReviews>;
  readonly content?: Result<ReviewedContent, SourceError>;
  readonly listed?: readonly ForgeReviewer[];
  readonly settings?: Partial<ControllerSettings>;
}

test.each<Case>([
  {
    because: "the forge cannot be read",
    answer: err({ cause: "GitHub answers 404", afterMs: 0 }),
    reason: "reviews cannot be read: GitHub answers 404; it is tried again, or approve with the command",
  },
  {
    because: "no pull request made the revision",
    answer: ok([]),
    reason: "no review counts: no merged pull request made the revision; approve with the command",
  },
  {
    because: "two pull requests made it",
    answer: ok([REQUEST, { ...REQUEST, number: 13 }]),
    reason: "no review counts: several pull requests made the revision; approve with the command",
  },
  {
    because: "Git does not have the reviewed commit",
    content: err(new SourceError({ code: "not-found", message: "there is no such commit", fix: "push it" })),
    reason: "reviews cannot be read: there is no such commit; it is tried again, or approve with the command",
  },
  {
    because: "the branch had moved on",
    content: ok({ ...CONTENT, isSame: false }),
    reason:
      "no review of pull request 12 counts: its branch had moved on, or the merge has other content than the reviewed commit; approve with the command",
  },
  {
    because: "the revision has further commits",
    content: ok({ ...CONTENT, commits: [HEAD, "c".repeat(40)] }),
    reason:
      "no review of pull request 12 counts: the revision has commits that the pull request does not show; approve with the command",
  },
  {
    because: "no one who is listed approved it",
    answer: ok([{ ...REQUEST, reviews: [{ ...REVIEW, accountId: 8 }] }]),
    reason: "no review of pull request 12 counts: no listed reviewer has approved its newest commit bbbbbbbb",
  },
  {
    because: "the reviewer opened it",
    answer: ok([{ ...REQUEST, authorId: 7 }]),
    reason:
      "no review of pull request 12 counts: all listed reviewers who approved it are its authors; approve with the command",
  },
  {
    because: "a commit has an author without an account",
    answer: ok([{ ...REQUEST, commits: [{ id: HEAD, accounts: [null, 5] }] }]),
    reason:
      "no review of pull request 12 counts: the author or committer of commit bbbbbbbb has no account there; approve with the command",
  },
  {
    because: "the authors cannot be read from Git",
    content: ok({ ...CONTENT, authors: { ...CONTENT.authors, isPartial: true } }),
    reason:
      "no review of pull request 12 counts: the authors of its commits are not all known; approve with the command",
  },
  {
    because: "the reviewer is not in the group",
    settings: { approvers: { security: ["dana"] } },
    reason:
      "no review of pull request 12 counts: only group security may approve this; someone who may approve it can use the command",
  },
  {
    because: "the reviewer may not approve this namespace",
    listed: [{ ...LEE, namespaces: new Set(["billing"]) }],
    reason:
      'no review of pull request 12 counts: token "lee" may not approve all of its namespaces; someone who may approve it can use the command',
  },
  {
    because: "the token of the reviewer has expired",
    listed: [{ ...LEE, endsMs: 0 }],
    reason:
      'no review of pull request 12 counts: token "lee" has expired; someone who may approve it can use the command',
  },
])("nothing is approved, and the screens show it, if $because", async ({ reason, content, ...given }) => {
  scene.answer = given.answer ?? scene.answer;
  await scene.start(given.listed, given.settings);
  scene.fake.source.content = content ?? scene.fake.source.content;

  await scene.merge();

  expect([await scene.recorded(), scene.aws.writes]).toEqual([[], []]);
  expect(await scene.reasons()).toEqual([
    `grants new access, which needs an approval of group security; ${reason}`,
  ]);
});

async function acceptedCommit(): Promise<string> {
  const { accepted } = (await scene.fake.control.overview()).source;
  return accepted?.replace("main@sha1:", "") ?? "";
}

test("nothing is approved with a change of an earlier revision that was not applied", async () => {
  scene.answer = ok([]);
  await scene.start();
  await scene.merge();
  scene.answer = ok([REQUEST]);

  await scene.merge({ ...manifests({ a: WRITE_BOTH, b: WRITE_ORDERS }), ...PROFILE });

  expect(await scene.recorded()).toEqual([]);
  expect(await scene.reasons()).toEqual([
    expect.stringContaining("it may also have changes of another revision, which were not seen applied"),
  ]);
});

test("a function that an earlier revision left as it was, and that was not read since, is approved", async () => {
  await scene.start();
  await scene.merge({ ...manifests({ a: READ_ORDERS, b: WRITE_ORDERS }), ...PROFILE });

  await scene.merge({ ...manifests({ a: WRITE_ORDERS, b: WRITE_ORDERS }), ...PROFILE });

  expect(await scene.recorded()).toMatchObject([
    { covers: [{ key: keyOf("b") }] },
    { covers: [{ key: KEY }] },
  ]);
});

test("a forge is not asked while nothing awaits the approval of a profile", async () => {
  await scene.start();

  await scene.merge({ ...manifests({ a: READ_ORDERS }), ...PROFILE });

  expect(scene.asked).toEqual([]);
});

test("after a restart it is not known what a revision changed that came during it", async () => {
  await scene.start();
  await scene.stop();
  scene.fake.source.push(NEXT);
  await scene.restart();
  await scene.fake.clock.pass(SWEEP_MS);

  expect(await scene.recorded()).toEqual([]);
  expect(await scene.reasons()).toEqual([
    expect.stringContaining("it is not known exactly what the revision changed"),
  ]);
});

test("a plan that an operator rejected is not approved", async () => {
  scene.answer = ok([{ ...REQUEST, reviews: [] }]);
  await scene.start();
  await scene.merge();
  await scene.fake.control.reject({ subject: (await scene.subjects())[0] ?? "", reason: "not now" }, "dana");
  await scene.fake.clock.pass(SWEEP_MS);
  scene.answer = ok([REQUEST]);

  await scene.fake.clock.pass(SWEEP_MS);

  expect([await scene.recorded(), scene.aws.writes]).toEqual([[], []]);
});

test("a review approves a plan once: after its end a person does", async () => {
  await scene.start();
  scene.aws.mishap = () => ({ kind: "fails", error: awsError("throttled") });
  await scene.merge();
  expect(await scene.recorded()).toHaveLength(1);

  await scene.fake.clock.pass(2 * HOUR_MS);

  expect(await scene.recorded()).toHaveLength(1);
  expect(await scene.reasons()).toEqual([expect.stringContaining("has approved an earlier plan of it")]);
});

test("describe and the note in the pull request show why no review approves it", async () => {
  scene.answer = ok([]);
  await scene.start();
  await scene.merge();

  const notes = scene.fake.recorder.alerts.filter((alert) => alert.kind === "pull-request-note");
  const { suspensions, rejections } = await scene.fake.control.overview();
  const nothing = { record: null, applied: null, account: null, isUncompared: false };
  const state = scene.fake.control.permissionState(KEY, { ...nothing, suspensions, rejections });

  expect(notes.at(-1)?.text).toContain("no merged pull request made the revision");
  expect(JSON.stringify(state.pending)).toContain("no merged pull request made the revision");
});
