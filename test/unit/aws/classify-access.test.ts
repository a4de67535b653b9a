import { describe, expect, test } from "@jest/globals";
import type { CallSite } from "../../../src/aws/calls/calls.ts";
import { classify } from "../../../src/aws/errors/classify.ts";
import { write, add, read, answer, kindOf } from "./call-sites.ts";

const listFunctions: CallSite = { ...add, call: "lambda:ListFunctions", identity: "observer", object: null };
const assume: CallSite = { ...write, call: "sts:AssumeRole", identity: "base", object: "role/observer" };

describe("missing access", () => {
  test.each([
    { site: write, name: "AccessDenied", scope: "object", because: "one denied role stops that role" },
    { site: add, name: "AccessDeniedException", scope: "object", because: "one denied function stops it" },
    {
      site: { ...read, call: "iam:GetAccountSummary", object: null } as const,
      name: "AccessDenied",
      scope: "action",
      because: "a call that takes no resource is denied completely",
    },
    {
      site: listFunctions,
      name: "AccessDeniedException",
      scope: "region",
      because: "a region's listing is that region's",
    },
    {
      site: { ...read, call: "iam:ListRoles", object: null } as const,
      name: "AccessDenied",
      scope: "account",
      because: "without its listings the account can't be read",
    },
    {
      site: assume,
      name: "AccessDenied",
      scope: "account",
      because: "without a session nothing can be done",
    },
    { site: assume, name: "ExpiredToken", scope: "account", because: "the base credentials have ended" },
    { site: write, name: "ExpiredToken", scope: "account", because: "a second session has expired as well" },
    {
      site: assume,
      name: "InvalidIdentityToken",
      scope: "account",
      because: "the base's web token is refused",
    },
    { site: assume, name: "IDPRejectedClaim", scope: "account", because: "the identity provider refuses it" },
    {
      site: assume,
      name: "ValidationError",
      scope: "account",
      because: "no object of ours caused the failed session",
    },
    {
      site: assume,
      name: "PackedPolicyTooLarge",
      scope: "object",
      because: "the session policy names one object, and one for another may fit",
    },
    {
      site: assume,
      name: "MalformedPolicyDocument",
      scope: "object",
      because: "the session policy names one object, and one for another may be valid",
    },
    {
      site: assume,
      name: "UnknownCode",
      scope: "account",
      because: "an unknown code has no object to blame",
    },
    { site: assume, name: "RegionDisabled", scope: "account", because: "without STS there is no session" },
    {
      site: write,
      name: "RequestTimeTooSkewed",
      scope: "account",
      because: "the clock of the machine is wrong",
    },
    {
      site: write,
      name: "RequestInTheFuture",
      scope: "account",
      because: "the clock of the machine is ahead",
    },
    { site: write, name: "RequestExpired", scope: "account", because: "the clock of the machine is behind" },
    {
      site: listFunctions,
      name: "OptInRequired",
      scope: "region",
      because: "a region that the account has not switched on",
    },
    {
      site: listFunctions,
      name: "UnrecognizedClientException",
      scope: "region",
      because: "a disabled region does not know the token",
    },
    {
      site: listFunctions,
      name: "InvalidClientTokenId",
      scope: "region",
      because: "the same in another wording",
    },
    { site: read, name: "InvalidClientTokenId", scope: "account", because: "IAM has no disabled regions" },
    {
      site: read,
      name: "SignatureDoesNotMatch",
      scope: "account",
      because: "the clock or the secret is wrong",
    },
  ])("$because", ({ site, name, scope }) => {
    expect(kindOf(answer(name, 403), site)).toEqual({ kind: "circuit", scope });
  });

  test("credentials that the SDK can't find are the account's", () => {
    const cause = Object.assign(new Error("Could not load credentials"), {
      name: "CredentialsProviderError",
    });

    expect(classify(cause, assume).facts).toMatchObject({
      code: "CredentialsProviderError",
      disposition: { kind: "circuit", scope: "account" },
      lost: false,
    });
  });
});
