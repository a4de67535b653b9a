import { describe, expect, test } from "@jest/globals";
import {
  fittingName,
  freeName,
  manifestName,
  objectNameFrom,
} from "../../../../src/adopt/manifests/names.ts";
import { parseObjectName } from "../../../../src/model/aws/ids.ts";
import { known, notCalled } from "../../../../src/adopt/estate/estate.ts";
import { estateFunction } from "../../../support/adopt/estate.ts";

describe("the name of an object", () => {
  const LONG = `Orders_${"a".repeat(45)}-Handler--of-64-chars`;

  test.each<{ readonly because: string; readonly text: string; readonly name: string | RegExp | undefined }>([
    { because: "is in lower case", text: "Orders_API", name: "orders-api" },
    { because: "has no hyphen at an end", text: "_orders_", name: "orders" },
    { because: "may have 63 characters", text: "a".repeat(63), name: "a".repeat(63) },
    {
      because: "is cut to 63 characters, readable, with a hash",
      text: "a".repeat(64),
      name: /^a{54}-[0-9a-f]{8}$/,
    },
    { because: "has one hyphen before its hash", text: LONG, name: /^orders-a{45}-h?-?[0-9a-f]{8}$/ },
    { because: "needs a letter or a digit", text: "___", name: undefined },
  ])("$because: $text", ({ text, name }) => {
    const found = objectNameFrom(text);

    expect(found ?? "").toMatch(name ?? /^$/);
    expect(found === undefined || parseObjectName(found) === found).toBe(true);
  });

  test("is another one for another long text with the same beginning", () => {
    const names = ["1", "2"].map((end) => objectNameFrom(`${"a".repeat(70)}${end}`));

    expect(new Set(names).size).toBe(2);
  });

  test("of several targets has their account and region, and fits", () => {
    expect(fittingName("orders-prod-eu-west-1")).toBe("orders-prod-eu-west-1");
    expect(parseObjectName(fittingName(`${"a".repeat(60)}-prod-eu-west-1`))).toBeDefined();
  });

  test("that is taken gets a hash, and fits", () => {
    const long = "a".repeat(63);

    expect(freeName(long, "x", () => false)).toBe(long);
    expect(freeName(long, "x", () => true)).toMatch(/^a{54}-[0-9a-f]{8}$/);
    expect(freeName(long, "x", () => true)).not.toBe(freeName(long, "y", () => true));
  });
});

describe("the name of a function's manifest", () => {
  const logicalId = (value: string) => known([{ key: "aws:cloudformation:logical-id", value }]);

  test.each([
    {
      because: "its own without tags",
      name: "orders-aBcDeFgHiJkL",
      tags: known([]),
      as: "orders-abcdefghijkl",
    },
    {
      because: "its own if its tags were not read",
      name: "orders-aBcDeFgHiJkL",
      tags: notCalled("tag:GetResources"),
      as: "orders-abcdefghijkl",
    },
    {
      because: "the logical id if CloudFormation generated the name",
      name: "shop-Api-aBcDeFgHiJkL",
      tags: logicalId("ApiHandler"),
      as: "api-handler",
    },
    { because: "its own if the name is not generated", name: "orders", tags: logicalId("Api"), as: "orders" },
  ])("is $because", ({ name, tags, as }) => {
    expect(manifestName(estateFunction(name, { tags }))).toBe(as);
  });

  test("is a hash if the function's own has no letter or digit", () => {
    expect(manifestName(estateFunction("__"))).toMatch(/^function-[0-9a-f]{8}$/);
  });
});
