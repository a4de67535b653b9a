import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
  UntagRoleCommand,
} from "@aws-sdk/client-iam";
import { AddPermissionCommand } from "@aws-sdk/client-lambda";
import { TRUST_DOCUMENT } from "../../../src/iam/trust.ts";
import { addFunction, addRole, accountOf } from "../../../src/simulator/world.ts";
import type { Estate } from "../installation/estate.ts";
import { PROD, roleNameOf } from "../installation/estate.ts";
import type { Installation } from "../installation/installation.ts";

/** How the world of a case came to be as it is; git's part of it lies in the case's folder. */
export interface Happening {
  /** The state of AWS before Grantkeeper was installed. */
  readonly seed?: (estate: Estate) => void;
  /** What Grantkeeper applied before: nothing, or everything that `before/` (else `manifests/`) declares. */
  readonly applied: "nothing" | "everything";
  /** `manifests/` was pushed and accepted before what happened then. */
  readonly pushed?: true;
  /** What happened since then. */
  readonly happens?: (installation: Installation, passTime: (durationMs: number) => void) => Promise<void>;
}

const ROLE = roleNameOf("orders-api");
const ROLE_ARN = `arn:aws:iam::${PROD}:role/grantkeeper/${ROLE}`;
const ANYONE = {
  Sid: "try-from-laptop",
  Effect: "Allow",
  Principal: "*",
  Action: "lambda:InvokeFunction",
  Resource: `arn:aws:lambda:eu-west-1:${PROD}:function:orders-api`,
};

/** By the case's folder. */
export const HAPPENINGS: Readonly<Record<string, Happening>> = {
  "nothing-changes": { applied: "everything" },
  "first-enforcing-pass": { applied: "nothing" },
  "first-creation": { applied: "everything" },
  "grant-added": { applied: "everything" },
  "grant-removed": { applied: "everything" },
  "attachment-added-and-removed": { applied: "everything" },
  "attachment-of-a-policy-that-does-not-exist-yet": { applied: "everything" },
  "invalid-manifest-keeps-the-last-good-state": { applied: "everything", happens: deleteInline },
  "out-of-band-administrator-access": { applied: "everything", happens: attachAdministrator },
  "out-of-band-harmless-addition": { applied: "everything", happens: addHotfix },
  "restriction-added": { applied: "everything", happens: restrict },
  "boundary-removed": { applied: "everything", happens: removeBoundary },
  "ownership-tag-removed": { applied: "everything", happens: removeOwnerTag },
  "role-deleted-by-hand": { applied: "everything", happens: deleteRole },
  "recreated-role": { applied: "everything", happens: recreateRole },
  "ownership-conflict": { applied: "everything", seed: roleOfOthers },
  "refused-pass-role": { applied: "everything" },
  "refused-shared-role": { applied: "everything", happens: anotherFunctionOnTheRole },
  "held-deletes-over-the-limit": { applied: "everything", pushed: true, happens: leaveGit },
  "delete-with-an-instance-profile": { applied: "everything", pushed: true, happens: leaveGitInProfile },
  "public-statement-at-first-comparison": { applied: "everything", seed: openToAnyone },
  "public-statement-appeared-later": { applied: "everything", happens: letAnyoneIn },
  "role-switch-under-manage": { applied: "everything", seed: runOnStackRole },
};

function allow(...actions: readonly string[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }],
  });
}

async function attachAdministrator(installation: Installation): Promise<void> {
  const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
  await installation.consoleOf(PROD).iam.send(new AttachRolePolicyCommand({ RoleName: ROLE, PolicyArn }));
}

async function addHotfix(installation: Installation): Promise<void> {
  const input = { RoleName: ROLE, PolicyName: "hotfix", PolicyDocument: allow("sqs:SendMessage") };
  await installation.consoleOf(PROD).iam.send(new PutRolePolicyCommand(input));
}

async function restrict(installation: Installation): Promise<void> {
  const document = { Version: "2012-10-17", Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }] };
  const input = { RoleName: ROLE, PolicyName: "incident-4410", PolicyDocument: JSON.stringify(document) };
  await installation.consoleOf(PROD).iam.send(new PutRolePolicyCommand(input));
}

async function removeBoundary(installation: Installation): Promise<void> {
  const { iam } = installation.consoleOf(PROD);
  await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: ROLE }));
}

