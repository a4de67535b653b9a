import { expect, test } from "@jest/globals";
import { functionOf, isAbout } from "../../../src/explain/why/find-function.ts";
import { functionArn } from "../../../src/model/aws/arn.ts";
import type { Region } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { NOTHING_REPORTED, type ReportedDenial } from "../../../src/model/denials/reported-denial.ts";
import { binding } from "../../support/pass/bindings.ts";

const session = (role: string, name: string, account = "111122223333"): string =>
  `arn:aws:sts::${account}:assumed-role/${role}/${name}`;

const HERE = binding({ name: "orders-here" });
const US = "us-east-1" as Region;
const THERE = binding(
  { name: "orders-there" },
  {
    key: "function/111122223333/us-east-1/orders/orders-api" as Key,
    region: US,
    functionArn: functionArn({ ...HERE, region: US }, "orders-api", null),
  },
);
const BINDINGS = [HERE, THERE];
const denial = (change: Partial<ReportedDenial>): ReportedDenial => ({ ...NOTHING_REPORTED, ...change });

test.each<{ readonly because: string; readonly reported: Partial<ReportedDenial>; readonly found: string }>([
  {
    because: "the role made the request, in any case",
    reported: { caller: session("ORDERS-THERE", "x") },
    found: "us-east-1",
  },
  {
    because: "an event names the role with its path",
    reported: {
      caller: "arn:aws:sts::111122223333:assumed-role",
      role: "arn:aws:iam::111122223333:role/grantkeeper/orders-there",
    },
    found: "us-east-1",
  },
  {
    because: "the event's region distinguishes two functions of one name",
    reported: { caller: session("old-role", "orders-api"), region: "us-east-1" },
    found: "us-east-1",
  },
  {
    because: "the resource's region distinguishes two functions of one name",
    reported: {
      caller: session("old-role", "orders-api"),
      resource: "arn:aws:sqs:eu-west-1:111122223333:returns",
    },
    found: "eu-west-1",
  },
])("the function is found: $because", ({ reported, found }) => {
  expect(functionOf(denial(reported), BINDINGS)).toMatchObject({ kind: "ok", value: { region: found } });
});

test.each<{ readonly reported: Partial<ReportedDenial>; readonly message: string; readonly fix?: string }>([
  { reported: {}, message: "the message does not name the caller" },
  {
    reported: { operation: "GetObject" },
    message: "the refusal of GetObject does not name the caller",
  },
  {
    reported: { caller: "arn:aws:iam::111122223333:user/dana" },
    message: "arn:aws:iam::111122223333:user/dana is not a session of a function's role",
  },
  {
    reported: { caller: session("old-role", "billing") },
    message: "no manifest declares role old-role of account 111122223333 or a function billing there",
  },
  {
    reported: { caller: "arn:aws:iam::111122223333:role/old-role" },
    message: "no manifest declares role old-role of account 111122223333 or a function of that name there",
  },
  {
    reported: { caller: session("old-role", "orders-api", "999999999999") },
    message: "no manifest declares role old-role of account 999999999999 or a function orders-api there",
  },
  {
    reported: { caller: session("old-role", "orders-api") },
    message:
      "role old-role of account 111122223333 is not declared in Git, and 2 functions are called orders-api: orders/orders-api@prod/eu-west-1, orders/orders-api@prod/us-east-1",
    fix: "name the function: grantkeeper why orders/orders-api@prod/eu-west-1 -",
  },
])(
  "no function is guessed: $message",
  ({ reported, message, fix = "name the function: grantkeeper why NAMESPACE/NAME@ACCOUNT/REGION -" }) => {
    expect(functionOf(denial(reported), BINDINGS)).toEqual({ kind: "err", error: { message, fix } });
  },
);

test.each<{ readonly reported: Partial<ReportedDenial>; readonly isIt: boolean; readonly because: string }>([
  { reported: { caller: session("orders-here", "x") }, isIt: true, because: "its role made the request" },
  { reported: { caller: session("old", "orders-api") }, isIt: true, because: "its session has its name" },
  { reported: {}, isIt: true, because: "the message does not name the caller" },
  { reported: { caller: session("old", "billing") }, isIt: false, because: "another session made it" },
  {
    reported: { caller: session("orders-here", "orders-api", "999999999999") },
    isIt: false,
    because: "another account made it",
  },
  { reported: { caller: "arn:aws:iam::111122223333:user/dana" }, isIt: false, because: "a user made it" },
])("whether a message is about the function is $isIt: $because", ({ reported, isIt }) => {
  expect(isAbout(denial(reported), HERE)).toBe(isIt);
});
