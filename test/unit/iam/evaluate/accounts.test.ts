import { describe } from "@jest/globals";
import { ACCOUNT, callerOf, OTHER, ROLE, ROOT, SESSION, USER } from "./question.ts";
import { user, FOREIGN, NARROW, named, decides } from "./decides.ts";

const root = callerOf(ACCOUNT);

const federated = callerOf(`arn:aws:sts::${ACCOUNT}:federated-user/bob`);

describe("a request inside one account", () => {
  decides([
    { because: "no policy names the action", is: "not allowed by identity" },
    { because: "an identity policy allows it", identity: [NARROW, {}], is: "allowed" },
    {
      because: "a Deny in another policy wins",
      identity: [{}, { Effect: "Deny" }],
      is: "denied by identity",
    },
    {
      because: "the boundary allows something else",
      identity: [{}],
      boundary: NARROW,
      is: "not allowed by boundary",
    },
    { because: "the boundary alone grants nothing", boundary: {}, is: "not allowed by identity" },
    {
      because: "the boundary denies",
      identity: [{}],
      boundary: { Effect: "Deny" },
      is: "denied by boundary",
    },
    {
      because: "the session's policy allows something else",
      identity: [{}],
      session: NARROW,
      is: "not allowed by session",
    },
    {
      because: "identity, boundary and session all allow",
      identity: [{}],
      boundary: {},
      session: {},
      is: "allowed",
    },
    {
      because: "the resource's policy denies",
      identity: [{}],
      policy: { ...named(ROLE), Effect: "Deny" },
      is: "denied by resource",
    },
    { because: "the resource's policy names the role", policy: named(ROLE), is: "allowed" },
    {
      because: "a grant to the role is limited by the boundary",
      policy: named(ROLE),
      boundary: NARROW,
      is: "not allowed by identity",
    },
    {
      because: "a grant to the role is limited by the session's policy",
      policy: named(ROLE),
      session: NARROW,
      is: "not allowed by identity",
    },
    {
      because: "a grant to the session is not limited by them",
      policy: named(SESSION),
      boundary: NARROW,
      session: NARROW,
      is: "allowed",
    },
    {
      because: "a grant to all principals is not limited by the boundary",
      policy: { Principal: "*" },
      boundary: NARROW,
      is: "allowed",
    },
    {
      because: "a grant to the user is not limited by the boundary",
      caller: user,
      policy: named(USER),
      boundary: NARROW,
      is: "allowed",
    },
    {
      because: "a grant to a federated user is not limited by the session's policy",
      caller: federated,
      policy: named(`arn:aws:sts::${ACCOUNT}:federated-user/bob`),
      session: NARROW,
      is: "allowed",
    },
    {
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getfederationtoken.html
      because: "a federated user without a session policy gets nothing from identity policies",
      caller: federated,
      identity: [{}],
      is: "not allowed by session",
    },
    {
      because: "with a session policy, a federated user gets what both allow",
      caller: federated,
      identity: [{}],
      session: {},
      is: "allowed",
    },
    {
      because: "a grant to the account leaves the decision to identity policies",
      policy: named(ACCOUNT),
      is: "not allowed by identity",
    },
    {
      because: "identity policies allow what the resource leaves to the account",
      policy: named(ACCOUNT),
      identity: [{}],
      is: "allowed",
    },
    { because: "the policy names another user", policy: named(USER), is: "not allowed by identity" },
    {
      because: "the policy names another session",
      policy: named(`${SESSION}x`),
      is: "not allowed by identity",
    },
    {
      because: "a deleted principal matches no caller",
      policy: named("AROAEXAMPLEEXAMPLE"),
      is: "not allowed by identity",
    },
    { because: "the account's root user needs no policy", caller: root, is: "allowed" },
    {
      because: "the account's root user can be denied",
      caller: root,
      policy: { ...named(ROOT), Effect: "Deny" },
      is: "denied by resource",
    },
    {
      because: "the resource's policy was not read, and its grant is not needed",
      identity: [{}],
      policy: "not-read",
      is: "allowed",
    },
    {
      because: "a bucket without an account in its ARN is assumed to be the caller's",
      resource: "arn:aws:s3:::b",
      action: "s3:ListBucket",
      identity: [{}],
      is: "allowed",
    },
  ]);
});

describe("a request across accounts", () => {
  decides([
    {
      because: "the identity policy alone is not enough",
      ...FOREIGN,
      identity: [{}],
      is: "not allowed by resource",
    },
    {
      because: "the resource's policy alone is not enough",
      ...FOREIGN,
      policy: named(SESSION),
      is: "not allowed by identity",
    },
    { because: "both policies allow", ...FOREIGN, identity: [{}], policy: named(ACCOUNT), is: "allowed" },
    {
      because: "the boundary limits it too",
      ...FOREIGN,
      identity: [{}],
      boundary: NARROW,
      policy: named(SESSION),
      is: "not allowed by boundary",
    },
    {
      because: "the resource's policy was not read",
      ...FOREIGN,
      identity: [{}],
      policy: "not-read",
      is: "unknown",
    },
    {
      because: "an unread policy does not matter if identity does not allow",
      ...FOREIGN,
      policy: "not-read",
      is: "not allowed by identity",
    },
    {
      because: "the request names the owner of the bucket",
      resource: "arn:aws:s3:::b",
      resourceAccount: OTHER,
      identity: [{}],
      is: "not allowed by resource",
    },
    {
      because: "the policy names the root user of another account",
      ...FOREIGN,
      caller: root,
      policy: named(ROOT),
      is: "allowed",
    },
  ]);
});
