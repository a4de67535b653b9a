import { actionNameOf } from "../../model/aws/action-name.ts";
import { byText } from "../../text/order.ts";

/**
 * How far evidence supports that a permission is not used; never a proof. `weak`: for people only, it is in no branch.
 */
export type Confidence = "strong" | "moderate" | "weak";

const WEAKEST_FIRST: readonly Confidence[] = ["weak", "moderate", "strong"];

/** What is known about the use of an action, and why. */
export type ActionUse =
  | { readonly kind: "used"; readonly lastAtMs: number; readonly because: string }
  /** Attempted, and never allowed: it may be needed. */
  | { readonly kind: "denied"; readonly lastAtMs: number; readonly because: string }
  | {
      readonly kind: "not-seen";
      /** Complete days without a use. */
      readonly days: number;
      /** `service`: nothing of its service was called. */
      readonly granularity: "service" | "action";
      readonly confidence: Confidence;
      readonly because: string;
    }
  /** Nothing may be concluded. */
  | { readonly kind: "unknown"; readonly because: string };

export const DAY_MS = 86_400_000;
/** A job of a year's end is seen in it. */
const STRONG_DAYS = 365;
/** A job of a quarter is seen in it. */
const MODERATE_DAYS = 90;

export function confidenceOf(days: number): Confidence {
  if (days >= STRONG_DAYS) return "strong";
  return days >= MODERATE_DAYS ? "moderate" : "weak";
}

export function weakest(confidences: readonly Confidence[]): Confidence {
  return WEAKEST_FIRST.find((one) => confidences.includes(one)) ?? "weak";
}

/**
 * Of everything that has to be unused at the same time: each role of a function, each function of a manifest. One use is a
 * use, and one part that is unknown leaves the answer unknown.
 */
export function useOfAll(uses: readonly ActionUse[]): ActionUse {
  const used = latestAttempt(uses);
  if (used !== null) return used;
  const [unknown] = uses.filter(({ kind }) => kind === "unknown").toSorted(byReason);
  const notSeen = uses.filter((use) => use.kind === "not-seen").toSorted(byReason);
  const [shortest] = notSeen.toSorted((a, b) => a.days - b.days);
  if (unknown !== undefined) return unknown;
  if (shortest === undefined) return { kind: "unknown", because: "there is no evidence" };
  return { ...shortest, confidence: weakest(notSeen.map(({ confidence }) => confidence)) };
}

/** The use that several sources show together: a use in one of them is a use, and one that knows is better than one that does not. */
export function useOfSources(uses: readonly ActionUse[]): ActionUse {
  const used = latestAttempt(uses);
  if (used !== null) return used;
  const notSeen = uses.filter((use) => use.kind === "not-seen");
  const [best] = notSeen.toSorted(
    (a, b) => WEAKEST_FIRST.indexOf(b.confidence) - WEAKEST_FIRST.indexOf(a.confidence) || b.days - a.days,
  );
  return best ?? useOfAll(uses);
}

/** A use, or else a denied call. */
function latestAttempt(uses: readonly ActionUse[]): ActionUse | null {
  const used = uses.filter((use) => use.kind === "used");
  const denied = uses.filter((use) => use.kind === "denied");
  const [latest] = (used.length > 0 ? used : denied).toSorted(
    (a, b) => b.lastAtMs - a.lastAtMs || byReason(a, b),
  );
  return latest ?? null;
}

function byReason(a: ActionUse, b: ActionUse): number {
  return byText(a.because, b.because);
}

/** `sqs:SendMessage` as its service and its name, in lower case; a pattern has a star or a question mark. */
export interface ActionParts {
  readonly service: string;
  readonly name: string;
  readonly isPattern: boolean;
}

/** null: the action is of every service, or of none that is known. */
export function actionParts(action: string): ActionParts | null {
  const { service, name } = actionNameOf(action.toLowerCase());
  if (name === "" || !/^[a-z0-9-]+$/.test(service)) return null;
  return { service, name, isPattern: /[*?]/.test(name) };
}

/**
 * Actions that another call needs as well, so that no event and no report names them: passing a role, tags at creation, a
 * service-linked role.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
 */
export function isNeededByOthers({ service, name }: ActionParts): boolean {
  if (service === "iam" && (name === "passrole" || name === "createservicelinkedrole")) return true;
  return /^(un)?tag/.test(name);
}

/**
 * Actions with which Lambda delivers failed events. A year without a failure shows no use of them.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
const DELIVERIES: ReadonlySet<string> = new Set([
  "events:putevents",
  "lambda:invokefunction",
  "s3:putobject",
  "sns:publish",
  "sqs:sendmessage",
]);

export function deliversFailures({ service, name }: ActionParts): boolean {
  return DELIVERIES.has(`${service}:${name}`);
}
