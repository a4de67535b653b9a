import { describe, expect, test } from "@jest/globals";
import type { EarlierTenancy } from "../../../../src/manifest/compile/teams/tenancy.ts";
import { GRANT_ENTRIES } from "../../../../src/manifest/grants/catalogue.ts";
import type { Namespace } from "../../../../src/model/aws/ids.ts";
import type { TeamFence } from "../../../../src/model/rules/team.ts";
import {
  COMPILE_CONTEXT,
  PLATFORM_FILES,
  accountText,
  compileTexts,
  diagnosticTexts,
  functionText,
  parseText,
} from "../../../support/manifests.ts";
import { refusedFile } from "../../../../src/manifest/parse/refused.ts";
import { compile, type Compilation } from "../../../../src/manifest/compile/compile.ts";

const GRANTS = GRANT_ENTRIES.map(({ grant }) => grant);
const FILE = "platform/teams.yaml";

function teamText(name: string, spec: string): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: ${name}}
spec: {${spec}}
`;
}

function teamsText(teams: Readonly<Record<string, string>>): string {
  return Object.entries(teams)
    .map(([name, spec]) => teamText(name, spec))
    .join("---\n");
}

const STAGING = { "platform/staging.yaml": accountText("staging", "333333333333") };

function compiled(teams: Readonly<Record<string, string>>, files: Readonly<Record<string, string>> = {}) {
  return compileTexts({ [FILE]: teamsText(teams), ...STAGING, ...files });
}

const ORDERS = "accounts: [prod], functions: ['orders-*']";

describe("a Team", () => {
  test("becomes the fence of its namespace, with the meaning of each pattern", () => {
    const { desired, diagnostics } = compiled({
      orders: `${ORDERS}, resources: [orders, 'table/o-*', 'arn:aws:s3:::b/o/*', '*'], grants: {sqs: [send]}, limits: {deletes: 1}, profile: strict`,
    });

    expect(diagnostics).toEqual([]);
    expect(desired.tenancy).toEqual({ kind: "closed" });
    expect(desired.teams.get("orders" as Namespace)).toMatchObject({
      kind: "fence",
      accounts: ["prod"],
      functions: [{ kind: "prefix", prefix: "orders-" }],
      resources: [
        { kind: "any" },
        { kind: "arn", arn: { kind: "prefix", prefix: "arn:aws:s3:::b/o/" } },
        { kind: "name", name: { kind: "exact", name: "orders" } },
        { kind: "typed", prefix: "table/", name: { kind: "prefix", prefix: "o-" } },
      ],
      grants: { sqs: ["send"] },
      statements: false,
      limits: { deletes: 1 },
      profile: "strict",
      alerts: [],
      borrowed: [],
    });
  });

  test("means the same in any order of its lists, of documents and of files", () => {
    const a = teamText(
      "orders",
      "accounts: [prod, staging], functions: ['orders-*', oms], resources: [a, b]",
    );
    const b = teamText(
      "orders",
      "accounts: [staging, prod], functions: [oms, 'orders-*'], resources: [b, a]",
    );
    const other = teamText("search", "accounts: [prod], functions: ['search-*']");
    const one = compileTexts({ ...STAGING, [FILE]: `${a}---\n${other}` });
    const two = compileTexts({ [FILE]: `${b}---\n${other}`, ...STAGING });

    expect([...two.desired.teams]).toEqual([...one.desired.teams]);
  });

  test("is the platform's: in a team's folder it is refused, and counts for nothing", () => {
    const found = compileTexts({ "teams/orders/team.yaml": teamText("payments", ORDERS) });

    expect(diagnosticTexts(found)).toEqual([
      "teams/orders/team.yaml:2:1 Team is read from platform/ only → move it there",
    ]);
    expect(found.desired).toMatchObject({ tenancy: { kind: "open" }, teams: new Map() });
    expect(found.objects.map(({ kind }) => kind)).not.toContain("Team");
  });
});

describe("the alert routes of a Team", () => {
  const files = { [FILE]: teamText("orders", `${ORDERS}, alerts: [pager, orders-chta]`) };
  const alertsOf = ({ desired }: Compilation) => {
    const team = desired.teams.get("orders" as Namespace);
    return team?.kind === "fence" ? team.alerts : null;
  };

  test("are the operator's: a command without the operator's file takes them as they are", () => {
    const found = compileTexts(files);

    expect([diagnosticTexts(found), alertsOf(found)]).toEqual([[], ["orders-chta", "pager"]]);
  });

  test("that the operator does not have are errors for the controller, and the Team is used", () => {
    const found = compileTexts(files, { alertRoutes: ["orders-chat", "pager"] });

    expect(diagnosticTexts(found)).toEqual([
      `${FILE}:4:67 unknown alert route "orders-chta", did you mean orders-chat? → name a route of the operator's file (alerts[].name), or ask the operator to add it there`,
    ]);
    expect(alertsOf(found)).toEqual(["orders-chta", "pager"]);
  });
});

