import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import type { AuditFact } from "../../../src/audit/entry.ts";
import { DOCUMENT_FIELDS, SAFE_FIELDS } from "../../../src/http/access/safe-fields.ts";
import { isObject } from "../../../src/text/json-values.ts";

/**
 * The fields of answers with texts that a token with namespaces gets redacted: sentences, places in Git, and what may name
 * other teams. A new field is put here, or into SAFE_FIELDS if it can never name another team, or its name must stay.
 */
const REDACTED = new Set([
  ..."source accepted lastAppliedRevision lastAttemptedRevision revision".split(" "),
  ..."alerts also beyond broken cause declaredBy declaredByUnknown declaredIn description details doubt".split(
    " ",
  ),
  ..."evidence file fix followingProblem hint label later message namespace needs notJudged notWatched".split(
    " ",
  ),
  ..."notes other part path place reason shared suspended team text unknown unlistedAuthors unread".split(
    " ",
  ),
  ..."waiting waitingFor why windows withheld".split(" "),
]);

type Schema = Readonly<Record<string, unknown>>;

const { outputs, definitions } = JSON.parse(
  readFileSync(new URL("../../../data/output-schemas.json", import.meta.url), "utf8"),
) as {
  readonly outputs: Readonly<Record<string, Schema>>;
  readonly definitions: Readonly<Record<string, Schema>>;
};

/** Both are shown as the team wrote them, or have names of the token's own objects alone. An event has the fields of its entry. */
const NOT_SCRUBBED = new Set(["metadata", "spec", "event"]);

/** The fields of a schema in which a text can be; the values of a map are in the field of the map. */
function textFields(root: readonly Schema[]): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (schema: unknown, field: string): void => {
    if (Array.isArray(schema)) for (const each of schema) visit(each, field);
    if (!isObject(schema) || DOCUMENT_FIELDS.has(field)) return;
    const name = typeof schema["$ref"] === "string" ? schema["$ref"].replace("#/$defs/", "") : null;
    if (name !== null && !seen.has(`${name} ${field}`)) {
      seen.add(`${name} ${field}`);
      visit(definitions[name], field);
    }
    const words = [schema["const"], schema["enum"]].flat();
    if ([schema["type"]].flat().includes("string") || words.some((word) => typeof word === "string"))
      found.add(field);
    for (const part of ["anyOf", "oneOf", "allOf", "prefixItems", "items", "additionalProperties"])
      visit(schema[part], field);
    const members = isObject(schema["properties"]) ? schema["properties"] : {};
    for (const [member, each] of Object.entries(members)) if (!NOT_SCRUBBED.has(member)) visit(each, member);
  };
  visit(root, "");
  return found;
}

test("each text of an answer of the API is either in a safe field or listed as redacted", () => {
  const fields = textFields(
    Object.entries(outputs).flatMap(([name, one]) => (name.startsWith("api-") ? [one] : [])),
  );

  expect([...fields].filter((field) => !SAFE_FIELDS.has(field) && !REDACTED.has(field)).toSorted()).toEqual(
    [],
  );
  expect([...REDACTED].filter((field) => SAFE_FIELDS.has(field) || !fields.has(field))).toEqual([]);
});

/** The names of the fields with texts, at any depth; a map or a document is one field. */
type TextField<Value, Name extends string = never> = Value extends string
  ? Name
  : Value extends readonly (infer Member)[]
    ? TextField<Member, Name>
    : Value extends object
      ? string extends keyof Value
        ? Name
        : { [Field in keyof Value & string]-?: TextField<Value[Field], Field> }[keyof Value & string]
      : never;

/** The compiler asks for each field of an entry: a new one needs a decision. */
const OF_ENTRIES: Readonly<Record<TextField<AuditFact>, "kept" | "redacted">> = {
  accepted: "redacted",
  accessKeyId: "kept",
  account: "kept",
  accountId: "kept",
  action: "kept",
  actor: "kept",
  after: "kept",
  alias: "kept",
  approval: "kept",
  archive: "redacted",
  arn: "kept",
  at: "kept",
  attachments: "kept",
  author: "kept",
  backupAt: "kept",
  before: "kept",
  boundary: "kept",
  call: "kept",
  calledAt: "kept",
  calls: "kept",
  commit: "kept",
  forge: "kept",
  catalogueDigest: "kept",
  cause: "redacted",
  certainty: "kept",
  changes: "kept",
  clock: "kept",
  code: "kept",
  committer: "kept",
  comparedBefore: "kept",
  condition: "kept",
  configDigest: "kept",
  counted: "kept",
  day: "kept",
  description: "redacted",
  difference: "kept",
  document: "kept",
  effect: "kept",
  error: "redacted",
  eventId: "kept",
  expiresAt: "kept",
  failover: "redacted",
  fields: "kept",
  file: "redacted",
  from: "kept",
  groups: "kept",
  head: "kept",
  how: "kept",
  id: "kept",
  identity: "kept",
  input: "kept",
  issuer: "kept",
  key: "kept",
  keyId: "kept",
  keys: "kept",
  kind: "kept",
  lastCleanAt: "kept",
  leaseEnd: "kept",
  method: "kept",
  name: "kept",
  namespace: "redacted",
  namespaces: "redacted",
  object: "kept",
  otherCondition: "kept",
  outcome: "kept",
  pass: "kept",
  path: "redacted",
  permissions: "kept",
  planDigest: "kept",
  policyName: "kept",
  previous: "redacted",
  principal: "kept",
  quarantined: "redacted",
  reason: "redacted",
  refusedBy: "redacted",
  region: "kept",
  regions: "kept",
  requestId: "kept",
  resource: "kept",
  revision: "redacted",
  risk: "kept",
  risks: "kept",
  role: "kept",
  roleArn: "kept",
  roleId: "kept",
  route: "kept",
  rules: "kept",
  scope: "kept",
  service: "kept",
  session: "kept",
  set: "kept",
  severity: "kept",
  sid: "kept",
  signature: "kept",
  signatures: "redacted",
  signed: "kept",
  signer: "kept",
  since: "kept",
  source: "redacted",
  sourceAddress: "kept",
  subject: "kept",
  tag: "kept",
  tags: "kept",
  target: "kept",
  text: "redacted",
  to: "kept",
  trust: "kept",
  until: "kept",
  value: "kept",
  version: "kept",
  versionId: "kept",
  windows: "redacted",
};

test.each(Object.entries(OF_ENTRIES))("the texts in the field %s of an entry are %s", (field, shown) => {
  expect(SAFE_FIELDS.has(field) || DOCUMENT_FIELDS.has(field)).toBe(shown === "kept");
});
