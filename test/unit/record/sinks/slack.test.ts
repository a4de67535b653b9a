import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { digestBody, type AlertDigest } from "../../../../src/record/digest.ts";
import type { AlertMessage } from "../../../../src/record/message.ts";
import type { Delivery } from "../../../../src/record/sinks/sink.ts";
import { SlackSink } from "../../../../src/record/sinks/slack.ts";
import { messageAbout, outgoingOf } from "../../../support/alerts/outgoing.ts";
import { SLACK_CHANNEL, SLACK_TOKEN, SlackServer } from "../../../support/alerts/slack-server.ts";
import { testClock } from "../../../store/engines.ts";
import { closed, EVENTS, opened } from "../settlements.ts";

let folder: string;
let slack: SlackServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slack-"));
  await writeFile(join(folder, "token"), `${SLACK_TOKEN}\n`);
  slack = await SlackServer.start();
});

afterEach(async () => {
  await slack.end();
  await rm(folder, { recursive: true });
});

function send(
  message: AlertMessage | AlertDigest,
  thread: string | null = null,
  { timeoutMs = 2_000, channel = SLACK_CHANNEL } = {},
): Promise<Delivery> {
  const settings = { url: slack.url, channel, tokenFile: join(folder, "token") };
  return new SlackSink(settings, { clock: testClock(), fetch, timeoutMs }).deliver(
    outgoingOf(message, thread),
    AbortSignal.timeout(10_000),
  );
}

function threadOf(delivery: Delivery): string {
  if (delivery.kind !== "delivered" || delivery.thread === null) throw new Error(JSON.stringify(delivery));
  return delivery.thread;
}

const OTHER = messageAbout(opened({ severity: "other" }));
const SECURITY = messageAbout(opened({ severity: "security" }));
const CLOSED = messageAbout(closed());
/** The security alert with other lines. */
function withLines(headline: string, ...details: readonly string[]): AlertMessage {
  return { ...SECURITY, text: [headline, ...details].join("\n"), headline, details };
}
const textOf = (ts = 0): string => (slack.all()[ts]?.blocks ?? []).map(({ text }) => text.text).join("\n");

describe("an incident", () => {
  test("is one message, which is updated and resolved in place", async () => {
    const first = threadOf(await send(SECURITY));
    await send(CLOSED, first);

    expect(slack.all()).toHaveLength(1);
    expect(textOf()).toContain("✅");
    expect(textOf()).toContain("It was: 🔴");
    expect(slack.all()[0]?.text).toContain("reverted by Grantkeeper");
  });

  test("that gets worse is updated, and a reply in its thread notifies the channel", async () => {
    const first = threadOf(await send(OTHER));
    const worse = threadOf(await send(SECURITY, first));
    const same = threadOf(await send(SECURITY, worse));
    await send(withLines(SECURITY.headline, ...SECURITY.details, "and one more"), same);

    expect(slack.all().map(({ thread, isBroadcast }) => [thread !== null, isBroadcast])).toEqual([
      [false, false],
      [true, true],
      [true, false],
    ]);
    expect(slack.all()[0]?.text).toContain("🔴");
  });

  test.each([
    { name: "the same security alert", first: SECURITY, next: SECURITY },
    {
      name: "a change without security risk",
      first: OTHER,
      next: { ...OTHER, text: "another text", headline: "another text", details: [] },
    },
  ])("$name only updates the message: no reply notifies", async ({ first, next }) => {
    await send(next, threadOf(await send(first)));

    expect(slack.all()).toHaveLength(1);
  });

  test("that stays open is a reply in its thread: the message keeps its text", async () => {
    const first = threadOf(await send(SECURITY));
    const before = textOf();

    await send({ ...withLines("still open"), isReminder: true }, first);

    expect(textOf()).toBe(before);
    expect(slack.all()[1]?.thread).toBe(slack.all()[0]?.ts);
  });

  test("whose message was deleted gets a new one", async () => {
    const first = threadOf(await send(SECURITY));
    slack.messages.clear();

    expect(await send(CLOSED, first)).toMatchObject({ kind: "delivered" });
    expect(slack.all()).toHaveLength(1);
  });

  test("in a digest is answered in the digest's thread, which is not changed", async () => {
    const body = digestBody([JSON.stringify(SECURITY), JSON.stringify(OTHER)], "a minute");
    const digest = JSON.parse(body) as AlertDigest;
    const thread = threadOf(await send(digest));

    await send(CLOSED, thread);

    expect(textOf()).toContain("2 alerts within a minute");
    expect(slack.all()[1]?.thread).toBe(slack.all()[0]?.ts);
  });
});