describe("a wrong Team", () => {
  test.each([
    [
      "no account",
      { orders: "accounts: [], functions: [a]" },
      [`${FILE}:4:18 the list is empty → name at least one`],
    ],
    [
      "every account and one of them",
      { orders: "accounts: ['*', prod], functions: [a]" },
      [`${FILE}:4:19 * includes the other accounts → write accounts: ["*"], or only the names`],
    ],
    ["no function", { orders: "accounts: [prod]" }, [`${FILE}:4:7 spec.functions is required → add it`]],
    [
      "a pattern with a star inside",
      { orders: "accounts: [prod], functions: ['a*b']" },
      [
        `${FILE}:4:38 "a*b" is not a function's name, or the beginning of names and one * at the end → write it like orders-*`,
      ],
    ],
    [
      "a resource with a star inside",
      { orders: `${ORDERS}, resources: ['a*b']` },
      [
        `${FILE}:4:63 "a*b" is not a resource's name, TYPE/NAME or ARN, with at most one * at the end → write the beginning of the names and one * at the end, such as orders-*`,
      ],
    ],
    [
      "a grant that does not exist",
      { orders: `${ORDERS}, grants: {sqss: [send]}` },
      [
        `${FILE}:4:60 unknown field "sqss" in spec.grants → did you mean "sqs"? Valid values: ${GRANTS.toSorted().join(", ")}`,
      ],
    ],
    [
      "a verb that does not exist",
      { orders: `${ORDERS}, grants: {sqs: [sent]}` },
      [
        `${FILE}:4:66 unknown value "sent" for spec.grants.sqs[0] → did you mean "send"? Valid values: send, consume`,
      ],
    ],
    [
      "the platform's namespace",
      { platform: "accounts: [prod], functions: [a]" },
      [
        `${FILE}:3:18 platform is the namespace of the platform, and no team → name the namespace of a team's folder`,
      ],
    ],
  ])("with %s has its place and fix, and another Team goes on", (_, teams, messages) => {
    const found = compiled({ ...teams, search: "accounts: [prod], functions: ['search-*']" });

    expect(diagnosticTexts(found)).toEqual(messages);
    expect(found.desired.tenancy).toEqual({ kind: "closed" });
    expect(found.desired.teams.get("search" as Namespace)).toMatchObject({ kind: "fence" });
    expect(found.desired.teams.get(Object.keys(teams)[0] as Namespace)).toMatchObject({ kind: "broken" });
  });

  test("that names an unknown account or boundary keeps the rest of its fence", () => {
    const { desired, ...found } = compiled({
      orders: "accounts: [prod, produktion], functions: ['orders-*'], boundaries: [platform-defaults]",
    });

    expect(diagnosticTexts({ desired, ...found })).toEqual([
      `${FILE}:4:25 unknown account "produktion" → name an AwsAccount of the platform's folder`,
      `${FILE}:4:76 unknown boundary "platform-defaults", did you mean platform-default? → name a boundary that an AwsAccount lists`,
    ]);
    expect(desired.teams.get("orders" as Namespace)).toMatchObject({
      kind: "fence",
      boundaries: ["platform-defaults"],
    });
  });

  test("with functions of another Team in an account of both is not used, and neither is the other", () => {
    const found = compiled({
      orders: ORDERS,
      ops: "accounts: ['*'], functions: [x, 'orders-api-*']",
      search: "accounts: [staging], functions: ['search-*', 'orders-s']",
    });

    expect(diagnosticTexts(found)).toEqual([
      `${FILE}:4:38 functions orders-* overlap with orders-api-* of Team ops (${FILE}:9:40) in an account of both → narrow one of them; until then neither Team is used, and what was applied stays`,
      `${FILE}:9:40 functions orders-api-* overlap with orders-* of Team orders (${FILE}:4:38) in an account of both → narrow one of them; until then neither Team is used, and what was applied stays`,
    ]);
    expect([...found.desired.teams].map(([name, { kind }]) => `${name} ${kind}`)).toEqual([
      "ops broken",
      "orders broken",
      "search fence",
    ]);
  });

  test("twice is not used", () => {
    const found = compileTexts({ [FILE]: `${teamText("orders", ORDERS)}---\n${teamText("orders", ORDERS)}` });

    expect(diagnosticTexts(found)).toHaveLength(2);
    expect([...found.desired.teams.values()].map(({ kind }) => kind)).toEqual(["broken"]);
  });
});

