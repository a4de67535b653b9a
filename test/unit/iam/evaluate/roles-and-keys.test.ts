import { describe } from "@jest/globals";
import { ACCOUNT, ROLE, USER } from "./question.ts";
import { lambda, named, decides } from "./decides.ts";

describe("requests for roles and KMS keys", () => {
  const assume = { action: "sts:AssumeRole", resource: `arn:aws:iam::${ACCOUNT}:role/target` };
  const key = { action: "kms:Decrypt", resource: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/k` };
  decides([
    {
      because: "the trust policy does not name the caller",
      ...assume,
      identity: [{}],
      trust: named(USER),
      is: "not allowed by resource",
    },
    { because: "the trust policy names the role", ...assume, trust: named(ROLE), is: "allowed" },
    {
      because: "the trust policy names the account, and identity policies do not allow",
      ...assume,
      trust: named(ACCOUNT),
      is: "not allowed by identity",
    },
    {
      because: "the trust policy names the account, and identity policies allow",
      ...assume,
      identity: [{}],
      trust: named(ACCOUNT),
      is: "allowed",
    },
    {
      because: "the trust policy names the service",
      ...assume,
      caller: lambda,
      trust: { Principal: { Service: "lambda.amazonaws.com" } },
      is: "allowed",
    },
    {
      because: "the trust policy was not read",
      ...assume,
      identity: [{}],
      policy: "not-read",
      is: "unknown",
    },
    { because: "the key has no policy", ...key, identity: [{}], is: "not allowed by resource" },
    {
      because: "the key's policy leaves the decision to the account",
      ...key,
      identity: [{}],
      policy: named(ACCOUNT),
      is: "allowed",
    },
    {
      // https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
      because: "a KMS action without a key needs no key policy",
      action: "kms:ListKeys",
      resource: "*",
      identity: [{}],
      is: "allowed",
    },
    {
      because: "an alias has no key policy",
      action: "kms:CreateAlias",
      resource: `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/a`,
      identity: [{}],
      is: "allowed",
    },
    { because: "the key's policy was not read", ...key, identity: [{}], policy: "not-read", is: "unknown" },
  ]);
});
