import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { SimulatedError } from "../../../src/simulator/contract.ts";
import { checkDocument } from "../../../src/simulator/grammar/document.ts";
import type { DocumentKind } from "../../../src/simulator/grammar/document.ts";
import { mapPrincipals } from "../../../src/simulator/grammar/principal.ts";

interface RecordedCase {
  readonly policy: string;
  readonly valid: boolean;
  readonly awsError: { readonly Code: string; readonly Message: string } | null;
}

const file = new URL("../../fixtures/aws/policy-validation.json", import.meta.url);
const recorded: readonly RecordedCase[] = JSON.parse(readFileSync(file, "utf8"));

/** IAM's answer: "accepted", or code and message. */
function answer(text: string, kind: DocumentKind): string {
  try {
    checkDocument(text, kind);
    return "accepted";
  } catch (error) {
    if (!(error instanceof SimulatedError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

function identity(fields: Record<string, unknown>): string {
  const base = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ ...base, ...fields }] });
}

function trust(fields: Record<string, unknown>): string {
  const principal = { Service: "lambda.amazonaws.com" };
  const base = { Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" };
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ ...base, ...fields }] });
}

describe("managed policies", () => {
  test("there are 132 recorded cases, and each of them is a test", () => {
    expect(recorded).toHaveLength(132);
  });

  test.each(recorded.map((one, index) => ({ ...one, index })))(
    "case $index is answered as AWS answers it: $policy",
    ({ policy, awsError }) => {
      const expected = awsError === null ? "accepted" : `${awsError.Code}: ${awsError.Message}`;

      expect(answer(policy, "managed")).toBe(expected);
    },
  );
});

describe("identity documents", () => {
  const bucket = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };

  test.each([
    {
      because: "an inline policy may have the old version",
      text: JSON.stringify({ Version: "2008-10-17", Statement: bucket }),
      expected: "accepted",
    },
    {
      because: "an inline policy may have no version",
      text: JSON.stringify({ Statement: bucket }),
      expected: "accepted",
    },
    {
      because: "identity policies name no principal",
      text: identity({ Principal: { AWS: "*" } }),
      expected: "MalformedPolicyDocument: Policy document should not specify a principal.",
    },
    {
      because: "operators are case-sensitive",
      text: identity({ Condition: { stringEquals: { "aws:PrincipalTag/a": "b" } } }),
      expected: "MalformedPolicyDocument: Syntax errors in policy.",
    },
    {
      because: "numbers are condition values",
      text: identity({ Condition: { NumericLessThan: { "s3:max-keys": 10 } } }),
      expected: "accepted",
    },
    {
      because: "a duplicate member is rejected",
      text: `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}`,
      expected: "MalformedPolicyDocument: Syntax errors in policy.",
    },
    {
      because: "the same member in two objects is not a duplicate",
      text: `{"Version":"2012-10-17","Statement":[${JSON.stringify(bucket)},${JSON.stringify(bucket)}]}`,
      expected: "accepted",
    },
    {
      because: "an escaped name is the same name",
      text: `{"Statement":{"Effect":"Allow","\\u0045ffect":"Deny","Action":"*","Resource":"*"}}`,
      expected: "MalformedPolicyDocument: Syntax errors in policy.",
    },
    {
      because: "characters beyond Latin-1 are refused before the grammar",
      text: identity({ Resource: "arn:aws:s3:::bücket-→" }),
      expected:
        "ValidationError: The specified value for policyDocument is invalid. It must contain only printable ASCII characters.",
    },
    {
      because: "a star may stand for every IAM path",
      text: identity({ Resource: "arn:aws:iam::111122223333:*" }),
      expected: "accepted",
    },
  ])("$because", ({ text, expected }) => {
    expect(answer(text, "identity")).toBe(expected);
  });
});

