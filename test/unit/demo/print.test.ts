import { expect, test } from "@jest/globals";
import { tryLines } from "../../../demo/print.ts";

test("the AWS CLI commands name the region in the form that each CLI version reads", () => {
  const stage = { repositoryUrl: "http://g/p.git", folder: "/f", consoleKey: { id: "AKIA1", secret: "s1" } };

  expect(tryLines(stage, "http://127.0.0.1:7081").slice(5)).toEqual([
    "      AWS_ACCESS_KEY_ID=AKIA1 AWS_SECRET_ACCESS_KEY=s1 AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 \\",
    "      aws --endpoint-url http://127.0.0.1:7081 iam list-roles",
  ]);
});
