import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Access } from "../../../src/http/access/access.ts";
import { accessOf } from "../../support/screens/access.ts";
import { folderOfTeam, scrubFor, scrubSentences } from "../../../src/http/access/redaction.ts";
import { FC_RUNS } from "../../support/fc-runs.ts";

const NAMESPACES = ["orders", "pay", "payments", "platform"];
const access = (namespaces: Access["namespaces"]): Access => accessOf("a", namespaces);
const scrub = scrubFor(access(new Set(["orders"])), NAMESPACES, "teams");

describe("a sentence for the team orders", () => {
  test.each([
    { text: "claimed by payments/refunds@prod", shown: "claimed by (another namespace)" },
    { text: 'role "payments/refunds" is', shown: 'role "(another namespace)" is' },
    {
      text: "(payments), payments; payments.",
      shown: "((another namespace)), (another namespace); (another namespace)",
    },
    { text: "see teams/search/index.yaml:17:9", shown: "see (another namespace)" },
    { text: "see teams/orders/api.yaml:17:9", shown: "see teams/orders/api.yaml:17:9" },
    { text: "see search//deploy/index.yaml:17:9", shown: "see (another namespace)" },
    { text: "see orders//deploy/api.yaml:17:9", shown: "see orders//deploy/api.yaml:17:9" },
    { text: "search//main@9c1d04e is not accepted", shown: "(another namespace) is not accepted" },
    { text: "see platform/prod.yaml:3", shown: "see platform/prod.yaml:3" },
    { text: "in platform/team-payments.yaml:1:1", shown: "in (another namespace)" },
    { text: "in platform/pay-and-more.yaml", shown: "in (another namespace)" },
    { text: "in platform/team-orders.yaml:1:1", shown: "in platform/team-orders.yaml:1:1" },
    { text: "in platform/repay.yaml", shown: "in platform/repay.yaml" },
    { text: "in teams/orders/from-payments.yaml:2", shown: "in teams/orders/from-payments.yaml:2" },
    { text: "function/1/eu-west-1/pay/x", shown: "(another namespace)" },
    { text: "payable repay pay-roll", shown: "payable repay pay-roll" },
    { text: "would delete 4 roles, limit 3", shown: "would delete 4 roles, limit 3" },
  ])("$text", ({ text, shown }) => {
    expect(scrub(text)).toBe(shown);
  });

  test("never contains another namespace's name as a word", () => {
    const word = fc.constantFrom(...NAMESPACES, "teams", "/", ".", " ", "@", ":", "é", '"', "\n", "-", "x");
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        expect(scrub(words.join(""))).not.toMatch(/(?<![A-Za-z0-9-])(pay|payments)(?![A-Za-z0-9-])/);
      }),
      { numRuns: FC_RUNS },
    );
  });
});

test("is complete for a token of all namespaces", () => {
  expect(scrubFor(access("all"), NAMESPACES, "teams")("payments/refunds")).toBe("payments/refunds");
});

test("leaves names, permissions and documents as they are, and removes the names from every other text", () => {
  const kept = {
    name: "payments",
    document: { message: "payments" },
    newAccess: ["+ dynamodb read table/payments"],
    list: [null, 1],
  };
  const value = {
    ...kept,
    fields: [{ reason: "payments" }],
    withheld: ["payments"],
    fieldOfTomorrow: { payments: "see payments" },
  };

  expect(scrubSentences(value, scrub)).toEqual({
    ...kept,
    fields: [{ reason: "(another namespace)" }],
    withheld: ["(another namespace)"],
    fieldOfTomorrow: { payments: "see (another namespace)" },
  });
});

test.each([
  { path: "teams/orders/a.yaml", root: "teams", folder: "orders" },
  { path: "teams/orders/a.yaml", root: "./teams/", folder: "orders" },
  { path: "orders/a.yaml", root: ".", folder: "orders" },
  { path: "config/teams/orders/a.yaml", root: "config/teams", folder: "orders" },
  { path: "teams/a.yaml", root: "teams", folder: null },
  { path: "teamsters/orders/a.yaml", root: "teams", folder: null },
  { path: "platform/a.yaml", root: "teams", folder: null },
])("$path below $root is in the folder $folder", ({ path, root, folder }) => {
  expect(folderOfTeam(path, root)).toBe(folder);
});
