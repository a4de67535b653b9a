import type { AdoptionUndoPlanObject, UndoPlanItem } from "../../api/commands.ts";
import { readDelta } from "../../iam/row-text.ts";
import { targetText } from "../../model/keys/key.ts";
import { permissionChanges, permissionText } from "../../plan/render/permission-changes.ts";
import { homeOf, shortArn } from "../../plan/render/words.ts";
import { counted } from "../../text/phrases.ts";
import { ago } from "../../wording/time.ts";
import { wrapped } from "../../text/layout/wrap.ts";
import { reflowed, type ScreenLine, signTone } from "../../text/screen-line.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

interface PlanScreen {
  /** As the command was given it. */
  readonly target: string;
  readonly acceptChanges: boolean;
  readonly nowMs: number;
  readonly width: number;
}

/** The number of permissions of one function that are shown; the rest is in `-o json`. */
const PERMISSIONS_SHOWN = 20;

/** What an undo would do: the answer, each function, and the command that orders it. */
export function undoPlanLines({ status }: AdoptionUndoPlanObject, screen: PlanScreen): readonly ScreenLine[] {
  const { subject, functions, calls } = status;
  const planned = functions.filter(({ state }) => state === "planned");
  const others = functions.length - planned.length;
  const head =
    subject === null
      ? "Nothing would be undone"
      : `The adoption of ${counted(planned.length, "function")} would be undone: ${counted(calls, "call")}`;
  return [
    ...wrapped(
      others === 0 || subject === null ? head : `${head}; ${others} left as they are`,
      screen.width,
      HANGING,
    ),
    ...functions.flatMap((item) => ["", ...itemLines(item, screen)]),
    ...(subject === null ? [] : ["", ...orderLines(subject, screen)]),
  ];
}

const HANGING = { first: "", next: "  " };

function orderLines(subject: string, { target, acceptChanges, width }: PlanScreen): readonly string[] {
  const accept = acceptChanges ? " --accept-changes" : "";
  return [
    ...wrapped(
      "The functions are suspended for 7 days (--for), so that Git is not applied again meanwhile.",
      width,
      HANGING,
    ),
    `To undo: grantkeeper adopt ${target} --undo${accept} --reason TEXT \\`,
    // The complete digest: another plan with the same first digits is cheap to find.
    `    --yes ${subject.slice("sha256:".length)}`,
  ];
}

function itemLines(item: UndoPlanItem, { nowMs, width }: PlanScreen): readonly ScreenLine[] {
  const name = targetText(item);
  const line = (text: string, indent = "  "): readonly string[] =>
    wrapped(text, width, { first: indent, next: `${indent}  ` });
  if (item.state === "nothing") return line(`${name}: nothing to undo: ${item.reason ?? ""}`, "");
  if (item.state === "refused")
    return [
      ...line(`${name}: refused`, ""),
      ...item.obstacles.flatMap(({ message, fix }) => [
        ...line(message),
        ...(fix === null ? [] : labelledLines("hint", fix, { width, indent: "  " })),
      ]),
    ];
  const read =
    item.readAt === null ? "" : `, read ${ago(item.readAt, nowMs)}; AWS is read again before the first call`;
  return [
    ...line(`${name}: back to ${shortArn(item.to ?? "")}${read}`, ""),
    ...item.changes.flatMap((text) => line(`! ${text}`)),
    ...reflowed(permissionLines(item), (text) => line(text)),
    ...item.calls.flatMap(({ call, target }) => line(`call:  ${call} ${shortArn(target)}`)),
    ...item.notes.flatMap((text) => labelledLines("note", text, { width, indent: "  " })),
  ];
}

function permissionLines({ key, delta }: UndoPlanItem): readonly ScreenLine[] {
  const changes = permissionChanges(readDelta(delta), homeOf(key));
  if (changes.length === 0) return ["no difference in permissions is known"];
  const more = changes.length - PERMISSIONS_SHOWN;
  return [
    ...changes
      .slice(0, PERMISSIONS_SHOWN)
      .map((change) => ({ text: permissionText(change), tone: signTone(change.sign) })),
    ...(more > 0 ? [`and ${more} more: -o json`] : []),
  ];
}
