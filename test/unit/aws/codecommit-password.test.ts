import { expect, test } from "@jest/globals";
import { codeCommitPassword, codeCommitUser } from "../../../src/aws/codecommit/password.ts";

/** Of AWS's documentation. */
const KEY = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const NOW_MS = Date.parse("2026-11-28T09:30:00.999Z");

/** Computed by botocore 1.43.11: its SigV4Auth, called as the credential helper of the AWS CLI calls it. */
test.each([
  {
    region: "eu-central-1",
    url: "https://git-codecommit.eu-central-1.amazonaws.com/v1/repos/permissions",
    signature: "91029af5fa24d97d0ca092baef9808b761797edf4606d8737bfbff3ae0ad5085",
  },
  {
    region: "cn-north-1",
    url: "https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/permissions",
    signature: "fe630bc5a6130046241eec865d536722b1684b2f64561bda45b6e31d36ed6c0e",
  },
  {
    region: "us-gov-west-1",
    url: "https://git-codecommit-fips.us-gov-west-1.amazonaws.com/v1/repos/iam.permissions",
    signature: "ca8fc1dc12a1742a6a7bc879b1d661c3d08d14e923da9b7d5c54fe20cb09c706",
  },
  {
    region: "us-east-1",
    url: "https://vpce-0a1b2c3d4e5f60718-a1b2c3d4.git-codecommit.us-east-1.vpce.amazonaws.com/v1/repos/permissions",
    signature: "e8944e3de6b0505fed841fa2ef3171e51017a4e24e9500e601b0264b624b318f",
  },
])("the password for a repository in $region is the one that the AWS CLI computes", (row) => {
  expect(codeCommitPassword(KEY, { ...row, nowMs: NOW_MS })).toBe(`20261128T093000Z${row.signature}`);
});

test("the user name contains the session token of temporary credentials", () => {
  expect(codeCommitUser(KEY)).toBe("AKIAIOSFODNN7EXAMPLE");
  expect(codeCommitUser({ ...KEY, sessionToken: "IQoJ/+=" })).toBe("AKIAIOSFODNN7EXAMPLE%IQoJ/+=");
});
