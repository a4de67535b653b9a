import { describe, expect, test } from "@jest/globals";
import { known, type EstateFunction, type EstatePart } from "../../../../src/adopt/estate/estate.ts";
import type { ImportNote } from "../../../../src/adopt/manifests/notes.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import type { LiveResourcePolicy, LiveRole } from "../../../../src/model/live.ts";
import { estate, estateFunction, estateIam, estateRole } from "../../../support/adopt/estate.ts";
import { importPlan, outcomeOf } from "../../../support/adopt/import.ts";
import { policyText } from "../../../support/adopt/policies.ts";

const ARN = estateFunction("orders").arn;
const READ_AT = estate().observedAtMs;
const DAY_MS = 86_400_000;

interface Live {
  readonly role?: Partial<LiveRole>;
  readonly found?: Partial<EstateFunction>;
}

/** What the report notes about the function `orders`. */
function notesOf({ role = {}, found = {} }: Live): readonly ImportNote[] {
  const roles = [estateRole("orders-role", { lastUsedAtMs: READ_AT, ...role })];
  const all = estate({ functions: [estateFunction("orders", found)], iam: known(estateIam(roles)) });
  const plan = importPlan(all);
  const outcome = outcomeOf(plan, "orders");
  if (outcome.kind !== "written") throw new Error(JSON.stringify(outcome));
  return outcome.notes;
}

function textsOf(notes: readonly ImportNote[], kind: ImportNote["kind"]): readonly string[] {
  return notes
    .filter((note) => note.kind === kind)
    .map(({ text, commands = [] }) => [text, ...commands].join("\n"));
}

function inline(...statements: readonly object[]): Partial<LiveRole> {
  return { inline: [{ name: "app", text: policyText(statements as readonly Statement[]) }] };
}

function policiesOf(qualifier: string, text: string): EstateFunction["policies"] {
  return new Map<string, EstatePart<LiveResourcePolicy | null>>([
    ["", known(null)],
    [qualifier, known({ text, revisionId: "1" })],
  ]);
}

function calledBy(statement: object, qualifier = ""): Partial<EstateFunction> {
  const base = { Effect: "Allow", Action: "lambda:InvokeFunction" };
  const Resource = qualifier === "" ? ARN : `${ARN}:${qualifier}`;
  const text = policyText([{ ...base, Resource, ...statement } as Statement]);
  return {
    aliases: known(qualifier === "" ? [] : [{ name: qualifier, versions: ["$LATEST"] }]),
    policies: policiesOf(qualifier, text),
  };
}

function trusting(Action: string | readonly string[], Principal: object): Partial<LiveRole> {
  const statements = [
    { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    { Effect: "Allow", Principal, Action },
  ];
  return { trust: JSON.stringify({ Version: "2012-10-17", Statement: statements }) };
}

const GONE = "AROAEXAMPLEEXAMPLE123";

describe("a caller that is not declared is named by its statement", () => {
  test.each<{
    readonly because: string;
    readonly found: Partial<EstateFunction>;
    readonly kind: ImportNote["kind"];
    readonly text: string | RegExp;
  }>([
    {
      because: "by its alias, if it is in the policy of one",
      found: calledBy({ Sid: "open", Principal: "*" }, "live"),
      kind: "public",
      text: 'statement "open" of live lets everyone call it; it is not declared',
    },
    {
      because: "a statement without a Sid cannot be removed alone",
      found: calledBy({ Principal: { AWS: GONE } }),
      kind: "deleted-principal",
      text: `a statement without Sid names ${GONE}, which was deleted; it is not declared`,
    },
    {
      because: "the removal in an alias names its qualifier",
      found: calledBy({ Sid: "gone", Principal: { AWS: GONE } }, "live"),
      kind: "deleted-principal",
      text: /remove-permission --region eu-west-1 --function-name \S+:function:orders --qualifier live --statement-id gone$/,
    },
    {
      because: "rules that match the pattern of an alias have the alias as their target",
      found: calledBy(
        {
          Sid: "rules",
          Principal: { Service: "events.amazonaws.com" },
          Condition: { ArnLike: { "AWS:SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/*" } },
        },
        "live",
      ),
      kind: "undeclared-caller",
      text: /those of the default bus, .*; enforcing leaves the statement.*\naws events list-rule-names-by-target .* --target-arn \S+:function:orders:live$/,
    },
    {
      because: "the danger of what it lets in is named with its rule",
      found: calledBy({ Sid: "any", Principal: { Service: "s3.amazonaws.com" } }),
      kind: "undeclared-caller",
      text: 'statement "any" is not declared: a service without a source account or ARN (INV-001, INV-002)',
    },
    {
      because: "without a danger, only an equal caller is missing",
      found: calledBy({
        Sid: "user",
        Principal: { AWS: "arn:aws:iam::111122223333:user/dana" },
      }),
      kind: "undeclared-caller",
      text: 'statement "user" is not declared: no caller of the catalogue is equal',
    },
  ])("$because", ({ found, kind, text }) => {
    const [only, ...others] = textsOf(notesOf({ found }), kind);

    expect(others).toEqual([]);
    expect(only).toMatch(text);
  });

  test("a URL of an alias that everyone can call is declared, and named with the alias", () => {
    const statements = [
      {
        Sid: "url",
        Effect: "Allow",
        Principal: "*",
        Action: "lambda:InvokeFunctionUrl",
        Resource: `${ARN}:live`,
        Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } },
      },
      {
        Sid: "viaUrl",
        Effect: "Allow",
        Principal: "*",
        Action: "lambda:InvokeFunction",
        Resource: `${ARN}:live`,
        Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
      },
    ];
    const text = policyText(statements as never);
    const found: Partial<EstateFunction> = {
      aliases: known([{ name: "live", versions: ["$LATEST"] }]),
      policies: policiesOf("live", text),
    };

    expect(textsOf(notesOf({ found }), "public")).toEqual([
      "its caller functionUrl of live lets everyone call it; it is declared",
    ]);
  });
});

