import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { PolicyFinding } from "../../../../../src/iam/finding.ts";
import { readStrictly } from "../../../../../src/iam/check/grammar/read.ts";
import type { WrittenContext } from "../../../../../src/iam/check/grammar/written.ts";

const INLINE: WrittenContext = {
  dialect: "identity",
  partition: "aws",
  accountId: "111122223333",
  isManaged: false,
};
const MANAGED: WrittenContext = { ...INLINE, isManaged: true };
const TRUST: WrittenContext = { ...INLINE, dialect: "trust" };
const RESOURCE: WrittenContext = { ...INLINE, dialect: "resource" };

const ALLOW = '{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}';
const ASSUME = '{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}';
const INVOKE =
  '{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"*"}';
const document = (...statements: readonly string[]): string =>
  `{"Version":"2012-10-17","Statement":[${statements.join(",")}]}`;

function findings(text: string, context: WrittenContext = INLINE): readonly PolicyFinding[] {
  const reading = readStrictly(text, context);
  return reading.kind === "unreadable" ? [reading.finding] : reading.findings;
}

function findingTexts(text: string, context: WrittenContext = INLINE): readonly string[] {
  return findings(text, context).map(
    ({ rule, severity, line, column, path, reason, fix, aws }) =>
      `${rule} ${severity} ${line}:${column} ${path}: ${reason} (${fix})${aws === null ? "" : ` ${aws}`}`,
  );
}

describe("the documents that AWS was asked about", () => {
  interface RecordedCase {
    readonly policy: string;
    readonly valid: boolean;
    readonly awsError: { readonly Message: string } | null;
  }
  const file = new URL("../../../../fixtures/aws/policy-validation.json", import.meta.url);
  const recorded = JSON.parse(readFileSync(file, "utf8")) as readonly RecordedCase[];

  /**
   * Accepted by moto, from whose tests the cases come. AWS refuses the underscore: its grammar page allows letters and
   * digits, and CreatePolicy rejected it in published CloudTrail records.
   */
  const DIFFERENT_FROM_AWS = [
    "BooleanConditionOperations_Strings_And_Booleans",
    "NullConditionOperator_Strings_And_Booleans",
  ];
  const isRefused = ({ policy }: RecordedCase): boolean =>
    findings(policy, MANAGED).some(({ rule }) => rule === "GRM-001");

  test("are accepted and rejected like by AWS, except two", () => {
    const different = recorded.filter((one) => isRefused(one) === one.valid);

    expect(recorded).toHaveLength(132);
    expect(
      different.map(
        ({ policy }) => DIFFERENT_FROM_AWS.find((sid) => policy.includes(`"Sid": "${sid}"`)) ?? policy,
      ),
    ).toEqual(DIFFERENT_FROM_AWS);
  });

  test("are rejected in AWS's own words", () => {
    const withoutWords = recorded.filter(({ policy, awsError }) => {
      const words = `MalformedPolicyDocument: ${awsError?.Message}`;
      return awsError !== null && !findings(policy, MANAGED).some(({ aws }) => aws === words);
    });

    expect(withoutWords).toEqual([]);
  });

  test("include texts that AWS accepts by accident, which are warnings or can't be compared", () => {
    const taken = recorded.filter((one) => one.valid && !isRefused(one));

    expect(
      taken.flatMap(({ policy }) => findings(policy, MANAGED).map(({ rule, reason }) => `${rule} ${reason}`)),
    ).toEqual([
      'GRM-002 resource "arn:aws:fdsasf" has 3 of six parts: IAM completes it with stars',
      "GRM-002 Condition.DateGreaterThan.a is empty: nothing matches it",
      'GRM-002 unknown condition operator "a"',
      'CON-002 "01T" is not a date',
      'GRM-002 unknown condition operator "x"',
      'GRM-002 unknown condition operator "y"',
      'CON-002 "2016-12-13t2:00:00.593194+23" is not a date',
      "GRM-002 Resource[1] is not a string",
    ]);
  });
});

