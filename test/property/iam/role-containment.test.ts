import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { provedNarrower, provedWithin } from "../../../src/iam/compare/containment.ts";
import { permissionDelta, type RolePermissions } from "../../../src/iam/compare/delta.ts";
import { namesOf } from "../../../src/iam/match/reach.ts";
import { conditionBlock, testsOf, readDocumentName } from "../../../src/iam/row-text.ts";
import type { DeltaRow, NameSet } from "../../../src/model/delta.ts";
import type { Dialect } from "../../../src/model/aws/policy-document.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { identityPlace, questionsNear, type DrawnPlace } from "../../support/second-opinion/drawn-place.ts";
import { contextOf } from "../../support/second-opinion/product.ts";
import { secondOpinion } from "../../support/second-opinion/opinion.ts";
import { HOME } from "../../support/second-opinion/vocabulary.ts";
import { Undocumented, type Documents, type Question } from "../../support/second-opinion/world.ts";
import { narrowPair, nearPair, anyPair } from "../../support/second-opinion/drawn-pair.ts";

jest.setTimeout(LAW_TIMEOUT_MS);

const runs = { numRuns: FC_RUNS };
const QUESTIONS = 12;

function permissions(
  documents: readonly string[],
  boundary: string | null,
  dialect: Dialect,
): RolePermissions {
  return {
    documents: documents.map((text, at) => ({ from: readDocumentName(`document ${at}`), text })),
    boundary: boundary === null ? null : { from: readDocumentName("boundary"), text: boundary },
    context: contextOf(dialect),
  };
}

/** Two roles with documents in common, inside boundaries or not. */
const rolePair = fc
  .tuple(fc.array(identityPlace, { minLength: 2, maxLength: 4 }), fc.nat(), fc.nat())
  .map(([places, kind, cut]) => {
    const texts = places.map(({ document }) => JSON.stringify({ ...document, Version: "2012-10-17" }));
    const [limit = null, ...documents] = texts;
    const part = documents.slice(cut % documents.length);
    const boundaries = [
      [null, null],
      [limit, limit],
      [limit, null],
      [null, limit],
    ] as const;
    const [before, after] = boundaries[kind % 4] ?? boundaries[0];
    return {
      before: permissions(documents, before, "identity"),
      after: permissions(part, after, "identity"),
      caller: places[0] as DrawnPlace,
    };
  });

const alone = (text: string): RolePermissions => permissions([text], null, "identity");

/** By the second opinion; in one account, and of no key, whose own policy must speak. */
function isAllowed(
  { documents, boundary }: RolePermissions,
  question: Question,
  resource: Documents["resource"] = { kind: "none" },
): string {
  try {
    return secondOpinion(question, {
      identity: documents.map(({ text }) => text),
      boundary: boundary?.text ?? null,
      session: [],
      resource,
    });
  } catch (cause) {
    if (cause instanceof Undocumented) return "undocumented";
    throw cause;
  }
}

const SESSION = {
  kind: "role",
  accountId: HOME,
  roleArn: `arn:aws:iam::${HOME}:role/app`,
  sessionArn: `arn:aws:sts::${HOME}:assumed-role/app/s`,
} as const;

/** Policies of resources that give all they have to the session, which no boundary limits, or to its role. */
const giving = fc.constantFrom(SESSION.sessionArn, SESSION.roleArn).map((principal) => ({
  kind: "resource" as const,
  text: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: principal }, Action: "*", Resource: "*" }],
  }),
}));

/** A role with one boundary and with another, of which one is proved to lie within the other. */
const boundaryPair = fc
  .oneof(narrowPair(identityPlace), nearPair)
  .filter((pair) => pair?.place.dialect === "identity")
  .filter((pair) => pair !== undefined)
  .map((pair) => ({
    ...pair,
    isProved: provedNarrower(pair.inner, pair.outer, contextOf("boundary")).kind === "proved",
    narrow: permissions([], pair.inner, "identity"),
    wide: permissions([], pair.outer, "identity"),
  }));

