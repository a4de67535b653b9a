import { expect, test } from "@jest/globals";
import {
  failureCause,
  type AccessDenial,
  type AwsErrorFacts,
} from "../../../../src/model/aws/errors/aws-error.ts";
import { awsError } from "../../../support/fakes/fake-aws.ts";

const DENIAL: AccessDenial = {
  action: "sts:AssumeRole",
  deniedBy: "trust policy",
  how: "implicit",
  fix: "allow it",
};
const inProd: Partial<AwsErrorFacts> = { message: "111122223333 may not", requestId: "request-1" };
const inDev: Partial<AwsErrorFacts> = { message: "222233334444 may not", requestId: "request-2" };
const unanswered = (message: string): Partial<AwsErrorFacts> => ({ message, requestId: null });

test.each<{
  readonly because: string;
  readonly one: Partial<AwsErrorFacts>;
  readonly other: Partial<AwsErrorFacts>;
  readonly isSame: boolean;
}>([
  { because: "the ids in a text of AWS are no other cause", one: inProd, other: inDev, isSame: true },
  {
    because: "another code is another cause",
    one: inProd,
    other: { ...inDev, code: "ExpiredToken" },
    isSame: false,
  },
  {
    because: "the same missing permission is the same cause",
    one: { ...inProd, denial: DENIAL },
    other: { ...inDev, denial: { ...DENIAL, fix: "allow it in dev" } },
    isSame: true,
  },
  {
    because: "a boundary is another cause than a trust policy",
    one: { ...inProd, denial: DENIAL },
    other: { ...inDev, denial: { ...DENIAL, deniedBy: "permissions boundary" } },
    isSame: false,
  },
  {
    because: "without an answer of AWS, another text is another cause",
    one: unanswered("ENOTFOUND sts.eu-west-1.amazonaws.com"),
    other: unanswered("ENOTFOUND sts.us-east-1.amazonaws.com"),
    isSame: false,
  },
])("$because", ({ one, other, isSame }) => {
  expect(failureCause(awsError("circuit", one)) === failureCause(awsError("circuit", other))).toBe(isSame);
});