describe("a text that is no document", () => {
  test.each([
    {
      because: "it is empty",
      text: " \n",
      expected: "1:1 : it is empty (a policy is a JSON object with a Statement)",
      aws: " MalformedPolicyDocument: Syntax errors in policy.",
    },
    {
      because: "it is not JSON",
      text: '{\n  "Version": 2012-10-17\n}',
      expected: '2:18 : expected a comma or a closing bracket, found "-" (null)',
      aws: " MalformedPolicyDocument: Syntax errors in policy.",
    },
    {
      because: "it was encoded twice",
      text: JSON.stringify(document(ALLOW)),
      expected:
        "1:1 : the policy stands in a string: it was encoded twice (decode it once, e.g. with jq -r .)",
      aws: "",
    },
    {
      because: "it is percent-encoded",
      text: encodeURIComponent(document(ALLOW)),
      expected: "1:1 : it is percent-encoded, as IAM's API returns documents (decode it once)",
      aws: " MalformedPolicyDocument: Syntax errors in policy.",
    },
    {
      because: "it is YAML",
      text: "Version: '2012-10-17'\nStatement: []\n",
      expected: "1:1 : it is not JSON: this looks like YAML (write it as JSON)",
      aws: " MalformedPolicyDocument: Syntax errors in policy.",
    },
    {
      because: "it is a list",
      text: ` [${ALLOW}]`,
      expected: '1:2 : a policy is a JSON object (write {"Version": "2012-10-17", "Statement": […]})',
      aws: "",
    },
    {
      because: "it is another JSON value",
      text: '"s3:GetObject"',
      expected: '1:1 : a policy is a JSON object (write {"Version": "2012-10-17", "Statement": […]})',
      aws: "",
    },
    {
      because: "it is nested too deep",
      text: `{"Statement":${"[".repeat(70)}`,
      expected: "1:77 : it is nested deeper than 64 levels (write it flatter: no policy is as deep)",
      aws: "",
    },
  ])("is unreadable because $because", ({ text, expected, aws }) => {
    expect(readStrictly(text, INLINE).kind).toBe("unreadable");
    expect(findingTexts(text)).toEqual([`GRM-001 error ${expected}${aws}`]);
  });

  test("is rejected with other words for a trust policy, and with unknown words for a resource's policy", () => {
    const [trust, resource] = [findings("x", TRUST), findings("x", RESOURCE)];

    expect(trust[0]?.aws).toBe("MalformedPolicyDocument: This policy contains invalid Json");
    expect(resource[0]?.aws).toBeNull();
  });
});

