import type { Asker } from "./world.ts";

/** What worlds are drawn from: few values, so that statements and requests meet, and near misses of them. */
export const HOME = "111122223333";
export const OTHER = "444455556666";

const ROLE = `arn:aws:iam::${HOME}:role/app/r`;
const SESSION = `arn:aws:sts::${HOME}:assumed-role/r/s1`;
const USER = `arn:aws:iam::${HOME}:user/ops/ann`;
const FEDERATED_USER = `arn:aws:sts::${HOME}:federated-user/fay`;
const ROOT = `arn:aws:iam::${HOME}:root`;
const PROVIDER = `arn:aws:iam::${HOME}:saml-provider/p`;
const SERVICE = "events.amazonaws.com";

export const CALLERS: readonly Asker[] = [
  { kind: "role", accountId: HOME, roleArn: ROLE, sessionArn: SESSION },
  { kind: "role", accountId: HOME, roleArn: ROLE, sessionArn: null },
  { kind: "user", accountId: HOME, arn: USER },
  { kind: "federated-user", accountId: HOME, arn: FEDERATED_USER },
  { kind: "account", accountId: HOME, arn: ROOT },
  { kind: "service", name: SERVICE },
  { kind: "federated", provider: PROVIDER },
  { kind: "anonymous" },
];

/** Of resource policies; those that a trust policy may have too come first. */
export const PRINCIPALS: readonly object[] = [
  { AWS: "*" },
  { AWS: HOME },
  { AWS: [ROOT] },
  { AWS: OTHER },
  { AWS: ROLE },
  { AWS: [OTHER, SESSION] },
  { AWS: `${SESSION}x` },
  { AWS: USER },
  { AWS: FEDERATED_USER },
  { AWS: "AROAEXAMPLEEXAMPLEEXA" },
  { Service: SERVICE },
  { Service: ["sns.amazonaws.com", SERVICE], AWS: OTHER },
  { Federated: PROVIDER },
];

/** Those that name a caller in full more than once: the documentation has less about others. */
export const EXCEPTED: readonly object[] = [
  { AWS: [SESSION, ROLE, ROOT] },
  { AWS: [HOME, ROLE, SESSION, OTHER] },
  { AWS: [SESSION, USER, ROLE, ROOT] },
  { AWS: [USER, HOME] },
  { AWS: [FEDERATED_USER, ROOT] },
  { AWS: ROOT },
  { AWS: OTHER },
  { AWS: ROLE },
  { AWS: "*" },
  { Service: SERVICE },
];

export const ACTIONS: readonly string[] = [
  "s3:GetObject",
  "S3:get*",
  "s3:?etObject",
  "s3:*Object*",
  "s3:Get*Acl",
  "s3:*",
  "*",
  "sqs:SendMessage",
  "SQS:*",
  "kms:Decrypt",
];

export const RESOURCES: readonly string[] = [
  "*",
  "arn:aws:s3:::b",
  "arn:aws:s3:::b/*",
  "arn:aws:s3:::b/?",
  "arn:aws:s3:::b/k*e",
  "arn:aws:s3:::*",
  "arn:aws:s3:::b/${aws:username}/*",
  "arn:aws:s3:::b/${aws:PrincipalTag/team, 'all'}",
  "arn:aws:s3:::b/${AWS:PrincipalTag/Team}/x",
  "arn:aws:s3:::b/${*}",
  "arn:aws:s3:::b/k${?}",
  "arn:aws:s3:::b/${$}{x}",
  `arn:aws:sqs:eu-west-1:${HOME}:q`,
  `arn:aws:sqs:*:${HOME}:q`,
  `arn:aws:sqs:eu-*:q`,
  `arn:aws:s?s:eu-*:q`,
  `arn:aws:sqs:e*t-1:${HOME}:q?`,
  `arn:aws:sqs:eu-west-?:*`,
  `arn:aws:s*s:eu-west-1:${HOME}:q`,
  `arn:aws:kms:eu-west-1:${HOME}:key/*`,
  `arn:aws:logs:eu-west-1:${HOME}:log-group:*:log-stream:x`,
];

/** Incomplete ARNs are completed in identity-based policies only. */
export const SHORT_RESOURCES: readonly string[] = ["arn:aws:sqs", "arn:aws:sqs:eu-west-1", "arn:aws:s3:*"];

/** A kind of condition: its operators, keys with one value, a key with several, and values of policies and requests. */
export interface Family {
  readonly operators: readonly string[];
  readonly keys: readonly string[];
  readonly manyKey: string;
  readonly wanted: readonly unknown[];
  readonly found: readonly string[];
}

