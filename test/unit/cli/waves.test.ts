import { describe, expect, test } from "@jest/globals";
import type { WaveObject } from "../../../src/api/bindings.ts";
import { adoptionLines } from "../../../src/cli/describe/adoption.ts";
import { waveColumns, waveMessage } from "../../../src/cli/resources/waves.ts";
import { lineText } from "../../../src/text/screen-line.ts";
import { messageTable } from "../../../src/cli/screen/message-table.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { digestOf } from "../../../src/model/values/digest.ts";

const NOW_MS = Date.parse("2026-10-02T13:00:00Z");
const key = (name: string): Key => `function/111122223333/eu-west-1/orders/${name}` as Key;
const SUBJECT = digestOf("wave");

function wave(change: Partial<WaveObject["status"]> = {}): WaveObject {
  return {
    apiVersion: "grantkeeper.dev/v1alpha1",
    kind: "Wave",
    metadata: { name: "orders.111122223333", namespace: "orders" },
    status: {
      account: "prod",
      accountId: "111122223333",
      number: 2,
      state: "awaiting-approval",
      subject: SUBJECT,
      functions: ["a", "b"].map((name) => ({ key: key(name), state: "waiting", needs: null })),
      later: [key("c")],
      approved: null,
      suspendedUntil: null,
      stops: [],
      watch: null,
      watched: ["roles"],
      notWatched: ["denied calls of the functions (CloudTrail)", "errors and alarms of the functions"],
      ended: [],
      readAt: "2026-10-02T12:58:00.000Z",
      ...change,
    },
  };
}

const TERMINAL = { width: 80, rowWidth: 80, isWide: false };
const lines = (one: WaveObject): readonly string[] => {
  const context = { nowMs: NOW_MS, accounts: new Map([["111122223333", "prod"]]) };
  const shown = { rows: [one], layout: TERMINAL };
  return messageTable(waveColumns(context), waveMessage(context), shown).map(lineText);
};

describe("get waves", () => {
  test("shows how many functions are switched and what to do next, within 80 columns", () => {
    const shown = lines(wave());

    expect(shown.join("\n")).toContain(`grantkeeper describe approval ${SUBJECT.slice(7, 15)}`);
    expect(shown.every((line) => line.length <= 80)).toBe(true);
    expect(shown[0]).toMatch(/^NAMESPACE {2}ACCOUNT {2}WAVE {2}STATE/);
  });

  test.each<{ status: Partial<WaveObject["status"]>; text: string }>([
    {
      status: {
        state: "switching",
        subject: null,
        approved: { by: "dana", until: "2026-10-02T14:00:00.000Z" },
      },
      text: "approved by dana until 14:00Z",
    },
    {
      status: { state: "paused", suspendedUntil: "2026-10-03T09:00:00.000Z" },
      text: "suspended until 2026-10-03 09:00Z",
    },
    {
      status: {
        state: "watching",
        watch: {
          since: "2026-10-02T12:00:00.000Z",
          seenAt: "2026-10-02T12:58:00.000Z",
          until: "2026-10-03T12:00:00.000Z",
        },
      },
      text: "wave 3 opens after 2026-10-03 12:00Z, if every sweep until then sees nothing wrong",
    },
    {
      status: { state: "watching" },
      text: "not watched: denied calls of the functions (CloudTrail); errors and alarms of the functions",
    },
    { status: { state: "rejected" }, text: "an operator rejected it: grantkeeper get approvals --all" },
    {
      status: {
        state: "not-ready",
        functions: ["a", "b", "c", "d"].map((name) => ({
          key: key(name),
          state: "waiting",
          needs: `${name} waits`,
        })),
      },
      text: "waits for its functions orders/a: a waits orders/b: b waits orders/c: c waits and 1 other function: -o json lists them",
    },
    {
      status: {
        stops: [
          { key: key("b"), kind: "set-back", reason: "it runs on role x again", at: "2026-10-02T12:00:00Z" },
        ],
      },
      text: "stopped 1h ago: orders/b: it runs on role x again",
    },
    {
      status: {
        state: "ended",
        subject: null,
        functions: [],
        ended: [{ number: 2, functions: 7, openedAt: "", endedAt: "", stops: 0 }],
      },
      text: "no other function is proven",
    },
  ])("shows: $text", ({ status, text }) => {
    const shown = lines(wave(status))
      .slice(1)
      .map((line) => line.trim())
      .join(" ");

    expect(shown.replace(/\s+/g, " ")).toContain(text);
  });
});

describe("the screen of a function", () => {
  const adoption = {
    state: "adopted",
    since: "2026-10-01T13:00:00.000Z",
    reason: null,
    from: null,
    equalSince: null,
    next: "switched",
    needs: [],
  } as const;

  test.each([
    {
      of: { number: 2, state: "waiting", wave: "awaiting-approval", subject: SUBJECT } as const,
      line: `  wave 2, awaiting approval: grantkeeper describe approval ${SUBJECT.slice(7, 15)}`,
    },
    {
      of: { number: 3, state: "later", wave: "watching", subject: null } as const,
      line: "  wave 3 moves it: grantkeeper get waves",
    },
    {
      of: { number: 1, state: "switched", wave: "watching", subject: null } as const,
      line: "  wave 1, watching: grantkeeper get waves",
    },
  ])("names the wave of a function: $line", ({ of, line }) => {
    const shown = adoptionLines({ status: { adoption, wave: of } } as never, NOW_MS).map(lineText);

    expect(shown.at(-1)).toBe(line);
  });

  test("shows that an approved wave is paused, since the switch shows as an approval of its own", () => {
    const of = { number: 2, state: "waiting", wave: "paused", subject: null };
    const shown = adoptionLines({ status: { adoption, wave: of } } as never, NOW_MS).map(lineText);

    expect(shown.join(" ").replace(/\s+/g, " ")).toContain(
      "wave 2 is approved and paused, so that its switch needs no approval of its own: grantkeeper get waves",
    );
  });

  test("names the function in the command that shows a stopped undo", () => {
    const key = "function/111122223333/eu-west-1/orders/orders-api";
    const to = "arn:aws:iam::111122223333:role/old";
    const undo = { state: "stopped", to, actor: "dana", at: adoption.since, reason: "x", until: null };
    const status = { key, account: "prod", adoption: { ...adoption, undo } };

    expect(
      adoptionLines({ status } as never, NOW_MS)
        .map(lineText)
        .join(" ")
        .replace(/\s+/g, " "),
    ).toContain("hint: grantkeeper adopt orders/orders-api@prod/eu-west-1 --undo shows the present plan");
  });
});
