import type { AccessDenial } from "../../model/aws/errors/aws-error.ts";
import { NOTHING_REPORTED, type ReportedDenial } from "../../model/denials/reported-denial.ts";

type DeniedBy = AccessDenial["deniedBy"];

/** The words of AWS's text, with "no … allows" (implicit) or "explicit deny in a …" (explicit). */
const POLICIES: readonly (readonly [RegExp, DeniedBy])[] = [
  // The last of several is the one to look at: "in a VPC endpoint policy transitively through a service control policy".
  [/transitively through an? service control policy/i, "service control policy"],
  [/transitively through an? resource control policy/i, "resource control policy"],
  [/(no|in an?) identity-based policy/i, "identity policy"],
  [/(no|in an?) permissions boundary/i, "permissions boundary"],
  [/(no|in an?) service control policy/i, "service control policy"],
  [/(no|in an?) resource control policy/i, "resource control policy"],
  [/(no|in an?) sessions? policy/i, "session policy"],
  [/(no|in an?) VPC endpoint policy/i, "VPC endpoint policy"],
  [/(no|in an?) resource-based polic(y|ies)/i, "resource policy"],
  [/the role trust policy/i, "trust policy"],
];

/** Whose policy denied the call, as far as the message shows it. */
export function deniedByOf(message: string): DeniedBy {
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- a text of AWS, which has no field for it
  return POLICIES.find(([pattern]) => pattern.test(message))?.[1] ?? "unknown";
}

const DENIED = " is not authorized to perform:";
const OPERATION = /when calling the ([A-Za-z0-9]{1,128}) operation/;
const ENCODED = /Encoded authorization failure message: ?([A-Za-z0-9_-]{16,})/;
/** Of the message alone: the text after it is not AWS's. */
const MESSAGE = 2_400;
/** More of them are a log, and no question. */
const MESSAGES = 1_000;

/**
 * Every access-denied message of a text, in its order: `User: ARN is not authorized to perform: ACTION on resource: ARN
 * because no identity-based policy allows the ACTION action`, or `… with an explicit deny in a service control policy`.
 * Some services put the resource into quotes, name it without an ARN or leave it out.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function denialMessages(text: string): readonly ReportedDenial[] {
  // No repetition without a bound: of a text of blanks alone it would take the stack.
  const plain = text
    .replaceAll('\\"', '"')
    .replace(/\\[nrt]/g, " ")
    .replace(/[\s\u0000-\u001f]{1,1000}/g, " ")
    .replace(/ (?= )/g, "");
  const places = placesOf(plain);
  if (places.length === 0) return onlyEncoded(plain);
  return places.map((at, index) => {
    const next = places[index + 1] ?? Infinity;
    const after = plain.slice(at + DENIED.length, Math.min(next, at + MESSAGE));
    return messageDenial(plain.slice(Math.max(0, at - MESSAGE), at), after);
  });
}

function placesOf(plain: string): readonly number[] {
  const places = [];
  for (let at = plain.indexOf(DENIED); at !== -1; at = plain.indexOf(DENIED, at + 1)) places.push(at);
  return places.slice(0, MESSAGES);
}

function messageDenial(before: string, after: string): ReportedDenial {
  const action = /^ ?([A-Za-z0-9-]{1,64}:[A-Za-z0-9]{1,128})/.exec(after);
  const caller = before.slice(before.lastIndexOf(" ") + 1).replace(/,$/, "");
  return {
    ...NOTHING_REPORTED,
    caller: caller.startsWith("arn:") ? caller : null,
    action: action?.[1] ?? null,
    operation: OPERATION.exec(before)?.[1] ?? null,
    resource: resourceIn(after.slice(action?.[0].length ?? 0)),
    deniedBy: deniedByOf(after),
    how: howIn(after),
    // oxlint-disable-next-line grantkeeper/no-arn-parsing -- a text of AWS, which names the policy in it
    policy: /explicit deny in an? [A-Za-z -]{1,60}: ?(arn:[^ ",;]{1,2048}[^ ",;.])/.exec(after)?.[1] ?? null,
    encoded: ENCODED.exec(after)?.[1] ?? null,
  };
}

function howIn(after: string): ReportedDenial["how"] {
  if (/explicit deny/i.test(after)) return "explicit";
  return /because (no|the) .{1,60} (policy|boundary) allows/i.test(after) ? "implicit" : "unknown";
}

function resourceIn(after: string): string | null {
  const quoted = /^ on resource: ?"([^"]{1,2048})"/.exec(after)?.[1];
  if (quoted !== undefined) return quoted;
  const bare = /^ on resource: ?(.{1,2048}?)(?= because | with an explicit | \(|[",;]|\. |\.?$| ?$)/.exec(
    after,
  );
  const text = bare?.[1]?.trim() ?? "";
  // A sentence goes on after an ARN: no ARN but those of S3's objects has a blank in it, and S3 quotes them.
  const word = text.startsWith("arn:") ? text.replace(/ .*/, "") : text;
  return word === "" ? null : word;
}

/** EC2 encodes the reason in a message that only the account can decode. */
function onlyEncoded(plain: string): readonly ReportedDenial[] {
  const encoded = ENCODED.exec(plain)?.[1];
  if (encoded === undefined) return [];
  return [{ ...NOTHING_REPORTED, operation: OPERATION.exec(plain)?.[1] ?? null, encoded }];
}
