import type { FoundStatement } from "../../model/answers/decision.ts";
import type { AllowedFunction, WhoCan } from "../../model/answers/questions/who-can.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import { documentPlace, placeWords } from "../../plan/render/words.ts";
import { readDocumentName } from "../../iam/row-text.ts";
import { toned, type ScreenLine } from "../../text/screen-line.ts";
import type { Layout } from "../../cli/screen/layout.ts";
import { table, type Column } from "../../cli/screen/table.ts";
import { WHO_CAN_LEAVES_OUT } from "../../wording/questions.ts";
import { age } from "../../wording/time.ts";
import { continued } from "../../text/layout/wrap.ts";
import { functionsText, unknownLines } from "./unknown-lines.ts";

/** The functions that can do it, those about which nothing is known, and what was not looked at. */
export function whoCanLines(answer: WhoCan, layout: Layout): readonly ScreenLine[] {
  const { allowed, unknown, denied, unread } = answer;
  const prose = (text: string): readonly string[] => continued(text, layout.width);
  return [
    ...prose(headOf(answer)),
    "",
    ...(allowed.length === 0 ? [] : [...table(columnsOf(answer), allowed, layout), ""]),
    ...unknownLines(unknown, layout),
    ...(denied === 0 ? [] : [`denied: ${functionsText(denied)}`]),
    ...toned(
      "warning",
      unread.flatMap((place) => prose(`not read: ${place}`)),
    ),
    ...toned("aside", prose(`NOT CHECKED ${WHO_CAN_LEAVES_OUT}`)),
  ];
}

function headOf({ allowed, unknown, unread, action, resource }: WhoCan): string {
  const inAws = allowed.filter(({ live }) => live === "allowed").length;
  const more = allowed.length - inAws;
  const question = `${action} on ${resource}`;
  if (allowed.length === 0)
    return `No function found that is allowed ${question}${unknown.length + unread.length === 0 ? "" : ", in what was read"}`;
  return `AWS allows ${functionsText(inAws)}${more === 0 ? "" : `, Git ${more} more`}: ${question}`;
}

function columnsOf({ askedAt }: WhoCan): readonly Column<AllowedFunction>[] {
  const nowMs = Date.parse(askedAt);
  return [
    { title: "FUNCTION", cell: ({ target }) => target },
    { title: "AWS", cell: ({ live }) => words(live) },
    { title: "GIT", cell: ({ git }) => words(git) },
    { title: "READ", cell: ({ readAt }) => (readAt === null ? "-" : age(readAt, nowMs)), isWide: true },
    { title: "ALLOWED BY", cell: ({ by }) => grantingText(by), isCut: "start" },
  ];
}

function words(conclusion: AllowedFunction["live"] | AllowedFunction["git"]): string {
  return conclusion.replace("-", " ");
}

/** The statements that grant it; a boundary only limits. */
function grantingText(by: readonly FoundStatement[]): string {
  return (
    by
      .filter(({ layer }) => layer !== "boundary")
      .map(grantPlace)
      .join(", ") || "-"
  );
}

/** The line in Git, or the policy in AWS. */
function grantPlace({ origin, from }: FoundStatement): string {
  return origin === null ? placeWords(documentPlace(readDocumentName(from))) : formatOrigin(origin);
}