describe("who else may assume the role is a note with the calls to look for", () => {
  const account = { AWS: "arn:aws:iam::777788889999:root" };

  test.each([
    { because: "one call", action: "sts:AssumeRoleWithSAML", calls: ["AssumeRoleWithSAML"] },
    {
      because: "several calls",
      action: ["sts:AssumeRole", "sts:AssumeRoleWithSAML"],
      calls: ["AssumeRole", "AssumeRoleWithSAML"],
    },
    {
      because: "a pattern",
      action: "sts:*",
      calls: ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"],
    },
    {
      because: "every action",
      action: "*",
      calls: ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"],
    },
    { because: "none for an action that assumes nothing", action: "sts:TagSession", calls: [] },
  ])("$because", ({ action, calls }) => {
    const [text = ""] = textsOf(notesOf({ role: trusting(action, account) }), "foreign-trust");

    expect([...text.matchAll(/AttributeValue=(\w+)/g)].map(([, call]) => call)).toEqual(calls);
  });
});

describe("a role is unused only if that was seen", () => {
  test.each<{
    readonly because: string;
    readonly at: LiveRole["lastUsedAtMs"];
    readonly texts: readonly string[];
  }>([
    { because: "its use was not read", at: "unknown", texts: [] },
    { because: "it was never used", at: null, texts: ["its role was not used in the last 400 days"] },
    { because: "89 days are not long", at: READ_AT - 90 * DAY_MS + 1, texts: [] },
    {
      because: "90 days are",
      at: READ_AT - 90 * DAY_MS,
      texts: ["its role was last used 90 days before the read"],
    },
  ])("$because", ({ at, texts }) => {
    expect(textsOf(notesOf({ role: { lastUsedAtMs: at } }), "unused")).toEqual(texts);
  });
});

describe("statements with wildcards are counted", () => {
  test.each<{ readonly because: string; readonly statements: readonly object[]; readonly count: number }>([
    {
      because: "an Allow on everything, with a part of a service, and by exclusion",
      statements: [
        { Effect: "Allow", Action: "sqs:PurgeQueue", Resource: "*" },
        { Effect: "Allow", Action: "s3:Get*", Resource: "arn:aws:s3:::a/b" },
        { Effect: "Allow", NotAction: "iam:*", Resource: "arn:aws:s3:::a" },
        { Effect: "Allow", Action: "s3:GetObject", NotResource: "arn:aws:s3:::a/b" },
      ],
      count: 4,
    },
    {
      because: "a Deny allows nothing, and a name is no wildcard",
      statements: [
        { Effect: "Deny", Action: "*", Resource: "*" },
        { Effect: "Allow", Action: "sqs:PurgeQueue", Resource: "arn:aws:sqs:eu-west-1:111122223333:a" },
      ],
      count: 0,
    },
  ])("$because: $count", ({ statements, count }) => {
    const texts = textsOf(notesOf({ role: inline(...statements) }), "wildcard");

    expect(texts).toEqual(count === 0 ? [] : [`${count} statements with wildcards in inline policy app`]);
  });
});

test("a role in an instance profile has another user than functions", () => {
  const notes = notesOf({ role: { instanceProfiles: ["web"] } });

  expect(textsOf(notes, "shared")).toEqual(["role orders-role is in 1 instance profile"]);
});

test.each<{ readonly because: string; readonly statement: object; readonly isAdmin: boolean }>([
  { because: "every action on every resource", statement: { Action: "*:*", Resource: "*" }, isAdmin: true },
  { because: "not on one resource", statement: { Action: "*", Resource: "arn:aws:s3:::a" }, isAdmin: false },
  {
    because: "not under a condition",
    statement: { Action: "*", Resource: "*", Condition: { Bool: { "aws:SecureTransport": "true" } } },
    isAdmin: false,
  },
])(
  "an inline policy is an administrator, as for coverage, only if it allows all: $because",
  ({ statement, isAdmin }) => {
    const notes = notesOf({ role: inline({ Effect: "Allow", ...statement }) });

    expect(textsOf(notes, "admin")).toEqual(
      isAdmin ? ["inline policy app allows every action on every resource"] : [],
    );
  },
);

test.each([
  { because: "the version is on the role of $LATEST", versions: [] },
  {
    because: "it is on a role of its own",
    versions: [{ version: "3", roleArn: estateRole("older").arn as string }],
  },
])("an alias on a published version keeps its role: $because", ({ versions }) => {
  const found: Partial<EstateFunction> = {
    versions: known(versions),
    aliases: known([{ name: "live", versions: ["3", "$LATEST"] }]),
    policies: new Map([
      ["", known(null)],
      ["live", known(null)],
    ]),
  };
  const on = versions.length === 0 ? "the present role" : "older";

  expect(textsOf(notesOf({ found }), "published-versions")).toEqual([
    `alias live runs version 3 on ${on}: it keeps that role until a new version is published`,
  ]);
});

test("a note of the nearest grants shows three of them and counts the others", () => {
  const queues = Array.from({ length: 21 }, (_, at) => `arn:aws:sqs:eu-west-1:111122223333:events-${at}`);
  const statement = { Effect: "Allow", Action: ["sqs:SendMessage", "sqs:TagQueue"], Resource: queues };

  const [text = ""] = textsOf(notesOf({ role: inline(statement) }), "nearest-grants");

  expect(text.split("{ sqs:")).toHaveLength(4);
  expect(text).toMatch(/ and 18 more, which drop 1 action$/);
});
