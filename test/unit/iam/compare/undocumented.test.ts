import { describe, expect, test } from "@jest/globals";
import { provedNarrower } from "../../../../src/iam/compare/containment.ts";
import type { DocumentContext } from "../../../../src/iam/document.ts";
import { compareDocuments } from "../../../../src/iam/compare/comparer.ts";
import { parseTemplate } from "../../../../src/iam/match/template.ts";
import { readDocument } from "../../../../src/iam/read/parse.ts";
import type { Dialect } from "../../../../src/model/aws/policy-document.ts";
import { ask, USER } from "../evaluate/question.ts";

const of = (dialect: Dialect): DocumentContext => ({ dialect, partition: "aws", accountId: "111122223333" });
const IDENTITY = of("identity");

function policy(statement: object, version = "2012-10-17"): string {
  return JSON.stringify({
    Version: version,
    Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*", ...statement }],
  });
}

const on = (resource: string): string => policy({ Resource: resource });
const when = (condition: object): string => policy({ Condition: condition });
const isProved = (inner: string, outer: string): boolean =>
  provedNarrower(inner, outer, IDENTITY).kind === "proved";

describe("a private-use character", () => {
  test("never matches a variable or an escaped wildcard", () => {
    expect(isProved(on("arn:aws:s3:::b/${aws:username}/x"), on("arn:aws:s3:::b/\uE001*"))).toBe(false);
    expect(isProved(on("arn:aws:s3:::b/\uE001"), on("arn:aws:s3:::b/${aws:username}*"))).toBe(false);
    expect(isProved(on("arn:aws:s3:::b/${*}"), on("arn:aws:s3:::b/\uE001*"))).toBe(false);
  });

  test("makes a statement opaque, wherever and however it is written", () => {
    const texts = [
      on("arn:aws:s3:::b/\uE001"),
      on("arn:aws:s3:::b/\uE001").replace("\uE001", "\\ue001"),
      encodeURIComponent(on("arn:aws:s3:::b/\uF8FF")),
      policy({ Action: "s3:\uE000" }),
      when({ StringEquals: { "aws:SourceVpc": "\uE002" } }),
      when({ StringEquals: { "aws:ResourceTag/\uE002": "x" } }),
    ];

    for (const text of texts)
      expect(readDocument(text, IDENTITY)).toMatchObject({ document: { opaque: true } });
  });

  test("in a request leads to no answer", () => {
    const identity = [{ Effect: "Allow", Action: "s3:*", Resource: "*" }];
    const denial = {
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: { StringLike: { k: "a${*}*" } },
    };

    expect(ask({ identity, action: "s3:GetObject", resource: "arn:aws:s3:::b/\uE001" }).kind).toBe("unknown");
    expect(
      ask({ identity: [...identity, denial], action: "s3:GetObject", context: { k: "a\uE001" } }).kind,
    ).toBe("unknown");
  });
});

