import { describe, expect, test } from "@jest/globals";
import { findingsOf, allow, deny, when } from "./findings.ts";

describe("redundant parts (RED-001)", () => {
  test("are reported as incomplete if there is too much to compare", () => {
    const statements = Array.from({ length: 20 }, (_, one) =>
      allow(
        Array.from({ length: 24 }, (_, at) => `s3:*${one}x${at}*${"?".repeat(130)}`),
        Array.from({ length: 24 }, (_, at) => `arn:aws:s3:::*${one}x${at}*${"?".repeat(130)}`),
      ),
    );
    const note =
      "RED-001 note : the policies are too large to compare in full: parts without effect may be missing here";

    expect(findingsOf(statements).filter((line) => line.includes("too large"))).toEqual([note]);
    expect(findingsOf([allow("s3:GetObject")]).filter((line) => line.includes("too large"))).toEqual([]);
  });

  test.each([
    {
      because: "the same statement occurs twice",
      statements: [allow("s3:GetObject"), allow(["S3:getobject"])],
      findings: ["RED-001 note Statement[1]: this statement adds nothing: statement 1 covers it (remove it)"],
    },
    {
      because: "a later statement is wider",
      statements: [
        allow("s3:GetObject", "arn:aws:s3:::b/k"),
        allow("s3:GetObject", "arn:aws:s3:::b/*", { Sid: "All" }),
      ],
      findings: [
        "RED-001 note Statement[0]: this statement adds nothing: statement All covers it (remove it)",
      ],
    },
    {
      because: "an attached policy allows it",
      statements: [allow("s3:GetObject")],
      setting: { attached: [allow("s3:GetObject", "*", { Sid: "Any" })] },
      findings: [
        "RED-001 note Statement[0]: this statement adds nothing: statement Any of other.json covers it (remove it)",
      ],
    },
    {
      because: "another action of the list covers it",
      statements: [deny(["s3:GetObject", "s3:Get*"])],
      findings: [
        'RED-001 note Statement[0].Action[0]: "s3:GetObject" adds nothing: the rest of this statement covers it (remove it)',
      ],
    },
    {
      because: "another resource of the list covers it",
      statements: [deny("s3:GetObject", ["arn:aws:s3:::b/*", "arn:aws:s3:::b/k"])],
      findings: [
        'RED-001 note Statement[0].Resource[1]: "arn:aws:s3:::b/k" adds nothing: the rest of this statement covers it (remove it)',
      ],
    },
    {
      because: "members occur twice",
      statements: [deny(["s3:GetObject", "s3:getobject"], ["arn:aws:s3:::b/*", "arn:aws:s3:::b/*"])],
      findings: [
        'RED-001 note Statement[0].Action[1]: "s3:getobject" is in the list twice (remove it)',
        'RED-001 note Statement[0].Resource[1]: "arn:aws:s3:::b/*" is in the list twice (remove it)',
      ],
    },
    {
      because: "a resource with `${` occurs twice in a document of version 2008",
      statements: [deny("s3:GetObject", ["arn:aws:s3:::${a}", "arn:aws:s3:::${*"])],
      setting: { version: "2008-10-17" },
      findings: [
        'RED-001 note Statement[0].Resource[0]: "arn:aws:s3:::${a}" adds nothing: the rest of this statement covers it (remove it)',
      ],
    },
  ])("are reported: $because", ({ statements, setting = {}, findings }) => {
    expect(findingsOf(statements, setting).filter((line) => !line.startsWith("ACT"))).toEqual(findings);
  });

  test("are reported for only one of two statements that cover each other", () => {
    const twins = [deny(["s3:GetObject", "s3:ListBucket"]), deny(["s3:GetObject", "sqs:SendMessage"])];

    expect(findingsOf(twins).filter((line) => !line.startsWith("ACT"))).toEqual([
      'RED-001 note Statement[1].Action[0]: "s3:GetObject" adds nothing: statement 1 covers it (remove it)',
    ]);
  });

  test.each([
    {
      because: "a condition narrows the other statement",
      statements: [
        allow("s3:GetObject"),
        allow("s3:GetObjectAcl"),
        allow("s3:GetObject", "arn:aws:s3:::c/*", when({ StringEquals: { "aws:SourceVpc": "v" } })),
      ],
    },
    {
      because: "one allows what the other denies",
      statements: [
        allow("s3:GetObject"),
        deny("s3:GetObject", "*", when({ Bool: { "aws:SecureTransport": "false" } })),
      ],
    },
    {
      because: "NotAction is one part",
      statements: [
        {
          Effect: "Deny",
          NotAction: ["s3:GetObject", "s3:ListBucket"],
          NotResource: ["arn:aws:s3:::b", "arn:aws:s3:::c"],
        },
      ],
    },
    {
      because: "an empty list already has another finding",
      statements: [allow("s3:GetObject"), allow([]), allow("s3:GetObject", [])],
    },
  ])("are not reported if $because", ({ statements }) => {
    expect(findingsOf(statements)).toEqual([]);
  });

  test("of other principals are not redundant", () => {
    const invoke = (service: string, sid: string): object => ({
      ...allow("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:111122223333:function:f", { Sid: sid }),
      Principal: { Service: service },
    });

    expect(
      findingsOf([invoke("s3.amazonaws.com", "A"), invoke("sns.amazonaws.com", "B")], {
        dialect: "resource",
      }),
    ).toEqual([]);
    expect(
      findingsOf([invoke("s3.amazonaws.com", "A"), invoke("s3.amazonaws.com", "B")], { dialect: "resource" }),
    ).toEqual(["RED-001 note Statement[1]: this statement adds nothing: statement A covers it (remove it)"]);
  });

  test("are not searched in documents larger than any quota", () => {
    const many = Array.from({ length: 401 }, () => deny("s3:GetObject"));
    const members = [deny(Array.from({ length: 1_001 }, () => "s3:GetObject"))];

    for (const statements of [many, members])
      expect(findingsOf(statements).filter((line) => line.startsWith("RED"))).toEqual([
        "RED-001 note : more than 400 statements or 1000 actions and resources: they are not compared with each other",
      ]);
  });
});

