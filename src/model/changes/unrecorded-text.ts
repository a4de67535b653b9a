import { actorText } from "./author-text.ts";
import type { UnrecordedWrite } from "./unrecorded-write.ts";

/** `iam:AttachRolePolicy on role/orders-api at 2026-11-25T10:32:07.000Z (event e1, us-east-1)` */
export function unrecordedCallText({ call, object, at, eventId, region, ...write }: UnrecordedWrite): string {
  const isElsewhere = !write.role.includes(`:${write.accountId}:`);
  const place = isElsewhere ? `account ${write.accountId}, ${region}` : region;
  return `${call}${object === null ? "" : ` on ${object}`} at ${at} (event ${eventId}, ${place})`;
}

/** `gk-7 via grantkeeper-writer from 203.0.113.7, access key ASIA…`: the caller chooses the name of the session. */
export function unrecordedCallerText({ actor }: UnrecordedWrite): string {
  const { accessKeyId } = actor;
  return `${actorText(actor)}${accessKeyId === null ? "" : `, access key ${accessKeyId}`}`;
}

/** `1 write by a role of Grantkeeper is not in its record` */
export function unrecordedCountText(count: number): string {
  return count === 1
    ? "1 write by a role of Grantkeeper is not in its record"
    : `${count} writes by roles of Grantkeeper are not in its record`;
}
