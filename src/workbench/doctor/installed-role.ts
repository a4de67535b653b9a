import { managedText } from "../../diff/documents/permissions.ts";
import type { LiveState } from "../../controller/ports/live-state.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import { awsFailureText, type AwsError } from "../../model/aws/errors/aws-error.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { liveRole, type LiveAccount, type LiveRole } from "../../model/live.ts";

/** A document of a role, and where it is attached. */
export interface InstalledDocument {
  readonly from: string;
  readonly text: string;
}

/** One of Grantkeeper's own roles as it is in AWS. */
export type InstalledRole =
  | {
      readonly kind: "present";
      readonly trust: string;
      readonly documents: readonly InstalledDocument[];
      readonly boundary: InstalledDocument | null;
      /** ARNs of attached policies, or of the boundary, that were not read. */
      readonly unread: readonly string[];
    }
  | { readonly kind: "absent"; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

export interface RoleReader {
  readonly live: LiveState;
  readonly signal: AbortSignal;
}

/** Reads the role and its attached policies with the observer. A failure of AWS is an answer: `unknown`. */
export async function readInstalledRole(
  account: DesiredAccount,
  roleArn: string,
  { live, signal }: RoleReader,
): Promise<InstalledRole> {
  const name = nameInArn(roleArn);
  const base = { account, pass: "doctor", functions: [] };
  const read = await live.read({ ...base, roleNames: [name], policyArns: [] }, signal);
  if (read.kind === "err") return unreadRole(read.error);
  const role = liveRole(read.value, name);
  if (role.kind === "unknown") return { kind: "unknown", reason: role.reason };
  if (role.kind === "absent" || role.value.arn !== roleArn)
    return { kind: "absent", reason: `role ${roleArn} does not exist` };
  const { attachments, boundary } = role.value;
  const policyArns = [...attachments, ...(boundary === null ? [] : [boundary])];
  if (policyArns.length === 0) return presentRole(role.value, read.value);
  const policies = await live.read({ ...base, roleNames: [], policyArns }, signal);
  return policies.kind === "err" ? unreadRole(policies.error) : presentRole(role.value, policies.value);
}

function unreadRole(error: AwsError): InstalledRole {
  return { kind: "unknown", reason: awsFailureText(error) };
}

function presentRole({ trust, inline, attachments, boundary }: LiveRole, live: LiveAccount): InstalledRole {
  const managed = (arn: string, from: string): readonly InstalledDocument[] => {
    const text = managedText(arn, live);
    return text === undefined ? [] : [{ from, text }];
  };
  const limits = boundary === null ? [] : managed(boundary, `boundary ${boundary}`);
  return {
    kind: "present",
    trust,
    documents: [
      ...inline.map(({ name, text }) => ({ from: `inline policy ${name}`, text })),
      ...attachments.flatMap((arn) => managed(arn, arn)),
    ],
    boundary: limits[0] ?? null,
    unread: [
      ...attachments.filter((arn) => managedText(arn, live) === undefined),
      ...(boundary !== null && limits.length === 0 ? [boundary] : []),
    ],
  };
}
