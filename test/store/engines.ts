import { join } from "node:path";
import Database from "better-sqlite3";
import type { Clock } from "../../src/controller/ports/clock.ts";
import { type LogFields, type Telemetry, untraced } from "../../src/controller/ports/telemetry.ts";
import { openSqliteAuditReader } from "../../src/store/sqlite/audit/audit-reader.ts";
import { openWriter } from "../../src/store/sqlite/connection.ts";
import { migrateSqlite } from "../../src/store/sqlite/schema/migrations.ts";
import { DATABASE_FILE, openOn, openStore, type StoreOptions } from "../../src/store/sqlite/open.ts";
import { HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { collect } from "../support/collect.ts";
import type { Engine } from "./engine.ts";
import { POSTGRES } from "./postgres-engine.ts";

export const SQLITE: Engine = {
  name: "SQLite",
  prepare: async () => {},
  open: async (options) => openStore(options),
  openWithSpace: async (options, bytes) => {
    const db = openWriter(join(options.stateDir, DATABASE_FILE));
    migrateSqlite(db, options.clock.nowMs());
    const pages = Number(db.pragma("page_count", { simple: true }));
    const pageSize = Number(db.pragma("page_size", { simple: true }));
    db.pragma(`max_page_count = ${pages + Math.ceil(bytes / pageSize)}`);
    return openOn(db, options);
  },
  run: async (stateDir, sql) => {
    const db = new Database(join(stateDir, DATABASE_FILE));
    const statement = db.prepare(sql);
    const rows = statement.reader ? statement.all() : [];
    if (!statement.reader) statement.run();
    db.close();
    return rows;
  },
  readLines: async (stateDir) => {
    const reader = openSqliteAuditReader(join(stateDir, DATABASE_FILE));
    const lines = await collect(reader.lines({}));
    reader.close();
    return lines;
  },
};

/** PostgreSQL only if it is installed, or in CI. */
export const ENGINES: readonly Engine[] = [SQLITE, ...(HAS_POSTGRES ? [POSTGRES] : [])];

/** A clock that moves only when a test moves it. */
export interface TestClock extends Clock {
  set(ms: number): void;
}

export const START_MS = Date.parse("2026-11-25T12:00:00.000Z");

export function testClock(): TestClock {
  let now = START_MS;
  return {
    nowMs: () => now,
    set: (ms) => {
      now = ms;
    },
    sleep: () => Promise.reject(new Error("nothing here waits")),
  };
}

interface LogLine {
  readonly level: string;
  readonly text: string;
  readonly fields: LogFields;
}

/** Remembers the lines and counts. */
export interface TestTelemetry extends Telemetry {
  readonly lines: readonly LogLine[];
  readonly counts: ReadonlyMap<string, number>;
  readonly gauges: readonly { readonly name: string; readonly value: number }[];
}

export function testTelemetry(): TestTelemetry {
  const lines: LogLine[] = [];
  const counts = new Map<string, number>();
  const gauges: { name: string; value: number }[] = [];
  const log =
    (level: string) =>
    (text: string, fields: LogFields = {}) => {
      lines.push({ level, text, fields });
    };
  return {
    lines,
    counts,
    gauges,
    info: log("info"),
    warn: log("warn"),
    error: log("error"),
    debug: log("debug"),
    count: (metric, labels = {}, by = 1) => {
      const name = `${metric}{${Object.values(labels).join()}}`;
      counts.set(name, (counts.get(name) ?? 0) + by);
    },
    gauge: (name, value) => {
      gauges.push({ name, value });
    },
    observe: () => {},
    forget: () => {},
    trace: untraced,
  };
}

export function optionsFor(stateDir: string, change: Partial<StoreOptions> = {}): StoreOptions {
  const anchors = { file: null, log: false };
  return { stateDir, clock: testClock(), telemetry: testTelemetry(), anchors, shrinks: false, ...change };
}
