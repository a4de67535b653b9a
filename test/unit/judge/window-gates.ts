import { gatesByKey, gatesOf, type Gate } from "../../../src/judge/windows/gates.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import type { EarlierAccount } from "../../../src/judge/windows/earlier-accounts.ts";
import type { DesiredWindow, Weekday } from "../../../src/model/windows/change-window.ts";
import { modifying } from "./plans.ts";

export const REVISION = `main@sha1:${"1".repeat(40)}` as Revision;
export const OTHER = `main@sha1:${"2".repeat(40)}` as Revision;

export function windowOf(
  facts: Partial<DesiredWindow> = {},
  days: readonly Weekday[] = ["wed"],
): DesiredWindow {
  return {
    name: "office",
    scope: { accounts: ["prod"], namespaces: null },
    schedule: {
      zone: "UTC",
      openings: days.map((day) => ({ day, atMinute: 600, lengthMs: 7_200_000 })),
      overrunMs: 600_000,
    },
    origin: { file: "platform/windows.yaml", line: 3, column: 1, path: "" },
    ...facts,
  };
}

interface RecordFacts {
  readonly earlier?: ReadonlyMap<string, EarlierAccount>;
  readonly history?: object | null;
  readonly waitsFor?: readonly string[];
  readonly applied?: object | null;
  readonly changedBy?: string | null;
  readonly lastAttemptedRevision?: Revision;
}

export function gateAt(
  at: string,
  windows: readonly DesiredWindow[] | undefined,
  {
    applied = {},
    changedBy = null,
    lastAttemptedRevision,
    earlier,
    history = {},
    waitsFor = [],
  }: RecordFacts = {},
): Gate | null {
  const { key } = modifying("a");
  const facts = {
    account: { name: "prod" },
    desired: windows === undefined ? {} : { windows },
    nowMs: Date.parse(at),
    history,
    revision: REVISION,
    ...(earlier !== undefined && { earlier }),
  };
  const gateOf = gatesOf(facts, () => waitsFor.map((reason) => ({ key, reason })));
  const status = lastAttemptedRevision === undefined ? null : { lastAttemptedRevision };
  const record = { key, applied, changedBy, status } as never;
  return gatesByKey(gateOf, [record]).get(key) ?? null;
}
