import { describe, expect, test } from "@jest/globals";
import { GRANT_ENTRIES } from "../../../../../src/manifest/grants/catalogue.ts";
import type { Namespace } from "../../../../../src/model/aws/ids.ts";
import { compileTexts, diagnosticTexts } from "../../../../support/manifests.ts";
import { FILE, teamText, compiled, ORDERS } from "./team-texts.ts";

const GRANTS = GRANT_ENTRIES.map(({ grant }) => grant);

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
    [
      "no function",
      { orders: "accounts: [prod]" },
      [`${FILE}:4:7 spec.functions is required → write functions: [TEXT]`],
    ],
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
        `${FILE}:4:60 unknown field "sqss" in spec.grants → did you mean "sqs"? Valid fields: ${GRANTS.toSorted().join(", ")}`,
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

  test("that is declared twice is not used", () => {
    const found = compileTexts({ [FILE]: `${teamText("orders", ORDERS)}---\n${teamText("orders", ORDERS)}` });

    expect(diagnosticTexts(found)).toHaveLength(2);
    expect([...found.desired.teams.values()].map(({ kind }) => kind)).toEqual(["broken"]);
  });
});
