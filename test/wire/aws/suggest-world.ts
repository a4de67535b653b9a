import { DAY_MS } from "../../../src/adopt/evidence/action-use.ts";
import { addFunction, addRole, type WorldState } from "../../../src/simulator/world.ts";
import { documentOf } from "../../support/installation/simulated.ts";
import { ACCOUNT, REGION } from "./aws-world.ts";

export const NOW_MS = Date.now();
export const ago = (days: number): string => new Date(NOW_MS - days * DAY_MS).toISOString();
export const ORDERS_ROLE = `arn:aws:iam::${ACCOUNT}:role/orders`;

function accountFile(name: string, id: string): string {
  const role = (identity: string): string =>
    `{role: "arn:aws:iam::${id}:role/grantkeeper-system/${identity}", externalId: gk-${identity}}`;
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: AwsAccount
metadata: {name: ${name}}
spec:
  id: "${id}"
  regions: [${REGION}]
  mode: observe
  observer: ${role("observer")}
`;
}

function manifest(name: string, account: string, spec: string): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: FunctionPermission
metadata: {name: ${name}}
spec:
  targets: [{accounts: [${account}], regions: [${REGION}]}]
  grants:
${spec}`;
}

const MAIL = "    # for the mails of last year\n    - ses: {identity: example.com, allow: [send]}\n";
const QUEUE = `    - sqs: {queue: orders, allow: [consume]} # every minute\n`;
const STATEMENT = `  statements:
    - reason: from before
      statement: {Effect: Allow, Action: [sqs:PurgeQueue, "sqs:CreateQueue"], Resource: "arn:aws:sqs:${REGION}:${ACCOUNT}:x"}
`;
export const FILES = {
  "platform/staging.yaml": accountFile("staging", ACCOUNT),
  "platform/closed.yaml": accountFile("closed", "444455556666"),
  "teams/orders/api.yaml": manifest("api", "staging", QUEUE + MAIL),
  "teams/orders/job.yaml": manifest("job", "staging", QUEUE + STATEMENT),
  "teams/search/index.yaml": manifest("index", "staging", QUEUE + MAIL),
  "teams/search/gone.yaml": manifest("gone", "staging", QUEUE + MAIL),
  "teams/other/away.yaml": manifest("away", "closed", QUEUE + MAIL),
};

/** Two functions share a role; a third has a report that fails. */
export function seed(state: WorldState): void {
  const inline = { app: documentOf({ Effect: "Allow", Action: ["sqs:*", "ses:*"], Resource: "*" }) };
  const used = { at: ago(1), region: REGION };
  for (const [name, accessed] of [
    ["orders", { sqs: used }],
    ["search", "fails"],
  ] as const) {
    const role = addRole(state, { accountId: ACCOUNT, name, inline, lastUsed: used, accessed });
    Object.assign(role, { createdAt: ago(900) });
  }
  const place = { accountId: ACCOUNT, region: REGION };
  for (const name of ["api", "job"]) addFunction(state, { ...place, name, roleArn: ORDERS_ROLE });
  addFunction(state, { ...place, name: "index", roleArn: ORDERS_ROLE.replace("orders", "search") });
}

export function event({
  day,
  eventName,
  session,
}: {
  readonly day: number;
  readonly eventName: string;
  readonly session?: string;
}) {
  const sessionContext = { sessionIssuer: { arn: ORDERS_ROLE } };
  return {
    eventTime: ago(day),
    eventSource: "sqs.amazonaws.com",
    eventName,
    awsRegion: REGION,
    recipientAccountId: ACCOUNT,
    managementEvent: true,
    userIdentity:
      session === undefined
        ? { type: "IAMUser" }
        : { type: "AssumedRole", principalId: `AROA:${session}`, sessionContext },
  };
}