describe("a policy variable", () => {
  test.each([
    {
      because: "names of condition keys ignore case",
      a: on("arn:aws:s3:::b/${aws:UserName}"),
      b: on("arn:aws:s3:::b/${AWS:username}"),
      tier: "equal",
    },
    {
      because: "the tag's part of the name ignores case too",
      a: when({ StringEquals: { k: "${aws:PrincipalTag/Team}" } }),
      b: when({ StringEquals: { k: "${aws:principaltag/team}" } }),
      tier: "equal",
    },
    {
      because: "spaces around a default have no meaning",
      a: on("arn:aws:s3:::b/${aws:username,'x'}"),
      b: on("arn:aws:s3:::b/${aws:username ,  'x'}"),
      tier: "equal",
    },
    {
      because: "a default keeps its case and its spaces",
      a: on("arn:aws:s3:::b/${aws:username, 'x '}"),
      b: on("arn:aws:s3:::b/${aws:username, 'x'}"),
      tier: "security",
    },
    {
      because: "a document of 2008 has no variables",
      a: policy({ Resource: "arn:aws:s3:::b/${aws:UserName}" }, "2008-10-17"),
      b: policy({ Resource: "arn:aws:s3:::b/${aws:username}" }, "2008-10-17"),
      tier: "security",
    },
  ])("is compared by the key that it names: $because", ({ a, b, tier }) => {
    expect(compareDocuments(a, b, IDENTITY)).toBe(tier);
    expect(isProved(a, b) && isProved(b, a)).toBe(tier === "equal");
  });

  test("is parsed in linear time, however many spaces it has", () => {
    const blanks = " ".repeat(1_000_000);

    expect(parseTemplate(`\${a${blanks}b}`).isVariable).toBe(true);
    expect(parseTemplate(`\${${blanks},}`).isVariable).toBe(true);
  });

  test("makes a principal opaque", () => {
    const statement = {
      Effect: "Allow",
      NotPrincipal: { AWS: "arn:aws:iam::111122223333:user/${aws:PrincipalTag/name}" },
      Action: "sqs:SendMessage",
      Resource: "*",
    };

    expect(ask({ policy: statement, identity: [], resourceAccount: "444455556666" }).kind).not.toBe(
      "allowed",
    );
    expect(readDocument(JSON.stringify({ Statement: statement }), of("resource"))).toMatchObject({
      document: { opaque: true },
    });
  });

  test("without a value leaves the answer open for an excluded resource", () => {
    const allow = { Effect: "Allow", Action: "s3:*" };
    const asked = { action: "s3:GetObject", resource: "arn:aws:s3:::b/k" };
    const all = { ...allow, Resource: "*" };
    const excluding = { NotResource: "arn:aws:s3:::b/${aws:PrincipalTag/team}/*" };
    const differing = { Resource: "*", Condition: { StringNotEquals: { k: "${aws:PrincipalTag/team}" } } };

    for (const part of [excluding, differing]) {
      expect(ask({ ...asked, identity: [{ ...allow, ...part }] }).kind).toBe("unknown");
      expect(ask({ ...asked, identity: [all, { ...part, Effect: "Deny", Action: "*" }] }).kind).toBe(
        "unknown",
      );
      expect(ask({ ...asked, identity: [all, { ...allow, ...part }] }).kind).toBe("allowed");
    }
  });

  test("with a value leaves nothing open", () => {
    const identity = [{ Effect: "Allow", Action: "s3:*", NotResource: "arn:aws:s3:::b/${aws:username}/*" }];
    const caller = { kind: "user", accountId: "111122223333", arn: USER } as const;
    const asked = { caller, identity, action: "s3:GetObject" };

    expect(ask({ ...asked, resource: "arn:aws:s3:::b/ann/x" }).kind).toBe("denied");
    expect(ask({ ...asked, resource: "arn:aws:s3:::b/bob/x" }).kind).toBe("allowed");
  });

  test("in the exclusion of another statement proves nothing", () => {
    const excluding = { Resource: undefined, NotResource: "arn:aws:s3:::c/${aws:username}" };

    expect(isProved(on("arn:aws:s3:::b/k"), policy(excluding))).toBe(false);
    expect(isProved(policy(excluding), policy(excluding))).toBe(true);
    expect(
      isProved(when({ StringEquals: { k: "a" } }), when({ StringNotEquals: { k: "b${aws:username}" } })),
    ).toBe(false);
  });
});

describe("a value without a documented meaning", () => {
  test.each([
    { a: { NumericLessThan: { "s3:max-keys": "1e9" } }, b: { NumericLessThan: { "s3:max-keys": "10" } } },
    { a: { NumericEquals: { "s3:max-keys": "007" } }, b: { NumericEquals: { "s3:max-keys": "7" } } },
    {
      a: { DateLessThan: { "aws:CurrentTime": "20270101T000000Z" } },
      b: { DateLessThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } },
    },
    {
      a: { IpAddress: { "aws:SourceIp": "10.0.0.0/255.0.0.0" } },
      b: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } },
    },
    { a: { Null: { "aws:TokenIssueTime": [] } }, b: { Null: { "aws:TokenIssueTime": "true" } } },
  ])("proves nothing: $a", ({ a, b }) => {
    expect(isProved(when(a), when(b))).toBe(false);
    expect(isProved(when(b), when(a))).toBe(false);
    expect(isProved(when(a), when(a))).toBe(true);
  });
});