async function removeOwnerTag(installation: Installation): Promise<void> {
  const TagKeys = ["grantkeeper.dev/owner"];
  await installation.consoleOf(PROD).iam.send(new UntagRoleCommand({ RoleName: ROLE, TagKeys }));
}

async function deleteInline(installation: Installation): Promise<void> {
  const { iam } = installation.consoleOf(PROD);
  await iam.send(new DeleteRolePolicyCommand({ RoleName: ROLE, PolicyName: "grantkeeper" }));
}

async function deleteRole(installation: Installation): Promise<void> {
  await deleteInline(installation);
  await installation.consoleOf(PROD).iam.send(new DeleteRoleCommand({ RoleName: ROLE }));
}

/** The same name, tags and permissions; only the RoleId differs. */
async function recreateRole(installation: Installation): Promise<void> {
  const before = installation.world.accounts[PROD]?.iam.roles[ROLE];
  if (before === undefined) throw new Error(`there is no role ${ROLE}`);
  const { tags: Tags, boundaryArn: PermissionsBoundary, description: Description, inline } = before;
  const PolicyDocument = inline["grantkeeper"];
  await deleteRole(installation);
  const { iam } = installation.consoleOf(PROD);
  const named = { RoleName: ROLE, Path: "/grantkeeper/", AssumeRolePolicyDocument: TRUST_DOCUMENT };
  await iam.send(new CreateRoleCommand({ ...named, Tags, PermissionsBoundary, Description }));
  await iam.send(new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: "grantkeeper", PolicyDocument }));
}

function roleOfOthers({ world }: Estate): void {
  const tags = { "grantkeeper.dev/instance": "other-1", "grantkeeper.dev/owner": "orders/orders-api" };
  addRole(world, { accountId: PROD, name: ROLE, path: "/grantkeeper/", tags });
}

async function anotherFunctionOnTheRole({ world }: Installation): Promise<void> {
  addFunction(world, { accountId: PROD, region: "eu-west-1", name: "invoices", roleArn: ROLE_ARN });
}

function openToAnyone({ world }: Estate): void {
  const found = accountOf(world, PROD).lambda["eu-west-1"]?.functions["orders-api"];
  if (found === undefined) throw new Error("there is no function orders-api");
  const document = { Version: "2012-10-17", Id: "default", Statement: [ANYONE] };
  found.policies["$LATEST"] = { revisionId: "00000000-0000-4000-8000-000000000000", document };
}

async function letAnyoneIn(installation: Installation): Promise<void> {
  const input = {
    FunctionName: "orders-api",
    StatementId: ANYONE.Sid,
    Action: ANYONE.Action,
    Principal: "*",
  };
  await installation.consoleOf(PROD).lambda.send(new AddPermissionCommand(input));
}

function runOnStackRole({ world }: Estate): void {
  const inline = { stack: allow("dynamodb:GetItem", "s3:GetObject") };
  const role = addRole(world, { accountId: PROD, name: "orders-stack-role", inline });
  delete accountOf(world, PROD).lambda["eu-west-1"]?.functions["orders-api"];
  addFunction(world, { accountId: PROD, region: "eu-west-1", name: "orders-api", roleArn: role.arn });
}

/** The functions are deleted with their manifests, and two sweeps find that nothing uses the roles. */
async function leaveGit(installation: Installation, passTime: (durationMs: number) => void): Promise<void> {
  const functions = installation.world.accounts[PROD]?.lambda["eu-west-1"]?.functions ?? {};
  for (const name of Object.keys(functions)) if (name.startsWith("job-")) delete functions[name];
  await installation.settled();
  passTime(QUARTER_MS);
  await installation.look();
}

const QUARTER_MS = 900_000;

async function leaveGitInProfile(
  installation: Installation,
  passTime: (durationMs: number) => void,
): Promise<void> {
  const { instanceProfiles } = accountOf(installation.world, PROD).iam;
  instanceProfiles["batch"] = {
    name: "batch",
    path: "/",
    id: "AIPACASEPROFILE000001",
    arn: `arn:aws:iam::${PROD}:instance-profile/batch`,
    createdAt: "2026-01-01T00:00:00.000Z",
    tags: [],
    roles: [roleNameOf("job-1")],
  };
  await leaveGit(installation, passTime);
}
