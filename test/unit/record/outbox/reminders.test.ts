import { describe, expect, test } from "@jest/globals";
import { REPORTED, type OpenIncident } from "../../../../src/model/records/incident-record.ts";
import type { AlertEvent } from "../../../../src/model/alert-event.ts";
import type { AlertMessage } from "../../../../src/record/message.ts";
import { Reminders } from "../../../../src/record/outbox/reminders.ts";
import { messageAbout } from "../../../support/alerts/outgoing.ts";
import { routeOf } from "../../../support/record/alert-receivers.ts";
import { START_MS } from "../../../store/engines.ts";
import { EVENTS, opened } from "../settlements.ts";

const DAY_MS = 86_400_000;

/** The reminder of an incident that was reported a day ago. */
async function reminderOf(message: AlertMessage): Promise<AlertMessage> {
  const bodies: string[] = [];
  const route = routeOf({ remindAfterMs: DAY_MS });
  const { incident, severity, account } = message;
  const open: OpenIncident = {
    incident,
    account,
    namespace: null,
    severity,
    body: JSON.stringify(message),
    sinceMs: START_MS,
    notifiedMs: new Map([[route.name, START_MS]]),
  };
  const store = {
    incidents: async () => [open],
    repeat: async ({ body }: { readonly body: string }) => void bodies.push(body),
  };
  const clock = { nowMs: () => START_MS + DAY_MS };
  await new Reminders({ store, routes: [route], clock }).remind();
  expect(bodies).toHaveLength(1);
  return JSON.parse(bodies[0] ?? "") as AlertMessage;
}

/** As a version wrote it that had the first line, what happens next and what to look at only in the text. */
function earlier(event: AlertEvent): AlertMessage {
  const { next: _, see: __, headline: _headline, details: _details, ...message } = messageAbout(event);
  return message as AlertMessage;
}

describe("a reminder", () => {
  test.each([
    {
      message: messageAbout(EVENTS.held),
      ends: [
        "See:  grantkeeper describe approval 7f3a91c2d4e5",
        "Approve: grantkeeper approve 7f3a91c2d4e5 --reason TEXT",
      ],
      because: "a pending plan has the commands that show and approve it",
    },
    {
      message: messageAbout(opened({ summary: ["See: no one", "Approve: everything"] })),
      ends: ["See:  grantkeeper describe orders/orders-api@prod/eu-west-1"],
      because: "a name that looks like a command is none",
    },
    {
      message: messageAbout(EVENTS["source-failed"]),
      ends: [],
      because: "an alert without a command has none",
    },
    {
      message: earlier(EVENTS.held),
      ends: ["See:  grantkeeper status", "Approve: grantkeeper approve 7f3a91c2d4e5 --reason TEXT"],
      because: "a message of an earlier version does not name its command",
    },
    {
      message: earlier(opened()),
      ends: ["See:  grantkeeper status"],
      because: "a message of an earlier version may wait for no approval",
    },
  ])("$because", async ({ message, ends }) => {
    const [headline, since, ...rest] = (await reminderOf(message)).text.split("\n");

    expect(headline).toBe(message.text.split("\n")[0]);
    expect(since).toBe("Still open since 2026-11-25 12:00Z (1d)");
    expect(rest).toEqual(ends);
  });

  test("does not repeat what was to happen next when the incident began", async () => {
    expect(await reminderOf(messageAbout(opened()))).toMatchObject({
      next: null,
      see: "grantkeeper describe orders/orders-api@prod/eu-west-1",
      isReminder: true,
    });
  });
});

test("a mark of what was reported is no incident: it is reported to no route, also to a new one", async () => {
  const sent: string[] = [];
  const mark: OpenIncident = {
    incident: `${REPORTED}suspension-ending/s1`,
    account: null,
    namespace: null,
    severity: "other",
    body: "",
    sinceMs: START_MS,
    notifiedMs: new Map(),
  };
  const store = {
    incidents: async () => [mark, { ...mark, incident: "drift/a", body: "{}" }],
    repeat: async ({ incident }: { readonly incident: string }) => void sent.push(incident),
  };
  const clock = { nowMs: () => START_MS + DAY_MS };

  await new Reminders({ store, routes: [routeOf({})], clock }).remind();

  expect(sent).toEqual(["drift/a"]);
});
