import { readDocumentName } from "../../../../src/iam/row-text.ts";
import { describe, expect, test } from "@jest/globals";
import { grantOfRow, shortArn } from "../../../../src/plan/render/words.ts";
import { ORIGIN } from "../../../support/pass/bindings.ts";
import { row } from "./views.ts";
import { netDelta } from "../../../../src/model/delta.ts";

describe("names in texts", () => {
  test.each([
    ["arn:aws:dynamodb:eu-west-1:111122223333:table/orders", "table/orders"],
    ["arn:aws:lambda:eu-west-1:111122223333:function:orders-api:live", "function/orders-api:live"],
    ["arn:aws:s3:::uploads", "uploads"],
    ["arn:aws:sqs:eu-west-1:111122223333:dlq", "queue/dlq"],
    ["arn:aws:iam::111122223333:role/grantkeeper/x", "role/grantkeeper/x"],
    ["arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/x", "/aws/lambda/x"],
    ["arn:aws:logs:eu-west-1:111122223333:log-group:x", "log-group/x"],
    ["arn:x", "arn:x"],
    ["*", "*"],
    ["arn:aws:s3", "arn:aws:s3"],
    ["arn:*", "arn:*"],
  ])("%s is %s", (arn, short) => {
    expect(shortArn(arn)).toBe(short);
  });

  test.each([
    ["DynamodbRead0a1b2c3d", "dynamodb read"],
    ["S3ReadVersions0a1b2c3d", "s3 readVersions"],
    ["DynamodbRead0a1b2c3d2", "dynamodb read"],
    ["StatementAllow0a1b2c3d", null],
    ["ActionsDynamodb0a1b2c3d", null],
    ["made-by-sam", null],
    [null, null],
  ])(
    "the Sid %s of a declared statement is %s, and of one that Git does not declare no grant",
    (sid, grant) => {
      expect(grantOfRow({ sid, from: readDocumentName("inline grantkeeper"), origin: ORIGIN })).toBe(grant);
      expect(grantOfRow({ sid, from: readDocumentName("inline grantkeeper"), origin: null })).toBeNull();
      expect(grantOfRow({ sid, from: readDocumentName("inline hotfix"), origin: ORIGIN })).toBeNull();
    },
  );
});

describe("two successive changes", () => {
  test("cancel out if one grants what the other revokes", () => {
    const given = { allowed: [row()], noLongerAllowed: [row({ action: "s3:a" })], unknownEffect: [] };
    const used = {
      allowed: [row({ action: "S3:A" })],
      noLongerAllowed: [row({ from: "elsewhere" }), row({ action: "s3:b" })],
      unknownEffect: [],
    };

    expect(netDelta([given, used])).toEqual({
      allowed: [],
      noLongerAllowed: [row({ action: "s3:b" })],
      unknownEffect: [],
    });
  });
});
