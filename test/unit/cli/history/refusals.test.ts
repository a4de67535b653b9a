import { describe, expect, test } from "@jest/globals";
import { historyRows } from "../../../../src/wording/history/history-rows.ts";
import { CONTEXT, event, KEY, TARGET } from "./events.ts";

describe("a refusal in the history", () => {
  test.each([
    {
      because: "names each rule once",
      recorded: { rules: ["OWN-001", "RES-001"], reason: "RES-001, OWN-001: no owner", counted: [] },
      shown: "RES-001, OWN-001: no owner",
    },
    {
      because: "names the rules that its reason only counts",
      recorded: { rules: ["A", "B", "C", "D"], reason: "A, B, C and 1 more: no owner", counted: ["D"] },
      shown: "A, B, C and 1 more: no owner (other rules: D)",
    },
    {
      because: "recorded by 0.1 has its only rule in the reason",
      recorded: { rules: ["OWN-001"], reason: "OWN-001: no owner (and 1 more)" },
      shown: "OWN-001: no owner (and 1 more)",
    },
    {
      because: "recorded by 0.1 has the first of several rules in the reason, and names all",
      recorded: { rules: ["OWN-001", "RES-001"], reason: "RES-001: no owner (and 1 more)" },
      shown: "RES-001: no owner (and 1 more) (rules: OWN-001, RES-001)",
    },
  ])("$because", ({ recorded, shown }) => {
    const rows = historyRows([event(9, "plan-refused", { key: KEY, ...recorded })], CONTEXT);

    expect(rows).toMatchObject([{ kind: "refused", message: `${TARGET}: ${shown}` }]);
  });
  test.each([
    { status: 401, kind: "denied" },
    { status: 403, kind: "denied" },
    { status: 404, kind: "refused" },
    { status: 409, kind: "refused" },
    { status: 400, kind: "refused" },
  ])("of a request with $status is $kind: only access is denied", ({ status, kind }) => {
    const request = { actor: "ops", method: "POST", path: "/v1/approvals", status, reason: "why" };

    expect(historyRows([event(9, "request-refused", request)], CONTEXT)).toMatchObject([{ kind }]);
  });
});
