import { describe, expect, test } from "@jest/globals";
import type { KeyStatus } from "../../../../src/model/status.ts";
import type { AppliedState } from "../../../../src/model/keys/key-record.ts";
import {
  changeOf,
  comparedBefore,
  deletedAt,
  deletedBy,
  isAppliedAt,
  recordedRevisions,
  revisionOf,
} from "../../../../src/model/records/key-revision.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { prefixedRevision, prefixOf, withoutPrefix } from "../../../../src/model/keys/source-prefix.ts";
import type { Namespace } from "../../../../src/model/aws/ids.ts";
import { pathsAbove } from "../../../../src/model/keys/paths.ts";
import type { Revision } from "../../../../src/model/values/revision.ts";

const at = (digit: string): Revision => `main@sha1:${digit.repeat(40)}` as Revision;
const own = (digit: string): Revision => prefixedRevision("orders" as Namespace, at(digit));
const API = "function/222222222222/eu-west-1/orders/api" as Key;
const REFUNDS = "function/222222222222/eu-west-1/payments/refunds" as Key;
const ONE = { revision: at("1") };
const TWO = { revision: at("1"), namespaceRevisions: new Map([["orders", own("2")]]) };

const applied = (revision: Revision, platformRevision?: Revision): AppliedState =>
  ({ revision, ...(platformRevision && { platformRevision }) }) as AppliedState;

describe("a key", () => {
  test.each([
    { key: API, inForce: ONE, revision: at("1"), because: "there is one source" },
    { key: API, inForce: TWO, revision: own("2"), because: "its namespace has a source" },
    { key: REFUNDS, inForce: TWO, revision: at("1"), because: "its namespace has none" },
  ])("has the revision of its source: $because", ({ key, inForce, revision }) => {
    expect(revisionOf(key, inForce)).toBe(revision);
  });

  test.each([
    { state: applied(at("1")), key: REFUNDS, is: true, because: "the platform source declares it" },
    { state: applied(at("3")), key: REFUNDS, is: false, because: "the platform's revision is newer" },
    { state: applied(own("2"), at("1")), key: API, is: true, because: "both are the same" },
    { state: applied(own("2"), at("3")), key: API, is: false, because: "the platform's revision is newer" },
    { state: applied(own("3"), at("1")), key: API, is: false, because: "its own revision is newer" },
    { state: applied(at("1")), key: API, is: false, because: "it was applied from the platform's source" },
    { state: null, key: API, is: false, because: "it was never applied" },
  ])("is applied at the accepted revisions: $is, $because", ({ state, key, is }) => {
    expect(isAppliedAt(state, key, TWO)).toBe(is);
  });

  test("counts for the limits of its own revision, and of the platform's", () => {
    const later = { ...TWO, revision: at("3") };

    expect(new Set([changeOf(API, TWO), changeOf(API, later), changeOf(REFUNDS, TWO)]).size).toBe(3);
    expect(changeOf(REFUNDS, TWO)).toBe(at("1"));
  });
});

describe("deleted keys", () => {
  test("of one source are recorded as before there were several", () => {
    expect(deletedAt([REFUNDS, API, API], ONE)).toEqual({ revision: at("1"), keys: [API, REFUNDS] });
  });

  test.each([
    { inForce: TWO, keys: [API, REFUNDS], because: "no revision is newer" },
    { inForce: { ...TWO, revision: at("4") }, keys: [API], because: "the platform's is newer" },
    {
      inForce: { ...TWO, namespaceRevisions: new Map([["orders", own("4")]]) },
      keys: [REFUNDS],
      because: "the source of orders has a newer one",
    },
  ])("count until their source has a newer revision: $because", ({ inForce, keys }) => {
    expect(deletedBy(deletedAt([API, REFUNDS], TWO), inForce)).toEqual(keys);
  });

  test("of a namespace that got its own source since count no more", () => {
    expect(deletedBy(deletedAt([API], ONE), TWO)).toEqual([]);
    expect(deletedBy(null, TWO)).toEqual([]);
  });
});

describe("the prefix of a namespace source", () => {
  test.each([
    { text: "orders//deploy/api.yaml", namespace: "orders", because: "Git has no such path" },
    { text: own("2"), namespace: "orders", because: "Git has no such ref" },
    { text: "teams/orders/api.yaml", namespace: null, because: "the platform source has no prefix" },
    { text: "//deploy/api.yaml", namespace: null, because: "no namespace is before it" },
    { text: "Orders//x", namespace: null, because: "a namespace has no capital letters" },
    { text: "https://example.com", namespace: null, because: "a colon is in no namespace" },
  ])("of $text is $namespace: $because", ({ text, namespace }) => {
    expect(prefixOf(text)).toBe(namespace);
  });

  test("is removed for the repository, which does not know it", () => {
    expect([withoutPrefix(own("2")), withoutPrefix(at("2"))]).toEqual([at("2"), at("2")]);
  });

  test("is above every path of the source, and nothing of the platform is", () => {
    expect(pathsAbove("orders//deploy/api.yaml")).toEqual([
      "orders//deploy/api.yaml",
      "orders//deploy",
      "orders//",
    ]);
    expect(pathsAbove("orders//")).toEqual(["orders//"]);
  });
});

describe("the revision that a key was compared with before", () => {
  const unread = { sync: "Unknown" } as KeyStatus;
  const compared = { sync: "Synced" } as KeyStatus;

  test.each([
    { key: API, swept: TWO, status: compared, before: own("2"), because: "of its namespace's source" },
    { key: REFUNDS, swept: TWO, status: compared, before: at("1"), because: "of the platform's source" },
    { key: API, swept: ONE, status: null, before: at("1"), because: "which did not declare it yet" },
    { key: API, swept: ONE, status: unread, before: null, because: "not known of a key that was not read" },
    { key: API, swept: null, status: compared, before: null, because: "not known without a sweep" },
  ])("is $before: $because", ({ key, swept, status, before }) => {
    const account = swept === null ? {} : { sweptRevisions: recordedRevisions(swept) };

    expect(comparedBefore({ key, status }, account)).toBe(before);
  });
});
