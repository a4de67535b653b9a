import { describe, expect, test } from "@jest/globals";
import { found, ofSpec } from "./found.ts";

describe("the hint for a missing field shows how to write it", () => {
  test.each([
    { grants: "[{sqs: {queue: jobs}}]", hint: "write allow: [send]; valid values: send, consume" },
    { grants: "[{sqs: {allow: [send]}}]", hint: "write queue: TEXT, such as" },
    { grants: "[{secrets: {allow: [read]}}]", hint: "write secret: TEXT, such as payments/psp-key" },
  ])("in the grants $grants", ({ grants, hint }) => {
    expect(ofSpec(`  grants: ${grants}`)).toEqual([expect.stringContaining(`is required → ${hint}`)]);
  });

  test("in a caller, without the fields that may be left out", () => {
    expect(ofSpec("  invokedBy: [{s3: {}}]")).toEqual([
      "6:20 spec.invokedBy[0].s3.bucket is required → write bucket: TEXT",
    ]);
  });

  test("in an object, with what it requires itself", () => {
    const account = "apiVersion: grantkeeper.dev/v1alpha1\nkind: AwsAccount\nmetadata: {name: b}\nspec: {}\n";

    expect(found(account)).toContain(
      "4:7 spec.observer is required → write observer: {role: TEXT, externalId: TEXT}",
    );
  });
});

describe("fields with the indentation of their entry's key", () => {
  test("are one problem each, without one for the empty key, under grants and invokedBy", () => {
    const lines = ofSpec(
      "  grants:\n    - sqs:\n      queue: jobs\n  invokedBy:\n    - sns:\n      topic: jobs",
    );

    expect(lines).toEqual([
      '8:7 "queue" is a field of sqs, and has the same indentation → indent it by two more spaces, below sqs:',
      '11:7 "topic" is a field of sns, and has the same indentation → indent it by two more spaces, below sns:',
    ]);
  });

  test("an empty key whose neighbour is no field of it is a problem of its own", () => {
    const lines = ofSpec("  grants:\n    - sqs:\n      bucket: jobs");

    expect(lines).toEqual([
      expect.stringContaining("spec.grants[0].sqs must be an object, not empty"),
      expect.stringContaining('unknown grant "bucket"'),
    ]);
  });
});

describe("a word of IAM for a verb", () => {
  test.each([
    { word: "get", verb: "read" },
    { word: "put", verb: "write" },
  ])("$word is shown as the verb $verb of its action", ({ word, verb }) => {
    expect(ofSpec(`  grants: [{dynamodb: {table: orders, allow: [${word}]}}]`)).toEqual([
      expect.stringMatching(`unknown value "${word}" .* → did you mean "${verb}"\\?`),
    ]);
  });
});

test.each([
  {
    field: "account: 222222222222",
    hint: "222222222222 is prod: write accounts: [prod]",
    because: "prod has the id",
  },
  { field: "account: prod", hint: "write accounts: [prod]", because: "it is the name" },
  {
    field: "accountIds: [prod, '222222222222']",
    hint: "222222222222 is prod: write accounts: [prod]",
    because: "both are prod",
  },
  {
    field: "account: 111122223333",
    hint: "write accounts: [NAME]; valid names: prod",
    because: "no account has it",
  },
  { field: "accountId: ", hint: "write accounts: [NAME]; valid names: prod", because: "it is empty" },
])("an account in a target is named by its name, in accounts: $field ($because)", ({ field, hint }) => {
  const text = "apiVersion: grantkeeper.dev/v1alpha1\nkind: FunctionPermission\nmetadata: {name: a}\nspec:\n";
  const [name] = field.split(":");

  expect(found(`${text}  targets: [{${field}, regions: [eu-west-1]}]\n`)).toEqual([
    `5:14 unknown field "${name}" in spec.targets[0] → ${hint}`,
  ]);
});
