import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetRoleCommand } from "@aws-sdk/client-iam";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { ACCOUNTS, ROLE, runTenSteps } from "../support/installation/ten-steps.ts";
import { BASE_KEY, startMoto, type Moto } from "./moto.ts";
import { createFunction, createRole } from "./moto-estate.ts";

const WITHIN_MS = 300_000;

let folder = "";
let moto: Moto;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ten-steps-"));
  moto = await startMoto();
});

afterEach(async () => {
  await moto.close();
  await rm(folder, { recursive: true, maxRetries: 3 });
});

/** The real AWS CLI, with a profile for each account. */
function awsCli(): readonly string[] {
  const profiles = Object.entries(ACCOUNTS).map(
    ([name, id]) =>
      `[profile ${name}]\nrole_arn = arn:aws:iam::${id}:role/administrator\ncredential_source = Environment\n`,
  );
  mkdirSync(join(folder, ".aws"));
  writeFileSync(join(folder, ".aws/config"), profiles.join(""));
  return [
    `export AWS_ENDPOINT_URL='${moto.endpoint}'`,
    `exec '${process.env["PEER_PYTHON"] ?? ""}' -m awscli "$@"`,
  ];
}

test(
  "the README's ten steps, with the AWS CLI and CloudFormation, end with three accounts observed and one of them enforced",
  async () => {
    for (const id of Object.values(ACCOUNTS)) {
      const { iam, lambda } = await moto.consoleOf(id);
      await createRole(iam, "deployer", "/");
      await createFunction(lambda, {
        name: "orders-api",
        accountId: id,
        roleArn: `arn:aws:iam::${id}:role/grantkeeper/${ROLE}`,
      });
    }

    const outcome = await runTenSteps({
      folder,
      endpoint: moto.endpoint,
      accessKey: BASE_KEY,
      aws: awsCli(),
      // README.md: moto answers one of the reads that doctor makes with an error.
      instead: new Map([["grantkeeper doctor\n", "grantkeeper doctor > doctor.txt || [ $? = 3 ]\n"]]),
    });

    expect([outcome.code, outcome.code === 0 ? "" : outcome.out]).toEqual([0, ""]);
    expect(outcome.accounts).toEqual([
      ["dev", "enforce", null],
      ["prod", "observe", null],
      ["staging", "observe", null],
    ]);
    const failed = readFileSync(join(folder, "doctor.txt"), "utf8").match(/failed .*/g);
    expect(failed?.map((line) => line.replaceAll(/ +/g, " "))).toEqual(
      Object.keys(ACCOUNTS).map(() => "failed observer lambda:ListEventSourceMappings in eu-west-1"),
    );
    const made = await Promise.all(Object.values(ACCOUNTS).map(hasRole));
    expect(made).toEqual([true, false, false]);
  },
  WITHIN_MS,
);

async function hasRole(accountId: string): Promise<boolean> {
  const { iam } = await moto.consoleOf(accountId);
  try {
    await iam.send(new GetRoleCommand({ RoleName: ROLE }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchEntityException") return false;
    throw error;
  }
}
