import { expect, test } from "@jest/globals";
import {
  arnAnywhere,
  bucketOfObject,
  isPolicyArn,
  roleInArn,
  sessionInArn,
} from "../../../src/model/aws/arn.ts";

const at = { partition: "aws", accountId: "111122223333" };

test.each([
  { arn: "arn:aws:iam::111122223333:role/x", role: { ...at, path: "/", name: "x" } },
  { arn: "arn:aws:iam::111122223333:role/a/b/x", role: { ...at, path: "/a/b/", name: "x" } },
  { arn: "arn:aws:iam::111122223333:role/a/*", role: { ...at, path: "/a/", name: "*" } },
  { arn: "arn:aws:iam::111122223333:role/a/", role: null },
  { arn: "arn:aws:iam::111122223333:policy/role/x", role: null },
  { arn: "arn:aws:s3:::bucket/arn:aws:iam::1:role/x", role: null },
  { arn: "arn:aws:sts::111122223333:assumed-role/x/s", role: null },
  { arn: "role/x", role: null },
])("the role in $arn is $role", ({ arn, role }) => {
  expect(roleInArn(arn)).toEqual(role);
});

test.each([
  { arn: "arn:aws:sts::111122223333:assumed-role/x/s", session: { ...at, role: "x", session: "s" } },
  { arn: "arn:aws:sts::111122223333:assumed-role/x", session: null },
  { arn: "arn:aws:sts::111122223333:federated-user/x", session: null },
  { arn: "arn:aws:iam::111122223333:role/x/s", session: null },
  { arn: "", session: null },
])("the session in $arn is $session", ({ arn, session }) => {
  expect(sessionInArn(arn)).toEqual(session);
});

test.each([
  { arn: "arn:aws:s3:::data/a/b", bucket: "arn:aws:s3:::data/" },
  { arn: "arn:aws:s3:::data/", bucket: "arn:aws:s3:::data/" },
  { arn: "arn:aws:s3:::data", bucket: null },
  { arn: "arn:aws:dynamodb:eu-west-1:1:table/x", bucket: null },
])("the bucket of $arn is $bucket", ({ arn, bucket }) => {
  expect(bucketOfObject(arn)).toBe(bucket);
});

test.each([
  { arn: "arn:aws:iam::aws:policy/ReadOnlyAccess", isPolicy: true },
  { arn: "arn:aws:iam::111122223333:role/policy/x", isPolicy: false },
  { arn: "arn:aws:iot:eu-west-1:1:policy/x", isPolicy: false },
])("$arn is of a managed policy: $isPolicy", ({ arn, isPolicy }) => {
  expect(isPolicyArn(arn)).toBe(isPolicy);
});

test.each([
  { text: "111122223333", anywhere: "{account}" },
  { text: "eu-west-1", anywhere: "{region}" },
  {
    text: "arn:aws:sqs:eu-west-1:111122223333:eu-west-1-111122223333",
    anywhere: "arn:aws:sqs:{region}:{account}:{region}-{account}",
  },
  { text: "arn:aws:s3:::logs-111122223333/*", anywhere: "arn:aws:s3:::logs-{account}/*" },
  { text: "arn:aws:sqs:us-east-1:444455556666:q", anywhere: "arn:aws:sqs:us-east-1:444455556666:q" },
  {
    text: "arn:aws:sqs:eu-west-1:111122223333:{region}-REGION",
    anywhere: "arn:aws:sqs:{region}:{account}:{{region}-REGION",
  },
  { text: "{account}", anywhere: "{{account}" },
  { text: "in 111122223333", anywhere: "in 111122223333" },
])("$text is $anywhere in every account and region", ({ text, anywhere }) => {
  expect(arnAnywhere(text, { accountId: "111122223333", region: "eu-west-1" })).toBe(anywhere);
});

test("an object without a region names its region", () => {
  const arn = "arn:aws:sqs:eu-west-1:111122223333:q";

  expect(arnAnywhere(arn, { accountId: "111122223333", region: null })).toBe(
    "arn:aws:sqs:eu-west-1:{account}:q",
  );
});
