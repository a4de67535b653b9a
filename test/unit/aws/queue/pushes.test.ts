import { beforeEach, describe, expect, test } from "@jest/globals";
import { readPushMessage } from "../../../../src/aws/queue/push-message.ts";
import { Pushes, type PushedSource } from "../../../../src/aws/queue/pushes.ts";
import { parseNamespace, type Namespace } from "../../../../src/model/aws/ids.ts";
import { checked } from "../../../support/record/audit-facts.ts";
import { pushEvent } from "../../../support/aws/push-event.ts";

const NOW_MS = Date.parse("2026-11-28T09:30:00Z");
const ORDERS = checked(parseNamespace("orders"));
const MAIN: PushedSource = {
  namespace: null,
  region: "eu-central-1",
  repository: "permissions",
  accountId: "111122223333",
  ref: { kind: "branch", name: "main" },
};

let fetched: (Namespace | null)[];
let counted: string[];

beforeEach(() => {
  fetched = [];
  counted = [];
});

function pushes(...sources: readonly PushedSource[]): Pushes {
  return new Pushes({
    sources,
    pushed: (namespace) => fetched.push(namespace),
    nowMs: () => NOW_MS,
    telemetry: {
      count: (_: unknown, { outcome = "" }: Readonly<Record<string, string>> = {}) =>
        void counted.push(outcome),
    },
  });
}

describe("a message of the queue starts a fetch", () => {
  test.each([
    { because: "its branch was pushed", ref: MAIN.ref, change: {} },
    { because: "its branch was created", ref: MAIN.ref, change: { event: "referenceCreated" } },
    { because: "its branch was deleted", ref: MAIN.ref, change: { event: "referenceDeleted" } },
    {
      because: "its tag was moved",
      ref: { kind: "tag", name: "v1" },
      change: { referenceFullName: "refs/tags/v1" },
    },
    {
      because: "a tag was pushed, and the source follows versions",
      ref: { kind: "semver", name: ">=1" },
      change: { referenceFullName: "refs/tags/v1.2.0" },
    },
  ] as const)("if $because", ({ ref, change }) => {
    pushes({ ...MAIN, ref }).handle([pushEvent({ detail: change })]);

    expect([fetched, counted]).toEqual([[null], ["fetch"]]);
  });

  test("of every source with this repository and branch, once for an event", () => {
    const both = pushes(MAIN, { ...MAIN, namespace: ORDERS });

    both.handle([pushEvent(), pushEvent()]);
    both.handle([pushEvent(), pushEvent({ id: "another" })]);

    expect(fetched).toEqual([null, "orders", null, "orders"]);
    expect(counted).toEqual(["fetch", "repeated", "repeated", "fetch"]);
  });
});

describe("a message starts no fetch, and is counted", () => {
  test.each([
    {
      because: "another branch",
      outcome: "foreign",
      body: pushEvent({ detail: { referenceFullName: "refs/heads/x" } }),
    },
    {
      because: "another repository",
      outcome: "foreign",
      body: pushEvent({ detail: { repositoryName: "other" } }),
    },
    { because: "another region", outcome: "foreign", body: pushEvent({ region: "us-east-1" }) },
    { because: "another account", outcome: "foreign", body: pushEvent({ account: "999999999999" }) },
    {
      because: "a comment",
      outcome: "foreign",
      body: pushEvent({ detail: { event: "commentOnCommitCreated" } }),
    },
    { because: "another service", outcome: "foreign", body: pushEvent({ source: "aws.s3" }) },
    {
      because: "another kind of event",
      outcome: "foreign",
      body: pushEvent({ "detail-type": "CodeCommit Pull Request State Change" }),
    },
    { because: "an hour old", outcome: "late", body: pushEvent({ time: "2026-11-28T08:30:00Z" }) },
    { because: "of tomorrow", outcome: "late", body: pushEvent({ time: "2026-11-29T09:30:00Z" }) },
    { because: "no JSON", outcome: "malformed", body: "refs/heads/main" },
    { because: "an array", outcome: "malformed", body: "[]" },
    { because: "no fields", outcome: "malformed", body: "{}" },
    { because: "no detail", outcome: "malformed", body: pushEvent({ detail: null }) },
    { because: "no id", outcome: "malformed", body: pushEvent({ id: 7 }) },
    { because: "no time", outcome: "malformed", body: pushEvent({ time: "soon" }) },
    {
      because: "a ref that is no text",
      outcome: "malformed",
      body: pushEvent({ detail: { referenceFullName: {} } }),
    },
    { because: "larger than any event", outcome: "oversized", body: pushEvent({ more: "x".repeat(70_000) }) },
  ])("$because", ({ outcome, body }) => {
    pushes(MAIN).handle([body]);

    expect([fetched, counted]).toEqual([[], [outcome]]);
  });

  test("a source that names a commit never changes", () => {
    pushes({ ...MAIN, ref: { kind: "commit", name: "a".repeat(40) } }).handle([pushEvent()]);

    expect([fetched, counted]).toEqual([[], ["foreign"]]);
  });

  test("an event that is forgotten is too old: a thousand others do not make a replay a fetch", () => {
    const one = pushes(MAIN);
    one.handle([pushEvent()]);
    one.handle(
      Array.from({ length: 1_001 }, (_, at) => pushEvent({ id: `e${at}`, time: "2026-11-28T08:00:00Z" })),
    );
    one.handle([pushEvent()]);

    expect(fetched).toEqual([null]);
    expect(counted.at(-1)).toBe("repeated");
  });
});

test("the body is read without a change of its fields", () => {
  expect(readPushMessage(pushEvent())).toEqual({
    kind: "push",
    id: "3f7101d2-f1c4-d0a4-6d89-69fc887cc5e4",
    timeMs: Date.parse("2026-11-28T09:29:58Z"),
    region: "eu-central-1",
    accountId: "111122223333",
    repository: "permissions",
    ref: "refs/heads/main",
  });
});
