import type { JsonObject } from "../model/values/json.ts";
import type { z } from "zod";
import { err, ok, type Result } from "../model/values/result.ts";
import { assemble } from "./assemble.ts";
import type { Config } from "./config.ts";
import { environmentProxies } from "./environment-proxies.ts";
import { crossFieldProblems } from "./cross-field-problems.ts";
import type { ConfigInput } from "./input.ts";
import type { ConfigProblem } from "./problem.ts";
import { readConfigFile, type LocatedConfig } from "./read-file.ts";
import { operatorSchema } from "./schema.ts";
import { isObject } from "../text/json-values.ts";

/** Reads the file, the environment and the flags once. All problems are reported together, each with what is expected. */
export function loadConfig(input: ConfigInput): Result<Config, readonly ConfigProblem[]> {
  const read = readConfigFile(input.file);
  if (read.kind === "err") return read;
  const parsed = operatorSchema.safeParse(withOverrides(read.value.value, input), { reportInput: true });
  if (!parsed.success) return err(parsed.error.issues.flatMap((issue) => problemsOf(issue, read.value)));
  const problems = [
    ...crossFieldProblems(parsed.data, read.value.placeOf),
    ...(parsed.data.network.proxy === undefined ? environmentProxies(input.env).problems : []),
  ];
  return problems.length > 0 ? err(problems) : ok(assemble(parsed.data, input));
}

function problemsOf(
  issue: z.core.$ZodIssue,
  { placeOf, placeOfName }: Pick<LocatedConfig, "placeOf" | "placeOfName">,
): readonly ConfigProblem[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      where: placeOfName([...issue.path, key]),
      message: unknownFieldText(key),
    }));
  const form = issue.code === "invalid_union" ? triedForm(issue) : undefined;
  if (form !== undefined)
    return form.flatMap((one) =>
      problemsOf({ ...one, path: [...issue.path, ...one.path] }, { placeOf, placeOfName }),
    );
  return [{ where: placeOf(issue.path), message: messageOf(issue) }];
}

/** The problems of the form that the value has: a text, or a mapping. */
function triedForm({ errors }: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | undefined {
  return errors.find(
    (issues) => !issues.some(({ code, path }) => code === "invalid_type" && path.length === 0),
  );
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_key") return issue.issues[0]?.message ?? issue.message;
  if (issue.code !== "invalid_value" && issue.code !== "invalid_type") return issue.message;
  if (issue.input === undefined) return `required field "${String(issue.path.at(-1))}" is missing`;
  return `expected ${issue.code === "invalid_type" ? (TYPES[issue.expected] ?? issue.expected) : oneOf(issue.values)}`;
}

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "an integer",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};

/** The fields of 0.1.0 that have another name now. */
const RENAMED: ReadonlyMap<string, string> = new Map([["settle", "propagationWait"]]);

function unknownFieldText(key: string): string {
  const renamed = RENAMED.get(key);
  return renamed === undefined ? `unknown field "${key}"` : `unknown field "${key}": it is now "${renamed}"`;
}

/** `"a", "b" or "c"`. */
function oneOf(values: readonly unknown[]): string {
  const quoted = values.map((value) => JSON.stringify(value));
  return [quoted.slice(0, -1).join(", "), quoted.at(-1)].filter((part) => part !== "").join(" or ");
}

function withOverrides(value: JsonObject, { env, flags }: ConfigInput): Record<string, unknown> {
  const stateDir = flags.stateDir ?? nonEmpty(env["GRANTKEEPER_STATE_DIR"]);
  const listen = flags.listen ?? nonEmpty(env["GRANTKEEPER_LISTEN"]);
  const replicaUrl = nonEmpty(env["GRANTKEEPER_REPLICA_URL"]);
  const http = {
    ...(listen === undefined ? {} : { listen }),
    ...(replicaUrl === undefined ? {} : { replicaUrl }),
  };
  const wantedMode = nonEmpty(env["GRANTKEEPER_MODE"]);
  return {
    ...value,
    ...(stateDir === undefined ? {} : { stateDir }),
    ...(Object.keys(http).length === 0 ? {} : { http: { ...objectOrNothing(value["http"]), ...http } }),
    ...(wantedMode === undefined ? {} : { mode: wantedMode }),
  };
}

/** Of a value that is no mapping, the check of the schema reports what is expected. */
function objectOrNothing(value: JsonObject[string] | undefined): object {
  return value !== undefined && isObject(value) ? value : {};
}

/** An empty variable counts as unset: CI systems and shells switch a variable off in this way. */
function nonEmpty(variable: string | undefined): string | undefined {
  return variable === "" ? undefined : variable;
}
