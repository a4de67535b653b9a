import { readDocumentName } from "../../../../src/iam/row-text.ts";
import { describe, expect, test } from "@jest/globals";
import { provedNarrower, provedWithin } from "../../../../src/iam/compare/containment.ts";
import { permissionDelta, permissionRows, type RolePermissions } from "../../../../src/iam/compare/delta.ts";
import { documentDiff } from "../../../../src/iam/compare/document-diff.ts";
import type { DocumentContext } from "../../../../src/iam/document.ts";
import { compareDocuments } from "../../../../src/iam/compare/comparer.ts";
import { escalationPaths } from "../../../../src/iam/risk/escalation.ts";
import { effectiveSurface } from "../../../../src/iam/compare/surface.ts";
import { cpuMs } from "../../../support/cpu-time.ts";
import {
  HOSTILE_SHAPES,
  hostilePolicy,
  INLINE_CHARACTERS,
  MANAGED_CHARACTERS,
} from "../../../support/policies/hostile-policies.ts";

const IDENTITY: DocumentContext = { dialect: "identity", partition: "aws", accountId: "111122223333" };
type Shape = (typeof HOSTILE_SHAPES)[keyof typeof HOSTILE_SHAPES];

/** One inline policy and ten attached ones, all as large as IAM takes; a boundary too. */
function fullRole(shape: Shape, seed: string, boundary: string | null = null): RolePermissions {
  const attached = Array.from({ length: 10 }, (_, at) => ({
    from: readDocumentName(`arn:aws:iam::aws:policy/${at}`),
    text: hostilePolicy(shape, MANAGED_CHARACTERS, `${seed}${at}`),
  }));
  return {
    documents: [
      { from: readDocumentName("inline x"), text: hostilePolicy(shape, INLINE_CHARACTERS, seed) },
      ...attached,
    ],
    boundary: boundary === null ? null : { from: readDocumentName("boundary"), text: boundary },
    context: IDENTITY,
  };
}

const PLAIN: RolePermissions = {
  documents: [
    {
      from: readDocumentName("inline grantkeeper"),
      text: JSON.stringify({
        Version: "2012-10-17",
        Statement: { Effect: "Allow", Action: "sqs:SendMessage", Resource: "arn:aws:sqs:*:*:done" },
      }),
    },
  ],
  boundary: null,
  context: IDENTITY,
};

describe("the limit of a comparison", () => {
  const shape = HOSTILE_SHAPES["so many allowed, and others denied"];
  const boundary = hostilePolicy(shape, MANAGED_CHARACTERS, "q");
  const [one, other] = [fullRole(shape, "a", boundary), fullRole(shape, "b", boundary)];

  test("is reported by the delta, the proof and the surface", () => {
    const proof = provedWithin(one, other);

    expect(permissionDelta(one, other).unknownEffect).toEqual([{ kind: "comparison-limit" }]);
    expect(proof).toMatchObject({
      because: expect.stringMatching(/^the policies are too large to compare in full; /),
    });
    expect(effectiveSurface(one).isComplete).toBe(false);
  });

  test("is not reported for a role that is compared in full", () => {
    const more: RolePermissions = { ...PLAIN, documents: [...PLAIN.documents, ...PLAIN.documents] };

    expect(permissionDelta(PLAIN, more).unknownEffect).toEqual([]);
    expect(effectiveSurface(PLAIN).isComplete).toBe(true);
  });
});

describe.each(Object.entries(HOSTILE_SHAPES))("a role with nothing but %s", (_, shape) => {
  const [one, other] = [fullRole(shape, "a"), fullRole(shape, "b")];
  const bounded = fullRole(shape, "a", hostilePolicy(shape, MANAGED_CHARACTERS, "q"));
  const [text = "", otherText = ""] = [one, other].map(({ documents }) => documents[0]?.text);

  test("has a delta of some thousand rows, in time", () => {
    const before = process.cpuUsage();

    const rows = permissionRows(one);
    escalationPaths(rows);

    expect(rows.length).toBeGreaterThan(0);
    expect(rows.length).toBeLessThan(30_000);
    expect(cpuMs(before)).toBeLessThan(10_000);
  });

  test("is compared in time without missing an added or a removed permission", () => {
    const before = process.cpuUsage();

    const deltas = [permissionDelta(PLAIN, one), permissionDelta(one, other), permissionDelta(one, bounded)];
    const [came, changed, bound] = deltas;

    expect(came?.allowed.length).toBeGreaterThan(0);
    expect(changed?.allowed.length).toBeGreaterThan(0);
    expect(changed?.noLongerAllowed.length).toBeGreaterThan(0);
    expect(bound?.noLongerAllowed.length).toBeGreaterThan(0);
    // Unbounded each of them takes minutes, or all the memory.
    expect(cpuMs(before)).toBeLessThan(10_000);
  });

  test("is never proved to allow no more than another role, in time", () => {
    const before = process.cpuUsage();

    expect(provedWithin(one, other).kind).toBe("not-proved");
    expect(provedNarrower(text, otherText, IDENTITY).kind).toBe("not-proved");
    expect(compareDocuments(text, otherText, IDENTITY)).toBe("security");
    expect(documentDiff(text, otherText, IDENTITY).length).toBeGreaterThan(0);
    expect(cpuMs(before)).toBeLessThan(10_000);
  });

  test("has a surface in time, and none of its rows is proved while others were not compared", () => {
    const before = process.cpuUsage();

    const { rows } = effectiveSurface(bounded);

    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ row, except }) => except === null && row.certainty === "proved")).toEqual([]);
    expect(cpuMs(before)).toBeLessThan(10_000);
  });
});
