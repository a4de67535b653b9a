import { describe, expect, test } from "@jest/globals";
import type { EarlierTenancy } from "../../../../../src/manifest/compile/teams/teams.ts";
import {
  COMPILE_CONTEXT,
  PLATFORM_FILES,
  compileTexts,
  functionText,
  parseText,
} from "../../../../support/manifests.ts";
import { refusedFile } from "../../../../../src/manifest/parse/refused.ts";
import { compile } from "../../../../../src/manifest/compile/compile.ts";
import { FILE, teamText, STAGING, compiled, ORDERS } from "./team-texts.ts";

describe("tenancy without a readable Team", () => {
  test.each<[string, Record<string, string>, EarlierTenancy, string]>([
    ["no file of the platform is broken", {}, "unknown", "open"],
    [
      "a file of the platform cannot be read, and nothing is known",
      { [FILE]: "kind: [" },
      "unknown",
      "unknown",
    ],
    [
      "a file of the platform cannot be read, and there were Teams",
      { [FILE]: "kind: [" },
      "closed",
      "unknown",
    ],
    ["a file of the platform cannot be read, and there was no Team", { [FILE]: "kind: [" }, "open", "open"],
    ["a file of the platform has a document without a kind", { [FILE]: "spec: {}" }, "closed", "unknown"],
    [
      "a Team has the kind of a Waiver, and nothing is known",
      { [FILE]: teamText("orders", ORDERS).replace("kind: Team", "kind: Waiver") },
      "unknown",
      "unknown",
    ],
    [
      "a Team has the kind of a GrantTemplate, and there were Teams",
      { [FILE]: teamText("orders", ORDERS).replace("kind: Team", "kind: GrantTemplate") },
      "closed",
      "unknown",
    ],
    [
      "a Team has the kind of a Waiver, and there was no Team",
      { [FILE]: teamText("orders", ORDERS).replace("kind: Team", "kind: Waiver") },
      "open",
      "open",
    ],
    ["the Teams were deleted, and everything can be read", {}, "closed", "open"],
    ["a file of a team cannot be read", { "teams/orders/a.yaml": "kind: [" }, "closed", "open"],
    ["a file in no declared folder cannot be read", { "other/a.yaml": "kind: [" }, "closed", "open"],
    ["a Team without a usable name", { [FILE]: teamText("Orders", ORDERS) }, "open", "closed"],
  ])("%s, earlier: %#", (_, files, earlierTenancy, kind) => {
    expect(compileTexts(files, { earlierTenancy }).desired.tenancy.kind).toBe(kind);
  });

  test.each(["platform", "platform/teams", "conf"])("is unknown if %s is not read", (path) => {
    const paths = path === "conf" ? { platformPath: "conf/platform" } : {};
    const files = Object.entries(PLATFORM_FILES).map(([name, text]) => parseText(name, text));
    const refused = refusedFile({ path, reason: "symlink" }, false);
    const { desired } = compile([...files, refused], { ...COMPILE_CONTEXT, ...paths });

    expect(desired.tenancy).toEqual({
      kind: "unknown",
      origin: { file: path, line: 1, column: 1, path: "" },
    });
  });
});

describe("a function or role of another team, which a Team does not allow,", () => {
  const TEAMS = {
    orders: "accounts: [prod], functions: ['orders-*']",
    payments: "accounts: [prod], functions: ['payments-*']",
    search: "accounts: [staging], functions: ['orders-*']",
  };
  const API = { "teams/orders/orders-api.yaml": functionText("orders-api") };
  const invalidIn = (
    files: Readonly<Record<string, string>>,
    teams: Readonly<Record<string, string>> = TEAMS,
  ) =>
    [...compiled(teams, { ...API, ...files }).invalid].map(
      ([key, [found]]) => `${key.split("/").slice(3).join("/")}: ${found?.fix ?? ""}`,
    );
  const KEPT = "orders/orders-api@prod/eu-west-1 is allowed by its Team and keeps it; name another";

  test.each<[string, Record<string, string>, readonly string[]]>([
    [
      "as the function",
      { "teams/payments/x.yaml": functionText("x", "  function: orders-api\n") },
      [`payments/x: ${KEPT} function, or remove it there`],
    ],
    [
      "as the role, in another case",
      { "teams/payments/p.yaml": functionText("payments-a", "  role: {name: ORDERS-API-eu-west-1}\n") },
      [`payments/payments-a: ${KEPT} role, or remove it there`],
    ],
    [
      "in an account that the Team does not name",
      { "teams/search/x.yaml": functionText("orders-api") },
      [`search/orders-api: ${KEPT} function, or remove it there`],
    ],
    [
      "in a namespace without a Team",
      { "teams/none/x.yaml": functionText("orders-api") },
      [`none/orders-api: ${KEPT} function, or remove it there`],
    ],
  ])("stops only the manifest that names it %s", (_, files, expected) => {
    expect(invalidIn(files)).toEqual(expected);
  });

  test("does not hide that two manifests of one team name the same function", () => {
    const files = {
      "teams/orders/b.yaml": functionText("b", "  function: orders-api\n"),
      "teams/payments/x.yaml": functionText("x", "  function: orders-api\n"),
    };
    const found = compiled(TEAMS, { ...API, ...files });
    const messages = found.diagnostics.map(({ message }) => message);

    expect([...found.invalid.keys()].length).toBe(3);
    expect(messages.filter((text) => text.includes(" of orders/") && text.includes("payments"))).toEqual([]);
  });

  test("is a conflict of both while there is no Team", () => {
    const files = { "teams/payments/x.yaml": functionText("x", "  function: orders-api\n") };

    expect([...compileTexts({ ...STAGING, ...API, ...files }).invalid.keys()].length).toBe(2);
  });
});