describe("shares", () => {
  const sharing = (share: string) => ({
    orders: `${ORDERS}, resources: ['orders-*'], shares: [${share}]`,
    payments: "accounts: [prod], functions: ['payments-*']",
  });
  const borrowedBy = (found: ReturnType<typeof compiled>): TeamFence["borrowed"] => {
    const team = found.desired.teams.get("payments" as Namespace);
    return team?.kind === "fence" ? team.borrowed : [];
  };

  test("belong to the fence of the team that may use them", () => {
    const found = compiled(sharing("{with: payments, resources: [orders-events], grants: {sqs: [send]}}"));

    expect(found.diagnostics).toEqual([]);
    expect(borrowedBy(found)).toMatchObject([
      { from: "orders", resources: [{ kind: "name", text: "orders-events" }], grants: { sqs: ["send"] } },
    ]);
  });

  test.each([
    [
      "{with: paymnts, resources: [orders-x]}",
      `${FILE}:4:92 unknown Team "paymnts", did you mean payments? → name a Team, or declare one`,
    ],
    [
      "{with: orders, resources: [orders-x]}",
      `${FILE}:4:92 Team orders shares with itself → name another Team`,
    ],
    [
      "{with: payments, resources: [payments-x]}",
      `${FILE}:4:114 payments-x is not a resource of Team orders, which can share only its own → name a part of its spec.resources, or add the resource there`,
    ],
  ])("%s are refused, and the Team goes on without them", (share, message) => {
    const found = compiled(sharing(share));

    expect(diagnosticTexts(found)).toEqual([message]);
    expect(borrowedBy(found).flatMap(({ resources }) => resources)).toEqual([]);
    expect(found.desired.teams.get("orders" as Namespace)).toMatchObject({ kind: "fence" });
  });

  test("of a Team that is not used are not used", () => {
    const teams = sharing("{with: payments, resources: [orders-events]}");
    const found = compiled({ ...teams, ops: ORDERS });

    expect(borrowedBy(found)).toEqual([]);
  });

  test("with an unknown Team are reported also if the Team is not used", () => {
    const found = compiled({ ...sharing("{with: paymnts, resources: [orders-x]}"), ops: ORDERS });

    expect(
      found.diagnostics.map(({ code, related = [] }) => [code, related.map(({ label }) => label)]),
    ).toEqual([
      ["team-overlap", ["Team ops"]],
      ["share", []],
      ["team-overlap", ["Team orders"]],
    ]);
  });
});

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

test("a Team changes nothing in what a manifest compiles to", () => {
  const files = { "teams/orders/a.yaml": functionText("a") };
  const [without] = compileTexts(files).desired.bindings.values();
  const [within] = compileTexts({ ...files, [FILE]: teamText("orders", ORDERS) }).desired.bindings.values();

  expect(within).toEqual(without);
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
