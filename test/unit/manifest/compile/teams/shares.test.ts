import { describe, expect, test } from "@jest/globals";
import type { Namespace } from "../../../../../src/model/aws/ids.ts";
import type { TeamFence } from "../../../../../src/model/rules/team.ts";
import { diagnosticTexts } from "../../../../support/manifests.ts";
import { FILE, compiled, ORDERS } from "./team-texts.ts";

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
