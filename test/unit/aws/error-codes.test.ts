import * as iam from "@aws-sdk/client-iam";
import * as sqs from "@aws-sdk/client-sqs";
import * as lambda from "@aws-sdk/client-lambda";
import * as sts from "@aws-sdk/client-sts";
import { describe, expect, test } from "@jest/globals";
import { classify, secondTry } from "../../../src/aws/errors/classify.ts";
import type { CallSite } from "../../../src/aws/calls/calls.ts";
import { classOf, codeOf, type ErrorClass } from "../../../src/model/aws/errors/error-codes.ts";

/**
 * The errors that every service may answer, as the pages "Common Errors" of IAM, Lambda and STS list them, and those
 * that AWS is known to answer although no model declares them.
 */
const COMMON: Readonly<Record<string, ErrorClass>> = {
  AccessDeniedException: "denied",
  AccessDenied: "denied",
  ExpiredToken: "session",
  ExpiredTokenException: "session",
  IncompleteSignature: "session",
  InternalFailure: "throttled",
  InvalidAction: "rejected",
  InvalidClientTokenId: "session",
  InvalidParameterCombination: "rejected",
  InvalidParameterValue: "rejected",
  InvalidQueryParameter: "rejected",
  InvalidSignatureException: "session",
  MalformedHttpRequestException: "rejected",
  MalformedQueryString: "rejected",
  MissingAction: "rejected",
  MissingAuthenticationToken: "session",
  MissingParameter: "rejected",
  NotAuthorized: "denied",
  OptInRequired: "region-off",
  RequestAbortedException: "throttled",
  RequestEntityTooLargeException: "rejected",
  RequestExpired: "clock",
  RequestInTheFuture: "clock",
  RequestTimeTooSkewed: "clock",
  RequestTimeoutException: "throttled",
  SerializationException: "rejected",
  ServiceUnavailable: "throttled",
  SignatureDoesNotMatch: "session",
  Throttling: "throttled",
  ThrottlingException: "throttled",
  UnknownOperationException: "rejected",
  UnrecognizedClientException: "session",
  ValidationError: "rejected",
  ValidationException: "rejected",
};

const site: CallSite = {
  call: "iam:PutRolePolicy",
  identity: "writer",
  accountId: "111122223333",
  region: null,
  object: "role/x",
};

function refused(name: string, message = "no") {
  const $metadata = { httpStatusCode: 403, requestId: "r-1" };
  return classify(Object.assign(new Error(message), { name, $fault: "client", $metadata }), site);
}

describe("the class of an error code", () => {
  test.each([
    { service: "iam", models: iam, base: iam.IAMServiceException, least: 30 },
    { service: "lambda", models: lambda, base: lambda.LambdaServiceException, least: 50 },
    { service: "sqs", models: sqs, base: sqs.SQSServiceException, least: 25 },
    { service: "sts", models: sts, base: sts.STSServiceException, least: 14 },
  ])("is chosen for every error of the SDK's model of $service", ({ models, base, least }) => {
    const names = Object.values(models).flatMap((each: unknown) =>
      typeof each === "function" && each.prototype instanceof base ? [each.name] : [],
    );

    expect(names.length).toBeGreaterThan(least);
    expect(names.filter((name) => classOf(codeOf(name), "") === undefined)).toEqual([]);
  });

  test.each(Object.entries(COMMON))("of the common error %s is %s", (name, is) => {
    expect(classOf(codeOf(name), "no")).toBe(is);
  });

  test.each([
    { code: "SignatureDoesNotMatch", message: "Signature expired: 20261127T100000Z is now earlier than" },
    { code: "InvalidSignature", message: "Signature not yet current: 20261127T100000Z is still later than" },
  ])("of $code is clock where the message is about time", ({ code, message }) => {
    expect(classOf(code, message)).toBe("clock");
  });
});

describe("a second try of a refused call", () => {
  test.each([
    { name: "ExpiredToken", again: "new-session" },
    { name: "InvalidClientTokenId", again: "new-session" },
    { name: "UnrecognizedClientException", again: "new-session" },
    { name: "SignatureDoesNotMatch", again: "new-session" },
    { name: "RequestTimeTooSkewed", again: "same-session" },
    { name: "AccessDenied", again: null },
    { name: "OptInRequired", again: null },
    { name: "LimitExceeded", again: null },
    { name: "NobodyKnowsThis", again: null },
  ])("is $again after $name", ({ name, again }) => {
    expect(secondTry(refused(name))).toBe(again);
  });
});
