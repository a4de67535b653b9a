import { describe, expect, test } from "@jest/globals";
import {
  unverified,
  type EarlierAccount,
  type EarlierKey,
} from "../../../src/judge/windows/earlier-accounts.ts";
import type { FunctionDenials } from "../../../src/model/denials/denied-request.ts";
import { NOTHING_REPORTED } from "../../../src/model/denials/reported-denial.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { Condition, KeyStatus } from "../../../src/model/status.ts";
import { binding } from "../../support/pass/bindings.ts";

const MINUTE_MS = 60_000;
const NOW_MS = Date.parse("2026-11-25T12:00:00Z");
const BINDING = binding();
const NAME = "orders/orders-api@prod/eu-west-1";
const LONG_AGO = "2026-11-20T00:00:00.000Z";

function conditionOf(
  type: Condition["type"],
  status: Condition["status"],
  reason: Condition["reason"],
  lastTransitionTime = LONG_AGO,
): Condition {
  return { type, status, reason, message: "", lastTransitionTime };
}

const READY = conditionOf("Ready", "True", "ReconciliationSucceeded");

interface Facts extends Partial<Pick<EarlierKey, "state" | "writes">> {
  readonly conditions?: readonly Condition[];
  readonly status?: Partial<KeyStatus>;
  readonly record?: Partial<KeyRecord> | null;
  readonly denials?: Partial<FunctionDenials["requests"][number]>;
  readonly otherLastMs?: number;
}

function keyOf({ conditions = [READY], status, record, denials, otherLastMs, ...facts }: Facts): EarlierKey {
  const found = { conditions, mode: "enforce", ...status } as KeyStatus;
  const applied = { desired: { kind: "binding", binding: BINDING } } as KeyRecord["applied"];
  const reported = { ...NOTHING_REPORTED, action: "sqs:SendMessage" };
  const request = { reported, calls: 1, firstMs: NOW_MS, lastMs: NOW_MS, hasOtherObjects: false, ...denials };
  return {
    key: BINDING.key,
    state: { kind: "declared", desired: BINDING },
    record: record === null ? null : { ...emptyKeyRecord(BINDING.key), status: found, applied, ...record },
    writes: null,
    denials:
      otherLastMs === undefined && denials === undefined
        ? null
        : {
            key: BINDING.key,
            requests: denials === undefined ? [] : [request],
            otherCalls: otherLastMs === undefined ? 0 : 3,
            ...(otherLastMs !== undefined && { otherLastMs }),
          },
    ...facts,
  };
}

function textOf(facts: Facts, change: Partial<EarlierAccount> = {}): string | null {
  const { namespace } = BINDING;
  const earlier: EarlierAccount = {
    account: { name: "prod", mode: "enforce" },
    record: { failing: null, lastSweepMs: NOW_MS - MINUTE_MS },
    unreadFiles: new Map(),
    keys: new Map([[namespace, [keyOf(facts)]]]),
    ...change,
  };
  return unverified(earlier, { namespace, verifiedForMs: 30 * MINUTE_MS, nowMs: NOW_MS })?.text ?? null;
}

const minutesAgo = (minutes: number): number => NOW_MS - minutes * MINUTE_MS;
const timeAgo = (minutes: number): string => new Date(minutesAgo(minutes)).toISOString();
const writtenAgo = (first: number, last = first) => ({
  firstMs: minutesAgo(first),
  lastMs: minutesAgo(last),
});

describe("a namespace of an account counts as verified", () => {
  test.each<{ facts: Facts; because: string }>([
    { facts: {}, because: "it matches Git, and nothing was written for days" },
    { facts: { writes: writtenAgo(31) }, because: "its change was made 30 minutes before the last read" },
    {
      facts: { conditions: [conditionOf("Ready", "Unknown", "WaitingForFunction")] },
      because: "its function is not deployed there yet",
    },
    {
      facts: { conditions: [READY, conditionOf("Drifted", "True", "UpstreamChanged")] },
      because: "only AWS changed a policy of its own",
    },
    {
      facts: { state: { kind: "declared", desired: { ...BINDING, mode: "observe" } }, record: null },
      because: "the function is only observed, everywhere",
    },
    { facts: { state: { kind: "removed" }, record: null }, because: "Git removed it, and nothing is left" },
    {
      facts: {
        state: { kind: "removed" },
        record: { unbinding: { atMs: minutesAgo(60), agreedSweepsMs: [] } },
        conditions: [conditionOf("Ready", "Unknown", "Progressing", timeAgo(1))],
      },
      because: "Git removed it an hour ago, and its role is kept",
    },
    {
      facts: { writes: writtenAgo(40), denials: { firstMs: minutesAgo(50), lastMs: minutesAgo(1) } },
      because: "the call was denied before the change too",
    },
    {
      facts: { writes: writtenAgo(90, 40), denials: { firstMs: minutesAgo(60), lastMs: minutesAgo(45) } },
      because: "the call was not denied again after a further change",
    },
    { facts: { denials: {} }, because: "a call is denied, and nothing was changed in the last days" },
  ])("if $because", ({ facts }) => {
    expect(textOf(facts)).toBeNull();
  });

  test("if nothing of it is there", () => {
    expect(textOf({}, { keys: new Map() })).toBeNull();
  });
});

