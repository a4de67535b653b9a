import { beforeEach, describe, expect, test } from "@jest/globals";
import { EventTrust } from "../../../../src/controller/state/changes/event-trust.ts";
import { readChangeMessage } from "../../../../src/iam/trail/change-message.ts";
import { isProvenCurrent, type PolicyReading } from "../../../../src/model/changes/event-proof.ts";
import { changeMessage } from "../../../support/aws/change-message.ts";
import { ACCOUNT_ID, NOW_MS, REGION } from "../../../support/pass/bindings.ts";
import { MINUTE_MS } from "../../../support/pass/settled-keys.ts";

const ACCOUNTS = new Set<string>([ACCOUNT_ID]);
const ANSWERS_SINCE_MS = NOW_MS - 24 * 60 * MINUTE_MS;

/** An event of Lambda; without a name its parameters are left out. */
function eventOf(functionName: string | null, service = "lambda") {
  const parameters = functionName === null ? {} : { requestParameters: { functionName, statementId: "s" } };
  const call = service === "lambda" ? "AddPermission20150331v2" : "AttachRolePolicy";
  const body = changeMessage({
    envelope: { source: `aws.${service}`, region: REGION },
    record: {
      eventSource: `${service}.amazonaws.com`,
      eventName: call,
      awsRegion: REGION,
      ...(service === "lambda" && { requestParameters: null, ...parameters }),
    },
  });
  return readChangeMessage(body, ACCOUNTS);
}

function readingAt(minutes: number, name = "orders-api"): PolicyReading {
  return { region: REGION, name, readMs: NOW_MS + minutes * MINUTE_MS };
}

