import { readDocumentName } from "../../../src/iam/row-text.ts";
import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { provedNarrower } from "../../../src/iam/compare/containment.ts";
import type { DocumentContext } from "../../../src/iam/document.ts";
import { compareDocuments } from "../../../src/iam/compare/comparer.ts";
import { evaluate } from "../../../src/iam/evaluate/evaluate.ts";
import type { Decision } from "../../../src/model/answers/decision.ts";
import { compiledPolicy } from "../../support/policies/compiled-policies.ts";
import { accessRequest } from "../../../src/iam/evaluate/request.ts";
import { operatorNames } from "../../../src/iam/operators.ts";
import { namesOf } from "../../../src/iam/match/reach.ts";
import { effectiveSurface, type Surface } from "../../../src/iam/compare/surface.ts";
import { matchesPattern } from "../../../src/iam/match/wildcard.ts";
import type { NameSet, PermissionRow } from "../../../src/model/delta.ts";
import { allows, type EvaluatedRequest, type EvaluatedRole } from "../../support/policies/evaluator.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import {
  drawnDocument,
  REQUESTS,
  respelled,
  textOf,
  type DrawnStatement,
} from "../../support/policies/drawn-policies.ts";

jest.setTimeout(LAW_TIMEOUT_MS);

const runs = { numRuns: FC_RUNS };
const ACCOUNT = "111122223333";
const IDENTITY: DocumentContext = { dialect: "identity", partition: "aws", accountId: ACCOUNT };
const BOUNDARY: DocumentContext = { ...IDENTITY, dialect: "boundary" };
const CALLER = {
  kind: "role",
  accountId: ACCOUNT,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
  sessionArn: null,
} as const;

function decide({ documents, boundary }: EvaluatedRole, request: EvaluatedRequest): Decision {
  const identity = documents.map((text, at) => compiledPolicy(`document ${at}`, text, IDENTITY));
  const { action, resource, context = {} } = request;
  return evaluate(accessRequest({ caller: CALLER, action, resource, context }), {
    identity,
    boundary: boundary === null ? null : compiledPolicy("boundary", boundary, BOUNDARY),
    session: [],
    resource: { kind: "none" },
  });
}

const isAllowed = (role: EvaluatedRole, request: EvaluatedRequest): boolean =>
  decide(role, request).kind === "allowed";
const alone = (text: string): EvaluatedRole => ({ documents: [text], boundary: null });

/** Every request, and each of them with some keys less: those that the second opinion knows. */
const role: fc.Arbitrary<EvaluatedRole> = fc
  .tuple(fc.array(drawnDocument.map(textOf), { maxLength: 2 }), fc.option(drawnDocument.map(textOf)))
  .map(([documents, boundary]) => ({ documents, boundary }));

const operator = fc
  .tuple(
    fc.constantFrom("", "ForAllValues:", "ForAnyValue:"),
    fc.constantFrom(...operatorNames()),
    fc.constantFrom("", "IfExists"),
  )
  .map((parts) => parts.join(""));

