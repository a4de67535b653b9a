import { describe, expect, test } from "@jest/globals";
import type { LookupEventsCommandOutput } from "@aws-sdk/client-cloudtrail";
import { AwsEventHistory } from "../../../../src/aws/trail/event-history.ts";
import type { HistorySearch } from "../../../../src/controller/ports/estate/event-history.ts";
import { accountOf } from "../../../wire/aws/aws-world.ts";

/** The record of a call; the members of `change` replace those of a real one. */
function recordOf(change: object = {}): string {
  return JSON.stringify({
    eventID: "e1",
    eventTime: "2026-11-28T10:32:07Z",
    eventSource: "iam.amazonaws.com",
    eventName: "AttachRolePolicy",
    awsRegion: "eu-west-1",
    recipientAccountId: "111122223333",
    userIdentity: { type: "IAMUser", userName: "ann" },
    requestParameters: { roleName: "orders", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
    ...change,
  });
}

type Page = Pick<LookupEventsCommandOutput, "Events" | "NextToken">;

function historyOf(page: (at: number) => Page) {
  let pages = 0;
  const send = () => Promise.resolve({ $metadata: {}, ...page((pages += 1)) } as never);
  return { history: new AwsEventHistory({ send }), pages: () => pages };
}

const account = accountOf();
const SEARCH: HistorySearch = {
  account,
  region: account.regions[0] as HistorySearch["region"],
  names: ["orders"],
  fromMs: 0,
  toMs: 1,
};
const SIGNAL = new AbortController().signal;
const one = (record: string): Page => ({ Events: [{ CloudTrailEvent: record }] });

describe("a search of the event history", () => {
  test("names no one after 20 pages: a call on the next one may explain the difference as well", async () => {
    const { history, pages } = historyOf((at) => ({ ...one(recordOf()), NextToken: `t${at}` }));

    expect(await history.find(SEARCH, SIGNAL)).toEqual({ kind: "too-many" });
    expect(pages()).toBe(20);
  });

  test.each<[string, Page]>([
    ["has no list of events", {}],
    ["has an event without its record", { Events: [{ EventId: "e1" }] }],
    ["has a record that is no JSON", one("{")],
    ["has a record without an id", one(recordOf({ eventID: "" }))],
    ["has a record of another account", one(recordOf({ recipientAccountId: "999900001111" }))],
    ["has a record of another region", one(recordOf({ awsRegion: "us-west-2" }))],
    ["returns to an earlier page", { Events: [], NextToken: "t" }],
  ])("fails if an answer %s", async (_, page) => {
    const { history } = historyOf(() => page);

    expect(await history.find(SEARCH, SIGNAL)).toEqual({
      kind: "failed",
      code: "UnreadableAnswer",
      isDenied: false,
    });
  });

  test.each([
    ["that AWS refused", { errorCode: "AccessDenied" }],
    ["that only read", { eventName: "GetRole", readOnly: true }],
    ["that is marked as one that only reads", { readOnly: true }],
  ])("leaves out a call %s", async (_, change) => {
    const { history } = historyOf(() => one(recordOf(change)));

    expect(await history.find(SEARCH, SIGNAL)).toEqual({ kind: "events", events: [] });
  });

  test.each([null, undefined, { omitted: true }, {}])(
    "has a call of unknown effect on every object that CloudTrail lists, if its parameters are %j",
    async (requestParameters) => {
      const [event = {}] = one(recordOf({ requestParameters })).Events ?? [];
      const Resources = [{ ResourceName: "arn:aws:iam::aws:policy/AdministratorAccess" }, {}];
      const { history } = historyOf(() => ({ Events: [{ ...event, Resources }] }));

      expect(await history.find(SEARCH, SIGNAL)).toMatchObject({
        kind: "events",
        events: [
          {
            object: { kind: "not-named", names: ["orders", "arn:aws:iam::aws:policy/AdministratorAccess"] },
            aspect: { kind: "unread" },
          },
        ],
      });
    },
  );

  test("has an event once that two names find", async () => {
    const { history, pages } = historyOf(() => one(recordOf()));

    const found = await history.find({ ...SEARCH, names: ["orders", "again"] }, SIGNAL);

    expect(found).toMatchObject({ kind: "events", events: [{ id: "e1", actor: { name: "ann" } }] });
    expect(pages()).toBe(2);
  });
});