describe("quotas (SIZ-001)", () => {
  const sized = (characters: number): readonly object[] => [
    deny("s3:GetObject", "arn:aws:s3:::b/", { Sid: "x".repeat(characters) }),
  ];
  const around = JSON.stringify({ Version: "2012-10-17", Statement: sized(0) }).length;
  const ofSize = (size: number): readonly object[] => sized(size - around);

  test.each([
    {
      size: 8_191,
      setting: {},
      findings: [
        "SIZ-001 note : 8191 of 6144 characters (managed policy): 2047 too many (move statements into another policy)",
      ],
    },
    {
      size: 8_192,
      setting: {},
      findings: [
        "SIZ-001 warning : 8192 of 10240 characters (inline policy): 2048 left (move statements into another policy)",
        "SIZ-001 note : 8192 of 6144 characters (managed policy): 2048 too many (move statements into another policy)",
      ],
    },
    {
      size: 6_144,
      setting: { isManaged: true },
      findings: [
        "SIZ-001 warning : 6144 of 6144 characters (managed policy): 0 left (move statements into another policy)",
      ],
    },
    {
      size: 6_145,
      setting: { dialect: "boundary" as const },
      findings: [
        "SIZ-001 error : 6145 of 6144 characters (managed policy): 1 too many (move statements into another policy)",
      ],
    },
    { size: 4_000, setting: {}, findings: [] },
  ])("of $size characters: $findings", ({ size, setting, findings }) => {
    expect(findingsOf(ofSize(size), setting)).toEqual(findings);
  });

  test("of IAM's requests count all characters", () => {
    expect(findingsOf(ofSize(131_073), { isManaged: true })).toEqual([
      "SIZ-001 error : 131073 of 131072 characters (request of IAM): 1 too many (move statements into another policy)",
      "SIZ-001 error : 131073 of 6144 characters (managed policy): 124929 too many (move statements into another policy)",
    ]);
  });
});
