import { describe, expect, test } from "@jest/globals";
import type { CallSite } from "../../../src/aws/calls/calls.ts";
import { readDenial } from "../../../src/aws/errors/denial.ts";

const site: CallSite = {
  call: "iam:PutRolePolicy",
  identity: "writer",
  accountId: "111122223333",
  region: null,
  object: "role/x",
};
const WHO =
  "User: arn:aws:sts::111122223333:assumed-role/writer/gk-1 is not authorized to perform: iam:PutRolePolicy on resource: role x";

describe("an access-denied text", () => {
  test.each([
    { text: "because no identity-based policy allows the iam:PutRolePolicy action", by: "identity policy" },
    { text: "because no permissions boundary allows the action", by: "permissions boundary" },
    { text: "because no service control policy allows the action", by: "service control policy" },
    { text: "because no session policy allows the action", by: "session policy" },
    { text: "because no resource-based policy allows the action", by: "resource policy" },
    { text: "because no VPC endpoint policy allows the action", by: "VPC endpoint policy" },
    { text: "because no resource control policy allows the action", by: "resource control policy" },
    { text: "", by: "unknown" },
  ])("names the policy type that denied: $by", ({ text, by }) => {
    expect(readDenial(`${WHO} ${text}`, site)).toMatchObject({
      action: "iam:PutRolePolicy",
      deniedBy: by,
      how: "implicit",
    });
  });

  test.each([
    { text: "with an explicit deny in a service control policy: arn:x", by: "service control policy" },
    { text: "with an explicit deny in an identity-based policy", by: "identity policy" },
    { text: "with an explicit deny in a permissions boundary", by: "permissions boundary" },
    { text: "with an explicit deny in a resource-based policy", by: "resource policy" },
  ])("distinguishes a Deny in the $by from a missing Allow", ({ text, by }) => {
    const denial = readDenial(`${WHO} ${text}`, site);

    expect(denial).toMatchObject({ deniedBy: by, how: "explicit" });
    expect(denial.fix).toContain("denies iam:PutRolePolicy");
  });

  test("gives the line to add, with the account", () => {
    expect(readDenial(WHO, site).fix).toBe(
      'add to the policy of the writer: {"Effect":"Allow","Action":"iam:PutRolePolicy","Resource":"arn:aws*:iam::111122223333:role/grantkeeper/*"}',
    );
  });

  test.each(["because no session policy allows the action", "with an explicit deny in a session policy"])(
    "names a session policy, which is always ours, as an error of Grantkeeper: %s",
    (text) => {
      expect(readDenial(`${WHO} ${text}`, site).fix).toMatch(/^this is an error of Grantkeeper/);
    },
  );

  test("names a missing action that differs from the call", () => {
    const binder = { ...site, call: "lambda:UpdateFunctionConfiguration", identity: "binder" } as const;
    const text =
      "User: x is not authorized to perform: iam:PassRole on resource: arn:y because no identity-based policy allows the iam:PassRole action";

    expect(readDenial(text, binder)).toMatchObject({
      action: "iam:PassRole",
      fix: expect.stringContaining("role/grantkeeper/*"),
    });
  });

  test("of AssumeRole without a reason points to trust and external id", () => {
    const assume = { ...site, call: "sts:AssumeRole", identity: "base" } as const;
    const denial = readDenial(
      "User: x is not authorized to perform: sts:AssumeRole on resource: arn:y",
      assume,
    );

    expect(denial).toMatchObject({ deniedBy: "trust policy", fix: expect.stringContaining("external id") });
  });

  test("of an unknown form falls back to the call", () => {
    expect(readDenial("Access Denied", site)).toMatchObject({
      action: "iam:PutRolePolicy",
      deniedBy: "unknown",
    });
  });
});
