import { describe, expect, test } from "@jest/globals";
import { inParallel } from "../../../src/aws/requests/in-parallel.ts";
import { joinRoles } from "../../../src/aws/observe/iam-listing.ts";
import { nextOfIam, nextOfLambda, completeListing } from "../../../src/aws/observe/pages.ts";
import { aliasFrom, functionFrom } from "../../../src/aws/observe/project-function.ts";
import { policyFromDetails } from "../../../src/aws/observe/project-policy.ts";
import { decodedDocument, roleFromDetails } from "../../../src/aws/observe/project-role.ts";
import { dropSecrets } from "../../../src/aws/requests/send.ts";
import { AwsError } from "../../../src/model/aws/errors/aws-error.ts";
import { sessionName } from "../../../src/aws/requests/sessions.ts";

describe("decoding", () => {
  test.each([
    { text: "%7B%22a%22%3A1%7D", plain: '{"a":1}', because: "IAM encodes by RFC 3986" },
    { text: "%7B%22a%22%3A%22x+y%22%7D", plain: '{"a":"x+y"}', because: "a plus sign is a plus sign" },
    {
      text: "%7B%22a%22%3A%22arn%253Aaws%22%7D",
      plain: '{"a":"arn%3Aaws"}',
      because: "text is decoded only once",
    },
    { text: '{"a":"%41"}', plain: '{"a":"%41"}', because: "plain text is left alone" },
    {
      text: ' \n{"a":"%41"}',
      plain: ' \n{"a":"%41"}',
      because: "plain text after white space is left alone",
    },
    { text: "%7B%E0%A4%A", plain: "%7B%E0%A4%A", because: "text that can't be decoded is kept unchanged" },
  ])("$because", ({ text, plain }) => {
    expect(decodedDocument(text)).toBe(plain);
  });
});

describe("a listing", () => {
  test("is read to its end, including empty pages", async () => {
    const pages = [
      { items: [1, 2], next: "a" },
      { items: [], next: "b" },
      { items: [3], next: null },
    ];
    const markers: (string | undefined)[] = [];

    const all = await completeListing("iam:ListRoles", (marker) => {
      markers.push(marker);
      return Promise.resolve(pages[markers.length - 1] ?? { items: [], next: null });
    });

    expect(all).toEqual([1, 2, 3]);
    expect(markers).toEqual([undefined, "a", "b"]);
  });

  test("that returns to an earlier page ends", async () => {
    await expect(
      completeListing("iam:ListRoles", () => Promise.resolve({ items: [1], next: "a" })),
    ).rejects.toMatchObject({ facts: { code: "UnreadableAnswer" } });
  });

  test.each([
    { answer: {}, because: "IAM always sends IsTruncated" },
    { answer: { IsTruncated: true }, because: "more to come without a marker" },
    { answer: { IsTruncated: true, Marker: "" }, because: "more to come with an empty marker" },
  ])("is not complete: $because", ({ answer }) => {
    expect(() => nextOfIam(answer, "iam:ListRoles")).toThrow(AwsError);
  });

  test("ends when AWS reports its end", () => {
    expect(nextOfIam({ IsTruncated: false, Marker: "left over" }, "iam:ListRoles")).toBeNull();
    expect([nextOfLambda(undefined), nextOfLambda(""), nextOfLambda("m")]).toEqual([null, null, "m"]);
  });
});

describe("two listings of roles that are not one snapshot", () => {
  const detail = (RoleName: string, RoleId: string) => ({
    kind: "role" as const,
    role: roleFromDetails({
      RoleName,
      RoleId,
      Path: "/",
      Arn: `arn:aws:iam::111122223333:role/${RoleName}`,
      AssumeRolePolicyDocument: "%7B%7D",
    }),
  });
  const listed = (name: string, roleId: string) => ({
    name,
    roleId,
    description: "",
    maxSessionSeconds: 3_600,
  });

  test.each([
    { details: [detail("A", "1")], list: [listed("A", "1")], kind: "present", because: "in both" },
    { details: [detail("A", "1")], list: [], kind: "unknown", because: "in the details only" },
    { details: [], list: [listed("A", "1")], kind: "unknown", because: "in the list only" },
    {
      details: [detail("A", "1")],
      list: [listed("A", "2")],
      kind: "unknown",
      because: "recreated in between",
    },
  ])("a role $because is $kind", ({ details, list, kind }) => {
    expect(joinRoles(details, list).get("a")?.kind).toBe(kind);
  });
});

