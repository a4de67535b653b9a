import { NoSuchEntityException } from "@aws-sdk/client-iam";
import { describe, expect, test } from "@jest/globals";
import { abandoned, classify, incompleteAnswer, isThrottle } from "../../../src/aws/errors/classify.ts";
import { write, add, read, answer, kindOf } from "./call-sites.ts";

/** An error as the SDK throws it when there was no answer. */
function noAnswer(code: string): Error {
  return Object.assign(new Error(`connect ${code} 127.0.0.1:1`), { code });
}

describe("the class of an error answer", () => {
  test.each([
    { name: "Throttling", status: 400 },
    { name: "ThrottlingException", status: 400 },
    { name: "TooManyRequestsException", status: 429 },
    { name: "RequestLimitExceeded", status: 400 },
    { name: "ServiceFailureException", status: 500 },
    { name: "ServiceException", status: 500 },
    { name: "InternalFailure", status: 500 },
    { name: "ServiceUnavailable", status: 503 },
    { name: "UnknownCode", status: 502 },
    { name: "UnknownCode", status: 429 },
    { name: "IDPCommunicationError", status: 400 },
  ])("$name $status means slower", ({ name, status }) => {
    expect(kindOf(answer(name, status))).toEqual({ kind: "throttled" });
  });

  test.each([
    { name: "PreconditionFailedException", status: 412 },
    { name: "EntityAlreadyExistsException", status: 409 },
    { name: "EntityAlreadyExists", status: 409 },
    { name: "NoSuchEntityException", status: 404 },
    { name: "NoSuchEntity", status: 404 },
    { name: "ResourceNotFoundException", status: 404 },
    { name: "DeleteConflictException", status: 409 },
  ])("$name means a new read and plan", ({ name, status }) => {
    expect(kindOf(answer(name, status))).toEqual({ kind: "replan" });
  });

  test.each([
    { name: "LimitExceededException", status: 409 },
    { name: "LimitExceeded", status: 409 },
    { name: "PolicyLengthExceededException", status: 400 },
    { name: "MalformedPolicyDocumentException", status: 400 },
    { name: "InvalidInputException", status: 400 },
    { name: "ValidationError", status: 400 },
    { name: "ValidationException", status: 400 },
    { name: "InvalidParameterValueException", status: 400 },
    { name: "PolicyNotAttachableException", status: 400 },
    { name: "UnmodifiableEntityException", status: 400 },
    { name: "PublicPolicyException", status: 400 },
    { name: "InvalidCodeSignatureException", status: 400 },
    { name: "UnknownCode", status: 400 },
  ])("$name is not repeated until the input changes", ({ name, status }) => {
    expect(kindOf(answer(name, status))).toEqual({ kind: "terminal" });
  });

  test.each([
    {
      name: "ConcurrentModificationException",
      status: 409,
      message: "Request was not allowed",
      deadlineMs: 60_000,
    },
    {
      name: "ResourceConflictException",
      status: 409,
      message: "The operation cannot be performed at this time. An update is in progress for resource: f",
      deadlineMs: 60_000,
    },
    {
      name: "ResourceConflictException",
      status: 409,
      message: "The function could not be updated due to a concurrent update operation.",
      deadlineMs: 60_000,
    },
    {
      name: "MalformedPolicyDocumentException",
      status: 400,
      message: 'Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/new"',
      deadlineMs: 120_000,
    },
    {
      name: "InvalidParameterValueException",
      status: 400,
      message: "The role defined for the function cannot be assumed by Lambda.",
      deadlineMs: 300_000,
    },
    {
      name: "InvalidParameterValueException",
      status: 400,
      message: "The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
      deadlineMs: 300_000,
    },
    {
      name: "InvalidParameterValueException",
      status: 400,
      message: "KMS key is invalid for CreateGrant",
      deadlineMs: 300_000,
    },
    {
      name: "InvalidParameterValueException",
      status: 400,
      message: "Your request has been throttled by EC2",
      deadlineMs: 300_000,
    },
    {
      name: "InvalidParameterValueException",
      status: 400,
      message: "The provided principal was invalid. Please check the principal and try again.",
      deadlineMs: 120_000,
    },
    {
      name: "EntityTemporarilyUnmodifiableException",
      status: 409,
      message: "The role is being deleted.",
      deadlineMs: 60_000,
    },
  ])("$message is repeated until a deadline", ({ name, status, message, deadlineMs }) => {
    expect(kindOf(answer(name, status, message), add)).toEqual({ kind: "retry", deadlineMs });
  });

  test("an existing statement id is not a temporary conflict", () => {
    const message = "The statement id (gk_a_b_c) provided already exists. Please provide a new statement id";

    expect(kindOf(answer("ResourceConflictException", 409, message), add)).toEqual({ kind: "replan" });
  });

  test("the SDK's own classes are known by their names", () => {
    const cause = new NoSuchEntityException({ message: "gone", $metadata: { httpStatusCode: 404 } });

    expect(classify(cause, read).facts).toMatchObject({ code: "NoSuchEntity", message: "gone", lost: false });
  });
});

