import { BOUNDARY, READ_ORDERS } from "../installation/estate.ts";
import { accountText, functionText } from "../manifests.ts";
import { accountOf } from "../../../src/simulator/world.ts";
import type { Replica, Replicas } from "./replicas.ts";

export const IDS = ["1", "2", "3", "4", "5", "6"].map((digit) => digit.repeat(12));
export const NAMES = IDS.map((_, at) => `a${at + 1}`);
const TARGETS = `  targets: [{accounts: [${NAMES.join(", ")}], regions: [eu-west-1]}]\n`;

/** Six accounts of one function each. */
export const FILES = {
  "platform/accounts.yaml": IDS.map((id, at) => accountText(NAMES[at] ?? "", id)).join("---\n"),
  "platform/boundary.yaml": BOUNDARY,
  "teams/orders/api.yaml": functionText("api", READ_ORDERS).replace(/ {2}targets: .*\n/, TARGETS),
};

/** The names of the accounts that this replica shows as compared. */
export async function compared({ api }: Replica): Promise<readonly string[]> {
  const found = await api.list("awsaccounts");
  return found.filter(({ status }) => status?.comparing === false).map(({ metadata }) => metadata.name);
}

export const roleIn = ({ simulator }: Replicas, id: string) =>
  accountOf(simulator.world, id).iam.roles["api-eu-west-1"];

export const isApplied = (replicas: Replicas, id: string): boolean =>
  roleIn(replicas, id)?.inline["grantkeeper"] !== undefined;

/** Approves what is pending, until all functions have their permissions. */
export async function converged(replicas: Replicas, { api }: Replica): Promise<void> {
  const approved = new Set<string>();
  await replicas.until("all accounts are converged", async () => {
    const pending = (await api.list("holds")).map(({ status }) => status.subject);
    for (const subject of pending.filter((one) => !approved.has(one))) {
      const isGiven = await api.create("approvals", { subject, reason: "test", for: "1h" }).then(
        () => true,
        // Another plan has replaced it meanwhile, and is in the next list.
        () => false,
      );
      if (isGiven) approved.add(subject);
    }
    return IDS.every((id) => isApplied(replicas, id));
  });
}