describe("the text", () => {
  test.each([
    { name: "<!channel> & <https://evil.example|click>", because: "a name mentions no one and is no link" },
    { name: "```\n*bold*", because: "a name does not end the block of code" },
    { name: "&".repeat(490), because: "escaping makes a text longer" },
    { name: "x".repeat(5_000), because: "a long name is cut" },
    { name: "\uD83D".repeat(600), because: "half of a character is no valid text" },
  ])("is valid for Slack: $because", async ({ name }) => {
    const message = withLines(`🔴 ${name}`, ...Array.from({ length: 40 }, () => name));

    expect(await send(message)).toMatchObject({ kind: "delivered" });
    expect(textOf().replace(/^```|```$/gm, "")).not.toContain("```");
  });

  test("of every kind of alert is valid for Slack", async () => {
    for (const event of Object.values(EVENTS))
      expect(await send(messageAbout(event))).toMatchObject({ kind: "delivered" });
  });

  test("that is too long for a message is shortened, and names the command that shows all", async () => {
    await send(withLines("🔴", ...Array.from({ length: 100 }, () => "x".repeat(400))));

    expect(textOf()).toContain("shortened: grantkeeper describe shows all");
  });
});

describe("a failure", () => {
  test.each([
    { error: "channel_not_found", kind: "retry", fix: /id of a channel/ },
    { error: "not_in_channel", kind: "retry", fix: /invite the app/ },
    { error: "is_archived", kind: "retry", fix: /unarchive/ },
    { error: "invalid_auth", kind: "retry", fix: /bot token/ },
    { error: "missing_scope", kind: "retry", fix: /chat:write/ },
    { error: "restricted_action", kind: "retry", fix: /administrator/ },
    { error: "invalid_blocks", kind: "refused", fix: /bug/ },
    { error: "message_not_found", kind: "retry", fix: /sent again/ },
    { error: "new_error\u0000", kind: "retry", fix: /documentation/ },
  ])("with ok: false and $error is $kind, with its fix", async ({ error, kind, fix }) => {
    slack.failing = { body: { ok: false, error } };

    expect(await send(SECURITY)).toMatchObject({ kind, problem: { fix: expect.stringMatching(fix) } });
  });

  test.each([
    {
      status: 429,
      headers: { "retry-after": "7" },
      body: { ok: false, error: "ratelimited" },
      afterMs: 7_000,
    },
    { status: 503, headers: {}, body: "busy", afterMs: null },
    { status: 200, headers: {}, body: "<html>of a proxy", afterMs: null },
    { status: 200, headers: {}, body: { ok: true }, afterMs: null },
    { status: 200, headers: {}, body: "null", afterMs: null },
  ])(
    "with HTTP $status is tried again, after the pause that Slack asks for",
    async ({ afterMs, ...failing }) => {
      slack.failing = failing;

      expect(await send(SECURITY)).toMatchObject({ kind: "retry", afterMs });
      slack.failing = null;
      expect(await send(SECURITY)).toMatchObject({ kind: "delivered" });
    },
  );

  test("of an update is no new message", async () => {
    const thread = threadOf(await send(SECURITY));
    slack.failing = { body: { ok: false, error: "internal_error" } };

    expect(await send(CLOSED, thread)).toMatchObject({ kind: "retry" });
    expect(slack.all()).toHaveLength(1);
  });

  test("without a token calls no one", async () => {
    await rm(join(folder, "token"));

    expect(await send(SECURITY)).toMatchObject({
      kind: "retry",
      problem: { cause: expect.stringMatching(/token cannot be read/) },
    });
    expect(slack.calls).toEqual([]);
  });

  test("never shows the token", async () => {
    slack.failing = { body: { ok: false, error: `bad token ${SLACK_TOKEN}` } };

    expect(JSON.stringify(await send(SECURITY))).not.toContain("xoxb-1");
  });
});
