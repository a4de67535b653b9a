import { valueAt, type ValuePath } from "../../../text/located/value-path.ts";
import type { z } from "zod";
import type { Json } from "../../../model/values/json.ts";
import type { FieldProblem } from "./unknown-field.ts";

type Issue = z.core.$ZodIssue;

/** An IAM statement or policy in the wrong place of a manifest: one problem, at its first name. */
export interface PastedPolicyProblem extends FieldProblem {
  /** The path of the pasted object; every issue at it and below it follows from it. */
  readonly path: ValuePath;
  readonly key: string;
}

const STATEMENT_NAMES = /^(sid|effect|(not)?principal|(not)?actions?|(not)?resources?|conditions?)$/i;
const POLICY_NAMES = /^(version|statement)$/i;

/** The pasted object at the place of an issue; undefined if the issue is about something else. */
export function pastedAt(issue: Issue, value: Json): PastedPolicyProblem | undefined {
  if (issue.code !== "unrecognized_keys") return undefined;
  const path = issue.path as ValuePath;
  const elements = issue.keys.filter((name) => STATEMENT_NAMES.test(name));
  const [key] = elements;
  const list = path.at(-2);
  if (list === "grants" && key !== undefined) {
    const fix =
      "write it under spec.statements: {reason: TEXT, statement: {Effect: …, Action: …, Resource: …}}";
    return { code: "iam-statement", path, key, message: "a statement of IAM is not a grant", fix };
  }
  // One such name under invokedBy, such as principal, is rather meant as a caller.
  const isStatement = list === "statements" || (list === "invokedBy" && elements.length > 1);
  if (isStatement && key !== undefined && !hasStatement(value, path)) {
    const message = "the elements of the statement are one level too high";
    const fix =
      "write reason: TEXT and statement: in their place, and the elements below statement, two more spaces indented: {reason: TEXT, statement: {Effect: …}}. TEXT is any text";
    return { code: "iam-statement", path, key, message, fix };
  }
  const ofPolicy = issue.keys.find((name) => POLICY_NAMES.test(name));
  const names = issue.keys.filter((name) => POLICY_NAMES.test(name)).length;
  if (path.length !== 1 || path[0] !== "spec" || ofPolicy === undefined || names < 2) return undefined;
  const fix = "write each statement under spec.statements: {reason: TEXT, statement: {Effect: …}}";
  const message = "a policy document of IAM is not a spec";
  return { code: "iam-policy", path, key: ofPolicy, message, fix };
}

/** The hint for a policy document in place of a manifest. */
export function functionExample(account: string, region: string): string {
  const spec = `{targets: [{accounts: [${account}], regions: [${region}]}], statements: [{reason: TEXT, statement: {Effect: …}}]}`;
  const manifest = `{apiVersion: grantkeeper.dev/v1alpha1, kind: FunctionPermission, metadata: {name: FUNCTION}, spec: ${spec}}`;
  return `write each statement under spec.statements of a FunctionPermission: ${manifest}. FUNCTION is the name of the Lambda function, TEXT is any text`;
}

function hasStatement(value: Json, path: ValuePath): boolean {
  const entry = valueAt(value, path);
  return entry !== null && typeof entry === "object" && "statement" in entry;
}

/** True for an issue at the path or below it. */
export function isWithin(issue: Issue, path: ValuePath): boolean {
  return path.every((step, at) => issue.path[at] === step);
}
