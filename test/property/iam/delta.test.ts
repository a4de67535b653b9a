import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { onlyEffect, unionDocument } from "../../../src/iam/read/compose.ts";
import { provedNarrower } from "../../../src/iam/compare/containment.ts";
import { permissionDelta, type RolePermissions } from "../../../src/iam/compare/delta.ts";
import { Comparer } from "../../../src/iam/compare/comparer.ts";
import type { DocumentContext } from "../../../src/iam/document.ts";
import { actionReaches, namesOf } from "../../../src/iam/match/reach.ts";
import { resourcesMeet } from "../../../src/iam/match/wildcard.ts";
import { NO_DELTA, turnedDelta, type PermissionRow } from "../../../src/model/delta.ts";
import { allows, type EvaluatedRole } from "../../support/policies/evaluator.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { drawnDocument, REQUESTS, textOf } from "../../support/policies/drawn-policies.ts";
import { recordedRow, readDocumentName } from "../../../src/iam/row-text.ts";
import { mutated, mutate, nearMiss } from "../../support/policies/drawn-changes.ts";

const IDENTITY: DocumentContext = { dialect: "identity", partition: "aws", accountId: "111122223333" };
const runs = { numRuns: FC_RUNS };

jest.setTimeout(LAW_TIMEOUT_MS);

const isNarrower = (inner: string, outer: string): boolean =>
  provedNarrower(inner, outer, IDENTITY).kind === "proved";

const alone = (text: string): EvaluatedRole => ({ documents: [text], boundary: null });

/** One thing less in one Allow, or one more in one Deny: narrower by construction. */
const narrowed = fc
  .tuple(drawnDocument, fc.nat(), fc.constantFrom("action", "resource", "condition", "statement"))
  .map(([statements, nth, kind]) => {
    const allowAt = statements
      .map((statement, at) => ({ statement, at }))
      .filter(({ statement }) => statement.Effect === "Allow");
    const chosen = allowAt[nth % Math.max(1, allowAt.length)];
    if (chosen === undefined) return { inner: statements, outer: statements };
    const { statement, at } = chosen;
    if (kind === "statement") return { inner: statements.toSpliced(at, 1), outer: statements };
    if (kind === "condition")
      return { inner: statements.with(at, mutate(statement, "condition")), outer: statements };
    const name = kind === "action" ? "Action" : "Resource";
    const values = statement[name] ?? [];
    return {
      inner: values.length < 2 ? statements : statements.with(at, { ...statement, [name]: values.slice(1) }),
      outer: statements,
    };
  });

const pair = fc.oneof(
  narrowed,
  nearMiss,
  fc.tuple(drawnDocument, drawnDocument).map(([inner, outer]) => ({ inner, outer })),
  mutated.map(({ before, after }) => ({ inner: before, outer: after })),
);

describe("containment", () => {
  test("is proved only if no request contradicts it", () => {
    fc.assert(
      fc.property(pair, ({ inner, outer }) => {
        const [a, b] = [textOf(inner), textOf(outer)];
        if (!isNarrower(a, b)) return;

        expect(REQUESTS.filter((request) => allows(alone(a), request) && !allows(alone(b), request))).toEqual(
          [],
        );
      }),
      runs,
    );
  });

  test("is proved for at least 95 % of the pairs that differ by one removed part or one added condition", () => {
    const pairs = fc.sample(narrowed, { numRuns: 1_000, seed: 7 });
    const proved = pairs.filter(({ inner, outer }) => isNarrower(textOf(inner), textOf(outer)));

    expect(proved.length / pairs.length).toBeGreaterThanOrEqual(0.95);
  });
});

const role = fc
  .tuple(fc.array(drawnDocument.map(textOf), { maxLength: 2 }), fc.option(drawnDocument.map(textOf)))
  .map(([documents, boundary]): EvaluatedRole => ({ documents, boundary }));

/** Two roles, often with documents in common. */
const roles = fc
  .tuple(role, role, fc.constantFrom("apart", "share", "boundary"))
  .map(([before, after, kind]) => {
    if (kind === "share")
      return { before, after: { ...after, documents: [...before.documents, ...after.documents] } };
    return kind === "boundary"
      ? { before, after: { ...before, boundary: after.boundary } }
      : { before, after };
  });

