import { join } from "node:path";
import Database from "better-sqlite3";
import { expect } from "@jest/globals";
import { verifyExport, verifyLinks, type VerifyReport } from "../../src/audit/verification/verify.ts";
import { inThreads } from "../../src/cli/toolbox/in-threads.ts";
import { openSqliteAuditReader } from "../../src/store/sqlite/audit/audit-reader.ts";
import { DATABASE_FILE, openStore } from "../../src/store/sqlite/open.ts";
import { intent } from "../support/record/audit-facts.ts";
import { optionsFor } from "./engines.ts";
import type { Places } from "./places.ts";

/** Changes by someone with access to the file. */
export function tamper(stateDir: string, sql: string): void {
  const db = new Database(join(stateDir, DATABASE_FILE));
  db.exec(sql);
  db.close();
}
const EVIDENCE = { publicKeys: [], anchors: [], extent: "whole" } as const;

/** By the lines of an export and by the record itself, which must agree. */
export async function verified(stateDir: string): Promise<VerifyReport> {
  const reader = openSqliteAuditReader(join(stateDir, DATABASE_FILE));
  try {
    const report = await verifyLinks({ links: reader.links(inThreads), ...EVIDENCE });
    const exported = await verifyExport({ lines: reader.lines({}), ...EVIDENCE });
    expect({ ...report, broken: report.broken?.seq }).toEqual({ ...exported, broken: exported.broken?.seq });
    return report;
  } finally {
    reader.close();
  }
}

/** Without the protection of the audit, as someone with access to the file can. */
export function tamperChain(stateDir: string, sql: string): void {
  const tables = ["entries", "recent_entries"];
  const triggers = ["are_not_changed", "are_not_deleted", "are_only_moved"];
  const drops = tables.flatMap((table) => triggers.map((name) => `DROP TRIGGER IF EXISTS ${table}_${name};`));
  tamper(stateDir, `${drops.join(" ")} PRAGMA foreign_keys = OFF; ${sql}`);
}

export async function closedWith(places: Places, ...sizes: readonly number[]): Promise<string> {
  const stateDir = await places.folder();
  const opened = places.keep(openStore(optionsFor(stateDir)));
  await opened.audit.append(sizes.map((size) => intent({ after: "x".repeat(size) })));
  await places.close(opened);
  return stateDir;
}

/** Opens the record, signs its end and closes it. */
export async function signed(places: Places, stateDir: string): Promise<void> {
  const opened = places.keep(openStore(optionsFor(stateDir)));
  await opened.audit.checkpoint();
  await places.close(opened);
}
