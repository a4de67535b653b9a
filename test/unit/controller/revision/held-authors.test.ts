import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { ChangeAuthors } from "../../../../src/model/authors.ts";
import type { Hold } from "../../../../src/model/answers/hold.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import {
  FakeController,
  INTERVAL_MS,
  manifests,
  READ_ORDERS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";

const REASON = "the history does not continue the accepted revision";
const BY_DANA: ChangeAuthors = { kind: "unknown", reason: REASON, people: ["dana@example.com"] };
const UNREAD: ChangeAuthors = { kind: "unknown", reason: "the commits can't be read" };
const MAILS = { dana: ["dana@example.com"], lee: ["lee@example.com"], kim: [] };

let fake: FakeController;

beforeEach(async () => {
  fake = new FakeController();
  fake.source.push(manifests({ a: READ_ORDERS }));
  await fake.start({ mails: MAILS });
  await fake.converge();
});

afterEach(() => fake.stop());

async function forcePush(authors: ChangeAuthors): Promise<void> {
  fake.source.relation = "rewritten";
  fake.source.authors = authors;
  await fake.push(manifests({ a: WRITE_ORDERS }));
  await settled();
}

const held = async (): Promise<Hold | undefined> => (await fake.control.overview()).holds[0];
const recorded = () => fake.store.sourceRecords.get("main")?.heldRevision;

async function answerOf(actor: string): Promise<string> {
  const request = { subject: (await held())?.subject ?? "", reason: "reviewed", forMs: 3_600_000 };
  const answer = await fake.control.approve(request, actor);
  await settled();
  return answer.kind === "ok" ? "ok" : answer.error.message;
}

describe("a held revision", () => {
  test.each([
    { actor: "dana", answer: "dana@example.com is an author of the change, and may not approve it" },
    {
      actor: "kim",
      answer: `the authors of the change are not all known (${REASON}), and token kim has no address to compare them with`,
    },
    { actor: "lee", answer: "ok" },
  ])("is not approved by its author, nor by an unknown person: $actor", async ({ actor, answer }) => {
    await forcePush(BY_DANA);

    expect(await answerOf(actor)).toBe(answer);
    expect((await held()) === undefined).toBe(answer === "ok");
  });

  test("of unverified commits has the authors of every file that differs", async () => {
    const people = ["dana@example.com"];
    fake.source.verification = { kind: "unverified", reason: "Unsigned", message: "x", fix: "sign" };
    fake.source.authors = {
      kind: "read",
      byFile: new Map([["teams/orders/a.yaml", { people, assistants: [], unknown: null }]]),
    };
    await fake.push(manifests({ a: WRITE_ORDERS }));

    expect(await held()).toMatchObject({ authors: people });
    expect(await held()).not.toHaveProperty("unlistedAuthors");
    expect([await answerOf("dana"), await answerOf("kim")]).toEqual([
      "dana@example.com is an author of the change, and may not approve it",
      "ok",
    ]);
  });

  test("has the commits that it adds, which are not part of the record", async () => {
    const commit = { id: "c1", author: "Dana <d@example.com>", committer: "x", at: "2026", subject: "open" };
    fake.source.newCommits = [commit];
    await forcePush(BY_DANA);

    expect(await held()).toMatchObject({ commits: [commit] });
    expect(recorded()).not.toHaveProperty("commits");
  });

  test("keeps its authors in the record, also if a later read of the commits fails", async () => {
    await forcePush(BY_DANA);
    await fake.stop();
    fake.source.authors = UNREAD;
    await fake.start({ mails: MAILS });
    await settled();

    expect(recorded()?.authors?.people).toEqual(["dana@example.com"]);
    expect(await held()).toMatchObject({
      authors: ["dana@example.com"],
      unlistedAuthors: "the commits can't be read",
    });
  });

  test("of an earlier version, whose record has no authors, gets them, and no second alert", async () => {
    await forcePush(BY_DANA);
    await fake.stop();
    const record = fake.store.sourceRecords.get("main");
    if (!record?.heldRevision) throw new Error("nothing is held");
    const { authors: _, ...heldRevision } = record.heldRevision;
    fake.store.sourceRecords.set("main", { ...record, heldRevision });
    await fake.start({ mails: MAILS });
    await settled();

    expect(recorded()?.authors?.people).toEqual(["dana@example.com"]);
    expect(fake.recorder.alerts.filter(({ kind }) => kind === "revision-held")).toHaveLength(1);
    expect(await answerOf("dana")).toContain("is an author of the change");
  });

  test.each([
    { actor: "dana", mails: MAILS.dana },
    { actor: "Dana <https://idp#00u1>", mails: [] },
  ])("is not accepted by an approval that $actor gave to an earlier version", async ({ actor, mails }) => {
    await forcePush(BY_DANA);
    const subject = (await held())?.subject;
    if (subject === undefined) throw new Error("nothing is held");
    const [at, expiresAt] = [0, 3_600_000].map((ms) => new Date(fake.clock.nowMs() + ms).toISOString());
    await fake.recorder.record({
      facts: [],
      change: {
        approvals: [
          {
            subject,
            actor,
            mails,
            reason: "mine",
            at: at ?? "",
            expiresAt: expiresAt ?? "",
            actions: {},
          },
        ],
      },
      alerts: [],
    });
    await fake.clock.pass(2 * INTERVAL_MS);

    expect((await held())?.subject).toBe(subject);
    expect(await answerOf("lee")).toBe("ok");
    expect(await held()).toBeUndefined();
  });
});
