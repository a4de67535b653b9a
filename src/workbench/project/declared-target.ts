import { meant, noSuchTarget } from "../../cli/toolbox/target.ts";
import { ownerText, type NamedKey } from "../../model/keys/key.ts";
import { sortedSet } from "../../text/order.ts";
import { someOf } from "../../text/phrases.ts";

interface Checkout {
  /** The folder of the manifests, as it was named on the command line. */
  readonly dir: string;
  /** `-n`, which narrows forms without a namespace. */
  readonly namespace: string | null;
}

/**
 * All that the text means among the items that the manifests of a folder declare, in their order. No controller is
 * needed, so the hint names the items themselves.
 * @throws CliError when it is none, with the nearest one for a typing error
 */
export function matchingDeclared<Item extends NamedKey>(
  text: string,
  items: readonly Item[],
  { dir, namespace }: Checkout,
): readonly Item[] {
  const found = meant(text, items, namespace);
  if (found.length > 0) return found;
  throw noSuchTarget(text, items, { namespace, listed: declaredText(items, dir) });
}

function declaredText(items: readonly NamedKey[], dir: string): string {
  const names = sortedSet(items.map(({ key }) => ownerText(key)));
  const place = dir === "." ? "the manifests in this folder" : `the manifests in ${dir}`;
  return names.length === 0 ? `${place} declare no function` : `${place} declare: ${someOf(names)}`;
}
