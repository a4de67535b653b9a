import { describe, expect, test } from "@jest/globals";
import { INLINE, MANAGED, TRUST, RESOURCE, ALLOW, document, findings, findingTexts } from "./findings.ts";

const ASSUME = '{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}';
const INVOKE =
  '{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"*"}';

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
        'GRM-001 error 1:25 PolicyDocument: this is an answer of AWS: the policy is in "PolicyDocument" (give the document alone) MalformedPolicyDocument: Syntax errors in policy.',
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
