import { beforeEach, describe, expect, test } from "@jest/globals";
import { PageSessions } from "../../../src/http/access/sessions.ts";
import { MemorySessions } from "../../support/fakes/memory-sessions.ts";

const HOUR_MS = 3_600_000;
const PERSON = {
  issuer: "https://idp.example.com",
  actor: "dana",
  displayName: "Dana",
  mail: null,
  groups: [],
  provedMs: 0,
} as const;

let nowMs: number;
let sessions: PageSessions;

beforeEach(() => {
  nowMs = Date.parse("2026-11-25T12:00:00Z");
  sessions = new PageSessions({
    store: new MemorySessions(),
    clock: { nowMs: () => nowMs, sleep: () => Promise.reject(new Error("no test waits here")) },
    grantsOf: () => [{ scopes: new Set(["read"]), namespaces: "all" }],
  });
});

async function begun(): Promise<string> {
  return (await sessions.begin({ ...PERSON, method: "oidc" })).token;
}

describe("a session of 8 hours", () => {
  test("ends after an hour in which an open tab only read by itself", async () => {
    const token = await begun();
    for (let minute = 1; minute < 60; minute += 1) {
      nowMs += HOUR_MS / 60;
      expect(await sessions.look(token)).toMatchObject({ caller: { actor: "dana" } });
    }

    nowMs += HOUR_MS / 60;

    expect(await sessions.look(token)).toBeNull();
    expect(await sessions.find(token)).toBeNull();
  });

  test("goes on after an act, for an hour from then", async () => {
    const token = await begun();
    nowMs += HOUR_MS - 1;
    await sessions.find(token);

    nowMs += HOUR_MS - 1;
    expect(await sessions.look(token)).not.toBeNull();

    nowMs += 1;
    expect(await sessions.look(token)).toBeNull();
  });

  test("ends after 8 hours, however many acts there were", async () => {
    const token = await begun();
    for (let step = 1; step < 16; step += 1) {
      nowMs += HOUR_MS / 2;
      expect(await sessions.find(token)).not.toBeNull();
    }

    nowMs += HOUR_MS / 2;

    expect(await sessions.find(token)).toBeNull();
  });
});
