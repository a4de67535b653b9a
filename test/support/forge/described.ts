import { readFileSync } from "node:fs";
import { Ajv, type AnySchema } from "ajv";
import type { Forge } from "../../../src/network/forges/status-form.ts";

/** test/fixtures/forges/README.md has the sources. */
interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly body: AnySchema | null;
  readonly status: number | null;
  readonly answer: AnySchema;
}

interface DescribedRequest {
  readonly method: string;
  /** Below the API. */
  readonly path: string;
  readonly query?: URLSearchParams;
  /** null: it has none. */
  readonly body: unknown;
}

/** Limits of the servers that no description states. */
const LIMITS: Readonly<Record<string, AnySchema>> = {
  "github repos/create-commit-status": { properties: { description: { maxLength: 140 } } },
  "gitea repoCreateStatus": statesOf("pending", "success", "error", "failure", "warning", "skipped"),
  "forgejo repoCreateStatus": statesOf("pending", "success", "error", "failure", "warning"),
};

function statesOf(...states: readonly string[]): AnySchema {
  return { properties: { state: { enum: states } }, required: ["state"] };
}

const ajv = new Ajv({ strict: false, validateFormats: false });
const OPERATIONS = new Map<Forge, readonly DescribedOperation[]>();

/** An operation of a forge, with the checks of its description. */
class DescribedOperation {
  readonly #operation: Operation;
  readonly #limits: AnySchema;
  readonly #isPath: RegExp;

  constructor(forge: Forge, operation: Operation) {
    this.#operation = operation;
    this.#limits = LIMITS[`${forge} ${operation.name}`] ?? true;
    this.#isPath = new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
  }

  isFor({ method, path }: DescribedRequest): boolean {
    return method === this.#operation.method && this.#isPath.test(path);
  }

  /** null: the forge accepts it. */
  problemOf({ query, body }: DescribedRequest): string | null {
    const { name, query: known, body: schema } = this.#operation;
    const unknown = [...(query ?? new URLSearchParams()).keys()].find((one) => !known.includes(one));
    if (unknown !== undefined) return `${name} has no parameter ${unknown}`;
    if (schema === null) return body === null ? null : `${name} takes no body`;
    return problemIn(name, body, { allOf: [schema, this.#limits] });
  }

  /** null: the forge may answer it. */
  problemOfAnswer(status: number, body: unknown): string | null {
    const { name, status: described, answer } = this.#operation;
    if (described !== null && status !== described) return `${name} answers ${described}, not ${status}`;
    return problemIn(name, body, answer);
  }
}

function problemIn(name: string, value: unknown, schema: AnySchema): string | null {
  const validate = ajv.compile(schema);
  return validate(value) ? null : `${name}: ${ajv.errorsText(validate.errors)}`;
}

function operationsOf(forge: Forge): readonly DescribedOperation[] {
  const known = OPERATIONS.get(forge);
  if (known !== undefined) return known;
  const file = new URL(`../../fixtures/forges/${forge}.json`, import.meta.url);
  const { operations } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly operations: readonly Operation[];
  };
  const read = operations.map((one) => new DescribedOperation(forge, one));
  OPERATIONS.set(forge, read);
  return read;
}

/** null: an operation that the forge describes takes the request. */
export function requestProblem(forge: Forge, request: DescribedRequest): string | null {
  const found = operationsOf(forge).find((one) => one.isFor(request));
  return found === undefined ? `${forge} has no ${request.method} ${request.path}` : found.problemOf(request);
}

/** null: the forge describes such an answer to this request. Answers other than success are not described. */
export function answerProblem(
  forge: Forge,
  request: DescribedRequest,
  { status, body }: { readonly status: number; readonly body: unknown },
): string | null {
  if (status >= 300) return null;
  const found = operationsOf(forge).find((one) => one.isFor(request));
  return found?.problemOfAnswer(status, body) ?? null;
}