describe("without an answer", () => {
  test.each([
    { cause: noAnswer("ECONNRESET"), lost: true, because: "the connection may have ended after the effect" },
    {
      cause: noAnswer("EPIPE"),
      lost: true,
      because: "the connection may have ended after the effect, as above",
    },
    { cause: noAnswer("ECONNREFUSED"), lost: false, because: "no server listened" },
    { cause: noAnswer("ENOTFOUND"), lost: false, because: "there is no such host" },
    {
      cause: Object.assign(new Error("no answer within 10 ms"), { name: "TimeoutError" }),
      lost: true,
      because: "the server may have been processing it",
    },
  ])("a write is lost: $lost, since $because", ({ cause, lost }) => {
    expect(classify(cause, write).facts).toMatchObject({ disposition: { kind: "throttled" }, lost });
    expect(classify(cause, read).facts.lost).toBe(false);
  });

  test("an error for an unreadable answer does not contain its content", () => {
    const cause = Object.assign(new SyntaxError('Unexpected token in "PASSWORD":"hunter2"'), {
      $metadata: { httpStatusCode: 200, requestId: "r-1" },
      $responseBodyText: '{"Environment":{"PASSWORD":"hunter2"',
    });

    const error = classify(cause, { ...add, call: "lambda:UpdateFunctionConfiguration", identity: "binder" });

    expect(error.facts).toMatchObject({ code: "UnreadableAnswer", lost: true, requestId: "r-1" });
    expect(`${error.message} ${JSON.stringify(error.facts)} ${String(error.cause)}`).not.toContain("hunter2");
  });

  test("an aborted request leaves the effect of a write open", () => {
    for (const name of ["RequestTimeout", "RequestAbortedException"]) {
      expect(classify(answer(name, 408), write).facts).toMatchObject({
        disposition: { kind: "throttled" },
        lost: true,
      });
    }
  });

  test("a server error leaves the effect of a write open, and does not matter for a read", () => {
    expect(classify(answer("ServiceFailureException", 500), write).facts.lost).toBe(true);
    expect(classify(answer("ServiceFailureException", 500), read).facts.lost).toBe(false);
  });

  test("a classified error is not classified again", () => {
    const error = abandoned(write);

    expect(classify(error, read)).toBe(error);
    expect(error.facts).toMatchObject({
      call: "iam:PutRolePolicy role/x",
      action: "iam:PutRolePolicy",
      lost: true,
    });
    expect(incompleteAnswer("iam:GetRole role/x", "Role").facts.disposition).toEqual({ kind: "throttled" });
  });
});

test("only throttling by AWS lowers the request rate", () => {
  expect(isThrottle(answer("Throttling", 400))).toBe(true);
  expect(isThrottle(answer("TooManyRequestsException", 429))).toBe(true);
  expect(isThrottle(answer("ServiceFailureException", 500))).toBe(false);
  expect(isThrottle(answer("LimitExceededException", 409))).toBe(false);
  expect(isThrottle(noAnswer("ECONNRESET"))).toBe(false);
});
