import { expect, test } from "@jest/globals";
import type { DenialsObject } from "../../../../src/api/permissions.ts";
import { describedTexts, desiredIn, facts, NOW_DAY } from "../../../support/screens/described.ts";
import { reported } from "../../explain/denials/calls.ts";

type Shown = DenialsObject["status"]["requests"][number];

function request(change: Partial<Shown> = {}): Shown {
  const [firstAt, lastAt] = [`${NOW_DAY}T09:41:00.000Z`, `${NOW_DAY}T10:31:00.000Z`];
  return { reported: reported(), calls: 12, firstAt, lastAt, hasOtherObjects: false, ...change };
}

function denialsOf(requests: readonly Shown[], otherCalls = 0): DenialsObject {
  return {
    apiVersion: "grantkeeper.dev/v1alpha1",
    kind: "Denials",
    metadata: { name: "x", namespace: "payments" },
    status: { key: desiredIn("prod").key, account: "prod", requests, otherCalls },
  };
}

function linesOf(requests: readonly Shown[]): readonly string[] {
  const shown = describedTexts(facts({ denials: [denialsOf(requests)] }));
  const from = shown.findIndex((line) => line.startsWith("DENIED"));
  return from < 0 ? [] : shown.slice(from, from + 8);
}

test("the screen of a function shows what AWS denied in the last 24 hours, the newest first", () => {
  const once = request({
    calls: 1,
    lastAt: `${NOW_DAY}T10:40:00.000Z`,
    reported: reported({ action: null, operation: "CopyObject", resource: null }),
  });

  expect(linesOf([request(), once]).slice(0, 5)).toEqual([
    "DENIED in the last 24h: 2 requests",
    "  CopyObject: 1m ago",
    "  dynamodb:GetItem on table/refunds: 12 calls, 1h ago to 10m ago",
    "  hint:  the lines that would allow them: grantkeeper denials",
    "         payments/refunds@prod/eu-west-1 --server",
  ]);
});

test("it shows how many calls of other kinds were denied, also without a recent request", () => {
  const shown = describedTexts(facts({ denials: [denialsOf([], 4)] }));
  const from = shown.indexOf("DENIED in the last 24h: 0 requests");

  expect(shown[from + 1]).toBe("  and in the last 7d 4 denied calls of other kinds");
});

test("it shows three of many", () => {
  expect(linesOf(Array.from({ length: 5 }, () => request()))[4]).toBe("  and 2 other requests");
});

test("it shows nothing of an earlier day, nor of another function", () => {
  expect(linesOf([request({ lastAt: "2026-11-24T10:00:00.000Z" })])).toEqual([]);
  const denials = [
    {
      ...denialsOf([request()]),
      status: { ...denialsOf([request()]).status, key: desiredIn("staging").key },
    },
  ];
  expect(describedTexts(facts({ denials })).join("\n")).not.toContain("DENIED");
});