function permissions({ documents, boundary }: EvaluatedRole): RolePermissions {
  return {
    documents: documents.map((text, at) => ({ from: readDocumentName(`document ${at}`), text })),
    boundary: boundary === null ? null : { from: readDocumentName("boundary"), text: boundary },
    context: IDENTITY,
  };
}

describe("the delta of two roles", () => {
  test("has a row for every request that becomes allowed and for every one that is no longer allowed", () => {
    fc.assert(
      fc.property(roles, ({ before, after }) => {
        const delta = permissionDelta(permissions(before), permissions(after));
        const unnamed = REQUESTS.filter((request) => {
          const [was, is] = [allows(before, request), allows(after, request)];
          const rows = is ? delta.allowed : delta.noLongerAllowed;
          return was !== is && !rows.some((row) => speaksOf(row, request.action, request.resource));
        });

        expect(unnamed).toEqual([]);
      }),
      runs,
    );
  });

  test("is empty for one state, and is exchanged with the states", () => {
    fc.assert(
      fc.property(roles, ({ before, after }) => {
        const there = permissionDelta(permissions(before), permissions(after));
        const back = permissionDelta(permissions(after), permissions(before));

        expect(permissionDelta(permissions(before), permissions(before))).toEqual(NO_DELTA);
        expect(back).toEqual(turnedDelta(there));
      }),
      runs,
    );
  });

  test("proves only what is allowed now and was not allowed before", () => {
    fc.assert(
      fc.property(roles, ({ before, after }) => {
        const { allowed } = permissionDelta(permissions(before), permissions(after));
        const exact = allowed
          .map(recordedRow)
          .filter(
            (row) =>
              row.certainty === "proved" &&
              row.condition === "" &&
              /^[^*? ]+$/.test(row.action) &&
              /^arn(:[^*? ]*){5}$/.test(row.resource),
          );
        for (const { action, resource } of exact) {
          expect([
            allows(before, { action, resource, context: {} }),
            allows(after, { action, resource, context: {} }),
          ]).toEqual([false, true]);
        }
      }),
      runs,
    );
  });

  test("without newly allowed rows proves containment, and the reverse except for denials without a grant", () => {
    fc.assert(
      fc.property(pair, ({ inner, outer }) => {
        const [a, b] = [textOf(inner), textOf(outer)];
        const { allowed } = permissionDelta(permissions(alone(b)), permissions(alone(a)));
        const proved = isNarrower(a, b);

        expect(proved || allowed.length > 0).toBe(true);
        expect(proved ? allowed.filter((row) => row.effect === "Allow") : []).toEqual([]);
      }),
      runs,
    );
  });
});

function speaksOf(row: PermissionRow, action: string, resource: string): boolean {
  const isException = row.resource.kind === "all-but";
  const meets = isException || namesOf(row.resource).some((name) => resourcesMeet(name, resource));
  return actionReaches(row.action, action) && meets;
}

describe("a composed document", () => {
  test("of two documents decides like both together", () => {
    fc.assert(
      fc.property(drawnDocument, drawnDocument, (first, second) => {
        const [a, b] = [textOf(first), textOf(second)];
        const union = unionDocument(a, b, new Comparer()) ?? "";
        const both: EvaluatedRole = { documents: [a, b], boundary: null };

        expect(REQUESTS.filter((request) => allows(alone(union), request) !== allows(both, request))).toEqual(
          [],
        );
      }),
      runs,
    );
  });

  test("of the Allow part and the Deny part is the complete delta", () => {
    fc.assert(
      fc.property(drawnDocument, (statements) => {
        const reader = new Comparer();
        const text = textOf(statements);
        const parts = (["Allow", "Deny"] as const).map((effect) => onlyEffect(text, effect, reader) ?? "");

        expect(unionDocument(parts[0] ?? "", parts[1] ?? "", reader)).toBe(unionDocument(text, text, reader));
      }),
      runs,
    );
  });

  test("never allows more without an Allow or with an additional Deny", () => {
    fc.assert(
      fc.property(drawnDocument, drawnDocument, (statements, others) => {
        const denied = textOf([
          ...statements,
          ...others.map((statement) => ({ ...statement, Effect: "Deny" })),
        ]);
        const dropped = textOf(statements.slice(1));
        const text = textOf(statements);

        expect(isNarrower(denied, text)).toBe(true);
        expect(statements[0]?.Effect === "Deny" || isNarrower(dropped, text)).toBe(true);
      }),
      runs,
    );
  });
});
