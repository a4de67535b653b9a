import type { AwsAccountObject, BindingCounts } from "../../../api/manifests.ts";
import { NONE, UNKNOWN } from "./cells.ts";
import { AGE, ageText, NAME, readOnce, type TableColumn } from "./column.ts";

type Status = NonNullable<AwsAccountObject["status"]>;

/** The counts of an account that cannot be read, or was not compared since the start, are not those of now. */
function countText({ status }: AwsAccountObject, of: (counts: BindingCounts) => string | number): string {
  const isKnown =
    status !== null && status.failing === null && status.lastSweepAt !== null && !status.comparing;
  return isKnown ? String(of(status.counts)) : UNKNOWN;
}

function statusText({ status }: AwsAccountObject, of: (status: Status) => string): string {
  return status === null ? UNKNOWN : of(status);
}

export const AWS_ACCOUNT: readonly TableColumn<AwsAccountObject>[] = [
  NAME,
  {
    name: "Mode",
    description: "The more cautious mode of process and account",
    cell: (account) => statusText(account, ({ mode }) => mode),
  },
  {
    name: "Synced",
    description: "The bindings that match Git, of all that Git declares",
    cell: (account) => countText(account, ({ synced, bindings }) => `${synced}/${bindings}`),
  },
  {
    name: "Drift",
    description: "The bindings that differ from Git",
    cell: (account) => countText(account, ({ drifted }) => drifted),
  },
  {
    name: "Blocked",
    description: "The bindings that are refused, broken or awaiting approval",
    cell: (account) => countText(account, ({ blocked }) => blocked),
  },
  {
    name: "Read",
    description: "How long ago the last complete read began",
    cell: (account, nowMs) => statusText(account, ({ lastSweepAt }) => ageText(lastSweepAt, nowMs)),
    shows: (account) => statusText(account, ({ lastSweepAt }) => readOnce(lastSweepAt)),
  },
  { ...AGE, isWide: true },
  {
    name: "Id",
    description: "The id of the account",
    isWide: true,
    cell: (account) => statusText(account, ({ accountId }) => accountId),
  },
  {
    name: "Failing",
    description: "Why its reads fail",
    isWide: true,
    cell: (account) => statusText(account, ({ failing }) => failing?.reason ?? NONE),
  },
];
