import { expect, test } from "@jest/globals";
import { readShippedPolicies } from "../../../src/aws/action-data/shipped-policies.ts";

const shipped = await readShippedPolicies();

test("the snapshot contains its date", () => {
  expect(shipped.snapshotDate).toBe("2026-08-26");
});

test("a document is the policy's own, as AWS publishes it", () => {
  expect(JSON.parse(shipped.textOf("arn:aws:iam::aws:policy/AdministratorAccess") ?? "")).toEqual({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  });
});

test.each([
  { arn: "arn:aws:iam::aws:policy/NotWrittenYet", because: "AWS has no policy with that name" },
  { arn: "arn:aws:iam::aws:policy/aws-service-role/AWSLambdaReplicator", because: "no one can attach it" },
  { arn: "arn:aws:iam::111122223333:policy/AdministratorAccess", because: "it is a customer managed policy" },
])("$arn is unknown: $because", ({ arn }) => {
  expect(shipped.textOf(arn)).toBeUndefined();
});

test("in another partition its resources belong to that partition", () => {
  const text = shipped.textOf("arn:aws-cn:iam::aws:policy/AWSLambdaExecute") ?? "";

  expect(text).toContain("arn:aws-cn:s3:::*");
  expect(text).not.toContain("arn:aws:");
});

test.each([
  { written: "AdministratorAcces", meant: "AdministratorAccess" },
  { written: "AWSLambdaRole", meant: "service-role/AWSLambdaRole" },
  { written: "SomethingOfOurOwn", meant: undefined },
])("$written is read as $meant", ({ written, meant }) => {
  expect(shipped.nearestTo(`arn:aws:iam::aws:policy/${written}`)).toBe(
    meant === undefined ? undefined : `arn:aws:iam::aws:policy/${meant}`,
  );
});
