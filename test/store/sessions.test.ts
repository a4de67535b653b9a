import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "@jest/globals";
import type { SessionRecord } from "../../src/model/people/session-record.ts";
import { DATABASE_FILE, openStore } from "../../src/store/sqlite/open.ts";
import { endDecisions } from "../../src/store/sqlite/restored-record.ts";
import { ENGINES, optionsFor } from "./engines.ts";
import { tamper } from "./sqlite-file.ts";
import { Places } from "./places.ts";

const places = new Places();

function session(change: Partial<SessionRecord> = {}): SessionRecord {
  return {
    hash: "a".repeat(64),
    method: "local",
    issuer: null,
    actor: "dana <local>",
    displayName: "dana",
    groups: [],
    mail: null,
    provedMs: null,
    beganMs: 1_000,
    endsMs: 5_000,
    ...change,
  };
}

describe.each(ENGINES)("sessions in $name", (engine) => {
  test("are found by their hash, with the time of the last request, after a restart too", async () => {
    const stateDir = await places.folder();
    const first = places.keep(await engine.open(optionsFor(stateDir)));
    await first.sessions.add(session());
    await first.sessions.used("a".repeat(64), 2_000);
    await places.close(first);

    const { sessions } = places.keep(await engine.open(optionsFor(stateDir)));

    expect(await sessions.find("a".repeat(64))).toEqual({ session: session(), usedMs: 2_000 });
    expect(await sessions.find("b".repeat(64))).toBeNull();
  });

  test("keep the time of the last request when an earlier one arrives late", async () => {
    const { sessions } = places.keep(await engine.open(optionsFor(await places.folder())));
    await sessions.add(session());

    await sessions.used(session().hash, 3_000);
    await sessions.used(session().hash, 2_000);

    expect((await sessions.find(session().hash))?.usedMs).toBe(3_000);
  });

  test("are removed one by one, and the ended ones with the next that begins", async () => {
    const { sessions } = places.keep(await engine.open(optionsFor(await places.folder())));
    await sessions.add(session());

    await sessions.add(session({ hash: "b".repeat(64), beganMs: 5_000, endsMs: 9_000 }));

    expect(await sessions.find("a".repeat(64))).toBeNull();
    expect(await sessions.remove("b".repeat(64))).toBe(true);
    expect(await sessions.remove("b".repeat(64))).toBe(false);
  });
});

describe("sessions in the record", () => {
  test("write nothing that makes the controller read its record again", async () => {
    const { store, sessions } = places.keep(openStore(optionsFor(await places.folder())));
    const before = await store.resourceVersion();

    await sessions.add(session());

    expect(await store.resourceVersion()).toBe(before);
  });

  test("of a restored record have ended: a sign-out after the backup is not in it", async () => {
    const stateDir = await places.folder();
    const first = places.keep(openStore(optionsFor(stateDir)));
    await first.sessions.add(session());
    await places.close(first);

    endDecisions(join(stateDir, DATABASE_FILE));

    const { sessions } = places.keep(openStore(optionsFor(stateDir)));
    expect(await sessions.find(session().hash)).toBeNull();
  });
});

test("a record of schema 6 gets its sessions when it is opened", async () => {
  const stateDir = await places.folder();
  await places.close(places.keep(openStore(optionsFor(stateDir))));
  tamper(stateDir, "DROP TABLE sessions; DELETE FROM migrations WHERE number = 7; PRAGMA user_version = 6");

  const opened = places.keep(openStore(optionsFor(stateDir)));
  await opened.sessions.add(session());

  expect(await opened.sessions.find(session().hash)).not.toBeNull();
  const db = new Database(join(stateDir, DATABASE_FILE), { readonly: true });
  expect(db.pragma("user_version", { simple: true })).toBe(7);
  db.close();
});
