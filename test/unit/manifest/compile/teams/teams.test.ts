import { describe, expect, test } from "@jest/globals";
import type { Namespace } from "../../../../../src/model/aws/ids.ts";
import { compileTexts, diagnosticTexts, functionText } from "../../../../support/manifests.ts";
import type { Compilation } from "../../../../../src/manifest/compile/compile.ts";
import { FILE, teamText, STAGING, compiled, ORDERS } from "./team-texts.ts";

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

test("a Team changes nothing in what a manifest compiles to", () => {
  const files = { "teams/orders/a.yaml": functionText("a") };
  const [without] = compileTexts(files).desired.bindings.values();
  const [within] = compileTexts({ ...files, [FILE]: teamText("orders", ORDERS) }).desired.bindings.values();

  expect(within).toEqual(without);
});