describe("evaluation", () => {
  test("agrees with the second opinion on every request", () => {
    fc.assert(
      fc.property(role, (role) => {
        expect(REQUESTS.filter((request) => isAllowed(role, request) !== allows(role, request))).toEqual([]);
      }),
      runs,
    );
  });

  test("does not depend on the spelling of a document", () => {
    fc.assert(
      fc.property(drawnDocument, fc.nat(), fc.constantFrom(...REQUESTS), (statements, seed, request) => {
        const other = respelled(statements, seed);

        expect(decide(alone(other), request).kind).toBe(decide(alone(textOf(statements)), request).kind);
      }),
      runs,
    );
  });

  test("is the same for documents of the tiers equal and meaning", () => {
    fc.assert(
      fc.property(drawnDocument, drawnDocument, (a, b) => {
        const [one, other] = [textOf(a), textOf(b)];
        if (compareDocuments(one, other, IDENTITY) === "security") return;

        expect(
          REQUESTS.filter((request) => isAllowed(alone(one), request) !== isAllowed(alone(other), request)),
        ).toEqual([]);
      }),
      runs,
    );
  });

  test("never allows more with an additional Deny or without an Allow", () => {
    fc.assert(
      fc.property(drawnDocument, drawnDocument, (statements, others) => {
        const denials = others.map((statement): DrawnStatement => ({ ...statement, Effect: "Deny" }));
        const narrower = [
          textOf([...statements, ...denials]),
          textOf(statements.filter((one, at) => at > 0 || one.Effect === "Deny").concat(denials)),
        ];

        for (const text of narrower) {
          expect(
            REQUESTS.filter(
              (request) => isAllowed(alone(text), request) && !isAllowed(alone(textOf(statements)), request),
            ),
          ).toEqual([]);
        }
      }),
      runs,
    );
  });

  test("never contradicts a proved containment", () => {
    fc.assert(
      fc.property(drawnDocument, drawnDocument, fc.boolean(), (a, b, isUnion) => {
        const [inner, outer] = [textOf(a), textOf(isUnion ? [...a, ...b.filter(isAllow)] : b)];
        if (provedNarrower(inner, outer, IDENTITY).kind === "not-proved") return;

        expect(
          REQUESTS.filter((request) => isAllowed(alone(inner), request) && !isAllowed(alone(outer), request)),
        ).toEqual([]);
      }),
      runs,
    );
  });

  test("names a failing part for a missing permission and a Deny for a denied one", () => {
    fc.assert(
      fc.property(role, fc.constantFrom(...REQUESTS), (role, request) => {
        expect(named(decide(role, request), role)).toBe("rightly");
      }),
      runs,
    );
  });

  test("never throws for any documents and any request", () => {
    const value = fc.oneof(
      fc.constantFrom("*", "s3:*", "${aws:username}", "a${*", "10.0.0.0/8", "2026"),
      fc.jsonValue(),
    );
    const strange = fc
      .record({
        Effect: fc.constantFrom("Allow", "Deny"),
        Action: value,
        Resource: value,
        Condition: fc.dictionary(operator, fc.dictionary(fc.constantFrom("k", "aws:username"), value)),
      })
      .map((statement) => textOf([statement]));
    const asked = fc.record({
      action: fc.string(),
      resource: fc.string(),
      context: fc.constantFrom({}, { k: "v" }, { k: "10.1.2.3", "aws:username": "u" }),
    });
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), strange), asked, (text, request) => {
        expect(["allowed", "denied", "unknown"]).toContain(
          decide({ documents: [text], boundary: text }, request).kind,
        );
      }),
      runs,
    );
  });

  test("names only the part that a statement lacks", () => {
    fc.assert(
      fc.property(fc.constantFrom("resource", "condition"), fc.constantFrom(...REQUESTS), (kind, request) => {
        const lacking = {
          Effect: "Allow",
          Action: request.action,
          Resource: kind === "resource" ? `${request.resource}-other` : request.resource,
          ...(kind === "condition" && { Condition: { StringEquals: { "aws:Nowhere": "x" } } }),
        };
        const decision = decide(alone(textOf([lacking])), request);

        expect(decision).toMatchObject({ cause: "implicit", nearest: { failed: [{ kind }] } });
      }),
      runs,
    );
  });
});

function named(decision: Decision, { boundary }: EvaluatedRole): string {
  if (decision.kind === "unknown") return decision.reason;
  if (decision.kind === "allowed") {
    const layers = decision.by.map((found) => found.layer).join();
    return layers === (boundary === null ? "identity" : "identity,boundary") ? "rightly" : layers;
  }
  if (decision.cause === "explicit") return decision.by.source["Effect"] === "Deny" ? "rightly" : "no Deny";
  if (decision.nearest === null) return "rightly";
  const { statement, failed } = decision.nearest;
  return statement.source["Effect"] === "Allow" && failed.length > 0
    ? "rightly"
    : "no Allow, or nothing failed";
}

function isAllow(statement: DrawnStatement): boolean {
  return statement.Effect === "Allow";
}

describe("the surface of a role", () => {
  test("contains everything that is allowed, and its proved rows are allowed under any conditions", () => {
    fc.assert(
      fc.property(role, (role) => {
        const rows = surfaceOf(role);

        expect(
          REQUESTS.filter(
            (request) => isAllowed(role, request) && !rows.some(({ row }) => speaksOf(row, request)),
          ),
        ).toEqual([]);
        expect(
          REQUESTS.filter((request) =>
            rows.some(
              ({ row }) =>
                row.certainty === "proved" &&
                row.condition.kind === "none" &&
                speaksOf(row, request) &&
                !isAllowed(role, request),
            ),
          ),
        ).toEqual([]);
      }),
      runs,
    );
  });
});

function surfaceOf({ documents, boundary }: EvaluatedRole): Surface["rows"] {
  return effectiveSurface({
    documents: documents.map((text, at) => ({ from: readDocumentName(`document ${at}`), text })),
    boundary: boundary === null ? null : { from: readDocumentName("boundary"), text: boundary },
    context: IDENTITY,
  }).rows;
}

/** By the second opinion: a row as a statement of its own. */
function speaksOf({ action, resource }: PermissionRow, request: EvaluatedRequest): boolean {
  const element = (name: string, set: NameSet): object => ({
    [set.kind === "all-but" ? `Not${name}` : name]: namesOf(set),
  });
  return allows(
    alone(textOf([{ Effect: "Allow", ...element("Action", action), ...element("Resource", resource) }])),
    request,
  );
}

describe("matching", () => {
  test("of an explosive pattern ends immediately", () => {
    const explosive = `${"a*".repeat(2_000)}b`;
    const started = performance.now();

    expect(matchesPattern(explosive, "a".repeat(100_000))).toBe(false);
    expect(
      isAllowed(
        alone(textOf([{ Effect: "Allow", Action: "*", Resource: `arn:aws:s3:?*?:::${explosive}` }])),
        { action: "s3:GetObject", resource: `arn:aws:s3:::${"a".repeat(1_000)}` },
      ),
    ).toBe(false);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