describe("projection", () => {
  test("orders versions by number, not by text", () => {
    const versions = ["v9", "v10", "v2"].map((VersionId) => ({ VersionId, Document: "%7B%7D" }));
    const policy = policyFromDetails({
      PolicyName: "p",
      Path: "/",
      PolicyId: "ANPA1",
      Arn: "arn:aws:iam::111122223333:policy/p",
      DefaultVersionId: "v10",
      PolicyVersionList: versions,
    });

    expect(policy.versions.map((each) => each.id)).toEqual(["v10", "v9", "v2"]);
  });

  test("rejects a role without fields that AWS always sends", () => {
    expect(() => roleFromDetails({ RoleName: "x" })).toThrow("the answer lacks Path");
  });

  test("shows the permissions that the service needs from the role", () => {
    const configuration = {
      FunctionName: "f",
      FunctionArn: "arn:aws:lambda:eu-west-1:111122223333:function:f:$LATEST",
      Role: "arn:aws:iam::111122223333:role/r",
      RevisionId: "1",
      MasterArn: "arn:aws:lambda:us-east-1:111122223333:function:f:1",
      KMSKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/k",
      DeadLetterConfig: { TargetArn: "arn:aws:sqs:eu-west-1:111122223333:q" },
      FileSystemConfigs: [{ Arn: "arn:aws:elasticfilesystem:x", LocalMountPath: "/mnt/x" }],
      LoggingConfig: { LogGroup: "/own" },
    };

    expect(functionFrom(configuration, "lambda:ListFunctions")).toMatchObject({
      arn: "arn:aws:lambda:eu-west-1:111122223333:function:f",
      edge: true,
      needs: {
        vpc: false,
        tracing: false,
        kmsKeyArn: configuration.KMSKeyArn,
        deadLetterArn: configuration.DeadLetterConfig.TargetArn,
        fileSystemArns: ["arn:aws:elasticfilesystem:x"],
        logGroup: "/own",
      },
    });
  });

  test("names every version to which an alias routes, the main one first", () => {
    const RoutingConfig = { AdditionalVersionWeights: { "2": 0.1 } };

    expect(aliasFrom({ Name: "live", FunctionVersion: "3", RoutingConfig })).toEqual({
      name: "live",
      versions: ["3", "2"],
    });
  });
});

test("environment variables are removed from every configuration in an answer", () => {
  const configuration = () => ({ FunctionName: "f", Environment: { Variables: { PASSWORD: "hunter2" } } });
  const answer = { ...configuration(), Functions: [configuration()], Versions: [configuration(), null] };

  dropSecrets(answer);
  dropSecrets(undefined);

  expect(answer).toEqual({
    FunctionName: "f",
    Functions: [{ FunctionName: "f" }],
    Versions: [{ FunctionName: "f" }, null],
  });
});

test("a session's name is valid for STS", () => {
  expect(sessionName("2026-11-25T13:00:00Z/7")).toBe("gk-2026-11-25T13-00-00Z-7");
  expect(sessionName("x".repeat(100))).toHaveLength(64);
});

test("concurrent work keeps the order of its items, and starts nothing after a failure", async () => {
  const begun: number[] = [];
  const work = async (item: number): Promise<number> => {
    begun.push(item);
    await Promise.resolve();
    if (item === 3) throw new Error("three");
    return item * 2;
  };

  expect(await inParallel([1, 2], 8, work)).toEqual([2, 4]);
  await expect(inParallel([1, 2, 3, 4, 5, 6, 7, 8], 2, work)).rejects.toThrow("three");
  expect(begun).not.toContain(8);
});