describe("the document around the statements", () => {
  test.each([
    {
      because: "IAM does not accept a byte order mark",
      text: `\uFEFF${document(ALLOW)}`,
      expected: [
        "GRM-001 error 1:1 : the text begins with a byte order mark (U+FEFF), which IAM does not take (save it as UTF-8 without one)",
      ],
    },
    {
      because: "a name occurs twice",
      text: '{"Version":"2012-10-17",\n"Statement":[{"Effect":"Deny",\n"Effect":"Allow","Action":"*","Resource":"*"}]}',
      expected: ['GRM-001 error 3:1 Statement[0].Effect: duplicate key "Effect" (keep one of them)'],
    },
    {
      because: "elements have wrong names",
      text: `{"version":"2012-10-17","__proto__":1,"Version":"2012-10-17","Statement":${ALLOW}}`,
      expected: [
        'GRM-001 error 1:2 version: unknown element "version" (write "Version") MalformedPolicyDocument: Syntax errors in policy.',
        'GRM-001 error 1:25 __proto__: unknown element "__proto__" (remove it) MalformedPolicyDocument: Syntax errors in policy.',
      ],
    },
    {
      because: "it is the answer of an AWS call",
      text: '{"Version":"2012-10-17","PolicyDocument":{}}',
      expected: [
        "GRM-001 error 1:1 Statement: Statement is missing (write at least one statement) MalformedPolicyDocument: Syntax errors in policy.",
        'GRM-001 error 1:25 PolicyDocument: this is AWS\'s answer: the policy stands in "PolicyDocument" (give the document alone) MalformedPolicyDocument: Syntax errors in policy.',
      ],
    },
    {
      because: "the Version does not exist",
      text: `{"Version":"2013-10-17","Statement":${ALLOW}}`,
      expected: [
        'GRM-001 error 1:12 Version: there is no version "2013-10-17" of the policy language (write "Version": "2012-10-17") MalformedPolicyDocument: Syntax errors in policy.',
      ],
    },
    {
      because: "an inline policy may have version 2008",
      text: `{"Version":"2008-10-17","Statement":${ALLOW}}`,
      expected: [
        'GRM-002 warning 1:12 Version: this is the language of 2008, which has no policy variables (write "Version": "2012-10-17")',
      ],
    },
    {
      because: "variables without Version are plain text",
      text: `{"Statement":${ALLOW.replace("b/*", "b/${aws:userid}")}}`,
      expected: [
        'GRM-002 warning 1:1 Version: a document without Version is of 2008, which has no policy variables: ${…} is plain text in it (write "Version": "2012-10-17")',
      ],
    },
    {
      because: "an Id has only IAM's characters",
      text: `{"Version":"2012-10-17","Id":"\u2013","Statement":${ALLOW}}`,
      expected: [
        "GRM-001 error 1:30 Id: Id holds U+2013, which IAM does not take (use characters up to U+00FF)",
      ],
    },
    {
      because: "an Id is a string",
      text: `{"Version":"2012-10-17","Id":{},"Statement":${ALLOW}}`,
      expected: [
        "GRM-001 error 1:30 Id: Id is not a string (remove it) MalformedPolicyDocument: Syntax errors in policy.",
      ],
    },
    {
      because: "there is no statement",
      text: '{"Version":"2012-10-17","Statement":[]}',
      expected: [
        "GRM-001 error 1:37 Statement: Statement is empty (write at least one statement) MalformedPolicyDocument: Syntax errors in policy.",
      ],
    },
    {
      because: "a statement is null",
      text: document("null", ALLOW),
      expected: [
        "GRM-001 error 1:38 Statement[0]: a statement is an object (write Effect, Action and Resource)",
      ],
    },
    {
      because: "null is a value in a list of resources only, and AWS's message about others is not recorded",
      text: document(
        '{"Sid":null,"Effect":null,"Action":["s3:*",null],"Resource":["*",null],"Condition":null}',
      ),
      expected: [
        "GRM-001 error 1:45 Statement[0].Sid: Sid null is not allowed (use letters and digits only)",
        'GRM-001 error 1:59 Statement[0].Effect: Effect is "Allow" or "Deny" exactly, not null (write "Allow" or "Deny")',
        "GRM-001 error 1:81 Statement[0].Action[1]: Action[1] is not a string (write it as a string)",
        "GRM-002 warning 1:103 Statement[0].Resource[1]: Resource[1] is not a string (remove it: IAM overlooks it)",
        'GRM-001 error 1:121 Statement[0].Condition: Condition is not an object (write {"StringEquals": {"KEY": "VALUE"}})',
      ],
    },
    {
      because: "two statements share a Sid, and an empty one counts as none",
      text: document(...["A", "A", "", ""].map((sid) => ALLOW.replace("{", `{"Sid":"${sid}",`))),
      expected: [
        'GRM-001 error 1:128 Statement[1].Sid: two statements have the Sid "A" (rename or remove one) MalformedPolicyDocument: Statement IDs (SID) in a single policy must be unique.',
      ],
    },
    {
      because: "ARNs name other partitions, even deep inside",
      text: document(
        `{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws-cn:s3:::b","arn:*:s3:::b"],"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws-us-gov:s3:::b"}}}`,
      ),
      expected: [
        'GRM-002 warning 1:92 Statement[0].Resource[0]: "arn:aws-cn:s3:::b" is of partition aws-cn, the document of aws (write arn:aws:…)',
        'GRM-002 warning 1:168 Statement[0].Condition.ArnLike.aws:SourceArn: "arn:aws-us-gov:s3:::b" is of partition aws-us-gov, the document of aws (write arn:aws:…)',
      ],
    },
    {
      because: "all faults are reported together, in the order of the text",
      text: '{\n "Statement": {\n  "Effect": "allow",\n  "Action": ["s3"],\n  "Resource": "b"\n }, "Version": "2012-10-17"\n}',
      expected: [
        'GRM-001 error 3:13 Statement.Effect: Effect is "Allow" or "Deny" exactly, not "allow" (write "Allow") MalformedPolicyDocument: The policy failed legacy parsing',
        'GRM-001 error 4:14 Statement.Action[0]: action "s3" has no service prefix (write it as "service:Action") MalformedPolicyDocument: Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
        'GRM-001 error 5:15 Statement.Resource: resource "b" is neither an ARN nor "*" (an ARN has six parts: arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE) MalformedPolicyDocument: Resource b must be in ARN format or "*".',
      ],
    },
  ])("is reported with its place: $because", ({ text, expected }) => {
    expect(findingTexts(text)).toEqual(expected);
  });

  test("of a managed policy and of a boundary needs version 2012", () => {
    const text = `{"Statement":${ALLOW}}`;
    const refusal = "MalformedPolicyDocument: Policy document must be version 2012-10-17 or greater.";

    for (const context of [MANAGED, { ...INLINE, dialect: "boundary" as const }]) {
      expect(findings(text, context).map(({ severity, aws }) => [severity, aws])).toEqual([
        ["error", refusal],
      ]);
    }
  });

  test("has no faults if it is valid", () => {
    expect(findings(document(ALLOW), MANAGED)).toEqual([]);
    expect(findings(document(ASSUME), TRUST)).toEqual([]);
    expect(findings(document(INVOKE), RESOURCE)).toEqual([]);
  });
});

