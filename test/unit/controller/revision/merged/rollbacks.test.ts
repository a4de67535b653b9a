import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Revision } from "../../../../../src/model/values/revision.ts";
import { settled } from "../../../../support/fakes/fake-clock.ts";
import { FakeController, SWEEP_MS } from "../../../../support/fakes/fake-controller.ts";
import { awsHas, FILES, NEXT, PLATFORM } from "../shown-commits.ts";

let fake: FakeController;
let first: Revision;

/** Comments are switched on, and the first revision is applied. */
beforeEach(async () => {
  fake = new FakeController();
  awsHas(fake, FILES);
  first = fake.source.push(FILES);
  await fake.start({ notedSources: PLATFORM });
  await fake.converge();
  fake.control.fetchSoon("test", [null]);
  await settled();
});

afterEach(async () => {
  const ended = fake.stop();
  await fake.clock.pass(11_000);
  await ended;
});

async function accepted(files: Readonly<Record<string, string>>): Promise<Revision> {
  const revision = fake.source.push(files);
  fake.control.fetchSoon("test", [null]);
  await settled();
  await fake.clock.pass(SWEEP_MS);
  return revision;
}

/** The hashes of the revisions whose pull requests are shown that they are rolled back, once each. */
async function shownAsRolledBack(revision: Revision): Promise<readonly string[]> {
  fake.recorder.alerts.splice(0);
  fake.source.relation = "older";
  const until = new Date(fake.clock.nowMs() + 3_600_000).toISOString();
  const order = { namespace: null, revision, reason: "it broke", until };
  const answer = await fake.control.rollback(order, "dana");
  await settled();
  expect(answer.kind).toBe("ok");
  const notes = fake.recorder.alerts.filter((alert) => alert.kind === "pull-request-note");
  return [...new Set(notes.flatMap(({ commit, text }) => (text.includes("rolled back") ? [commit] : [])))];
}

function hashes(...revisions: readonly Revision[]): readonly string[] {
  return revisions.map((revision) => revision.slice(revision.lastIndexOf(":") + 1));
}

test("a rollback to a revision that changed no function is shown only by the revisions after it", async () => {
  await accepted(NEXT);
  await accepted({ ...NEXT, "README.md": "one" });
  const target = await accepted({ ...NEXT, "README.md": "two" });
  await accepted({ ...NEXT, "README.md": "three" });
  const last = await accepted({ ...FILES, "README.md": "three" });

  expect(await shownAsRolledBack(target)).toEqual(hashes(last));
});

test("a second rollback, to an older revision, is shown by the revisions between both", async () => {
  const second = await accepted(NEXT);
  const third = await accepted({ ...FILES, "README.md": "one" });

  expect(await shownAsRolledBack(second)).toEqual(hashes(third));
  expect(await shownAsRolledBack(first)).toEqual(hashes(second));
});

test("a rollback to a revision whose place among the others is not known is shown nowhere", async () => {
  await accepted(NEXT);
  const { sourceRecords } = fake.store;
  for (const [name, record] of sourceRecords)
    sourceRecords.set(name, {
      ...record,
      merged: (record.merged ?? []).map((change) => ({ ...change, previous: change.revision })),
    });

  expect(await shownAsRolledBack(first)).toEqual([]);
});
