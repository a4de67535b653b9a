import { isReferenceUnread } from "../../../manifest/statements/references.ts";
import { targetText, keyParts, type Key } from "../../../model/keys/key.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import { counted } from "../../../text/phrases.ts";
import { byText } from "../../../text/order.ts";
import type { Project } from "../../project/project.ts";
import { type ScreenLine } from "../../../text/screen-line.ts";
import { labelledLines } from "../../../text/layout/labelled-lines.ts";

interface UnreadReferences {
  /** The functions whose values in AWS are not known: they are neither broken nor compared. */
  readonly keys: ReadonlySet<Key>;
  readonly lines: readonly ScreenLine[];
  /** True: the manifest of one of them differs from the base, or a document of the platform with which it is compiled. */
  readonly hasChanged: boolean;
}

const FIX = "write the values in a file, and name it with --references";

/**
 * Without AWS, the value of a reference is not known. A function in a file that is the same in both revisions is counted, and
 * any other one is listed. With another account or template, the same file may declare something else.
 */
export function unreadReferences(from: Project, to: Project): UnreadReferences {
  const { invalid, namedReferences } = to.compilation;
  const keys = [...invalid].flatMap(([key, problems]) => (problems.every(isReferenceUnread) ? [key] : []));
  const [before, after] = [bytesByPath(from), bytesByPath(to)];
  const changed = keys.filter((key) => {
    const file = namedReferences.get(key)?.[0]?.origin.file ?? "";
    const [then, now] = [before.get(file), after.get(file)];
    return then === undefined || now === undefined || Buffer.compare(then, now) !== 0;
  });
  const same = keys.length - changed.length;
  const isPlatformSame = platformText(from) === platformText(to);
  const platform = isPlatformSame ? "" : ", but the platform's documents change";
  const lines = [
    ...changed.map((key) => `not compared: ${nameOf(key, to)} names ${textsOf(key, to)}`).sort(byText),
    ...(same === 0
      ? []
      : [
          `not compared: ${counted(same, "function")} with values in AWS, in files that do not change${platform}`,
        ]),
  ];
  return {
    keys: new Set(keys),
    lines: lines.length === 0 ? [] : [...lines, ...labelledLines("hint", FIX)],
    hasChanged: changed.length > 0 || (same > 0 && !isPlatformSame),
  };
}

/** The documents of the platform with which functions are compiled. */
function platformText({ files }: Project): string {
  const documents = files
    .flatMap((file) => file.documents)
    .filter((document) => COMPILED_WITH.has(document.kind === "invalid" ? document.of : document.kind));
  return documents
    .map(({ document }) => canonicalText(document))
    .sort()
    .join("\n");
}

const COMPILED_WITH: ReadonlySet<string | null> = new Set(["AwsAccount", "AccountSet", "GrantTemplate"]);

function bytesByPath({ snapshot }: Project): ReadonlyMap<string, Uint8Array> {
  return new Map(snapshot.files.map(({ path, bytes }) => [path, bytes]));
}

function nameOf(key: Key, { compilation }: Project): string {
  const { accountId } = keyParts(key);
  return targetText({ key, account: compilation.desired.accounts.get(accountId)?.name ?? accountId });
}

function textsOf(key: Key, { compilation }: Project): string {
  const texts = compilation.namedReferences.get(key) ?? [];
  return [...new Set(texts.map(({ text }) => `\${${text}}`))].sort(byText).join(", ");
}
