import { describe, expect, test } from "@jest/globals";
import { known, type EstateFunction } from "../../../../src/adopt/estate/estate.ts";
import { ownLogs, prefixLogs } from "../../../../src/manifest/grants/own.ts";
import type { LiveRole } from "../../../../src/model/live.ts";
import { estate, estateFunction, estateIam, estateRole } from "../../../support/adopt/estate.ts";
import { fileOf, importPlan } from "../../../support/adopt/import.ts";
import { PLACE, policyText } from "../../../support/adopt/policies.ts";

/** A line of `spec` of the function `orders`, without its name; null: it has none. */
function lineOf(name: string, role: Partial<LiveRole>, found: Partial<EstateFunction> = {}): string | null {
  const iam = known(estateIam([estateRole("orders-role", role)]));
  const text = fileOf(importPlan(estate({ functions: [estateFunction("orders", found)], iam })), "orders");
  return new RegExp(`^ {2}${name}: (.*)$`, "m").exec(text)?.[1] ?? null;
}

describe("the manifest's logs", () => {
  const needs = (logGroup: string | null): Partial<EstateFunction> => ({
    needs: { ...estateFunction("orders").needs, logGroup },
  });
  const logs = (group: string, create: boolean): Partial<LiveRole> => {
    const statements = ownLogs({ group, create }, PLACE).map(({ effect, actions, resources }) => ({
      Effect: effect,
      Action: actions,
      Resource: resources,
    }));
    return { inline: [{ name: "app", text: policyText(statements) }] };
  };
  const USUAL = "/aws/lambda/orders";

  test.each([
    { because: "the default needs no line", group: USUAL, create: true, logGroup: null, line: null },
    { because: "so does its name in the function", group: USUAL, create: true, logGroup: USUAL, line: null },
    {
      because: "a group that someone else creates",
      group: USUAL,
      create: false,
      logGroup: null,
      line: "{ create: false }",
    },
    {
      because: "a group of another name",
      group: "/shop/orders",
      create: true,
      logGroup: "/shop/orders",
      line: "{ group: /shop/orders }",
    },
    {
      because: "both",
      group: "/shop/orders",
      create: false,
      logGroup: "/shop/orders",
      line: "{ group: /shop/orders, create: false }",
    },
    {
      because: "not a group that the function does not use",
      group: "/shop/orders",
      create: true,
      logGroup: null,
      line: "false",
    },
  ])("$because", ({ group, create, logGroup, line }) => {
    expect(lineOf("logs", logs(group, create), needs(logGroup))).toBe(line);
  });
});

describe("the manifest's logs by prefix", () => {
  const name = "orders-prod-api";
  const lineFor = (creation: { readonly create: boolean; readonly tag: boolean }): string | null => {
    const logs = { groupPrefix: "/aws/lambda/orders-prod", ...creation };
    const statements = prefixLogs(logs, PLACE).map(({ effect, actions, resources }) => ({
      Effect: effect,
      Action: actions,
      Resource: resources,
    }));
    const role = estateRole(`${name}-role`, { inline: [{ name: "app", text: policyText(statements) }] });
    const functions = [estateFunction(name)];
    const text = fileOf(importPlan(estate({ functions, iam: known(estateIam([role])) })), name);
    expect(text).not.toContain("statements:");
    return /^ {2}logs: (.*)$/m.exec(text)?.[1] ?? null;
  };

  test.each([
    { create: true, tag: true, line: "{ groupPrefix: /aws/lambda/orders-prod, tag: true }" },
    { create: true, tag: false, line: "{ groupPrefix: /aws/lambda/orders-prod }" },
    { create: false, tag: false, line: "{ groupPrefix: /aws/lambda/orders-prod, create: false }" },
  ])("are $line", ({ line, ...creation }) => {
    expect(lineFor(creation)).toBe(line);
  });
});

describe("the settings of the role", () => {
  test.each<{ readonly because: string; readonly role: Partial<LiveRole>; readonly line: string | null }>([
    { because: "defaults need no line", role: {}, line: null },
    {
      because: "a description",
      role: { description: "Orders of 2026" },
      line: '{ description: "Orders of 2026" }',
    },
    { because: "a description that YAML would trim", role: { description: " Orders" }, line: null },
    { because: "a description in letters that IAM refuses", role: { description: "Заказы" }, line: null },
    { because: "longer sessions", role: { maxSessionSeconds: 7_200 }, line: "{ maxSessionDuration: 7200s }" },
  ])("$because", ({ role, line }) => {
    expect(lineOf("role", role)).toBe(line);
  });
});