describe("a document of another kind", () => {
  const PRINCIPAL = " MalformedPolicyDocument: Policy document should not specify a principal.";

  test.each([
    {
      given: "a trust policy",
      as: INLINE,
      text: document(ASSUME),
      expected: `this looks like a trust policy, not like a role's policy (use --type trust)${PRINCIPAL}`,
    },
    {
      given: "a resource's policy",
      as: INLINE,
      text: document(INVOKE),
      expected: `this looks like a resource's policy, not like a role's policy (use --type resource)${PRINCIPAL}`,
    },
    {
      given: "a role's policy",
      as: TRUST,
      text: document(ALLOW),
      expected: "this looks like a role's policy, not like a trust policy (use --type identity)",
    },
    {
      given: "a resource's policy",
      as: TRUST,
      text: document(INVOKE),
      expected:
        "this looks like a resource's policy, not like a trust policy (use --type resource) MalformedPolicyDocument: Has prohibited field Resource",
    },
    {
      given: "a role's policy",
      as: RESOURCE,
      text: document(ALLOW),
      expected: "this looks like a role's policy, not like a resource's policy (use --type identity)",
    },
    {
      given: "a trust policy",
      as: RESOURCE,
      text: document(ASSUME),
      expected: "this looks like a trust policy, not like a resource's policy (use --type trust)",
    },
  ])("is one fault: $given as $as.dialect", ({ as, text, expected }) => {
    expect(findingTexts(text, as)).toEqual([`GRM-001 error 1:38 Statement[0]: ${expected}`]);
  });

  test("is checked by the rules of the kind that it resembles", () => {
    expect(findingTexts(document(ASSUME.replace("sts:AssumeRole", "s3:GetObject")))).toContain(
      'GRM-001 error 1:112 Statement[0].Action: a role can\'t be asked for "s3:GetObject" (write "sts:AssumeRole")',
    );
  });

  test.each([
    { because: "its statements are of several kinds", text: document(ALLOW, ASSUME), as: INLINE, count: 2 },
    { because: "only some statements name a resource", text: document(ASSUME, INVOKE), as: TRUST, count: 2 },
    {
      because: "a trust policy may lack its Principal",
      text: document('{"Effect":"Allow","Action":"sts:AssumeRole"}'),
      as: TRUST,
      count: 1,
    },
    { because: "it has no statement", text: document(), as: TRUST, count: 1 },
  ])("is not assumed to be of another kind if $because", ({ text, as, count }) => {
    expect(findingTexts(text, as).filter((line) => line.includes("looks like"))).toEqual([]);
    expect(findingTexts(text, as)).toHaveLength(count);
  });
});
