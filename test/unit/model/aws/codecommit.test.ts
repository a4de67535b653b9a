import { describe, expect, test } from "@jest/globals";
import { codeCommitFipsProblem, parseCodeCommitUrl } from "../../../../src/model/aws/codecommit.ts";

describe("the URL of a CodeCommit repository", () => {
  test.each([
    {
      because: "a region of the partition aws",
      url: "https://git-codecommit.eu-central-1.amazonaws.com/v1/repos/permissions",
      repository: { name: "permissions", region: "eu-central-1", partition: "aws", isFips: false },
    },
    {
      because: "China has a domain of its own",
      url: "https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/iam.permissions",
      repository: { name: "iam.permissions", region: "cn-north-1", partition: "aws-cn", isFips: false },
    },
    {
      because: "a FIPS endpoint in GovCloud",
      url: "https://git-codecommit-fips.us-gov-west-1.amazonaws.com/v1/repos/permissions",
      repository: { name: "permissions", region: "us-gov-west-1", partition: "aws-us-gov", isFips: true },
    },
    {
      because: "a VPC endpoint by its own name",
      url: "https://vpce-0a1b-c2d3.git-codecommit.us-east-1.vpce.amazonaws.com/v1/repos/permissions",
      repository: { name: "permissions", region: "us-east-1", partition: "aws", isFips: false },
    },
    {
      because: "a FIPS endpoint of a VPC",
      url: "https://vpce-0a1b.git-codecommit-fips.us-east-2.vpce.amazonaws.com/v1/repos/permissions",
      repository: { name: "permissions", region: "us-east-2", partition: "aws", isFips: true },
    },
  ])("is read: $because", ({ url, repository }) => {
    expect(parseCodeCommitUrl(url)).toEqual({ kind: "ok", value: repository });
  });

  test.each([
    { because: "another server", url: "https://git.example.com/v1/repos/permissions", message: "expected" },
    {
      because: "a server whose name only begins like AWS's",
      url: "https://git-codecommit.eu-central-1.amazonaws.com.example.com/v1/repos/permissions",
      message: "expected",
    },
    {
      because: "a server whose name only ends like AWS's",
      url: "https://example.com.git-codecommit.eu-central-1.amazonaws.com/v1/repos/permissions",
      message: "expected",
    },
    {
      because: "plain http",
      url: "http://git-codecommit.eu-central-1.amazonaws.com/v1/repos/permissions",
      message: "expected",
    },
    {
      because: "a port, which a signature does not cover",
      url: "https://git-codecommit.eu-central-1.amazonaws.com:8443/v1/repos/permissions",
      message: "expected",
    },
    {
      because: "the API instead of Git",
      url: "https://codecommit.eu-central-1.amazonaws.com/v1/repos/permissions",
      message: "expected",
    },
    {
      because: "no repository",
      url: "https://git-codecommit.eu-central-1.amazonaws.com/",
      message: "expected",
    },
    {
      because: "no such region",
      url: "https://git-codecommit.moon-1.amazonaws.com/v1/repos/permissions",
      message: "expected",
    },
    { because: "no URL", url: "permissions", message: "expected" },
    {
      because: "China with the domain of the other partitions",
      url: "https://git-codecommit.cn-north-1.amazonaws.com/v1/repos/permissions",
      message: "cn-north-1 has the domain amazonaws.com.cn",
    },
    {
      because: "another partition with the domain of China",
      url: "https://git-codecommit.eu-west-1.amazonaws.com.cn/v1/repos/permissions",
      message: "eu-west-1 has the domain amazonaws.com",
    },
    {
      because: "FIPS where AWS has none",
      url: "https://git-codecommit-fips.eu-central-1.amazonaws.com/v1/repos/permissions",
      message: "CodeCommit has no FIPS endpoint in eu-central-1; it has one in ca-central-1, us-east-1",
    },
  ])("is refused: $because", ({ url, message }) => {
    expect(parseCodeCommitUrl(url)).toEqual({ kind: "err", error: expect.stringContaining(message) });
  });

  test.each([
    {
      because: "its FIPS endpoint is named",
      url: "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/p",
      message: expect.stringMatching(/write https:\/\/git-codecommit-fips\.us-east-1\.amazonaws\.com\/v1/),
    },
    {
      because: "its region has none",
      url: "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/p",
      message: expect.stringContaining("no FIPS endpoint in eu-west-1"),
    },
    {
      because: "it is one",
      url: "https://git-codecommit-fips.us-east-1.amazonaws.com/v1/repos/p",
      message: null,
    },
    { because: "it is no URL of CodeCommit", url: "https://git.example.com/p.git", message: null },
  ])("under aws.fips: $because", ({ url, message }) => {
    expect(codeCommitFipsProblem(url)).toEqual(message);
  });
});
