import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { readStrictly } from "../../../../../src/iam/check/grammar/read.ts";
import { INLINE, MANAGED, TRUST, RESOURCE, ALLOW, document, findings, findingTexts } from "./findings.ts";

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
    const used = recorded.filter((one) => one.valid && !isRefused(one));

    expect(
      used.flatMap(({ policy }) => findings(policy, MANAGED).map(({ rule, reason }) => `${rule} ${reason}`)),
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
        "1:1 : the policy is inside a string: it was encoded twice (decode it once, e.g. with jq -r .)",
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
