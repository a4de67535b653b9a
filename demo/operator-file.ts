import type { EventDelivery } from "../src/simulator/cloudtrail/deliveries.ts";

export interface OperatorFile {
  readonly repositoryUrl: string;
  readonly endpoint: string;
  readonly apiPort: number;
  /** For kubectl. */
  readonly tlsPort: number;
  readonly alertsUrl: string;
  readonly changeEvents?: EventDelivery | undefined;
  /** Between two sweeps by the clock. Default: that of a demonstration. */
  readonly sweep?: string | undefined;
}

export const INSTANCE = "demo";
export const ALERT_SECRET_FILE = "alert-secret";
export const STATE_DIR = "state";

/** The delay before a harmless addition is reverted in the demo; on AWS each account configures it. */
const REVERT_OTHER_S = 60;
/** The wait between additions and removals in the demo; on AWS 60 s, or the value of the account. */
const SETTLE_S = 1;

/** grantkeeper.yaml of the demo: an operator's file with the short waits of a demonstration. */
export function operatorFile(file: OperatorFile): string {
  const { repositoryUrl, endpoint, apiPort, tlsPort, alertsUrl, changeEvents, sweep = "1s" } = file;
  return `instance: ${INSTANCE}
stateDir: ./${STATE_DIR}
mode: enforce
sources:
  - name: permissions
    git: {url: "${repositoryUrl}", branch: main}
    interval: 1s       # in production 1m, and a webhook
sweep: ${sweep}              # in production 5m
http: {listen: "127.0.0.1:${apiPort}", tls: {listen: "127.0.0.1:${tlsPort}"}}
alerts: [{name: demo, webhook: "${alertsUrl}", secretFile: ./${ALERT_SECRET_FILE}}]
aws:
  endpoint: "${endpoint}"
  simulator: true
  propagationWait: ${SETTLE_S}s  # in production 60s: until then AWS may show the old permissions
  deleteQuiet: 4h
  revert: {other: ${REVERT_OTHER_S}s}   # in production 15m
${changeEvents === undefined ? "" : changeQueue(changeEvents)}`;
}

function changeQueue({ accountId, queueAccountId = accountId, region, queue }: EventDelivery): string {
  const queueUrl = `https://sqs.${region}.amazonaws.com/${queueAccountId}/${queue}`;
  return `changeEvents: [{queueUrl: "${queueUrl}", accounts: ["${accountId}"]}]\n`;
}
