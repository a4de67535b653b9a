import { CreateGroupCommand, CreateRoleCommand, GetRoleCommand, TagRoleCommand } from "@aws-sdk/client-iam";
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { SignatureV4 } from "@smithy/signature-v4";
import { startSimulator } from "../../../src/simulator/simulator.ts";
import type { WorldState } from "../../../src/simulator/world.ts";
import { addFunction, addRole, emptyWorld } from "../../../src/simulator/world.ts";
import type { Simulated } from "../../support/installation/simulated.ts";
import { ACCOUNT, LAMBDA_TRUST, startSimulated } from "../../support/installation/simulated.ts";
import { createHash, createHmac } from "node:crypto";

const RoleName = "orders";
const roleArn = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;

let simulated: Simulated;
beforeEach(async () => {
  simulated = await startSimulated((world) => {
    addRole(world, { accountId: ACCOUNT, name: RoleName });
    addFunction(world, { accountId: ACCOUNT, region: "us-east-1", name: "f", roleArn });
  });
});
afterEach(() => simulated.stop());

/** A signed request that no SDK would build. */
async function raw(
  service: "iam" | "lambda",
  method: string,
  path: string,
  body: string,
): Promise<{ status: number; text: string; headers: Headers }> {
  const { hostname, port } = new URL(simulated.simulator.endpoint);
  const signer = new SignatureV4({
    service,
    region: "us-east-1",
    credentials: simulated.credentials,
    sha256: Sha256,
  });
  const [pathname = "/", search] = path.split("?");
  const query = Object.fromEntries(new URLSearchParams(search ?? ""));
  const headers = { host: `${hostname}:${port}` };
  const signed = await signer.sign({
    method,
    protocol: "http:",
    hostname,
    port: Number(port),
    path: pathname,
    query,
    headers,
    body,
  });
  const answer = await fetch(`${simulated.simulator.endpoint}${path}`, {
    method,
    headers: signed.headers,
    ...(body !== "" && { body }),
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

class Sha256 {
  readonly #hash;
  constructor(secret?: unknown) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as Uint8Array);
  }
  update(chunk: unknown): void {
    this.#hash.update(chunk as Uint8Array);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {
    throw new Error("not used");
  }
}

const query = (parameters: string): string => `Version=2010-05-08&${parameters}`;

describe("requests that do not fit the published schema are refused", () => {
  test.each([
    {
      body: query("Action=GetRole&RoleName=orders&Rolename=x"),
      message: 'has no member "Rolename"',
      because: "a misspelt member",
    },
    {
      body: query("Action=TagRole&RoleName=orders&Tags.member.1.key=a"),
      message: 'has no member "key"',
      because: "a misspelt member of a structure",
    },
    {
      body: query("Action=TagRole&RoleName=orders&Tags.1.Key=a"),
      message: "is not a list",
      because: "a list without members",
    },
    {
      body: query("Action=ListRoles&MaxItems=many"),
      message: "expected number",
      because: "a word for a number",
    },
    {
      body: query("Action=ListPolicies&OnlyAttached=yes"),
      message: "expected boolean",
      because: "a word for a boolean",
    },
  ])("IAM: $because", async ({ body, message }) => {
    const answer = await raw("iam", "POST", "/", body);

    expect(answer.status).toBe(400);
    expect(answer.text).toContain("<Code>SchemaMismatch</Code>");
    expect(answer.text.replaceAll("&#x22;", '"')).toContain(message);
  });

  test.each([
    {
      method: "PUT",
      path: "/2015-03-31/functions/f/configuration",
      body: '{"Rolle":"x"}',
      message: 'no member \\"Rolle\\"',
      because: "a misspelt member",
    },
    {
      method: "PUT",
      path: "/2015-03-31/functions/f/configuration",
      body: '{"Timeout":"3"}',
      message: "expected number",
      because: "a text for a number",
    },
    {
      method: "PUT",
      path: "/2015-03-31/functions/f/configuration",
      body: '{"FunctionName":"g"}',
      message: "does not belong into the body",
      because: "a label in the body",
    },
    {
      method: "PUT",
      path: "/2015-03-31/functions/f/configuration",
      body: "{",
      message: "not JSON",
      because: "a body that is not JSON",
    },
    {
      method: "GET",
      path: "/2015-03-31/functions?maxitems=5",
      body: "",
      message: 'no query parameter \\"maxitems\\"',
      because: "a misspelt query parameter",
    },
  ])("Lambda: $because", async ({ method, path, body, message }) => {
    const answer = await raw("lambda", method, path, body);

    expect(answer.status).toBe(400);
    expect(answer.headers.get("x-amzn-errortype")).toBe("SchemaMismatch");
    expect(answer.text).toContain(message);
  });

  test("a member that the service demands is named", async () => {
    const answer = await raw("iam", "POST", "/", query("Action=CreateRole&RoleName=new"));

    expect(answer.text).toContain(
      "Value null at &#x27;assumeRolePolicyDocument&#x27; failed".replaceAll("&#x27;", "'"),
    );
    expect(answer.text).toContain("<Code>ValidationError</Code>");
  });

  test("an action that IAM does not have is answered in its words", async () => {
    const answer = await raw("iam", "POST", "/", query("Action=GetRoles"));

    expect(answer.status).toBe(400);
    expect(answer.text).toContain(
      "<Code>InvalidAction</Code><Message>Could not find operation GetRoles for version 2010-05-08</Message>",
    );
  });

  test("a path that Lambda does not have is not found", async () => {
    expect((await raw("lambda", "GET", "/2015-03-31/nothing", "")).status).toBe(404);
  });

  test("an operation of AWS that is not simulated is reported as such", async () => {
    await expect(simulated.iam.send(new CreateGroupCommand({ GroupName: "g" }))).rejects.toMatchObject({
      name: "NotSimulated",
      $metadata: { httpStatusCode: 501 },
    });
    await expect(simulated.lambda.send(new InvokeCommand({ FunctionName: "f" }))).rejects.toMatchObject({
      name: "NotSimulated",
    });
  });
});

describe("answers", () => {
  test("text with every kind of character arrives as it was", async () => {
    const Description = `<a href="x">&amp; 'quoted'</a> é\u00FF\tend`;
    await simulated.iam.send(
      new CreateRoleCommand({ RoleName: "new", AssumeRolePolicyDocument: LAMBDA_TRUST, Description }),
    );

    expect((await simulated.iam.send(new GetRoleCommand({ RoleName: "new" }))).Role?.Description).toBe(
      Description,
    );
  });

  test("an empty list is taken for what it is", async () => {
    await expect(simulated.iam.send(new TagRoleCommand({ RoleName, Tags: [] }))).resolves.toHaveProperty(
      "$metadata.httpStatusCode",
      200,
    );
  });

  test("a name in a path is decoded once", async () => {
    const FunctionName = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`;

    const configuration = await simulated.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));

    expect(configuration).toMatchObject({ FunctionName: "f", Role: roleArn });
  });

  test("the call log holds no secrets", async () => {
    const Variables = { PASSWORD: "hunter2" };
    await simulated.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: "f", Environment: { Variables } }),
    );

    expect(JSON.stringify(simulated.simulator.calls())).not.toContain("hunter2");
  });
});

describe("the control API", () => {
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const url = `${simulated.simulator.endpoint}/_simulator/${path}`;
    const answer = await fetch(url, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    return answer.ok ? answer.json() : answer.status;
  };

  test("it gives calls, counts and the entire state", async () => {
    await simulated.iam.send(new GetRoleCommand({ RoleName }));
    await simulated.iam.send(new TagRoleCommand({ RoleName, Tags: [] }));

    expect(await control("GET", "counts")).toEqual({ "iam:GetRole": 1, "iam:TagRole": 1 });
    expect(await control("GET", "calls?since=1")).toMatchObject([{ seq: 2, operation: "TagRole" }]);
    expect(await control("GET", "state")).toEqual(JSON.parse(JSON.stringify(simulated.world)));
    expect(await control("GET", "nothing")).toBe(404);
    expect(await control("PUT", "state")).toBe(400);
  });

  test("it sets the clock of the dates of answers", async () => {
    await control("PUT", "clock", { offsetMs: -600_000 });
    const { headers } = await raw("iam", "POST", "/", "");

    const offsetMs = Date.parse(headers.get("date") ?? "") - Date.now();
    expect(Math.round(offsetMs / 60_000)).toBe(-10);
  });

  test("it adds and clears faults", async () => {
    await control("POST", "faults", { operation: "GetRole", kind: { kind: "throttle" } });
    await expect(simulated.iam.send(new GetRoleCommand({ RoleName }))).rejects.toMatchObject({
      name: "Throttling",
    });

    await control("DELETE", "faults");

    await simulated.iam.send(new GetRoleCommand({ RoleName }));
  });

  test("an exported world goes into another simulator and is the same there", async () => {
    const state = simulated.simulator.exportWorld();
    const other = await startSimulator({ world: emptyWorld() });
    await fetch(`${other.endpoint}/_simulator/state`, { method: "PUT", body: JSON.stringify(state) });

    expect(other.exportWorld()).toEqual(state);
    await other.close();
  });

  test("an import replaces the state, also for existing references to the world", async () => {
    const before: WorldState = simulated.simulator.exportWorld();
    await simulated.iam.send(
      new CreateRoleCommand({ RoleName: "new", AssumeRolePolicyDocument: LAMBDA_TRUST }),
    );

    simulated.simulator.importWorld(before);

    expect(simulated.world).toEqual(before);
    await expect(simulated.iam.send(new GetRoleCommand({ RoleName: "new" }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
    });
  });
});
