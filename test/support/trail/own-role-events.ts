import type { AccountId, Region } from "../../../src/model/aws/ids.ts";
import type { UnrecordedWrite } from "../../../src/model/changes/unrecorded-write.ts";
import { changeMessage } from "../aws/change-message.ts";

/** The ARN of the writer in the accounts of the unit tests. */
export const WRITER = "arn:aws:iam::111122223333:role/grantkeeper-system/writer";

/** The session of a role, as CloudTrail records it. */
export function sessionOf(roleArn: string, name = "gk-pass-1") {
  const role = roleArn.slice(roleArn.lastIndexOf("/") + 1);
  return {
    type: "AssumedRole",
    principalId: `AROAEXAMPLEWRITER0001:${name}`,
    arn: `arn:aws:sts::111122223333:assumed-role/${role}/${name}`,
    accountId: "111122223333",
    accessKeyId: "ASIAEXAMPLE0000000007",
    sessionContext: {
      sessionIssuer: { type: "Role", principalId: "AROAEXAMPLEWRITER0001", arn: roleArn, userName: role },
      attributes: { creationDate: "2026-10-01T11:59:00Z", mfaAuthenticated: "false" },
    },
  };
}

interface OwnRoleEvent {
  readonly id: string;
  readonly atMs: number;
  readonly roleArn?: string;
  /** The number that the user agent claims; missing: none. */
  readonly intent?: number;
  readonly record?: Readonly<Record<string, unknown>>;
}

/** A message about a write by a session of the writer: it attaches a policy to the role orders-api. */
export function ownRoleMessage({ id, atMs, roleArn = WRITER, intent, record = {} }: OwnRoleEvent): string {
  return changeMessage({
    record: {
      eventID: id,
      requestID: `r-${id}`,
      eventTime: `${new Date(atMs).toISOString().slice(0, 19)}Z`,
      userIdentity: sessionOf(roleArn),
      userAgent: `aws-sdk-js/3 grantkeeper${intent === undefined ? "" : ` gk-intent/${intent}`}`,
      ...record,
    },
  });
}

/** A write of a stolen session, as the record has it. */
export const UNRECORDED_WRITE: UnrecordedWrite = {
  eventId: "e1",
  at: "2026-11-25T10:32:07.000Z",
  accountId: "111122223333" as AccountId,
  region: "us-east-1" as Region,
  call: "iam:AttachRolePolicy",
  object: "role/orders-api",
  identity: "writer",
  role: WRITER,
  requestId: "r1",
  actor: {
    kind: "role-session",
    name: "gk-7",
    role: "writer",
    roleArn: WRITER,
    service: null,
    accountId: null,
    sourceAddress: "203.0.113.7",
    accessKeyId: "ASIAEXAMPLE0000000007",
    usedMfa: false,
  },
};