/** A row as a document of one statement. */
function rowText({ action, resource, condition }: DeltaRow): string {
  const element = (name: string, set: NameSet): object => ({
    [set.kind === "all-but" ? `Not${name}` : name]: namesOf(set),
  });
  const when = condition.kind === "none" ? {} : { Condition: conditionBlock(testsOf(condition)) };
  const statement = {
    Effect: "Allow",
    ...element("Action", action),
    ...element("Resource", resource),
    ...when,
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

describe("containment of a role's permissions", () => {
  const contradicting = (
    [narrow, wide]: readonly [RolePermissions, RolePermissions],
    resource: Documents["resource"],
    questions: readonly Question[],
  ): readonly Question[] =>
    questions
      .filter((question) => !question.resource.includes(":key/"))
      .map((question) => ({ ...question, caller: SESSION, resourceAccount: HOME }))
      .filter(
        (question) =>
          isAllowed(narrow, question, resource) === "allowed" &&
          isAllowed(wide, question, resource) === "denied",
      );

  test("holds for every policy of a resource", () => {
    fc.assert(
      fc.property(rolePair, giving, fc.nat(), ({ before, after, caller }, resource, seed) => {
        if (provedWithin(after, before).kind === "not-proved") return;
        const texts = before.documents.map(({ text }) => text);

        expect(
          contradicting([after, before], resource, questionsNear(caller, texts, seed, QUESTIONS)),
        ).toEqual([]);
      }),
      runs,
    );
  });

  test("holds for every policy of a resource if both roles have boundaries", () => {
    fc.assert(
      fc.property(boundaryPair, giving, fc.nat(), (pair, resource, seed) => {
        if (!pair.isProved) return;
        const questions = questionsNear(pair.place, [pair.inner, pair.outer], seed, QUESTIONS);

        expect(contradicting([pair.narrow, pair.wide], resource, questions)).toEqual([]);
      }),
      runs,
    );
  });
});

describe("a delta", () => {
  test("without rows means mutual containment, and mutual containment means no rows", () => {
    fc.assert(
      fc.property(anyPair, ({ place, inner, outer }) => {
        const [a, b] = [permissions([inner], null, place.dialect), permissions([outer], null, place.dialect)];
        const { allowed, noLongerAllowed } = permissionDelta(a, b);

        expect(provedWithin(b, a).kind === "proved").toBe(allowed.length === 0);
        expect(provedWithin(a, b).kind === "proved").toBe(noLongerAllowed.length === 0);
      }),
      runs,
    );
  });

  test("of roles with boundaries without rows means mutual containment too", () => {
    fc.assert(
      fc.property(rolePair, ({ before, after }) => {
        const { allowed, noLongerAllowed } = permissionDelta(before, after);

        expect(provedWithin(after, before).kind === "proved").toBe(allowed.length === 0);
        expect(provedWithin(before, after).kind === "proved").toBe(noLongerAllowed.length === 0);
      }),
      runs,
    );
  });

  test("of roles names every new permission and proves only new ones", () => {
    fc.assert(
      fc.property(rolePair, fc.nat(), ({ before, after, caller }, seed) => {
        const { allowed } = permissionDelta(before, after);
        const texts = [...before.documents, ...after.documents].map(({ text }) => text);
        const rows = allowed.filter((row) => row.effect === "Allow");
        const questions = questionsNear(caller, [...texts, ...rows.map(rowText)], seed, QUESTIONS)
          .filter(({ resource }) => !resource.includes(":key/"))
          .map((question) => ({ ...question, resourceAccount: HOME }));
        const wrong = questions.filter((question) => {
          const [was, is] = [isAllowed(before, question), isAllowed(after, question)];
          if (was === "undocumented" || is === "undocumented") return false;
          const speaking = rows.filter((row) => isAllowed(alone(rowText(row)), question) === "allowed");
          if (was !== "allowed" && is === "allowed" && speaking.length === 0) return true;
          return (
            speaking.some(({ certainty }) => certainty === "proved") &&
            (was === "allowed" || is !== "allowed")
          );
        });

        expect(wrong).toEqual([]);
      }),
      runs,
    );
  });
});