describe("a namespace of an account does not count as verified", () => {
  test.each<{ facts: Facts; text: string }>([
    { facts: { state: { kind: "invalid" } }, text: `${NAME} has an error in Git` },
    { facts: { record: null }, text: `${NAME} was not compared yet` },
    {
      facts: { conditions: [READY, conditionOf("Suspended", "True", "Suspended")] },
      text: `${NAME} is suspended`,
    },
    { facts: { status: { verifiedUntil: LONG_AGO } }, text: `${NAME} could not be read completely` },
    { facts: { record: { applied: null } }, text: `${NAME} is not applied yet` },
    {
      facts: { state: { kind: "declared", desired: { ...BINDING, undeclaredCallers: "remove" } } },
      text: `${NAME} is not applied yet`,
    },
    {
      facts: { conditions: [conditionOf("Ready", "False", "AwaitingApproval")] },
      text: `${NAME} is not applied yet: it waits for approval`,
    },
    {
      facts: { conditions: [READY, conditionOf("Drifted", "True", "DriftDetected")] },
      text: `${NAME} differs from Git`,
    },
    { facts: { state: { kind: "removed" } }, text: `${NAME} is not removed yet` },
    {
      facts: {
        state: { kind: "removed" },
        record: { unbinding: { atMs: minutesAgo(60), agreedSweepsMs: [] } },
        conditions: [conditionOf("Ready", "False", "PruneFailed")],
      },
      text: `${NAME} is not removed yet (PruneFailed)`,
    },
    {
      facts: { writes: writtenAgo(60), denials: { firstMs: minutesAgo(59), lastMs: minutesAgo(58) } },
      text: `${NAME} was denied sqs:SendMessage by AWS after its change`,
    },
    {
      facts: { writes: writtenAgo(60), otherLastMs: minutesAgo(58) },
      text: `${NAME} was denied several calls by AWS after its change`,
    },
    {
      facts: { writes: writtenAgo(20) },
      text: "written at 2026-11-25 12:10:00Z at the earliest, if prod matches Git until then",
    },
    { facts: { writes: writtenAgo(30) }, text: "it was not read since 2026-11-25 12:00:00Z" },
    {
      facts: { conditions: [READY, conditionOf("Drifted", "False", "NoDriftDetected", timeAgo(5))] },
      text: "written at 2026-11-25 12:25:00Z at the earliest, if prod matches Git until then",
    },
    {
      facts: { conditions: [{ ...READY, lastTransitionTime: timeAgo(10) }] },
      text: "written at 2026-11-25 12:20:00Z at the earliest, if prod matches Git until then",
    },
    {
      facts: { state: { kind: "removed" }, record: null, writes: writtenAgo(10) },
      text: "written at 2026-11-25 12:20:00Z at the earliest, if prod matches Git until then",
    },
  ])("because $text", ({ facts, text }) => {
    expect(textOf(facts)).toBe(text);
  });

  test.each([
    {
      change: { account: { name: "prod", mode: "observe" as const } },
      text: "it is in observe mode, so nothing is applied there",
    },
    {
      change: { record: { failing: { sinceMs: 0, reason: "denied" }, lastSweepMs: NOW_MS } },
      text: "it is not read now",
    },
    { change: { record: { failing: null, lastSweepMs: null } }, text: "it was not read yet" },
    {
      change: { unreadFiles: new Map([["orders", "teams/orders/new.yaml"]]), keys: new Map() },
      text: "teams/orders/new.yaml can't be read completely, and may declare something there",
    },
  ])("because of the account: $text", ({ change, text }) => {
    expect(textOf({}, change)).toBe(text);
  });
});