describe("trust documents", () => {
  const invalidStar = `MalformedPolicyDocument: AssumeRolepolicy contained an invalid principal: "STAR":"*".`;

  test.each([
    { because: "Lambda may be trusted", fields: {}, expected: "accepted" },
    {
      because: "a bare star is refused, though resource policies take it",
      fields: { Principal: "*" },
      expected: invalidStar,
    },
    { because: "a star for the type is refused", fields: { Principal: { "*": "*" } }, expected: invalidStar },
    {
      because: "every AWS principal may be trusted",
      fields: { Principal: { AWS: "*" } },
      expected: "accepted",
    },
    {
      because: "trust needs a principal",
      fields: { Principal: undefined },
      expected: "MalformedPolicyDocument: Missing required field Principal",
    },
    {
      because: "an empty principal is refused by IAM's inner parser",
      fields: { Principal: { AWS: [] } },
      expected:
        "MalformedPolicyDocument: Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: The passed in policy has a statement with no principals!",
    },
    {
      because: "a principal that is a bare ARN is a syntax error",
      fields: { Principal: "arn:aws:iam::111122223333:root" },
      expected: "MalformedPolicyDocument: Syntax errors in policy.",
    },
    {
      because: "a service is named by its domain",
      fields: { Principal: { Service: ["lambda.amazonaws.com", "lambda"] } },
      expected: `MalformedPolicyDocument: Invalid principal in policy: "SERVICE":"lambda"`,
    },
    {
      because: "an unknown type of principal is refused",
      fields: { Principal: { Role: "a" } },
      expected: `MalformedPolicyDocument: Invalid principal in policy: "ROLE":"a"`,
    },
    {
      because: "a trust policy names principals, not resources",
      fields: { Resource: "*" },
      expected: "MalformedPolicyDocument: Has prohibited field Resource",
    },
    {
      because: "NotPrincipal cannot be trusted",
      fields: { Principal: undefined, NotPrincipal: { AWS: "111122223333" } },
      expected: "MalformedPolicyDocument: AssumeRole policy must not contain NotPrincipal field.",
    },
    {
      because: "only actions that assume the role may be allowed",
      fields: { Action: ["sts:AssumeRole", "s3:GetObject"] },
      expected: "MalformedPolicyDocument: AssumeRole policy may only specify STS AssumeRole actions.",
    },
    {
      because: "sessions may be tagged and named",
      fields: { Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"] },
      expected: "accepted",
    },
  ])("$because", ({ fields, expected }) => {
    expect(answer(trust(fields), "trust")).toBe(expected);
  });

  test("the refused parameter is named as CreateRole names it", () => {
    expect(answer("→", "trust")).toMatch(
      /^ValidationError: The specified value for assumeRolePolicyDocument /,
    );
  });
});

describe("mapPrincipals", () => {
  const upper = (principal: string) => principal.toUpperCase();

  test.each([
    {
      because: "a string stays a string, a list a list",
      document: { Statement: [{ Principal: { AWS: "a" } }, { NotPrincipal: { AWS: ["b", "c"] } }] },
      expected: { Statement: [{ Principal: { AWS: "A" } }, { NotPrincipal: { AWS: ["B", "C"] } }] },
    },
    {
      because: "a single statement outside a list is included",
      document: { Statement: { Principal: { AWS: "a", Service: "s" } } },
      expected: { Statement: { Principal: { AWS: "A", Service: "s" } } },
    },
    {
      because: "a bare star is not an AWS principal",
      document: { Statement: [{ Principal: "*" }, { Principal: { Service: ["s"] } }] },
      expected: { Statement: [{ Principal: "*" }, { Principal: { Service: ["s"] } }] },
    },
  ])("$because", ({ document, expected }) => {
    expect(mapPrincipals(document, upper)).toEqual(expected);
  });

  test("the order of members is kept, so that an unchanged document keeps its text", () => {
    const document = {
      Version: "2012-10-17",
      Statement: [{ Sid: "a", Principal: { AWS: "x" }, Effect: "Deny" }],
    };

    expect(JSON.stringify(mapPrincipals(document, (principal) => principal))).toBe(JSON.stringify(document));
  });
});