describe("the change events of a region", () => {
  let trust: EventTrust;
  beforeEach(() => {
    trust = new EventTrust();
  });

  const receive = (minutes: number, message = eventOf("other")): void => {
    trust.received(message, ACCOUNTS, NOW_MS + minutes * MINUTE_MS);
    if (message.kind === "change") trust.reported(message.event, NOW_MS + minutes * MINUTE_MS);
  };
  const isProven = (reading: PolicyReading, nowMinutes = 60, sinceMs: number | null = ANSWERS_SINCE_MS) => {
    const proof = trust.proofOf(ACCOUNT_ID, sinceMs, NOW_MS + nowMinutes * MINUTE_MS);
    return proof !== null && isProvenCurrent(reading, proof);
  };
  const lost = (minutes: number) => trust.lostIn(ACCOUNT_ID, NOW_MS + minutes * MINUTE_MS);

  test("prove nothing before one of Lambda was received", () => {
    receive(0, eventOf("role", "iam"));

    expect(isProven(readingAt(1))).toBe(false);
  });

  test("prove that a function is as it was read after the first event", () => {
    receive(0);

    expect(isProven(readingAt(1))).toBe(true);
    expect(isProven(readingAt(-1))).toBe(false);
  });

  test("prove nothing of what was read before the queue answered without a failure", () => {
    receive(0);

    expect(isProven(readingAt(5), 60, NOW_MS + 6 * MINUTE_MS)).toBe(false);
    expect(isProven(readingAt(7), 60, NOW_MS + 6 * MINUTE_MS)).toBe(true);
    expect(isProven(readingAt(7), 60, null)).toBe(false);
  });

  test("prove nothing of a function that one is about, until it is read a minute later", () => {
    receive(0);
    receive(10, eventOf("orders-api"));

    expect(isProven(readingAt(9))).toBe(false);
    expect(isProven(readingAt(10.5))).toBe(false);
    expect(isProven(readingAt(12))).toBe(true);
    expect(isProven(readingAt(9, "other-function"))).toBe(true);
  });

  test("prove nothing of any function if one may be about each, or is no event", () => {
    receive(0);
    receive(10, eventOf(null));
    expect(isProven(readingAt(9))).toBe(false);
    expect(isProven(readingAt(12))).toBe(true);

    receive(20, readChangeMessage("{}", ACCOUNTS));
    expect(isProven(readingAt(19))).toBe(false);
    expect(isProven(readingAt(22))).toBe(true);
  });

  test("prove nothing while one is missing, and again when it arrives late", () => {
    receive(0);
    trust.unreported(ACCOUNT_ID, readingAt(10), NOW_MS + 15 * MINUTE_MS);
    receive(16, eventOf("other-function"));
    expect(isProven(readingAt(17), 18)).toBe(false);

    receive(18, eventOf("orders-api"));

    expect(isProven(readingAt(20, "another"), 21)).toBe(true);
    expect(lost(60)).toEqual([]);
  });

  test("are lost when the missing one has not arrived after 15 minutes, until one arrives and all was read again", () => {
    receive(0);
    trust.unreported(ACCOUNT_ID, readingAt(10), NOW_MS + 15 * MINUTE_MS);
    receive(16, eventOf("other-function"));
    expect(lost(29)).toEqual([]);
    expect(lost(30)).toEqual([
      { region: REGION, sinceMs: NOW_MS + 15 * MINUTE_MS, functionNames: ["orders-api"] },
    ]);
    trust.swept(ACCOUNT_ID, NOW_MS + 31 * MINUTE_MS);
    expect(isProven(readingAt(29), 32)).toBe(false);
    expect(lost(32)).toHaveLength(1);

    receive(33);
    expect(lost(34)).toHaveLength(1);
    expect(isProven(readingAt(32), 35)).toBe(false);
    expect(isProven(readingAt(34), 35)).toBe(true);

    trust.swept(ACCOUNT_ID, NOW_MS + 34 * MINUTE_MS);
    expect(lost(35)).toEqual([]);
  });

  test("prove nothing until the event of each changed function arrives, and those that do not are lost", () => {
    receive(0);
    for (const name of ["f2", "f1", "f3"])
      trust.unreported(ACCOUNT_ID, readingAt(10, name), NOW_MS + 15 * MINUTE_MS);
    receive(16, eventOf("f1"));

    expect(isProven(readingAt(18, "another"), 19)).toBe(false);
    expect(lost(29)).toEqual([]);
    expect(lost(30)).toMatchObject([{ region: REGION, functionNames: ["f2", "f3"] }]);
  });

  test("prove nothing of what came before the last of several losses", () => {
    receive(0);
    trust.unreported(ACCOUNT_ID, readingAt(10, "f1"), NOW_MS + 15 * MINUTE_MS);
    receive(16);
    trust.unreported(ACCOUNT_ID, readingAt(18, "f2"), NOW_MS + 20 * MINUTE_MS);
    receive(32);

    expect(isProven(readingAt(33), 34)).toBe(false);
    expect(lost(34)).toMatchObject([{ functionNames: ["f1"] }]);
    expect(isProven(readingAt(34), 36)).toBe(false);
    receive(37);
    trust.swept(ACCOUNT_ID, NOW_MS + 38 * MINUTE_MS);
    expect(lost(39)).toEqual([]);
    expect(isProven(readingAt(38), 39)).toBe(true);
  });

  test("are expected of each further change while one is late, and no more when it is lost", () => {
    const expected = (minutes: number) =>
      trust.proofOf(ACCOUNT_ID, ANSWERS_SINCE_MS, NOW_MS + minutes * MINUTE_MS)?.expectedMs.get(REGION);
    receive(0);
    trust.unreported(ACCOUNT_ID, readingAt(10), NOW_MS + 15 * MINUTE_MS);
    receive(16, eventOf("other-function"));

    expect(isProven(readingAt(17), 18)).toBe(false);
    expect(expected(18)).toBe(NOW_MS);
    expect(expected(31)).toBeUndefined();
    receive(33);
    expect(expected(34)).toBe(NOW_MS + 33 * MINUTE_MS);
  });

  test("of more functions than are remembered count as of each function", () => {
    receive(0);
    for (let at = 0; at <= 10_000; at += 1) receive(1, eventOf(`f${at}`));

    expect(isProven(readingAt(0.5, "never-named"))).toBe(false);
    expect(isProven(readingAt(3, "never-named"))).toBe(true);
  });
});
