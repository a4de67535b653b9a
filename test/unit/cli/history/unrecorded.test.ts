import { expect, test } from "@jest/globals";
import { historyRows } from "../../../../src/wording/history/history-rows.ts";
import type { Json } from "../../../../src/model/values/json.ts";
import { UNRECORDED_WRITE } from "../../../support/trail/own-role-events.ts";
import { CONTEXT, event, KEY } from "./events.ts";

test("the event of a call whose answer was lost names the entry of the call", () => {
  const facts = { intent: 7, key: KEY, eventId: "e1", requestId: "r1" };

  const [row] = historyRows([event(9, "lost-answer-found", facts)], CONTEXT);

  expect(row).toMatchObject({
    kind: "answer found",
    by: "Grantkeeper",
    message:
      "orders/orders-api@prod/eu-west-1: CloudTrail shows the call of entry 7, whose answer was lost: event e1",
  });
});

test("writes that are not in the record are one row, with each call and its caller below", () => {
  const writes = [UNRECORDED_WRITE as unknown as Json, { call: "of another version" }];

  const [row] = historyRows(
    [event(9, "unrecorded-writes", { account: "prod", writes, omitted: 2 })],
    CONTEXT,
  );

  expect(row).toMatchObject({
    kind: "unrecorded",
    by: "-",
    message: "prod: 3 writes by roles of Grantkeeper are not in its record",
    below:
      "iam:AttachRolePolicy on role/orders-api at 2026-11-25T10:32:07.000Z (event e1, us-east-1) by gk-7 via writer from 203.0.113.7, access key ASIAEXAMPLE0000000007",
  });
});
