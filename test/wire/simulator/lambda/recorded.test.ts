import { readFileSync } from "node:fs";
import {
  CreateFunctionUrlConfigCommand,
  LambdaServiceException,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  PublishVersionCommand,
  RemovePermissionCommand,
} from "@aws-sdk/client-lambda";
import type { AddPermissionCommandInput, LambdaClient } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  addPermission,
  createAlias,
  createFunction,
  publish,
  readPolicy,
  roleArn,
  startLambdaWorld,
} from "./world.ts";
import type { LambdaWorld, Place, ReadPolicy } from "./world.ts";

function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/aws/${name}.json`, import.meta.url), "utf8");
}

let world: LambdaWorld;
beforeEach(async () => {
  world = await startLambdaWorld();
});
afterEach(async () => {
  await world.close();
});

interface StatementCase {
  readonly name: string;
  readonly input: AddPermissionCommandInput;
  readonly statement: { readonly Sid: string; readonly Resource: string };
}

const statements: readonly StatementCase[] = JSON.parse(fixture("lambda-permission"));

describe("AddPermission, as recorded", () => {
  test("there are 26 recorded statements, and each of them is a test", () => {
    expect(statements).toHaveLength(26);
  });

  test.each(statements)("$name", async ({ input, statement }) => {
    const place = placeOf(statement.Resource);
    const client = world.client(place);
    const [name = "", derived] = (input.FunctionName ?? "").split(":");
    await prepare(client, place, { name, qualifier: input.Qualifier ?? derived });

    const answered = await addPermission(client, {
      ...input,
      FunctionName: input.FunctionName ?? "",
      StatementId: statement.Sid,
    });

    expect(JSON.parse(answered)).toEqual(statement);
    const { document } = await readPolicy(client, name, input.Qualifier ?? derived);
    expect(document).toEqual({ Version: "2012-10-17", Id: "default", Statement: [statement] });
  });
});

function placeOf(functionArn: string): Place {
  const [, , , region = "", accountId = ""] = functionArn.split(":");
  return { region, accountId };
}

async function prepare(
  client: LambdaClient,
  { accountId }: Place,
  { name, qualifier }: { readonly name: string; readonly qualifier: string | undefined },
): Promise<void> {
  await createFunction(client, name, roleArn("lambda", accountId));
  if (qualifier === undefined) return;
  await client.send(new PublishVersionCommand({ FunctionName: name }));
  if (qualifier !== "1") await createAlias(client, name, qualifier);
}

interface ErrorCase {
  readonly name: string;
  readonly operation: string;
  readonly input: (Record<string, string | boolean> & { readonly FunctionName: string }) | null;
  readonly error: { readonly Code: string; readonly Message: string | null };
  readonly httpStatus: number;
}

const recordedErrors: readonly ErrorCase[] = JSON.parse(fixture("lambda-permission-errors"));
const errors = recordedErrors.flatMap(({ input, ...rest }) => (input === null ? [] : [{ ...rest, input }]));

/** What the recorded session had done before, where a bare function is not enough. */
const PREPARED: Readonly<Record<string, (client: LambdaClient) => Promise<unknown>>> = {
  add_permission_conflicting_statement_id: async (client) =>
    addPermission(client, { FunctionName: "f", StatementId: "s3" }),
  remove_permission_exception_nonexisting_sid: async (client) =>
    addPermission(client, { FunctionName: "f", StatementId: "s3" }),
  get_policy_exception_removed_all: async (client) => {
    await addPermission(client, { FunctionName: "f", StatementId: "s3" });
    await client.send(new RemovePermissionCommand({ FunctionName: "f", StatementId: "s3" }));
  },
  add_permission_alias_revision_exception: async (client) => {
    await publish(client, "f", "one");
    await createAlias(client, "f", "permission-alias");
  },
  get_policy_after_publishing_new_version: async (client) => {
    await addPermission(client, { FunctionName: "f", StatementId: "s3" });
    await publish(client, "f", "one");
  },
  "url: duplicate create": async (client) =>
    client.send(new CreateFunctionUrlConfigCommand({ FunctionName: "f", AuthType: "NONE" })),
};

describe("errors, as recorded", () => {
  test("22 recorded errors can be run, and each of them is a test", () => {
    expect(errors).toHaveLength(22);
  });

  test.each(errors)("$name", async ({ name, operation, input, error, httpStatus }) => {
    const client = world.client();
    await createFunction(client, "f");
    await PREPARED[name]?.(client);

    await expect(send(client, operation, input)).rejects.toMatchObject({
      name: error.Code,
      $metadata: { httpStatusCode: httpStatus },
      ...(error.Message !== null && { message: error.Message }),
    });
  });
});

async function send(
  client: LambdaClient,
  operation: string,
  input: ErrorCase["input"] & object,
): Promise<unknown> {
  const sid = { FunctionName: input.FunctionName, StatementId: String(input["StatementId"]) };
  const { AuthType: _, ...rest } = input;
  switch (operation) {
    case "AddPermission":
      return addPermission(client, { ...input, ...sid });
    case "RemovePermission":
      return client.send(new RemovePermissionCommand({ ...rest, ...sid }));
    case "GetPolicy":
      return client.send(new GetPolicyCommand(rest));
    case "createFunctionUrlConfig":
      return client.send(new CreateFunctionUrlConfigCommand({ ...rest, AuthType: "NONE" }));
    default:
      throw new Error(`no such operation: ${operation}`);
  }
}

interface Step {
  readonly op: string;
  readonly sid?: string;
  readonly target?: string;
  /** Sent: a revision named before, or a wrong one. */
  readonly revisionId?: string;
  /** Answered: the same name is the same revision, another name another. */
  readonly revision?: string;
  readonly expectPolicy?: unknown;
  readonly expectSids?: readonly string[];
  readonly expectError?: { readonly Code: string; readonly Message: string };
}

interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

const scenarios: readonly Scenario[] = JSON.parse(fixture("lambda-policy-scenarios"));

describe("sequences, as recorded", () => {
  test("there are 2 recorded sequences, and each of them is a test", () => {
    expect(scenarios).toHaveLength(2);
  });

  test.each(scenarios)("$name", async ({ steps }) => {
    const client = world.client();
    await createFunction(client, "f");
    const revisions = new Revisions();
    const observed: Outcome[] = [];

    for (const step of steps) observed.push(await outcomeOf(client, step, revisions));

    expect(observed).toEqual(
      steps.map(({ op, expectError: error, expectPolicy: policy, expectSids: sids, revision }) => ({
        op,
        error,
        policy,
        sids,
        revision,
      })),
    );
  });
});

/** The part of the recording that a step shows. */
interface Outcome {
  readonly op: string;
  readonly error?: Step["expectError"];
  readonly policy?: unknown;
  readonly sids?: readonly unknown[] | undefined;
  readonly revision?: string | undefined;
}

/** Names of revisions: the first name that a revision was met under stays its name. */
class Revisions {
  readonly #nameOf = new Map<string, string>();

  meet(revision: string, name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    const known = this.#nameOf.get(revision) ?? name;
    this.#nameOf.set(revision, known);
    return known;
  }

  /** A name that was never seen is sent unchanged. */
  named(name: string): string {
    return [...this.#nameOf].find(([, known]) => known === name)?.[0] ?? name;
  }
}

async function outcomeOf(client: LambdaClient, step: Step, revisions: Revisions): Promise<Outcome> {
  try {
    const { revision, document } = await take(client, step, revisions);
    return {
      op: step.op,
      revision: revisions.meet(revision, step.revision),
      policy: step.expectPolicy === undefined ? undefined : document,
      sids: step.expectSids === undefined ? undefined : document?.Statement.map((one) => one["Sid"]),
    };
  } catch (error) {
    if (!(error instanceof LambdaServiceException)) throw error;
    return { op: step.op, error: { Code: error.name, Message: error.message } };
  }
}

type Answer = { readonly revision: string; readonly document?: ReadPolicy["document"] };

const NOTHING: Answer = { revision: "" };

async function take(client: LambdaClient, step: Step, revisions: Revisions): Promise<Answer> {
  const name = step.target ?? "f";
  const sid = step.sid ?? "";
  const sent = step.revisionId === undefined ? {} : { RevisionId: revisions.named(step.revisionId) };
  switch (step.op) {
    case "AddPermission":
      await addPermission(client, { FunctionName: name, StatementId: sid, ...SENT[sid], ...sent });
      return NOTHING;
    case "RemovePermission":
      await client.send(new RemovePermissionCommand({ FunctionName: name, StatementId: sid, ...sent }));
      return NOTHING;
    case "PublishVersion":
      await client.send(new PublishVersionCommand({ FunctionName: name }));
      return NOTHING;
    case "CreateAlias":
      return { revision: await createAlias(client, name, "permission-alias") };
    case "GetFunction": {
      const { RevisionId } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
      return { revision: RevisionId ?? "" };
    }
    case "GetPolicy":
      return readPolicy(client, name);
    default:
      throw new Error(`no such operation: ${step.op}`);
  }
}

/** The recording sent these together with the Sid. */
const SENT: Readonly<Record<string, object>> = {
  sqs: { Principal: "sqs.amazonaws.com", SourceArn: "arn:aws:s3:::test-bucket" },
};
