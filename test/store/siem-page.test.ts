import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import type { AuditFact } from "../../src/audit/entry.ts";
import { NO_DELTA } from "../../src/model/delta.ts";
import { streamAudit } from "../../src/store/audit-stream.ts";
import { DIGEST, finish, intent, KEY, refusal, REVISION } from "../support/record/audit-facts.ts";
import { opened } from "./backups.ts";
import { testTelemetry } from "./engines.ts";
import { Places } from "./places.ts";

const places = new Places();

const PAGE = new URL("../../docs/audit.md", import.meta.url);

const DRIFT: AuditFact = {
  kind: "drift-found",
  key: KEY,
  revision: REVISION,
  fields: ["attachedPolicies"],
  changes: ["+ AdministratorAccess attached to its role"],
  risks: ["escalation"],
  delta: NO_DELTA,
  severity: "security",
};
const APPROVAL: AuditFact = {
  kind: "approved",
  subject: DIGEST,
  actor: "dana",
  groups: ["security"],
  reason: "CHG-88",
  expiresAt: "2026-11-28T18:00:00.000Z",
  covers: [{ key: KEY, permissions: ["+ dynamodb read table/customers"], calls: ["iam:PutRolePolicy"] }],
};

/** What standard output gets of one entry of each kind that the page describes. */
async function realLines(): Promise<readonly string[]> {
  const { audit } = opened(places, await places.folder());
  const [, intended] = await audit.append([DRIFT, intent(), refusal(1), APPROVAL]);
  if (intended === undefined) throw new Error("there is no intent");
  await audit.append([finish(intended, "applied")]);
  const lines: string[] = [];
  const ending = new AbortController();
  await streamAudit(
    {
      audit,
      positionFile: join(await places.folder(), "position"),
      write: async (text) => void lines.push(...text.trimEnd().split("\n")),
      clock: { sleep: async () => ending.abort() },
      telemetry: testTelemetry(),
    },
    ending.signal,
  );
  return lines;
}

async function section(): Promise<string> {
  const page = await readFile(PAGE, "utf8");
  return page.slice(page.indexOf("## To a SIEM"), page.indexOf("## For the auditor"));
}

function membersOf(line: string): Readonly<Record<string, unknown>> {
  return JSON.parse(line) as Readonly<Record<string, unknown>>;
}

describe("the page about a SIEM", () => {
  test("shows lines exactly as they are written", async () => {
    const [drift, intended] = await realLines();
    const sample = /```json\n([^`]*)```/
      .exec(await section())?.[1]
      ?.trimEnd()
      .split("\n");

    expect(sample).toEqual([drift, intended]);
  });

  test("lists every field of the kinds that it describes, and no other", async () => {
    const lines = await realLines();
    const common = ["at", "hash", "key", "kind", "prev", "seq"];
    const fieldsOf = new Map(lines.map(membersOf).map((line) => [String(line["kind"]), Object.keys(line)]));
    const rows = (await section()).matchAll(/^\| (`[^|]*`|every entry|most entries) +\| (`[^|]+`) +\|/gm);

    const listed = new Map<string, readonly string[]>();
    for (const [, kind = "", names = ""] of rows) {
      const of = kind.replaceAll("`", "");
      listed.set(of, [...(listed.get(of) ?? []), ...names.replaceAll("`", "").split(", ")]);
    }

    expect([...(listed.get("every entry") ?? []), ...(listed.get("most entries") ?? [])].sort()).toEqual(
      common,
    );
    for (const [kind, names] of fieldsOf)
      expect({ kind, fields: (listed.get(kind) ?? []).toSorted() }).toEqual({
        kind,
        fields: names.filter((name) => !common.includes(name)).sort(),
      });
  });
});
