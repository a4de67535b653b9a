import { describe, expect, test } from "@jest/globals";
import { DeniedPlaces } from "../../../../src/explain/denials/denied-places.ts";
import { requestRisks, risksText, rowRisksOf } from "../../../../src/explain/denials/request-risks.ts";
import { ResourceOwners } from "../../../../src/explain/denials/resource-owners.ts";
import type { ProposedLines } from "../../../../src/model/answers/why.ts";
import type { Desired, DesiredBinding } from "../../../../src/model/desired.ts";
import { targetText } from "../../../../src/model/keys/key.ts";
import { BINDING } from "../../../support/pass/passes.ts";
import { reported } from "./calls.ts";

const NOTHING_ELSE = { otherOwner: () => null, isDeniedIn: () => false };

function kindsOf(action: string, change: Partial<ProposedLines> = {}): readonly string[] {
  const lines = { grant: null, verb: null, access: { permissions: 1, risks: [] }, also: [], ...change };
  const asked = { action, resource: "arn:aws:x:eu-west-1:111122223333:exact" };
  return requestRisks(asked, lines as unknown as ProposedLines, NOTHING_ELSE).map(({ kind }) => kind);
}

test.each([
  ["secretsmanager:GetSecretValue", ["credential"]],
  ["secretsmanager:BatchGetSecretValue", ["credential"]],
  ["ssm:GetParametersByPath", ["credential"]],
  ["kms:Decrypt", ["credential"]],
  ["kms:ReEncryptFrom", ["credential"]],
  ["rds-db:connect", ["credential"]],
  ["sts:AssumeRole", ["credential"]],
  ["s3:GetObject", ["exfiltration"]],
  ["SQS:purgequeue", ["tamper"]],
  ["kms:ScheduleKeyDeletion", ["tamper"]],
  ["dynamodb:BatchWriteItem", ["tamper"]],
  ["dynamodb:PartiQLDelete", ["tamper"]],
  ["sqs:SendMessage", []],
  ["kms:Encrypt", []],
])("%s on a resource that the caller chose has the risks %j", (action, kinds) => {
  expect(kindsOf(action)).toEqual(kinds);
});

test("what else the verb of a grant allows is a risk too", () => {
  expect(kindsOf("sqs:ReceiveMessage", { grant: "sqs", verb: "consume" })).toEqual(["tamper"]);
  expect(kindsOf("sqs:SendMessage", { grant: "sqs", verb: "send" })).toEqual([]);
  expect(kindsOf("sqs:SendMessage", { grant: "no such grant", verb: "send" })).toEqual([]);
});

test("the risks that review finds are kept, each once", () => {
  const access: ProposedLines["access"] = { permissions: 2, risks: ["escalation", "tamper", "none"] };

  expect(kindsOf("sqs:PurgeQueue", { access })).toEqual(["tamper", "escalation"]);
});

test("other namespaces and targets are named, and are no word of review", () => {
  const lines = { grant: null, verb: null, access: { permissions: 1, risks: [] }, also: ["a", "b"] };
  const risks = requestRisks(
    { action: "sqs:PurgeQueue", resource: "arn:x" },
    lines as unknown as ProposedLines,
    { otherOwner: (name) => `${name} is theirs`, isDeniedIn: (target) => target === "a" },
  );

  expect(risksText(risks)).toBe(
    "tamper: sqs:PurgeQueue changes or deletes; arn:x is theirs; b would get it too, where it was not denied",
  );
  expect(rowRisksOf(risks)).toEqual(["tamper"]);
});

const OWN = BINDING.namespace;
const at = (service: string, resource: string): string =>
  `arn:aws:${service}:eu-west-1:444455556666:${resource}`;

function bindingOf(
  namespace: string,
  resources: string | readonly string[],
  sources: readonly string[] = [],
) {
  const statement = (Effect: string) => ({ statement: { Effect, Action: "x:y", Resource: resources } });
  return {
    ...BINDING,
    key: BINDING.key.replace(`/${OWN}/`, `/${namespace}/`),
    namespace,
    functionArn: `arn:aws:lambda:eu-west-1:111122223333:function:${namespace}-f`,
    role: {
      ...BINDING.role,
      inline: { statements: [statement("Allow"), { statement: { Effect: "Deny" } }] },
    },
    callers: [{ input: {} }, ...sources.map((SourceArn) => ({ input: { SourceArn } }))],
  } as unknown as DesiredBinding;
}

describe("the owner of a resource", () => {
  const bindings = [
    bindingOf(OWN, ["arn:aws:s3:::shared/own/*", "arn:aws:sqs:eu-west-1:444455556666:both"]),
    bindingOf(
      "payments",
      ["arn:aws:s3:::shared/theirs/*", at("sqs", "both"), at("dynamodb", "table/ledger"), "*"],
      [at("sns", "paid")],
    ),
  ];
  const owners = new ResourceOwners({
    bindings: new Map(bindings.map((one) => [one.key, one])),
    teams: new Map([["order-items", {}]]),
  } as unknown as Desired);

  test.each([
    { because: "its function", resource: "arn:aws:lambda:eu-west-1:1:function:payments-f:live" },
    { because: "a bucket of which each names a part", resource: "arn:aws:s3:::shared/theirs/1" },
    {
      because: "its table in another account",
      resource: "arn:aws:dynamodb:eu-west-1:1:table/ledger/index/i",
    },
    { because: "what calls it", resource: at("sns", "paid") },
  ])("is the namespace that names it: $because", ({ resource }) => {
    expect(owners.otherOwner(OWN, resource)).toBe(
      `${targetText(bindings[1] as DesiredBinding)} names the resource, and no manifest of ${OWN} does`,
    );
  });

  test.each([
    { resource: at("secretsmanager", "secret:payments/db-??????"), owner: "payments" },
    { resource: at("dynamodb", "table/Acme-Payments-prod"), owner: "payments" },
    { resource: at("sqs", "order_items"), owner: "order-items" },
  ])("is the namespace $owner by the name of $resource", ({ resource, owner }) => {
    expect(owners.otherOwner(OWN, resource)).toBe(`its name has the name of the namespace ${owner}`);
  });

  test.each([
    "*",
    "arn:aws:s3:::shared/own/1",
    at("sqs", "both"),
    at("sqs", "repayments"),
    at("sqs", "free"),
  ])("is not another one of %s", (resource) => {
    expect(owners.otherOwner(OWN, resource)).toBeNull();
  });
});

test("a request was denied in a target if its action and resource were, in any account and region", () => {
  const requests = [
    reported({ action: "sqs:SendMessage", resource: "arn:aws:sqs:eu-west-1:1:q" }),
    reported({ action: null }),
    reported({ resource: null }),
    reported({ action: "ssm:GetParameter", resource: "/plain" }),
  ].map((one) => ({ reported: one, calls: 1, firstMs: 0, lastMs: 0, hasOtherObjects: false }));
  const { key, account } = BINDING;
  const places = new DeniedPlaces([{ key, account, requests, otherCalls: 0 }]);
  const target = targetText(BINDING);

  expect(places.has(target, { action: "sqs:sendmessage", resource: "arn:aws:sqs:us-east-1:2:q" })).toBe(true);
  expect(places.has(target, { action: "ssm:GetParameter", resource: "/plain" })).toBe(true);
  expect(places.has(target, { action: "sqs:SendMessage", resource: "arn:aws:sqs:eu-west-1:1:r" })).toBe(
    false,
  );
  expect(places.has("another", { action: "sqs:SendMessage", resource: "arn:aws:sqs:eu-west-1:1:q" })).toBe(
    false,
  );
});
