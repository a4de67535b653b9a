import { settle } from "../../../src/settle/settle.ts";
import type { Pass } from "../../../src/judge/subject.ts";
import { type KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { Condition } from "../../../src/model/status.ts";
import { complete } from "../../../src/model/values/steps.ts";
import { doneOf, knownRecord, passOf, settleContext, statusOf } from "../../support/pass/passes.ts";
import type { AlertEvent } from "../../../src/model/alert-event.ts";
import type { KeyOutcome } from "../../../src/settle/outcome/outcome.ts";

export function alertsAfter(
  outcomes: readonly KeyOutcome[],
  pass: Partial<Pass> = {},
  openIncidents: readonly string[] = [],
): readonly AlertEvent[] {
  const context = settleContext({ openIncidents: new Set(openIncidents) });
  return complete(settle(doneOf(outcomes, passOf(undefined, pass)), context)).settlement.alerts;
}

export function condition(type: Condition["type"], reason: Condition["reason"], message = ""): Condition {
  return { type, status: "True", reason, message, lastTransitionTime: "" };
}

export function recordWith(conditions: readonly Condition[], change: Partial<KeyRecord> = {}): KeyRecord {
  return knownRecord({ status: statusOf({ conditions }), ...change });
}
