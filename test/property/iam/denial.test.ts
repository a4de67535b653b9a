import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { denialMessages } from "../../../src/iam/denial/message.ts";
import { readDenials } from "../../../src/iam/denial/read-denials.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";

const CALLER = "arn:aws:sts::111122223333:assumed-role/r/f";
const piece = fc.constantFrom(
  "User: ",
  CALLER,
  " is not authorized to perform: ",
  "s3:GetObject",
  " on resource: ",
  '"arn:aws:s3:::b/k"',
  " because no identity-based policy allows the s3:GetObject action",
  " with an explicit deny in a service control policy",
  "Encoded authorization failure message: ABCDEFGHIJKLMNOPQRSTU",
  '{"eventSource":"s3.amazonaws.com","eventName":"GetObject","errorCode":"AccessDenied"}',
  "\n",
  '\\"',
);

test(
  "any pasted text is read without an error and with the same result twice",
  () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 400 }),
      fc
        .array(fc.oneof(piece, fc.string({ maxLength: 20 })), { maxLength: 20 })
        .map((parts) => parts.join("")),
    );

    fc.assert(
      fc.property(text, (pasted) => {
        expect(readDenials(pasted)).toEqual(readDenials(pasted));
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);

test(
  "any value in the fields of an event is read without an error",
  () => {
    const names = [
      "userIdentity",
      "sessionContext",
      "sessionIssuer",
      "arn",
      "requestParameters",
      "resources",
      "errorMessage",
      "awsRegion",
      "recipientAccountId",
      "Records",
      "Events",
      "detail",
      "CloudTrailEvent",
      "DecodedMessage",
      "allowed",
      "context",
      "conditions",
      "items",
      "bucketName",
      "queueUrl",
      "__proto__",
      "constructor",
    ];
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.constantFrom(null, true, 0, "", "x", CALLER, "https://sqs.a.b/1/q"),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 5 }),
      ),
    }));
    const event = fc.dictionary(fc.constantFrom(...names), value).map((fields) => ({
      ...fields,
      eventSource: "s3.amazonaws.com",
      eventName: "GetObject",
      errorCode: "AccessDenied",
    }));

    fc.assert(
      fc.property(fc.oneof(event, value), (pasted) => {
        expect(Array.isArray(readDenials(JSON.stringify(pasted)))).toBe(true);
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);

test(
  "a message is found with any text before and after it and any line ends",
  () => {
    const around = fc.string({ maxLength: 60 }).filter((text) => !text.includes('"') && !text.includes("\\"));
    const blank = fc.constantFrom(" ", "\n", "\r\n  ", "\t");

    fc.assert(
      fc.property(around, around, blank, (before, after, space) => {
        const message = `User: ${CALLER} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b/k" because no identity-based policy allows the s3:GetObject action`;

        expect(denialMessages(`${before} ${message.replaceAll(" ", space)} ${after}`)).toContainEqual(
          expect.objectContaining({
            caller: CALLER,
            action: "s3:GetObject",
            resource: "arn:aws:s3:::b/k",
            how: "implicit",
          }),
        );
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);
