import { describe } from "@jest/globals";
import { ACCOUNT, callerOf, ROLE, ROOT, SESSION, USER } from "./question.ts";
import { user, lambda, named, decides } from "./decides.ts";

const anonymous = callerOf("anonymous");

const nameless = callerOf(ROLE);

describe("a caller without identity policies", () => {
  const service = { Principal: { Service: "lambda.amazonaws.com" } };
  decides([
    { because: "the policy names the service", caller: lambda, policy: service, is: "allowed" },
    {
      because: "the policy names another service",
      caller: callerOf("events.amazonaws.com"),
      policy: service,
      is: "not allowed by resource",
    },
    { because: "the policy names all principals", caller: lambda, policy: { Principal: "*" }, is: "allowed" },
    { because: "a service needs a policy of the resource", caller: lambda, is: "not allowed by resource" },
    { because: "the resource's policy was not read", caller: lambda, policy: "not-read", is: "unknown" },
    {
      because: "all principals include a caller who did not sign in",
      caller: anonymous,
      policy: { Principal: { AWS: "*" } },
      is: "allowed",
    },
    {
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalaccount
      because: "the account of a caller who did not sign in is called anonymous",
      caller: anonymous,
      policy: { Principal: "*", Condition: { StringEquals: { "aws:PrincipalAccount": "anonymous" } } },
      is: "allowed",
    },
    {
      because: "an account does not include a caller who did not sign in",
      caller: anonymous,
      policy: named(ACCOUNT),
      is: "not allowed by resource",
    },
    {
      because: "the trust policy names the identity provider of a federated user",
      caller: { kind: "federated", provider: "cognito-identity.amazonaws.com" },
      action: "sts:AssumeRoleWithWebIdentity",
      trust: { Principal: { Federated: "cognito-identity.amazonaws.com" } },
      is: "allowed",
    },
  ]);
});

describe("a statement with NotPrincipal", () => {
  const sparing = (...spared: readonly string[]): object => ({
    Effect: "Deny",
    NotPrincipal: { AWS: spared },
  });
  decides([
    {
      because: "a Deny spares a caller who is named by session, role and account",
      identity: [{}],
      policy: sparing(SESSION, ROLE, ROOT),
      is: "allowed",
    },
    {
      because: "a Deny does not spare a caller who is named by role alone",
      identity: [{}],
      policy: sparing(ROLE),
      is: "denied by resource",
    },
    {
      because: "a Deny does not spare a session whose name is not known",
      caller: nameless,
      identity: [{}],
      policy: sparing(SESSION, ROLE, ROOT),
      is: "denied by resource",
    },
    {
      because: "a Deny does not spare a caller with a boundary",
      identity: [{}],
      boundary: {},
      policy: sparing(SESSION, ROLE, ROOT),
      is: "denied by resource",
    },
    {
      because: "a Deny that excepts all principals denies no one without a boundary",
      identity: [{}],
      policy: { Effect: "Deny", NotPrincipal: "*" },
      is: "allowed",
    },
    {
      because: "a Deny that excepts all principals still denies a caller with a boundary",
      identity: [{}],
      boundary: {},
      policy: { Effect: "Deny", NotPrincipal: "*" },
      is: "denied by resource",
    },
    {
      because: "a Deny does not spare a caller who did not sign in",
      caller: anonymous,
      policy: sparing(ROOT),
      is: "denied by resource",
    },
    {
      because: "an Allow grants to every other caller",
      policy: { NotPrincipal: { AWS: USER } },
      is: "allowed",
    },
    {
      because: "an Allow does not grant to the excepted caller",
      caller: user,
      policy: { NotPrincipal: { AWS: USER } },
      is: "not allowed by identity",
    },
    {
      because: "an Allow that excepts all principals grants to no one",
      policy: { NotPrincipal: "*" },
      is: "not allowed by identity",
    },
  ]);
});