const orders = (name: string): readonly string[] =>
  ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"].map(
    (order) => `${name}${order}`,
  );

export const FAMILIES: readonly Family[] = [
  {
    operators: [
      "StringEquals",
      "StringNotEquals",
      "StringEqualsIgnoreCase",
      "StringNotEqualsIgnoreCase",
      "StringLike",
      "StringNotLike",
    ],
    keys: ["aws:SourceVpc", "aws:PrincipalTag/team", "aws:username", "aws:PrincipalAccount", "s3:prefix"],
    manyKey: "aws:TagKeys",
    wanted: [
      "v1",
      "V1",
      "v2",
      "v*",
      "v?",
      "*",
      "",
      "ann",
      "anonymous",
      HOME,
      "${aws:username}",
      "${aws:PrincipalTag/team, 'v1'}",
      "${aws:PrincipalTag/team}2",
      "v${*}",
      "${$}{x}",
      "v${?}",
    ],
    found: ["v1", "V1", "v2", "v12", "v*", "v?", "", "ann", "${x}", "v", "${aws:username}", "v${*}"],
  },
  {
    operators: orders("Numeric"),
    keys: ["s3:max-keys"],
    manyKey: "test:Numbers",
    wanted: ["10", 10, "10.0", "9", "-1", "10.5", 0, "7"],
    found: ["10", "9", "11", "10.5", "-1", "-2", "0", "7", "10.00"],
  },
  {
    operators: orders("Date"),
    keys: ["aws:CurrentTime"],
    manyKey: "test:Times",
    wanted: [
      "2026-01-01T00:00:00Z",
      "2026-01-01",
      "2026-01",
      "2026",
      "2026-01-01T01:00:00+01:00",
      "2025-12-31T20:30-03:30",
      1_767_225_600,
      "1767225601",
    ],
    found: [
      "2026-01-01T00:00:00Z",
      "2026-01-01T00:00:01Z",
      "2025-12-31T23:59:59Z",
      "1767225600",
      "2026-01-01T02:00:00+02:00",
      "2026-01-01T00:00Z",
    ],
  },
  {
    operators: ["Bool"],
    keys: ["aws:SecureTransport"],
    manyKey: "test:Flags",
    wanted: ["true", true, "false", false, "True"],
    found: ["true", "false", "TRUE"],
  },
  {
    operators: ["BinaryEquals"],
    keys: ["test:Binary"],
    manyKey: "test:Binaries",
    wanted: ["QUJD", "QUI=", "AA=="],
    found: ["QUJD", "QUI=", "AA==", "qujd"],
  },
  {
    operators: ["IpAddress", "NotIpAddress"],
    keys: ["aws:SourceIp"],
    manyKey: "test:Addresses",
    wanted: [
      "10.0.0.0/8",
      "10.1.2.3",
      "10.1.2.0/23",
      "10.1.3.0/24",
      "0.0.0.0/0",
      "2001:db8::/33",
      "2001:DB8:8000::/33",
      "::/0",
      "2001:db8::1/128",
    ],
    found: ["10.1.2.3", "10.1.3.255", "11.0.0.1", "2001:db8::1", "2001:0db8:8000:0:0:0:0:1", "9.255.255.255"],
  },
  {
    operators: ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
    keys: ["aws:SourceArn", "aws:PrincipalArn"],
    manyKey: "test:Arns",
    wanted: [
      `arn:aws:sns:eu-west-1:${HOME}:t`,
      `arn:aws:sns:*:${HOME}:*`,
      "arn:aws:s?s:eu-west-1:*:t",
      "arn:*:*:*:*:*",
      `arn:aws:sns:*:${HOME}:f*t`,
      "arn:aws:sns:*:*:f/x:t",
      "arn:aws:iam::*:role/*",
      USER,
      "arn:aws:sns:eu-west-1:*:${aws:username}",
      "arn:aws:sns:eu-west-1:*:${aws:PrincipalTag/team, 't'}",
    ],
    found: [
      `arn:aws:sns:eu-west-1:${HOME}:t`,
      `arn:aws:sns:eu-west-1:${OTHER}:t`,
      `arn:aws:sns:us-east-1:${HOME}:f/x:t`,
      `arn:aws:sns:eu-west-1:${OTHER}:f:${HOME}:t`,
      `arn:aws:sqs:eu-west-1:${HOME}:t`,
      `arn:aws:sns:eu-west-1:${HOME}:ann`,
      ROLE,
    ],
  },
];

/** Values of keys that follow from the caller are not the request's to give. */
export const CALLER_KEYS: readonly string[] = ["aws:username", "aws:PrincipalArn", "aws:PrincipalAccount"];
