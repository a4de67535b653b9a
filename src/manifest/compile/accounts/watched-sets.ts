import { parseAccountId, PLATFORM } from "../../../model/aws/ids.ts";
import type { DesiredAccount, DesiredAccountSet } from "../../../model/desired.ts";
import type { Diagnostic } from "../../../model/diagnostic.ts";
import { defaultFences } from "../../../model/rules/account-fences.ts";
import { originOfValue } from "../../../text/located/located.ts";
import { byText, byTextOf } from "../../../text/order.ts";
import type { AccountSet } from "../../parse/parsed.ts";
import { checked } from "../../schema-value.ts";
import { exampleAccount } from "./account-sets.ts";
import { desiredAccount, identityOf, type SimulatorTimes } from "./accounts.ts";
import type { Paths } from "../../folder-owner.ts";
import type { PlacedDocuments } from "../placed-documents.ts";
import { unreadPlaces } from "../unread-places.ts";

export interface WatchedSets {
  /** Without those that have a problem; sorted by name. */
  readonly sets: readonly DesiredAccountSet[];
  readonly diagnostics: readonly Diagnostic[];
  /** A set with a problem, or a document of the platform that can't be read and may hold one, is not in `sets`. */
  readonly isPartial: boolean;
}

interface WatchedContext extends Paths {
  readonly simulator: SimulatorTimes | null;
}

/** The sets that watch an organization. The template of the others is checked with the accounts that they list. */
export function watchedSets(world: PlacedDocuments, context: WatchedContext): WatchedSets {
  const checkedSets = world.accountSets
    .filter(({ namespace }) => namespace === PLATFORM)
    .map(({ document, problems }) => {
      const example = exampleAccount(document);
      const wrong = example?.kind === "invalid" ? example.diagnostics : [];
      const isUsable = problems.length + wrong.length === 0 && example?.kind === "AwsAccount";
      return {
        sets: isUsable ? [watchedSet(document, desiredAccount(example, context.simulator))] : [],
        diagnostics: document.spec.accounts === undefined ? wrong : [],
        isPartial: example !== null && !isUsable,
      };
    });
  return {
    sets: checkedSets.flatMap(({ sets }) => sets).sort(byTextOf(({ name }) => name)),
    diagnostics: checkedSets.flatMap(({ diagnostics }) => diagnostics),
    isPartial: checkedSets.some(({ isPartial }) => isPartial) || unreadPlaces(world, context).length > 0,
  };
}

function watchedSet(document: AccountSet, template: DesiredAccount): DesiredAccountSet {
  const { reader, units, tags = {}, except = [] } = checked(document.spec.organization);
  return {
    name: document.name,
    reader: identityOf(reader),
    units: units?.toSorted(byText) ?? null,
    tags,
    except: except.map((id) => checked(parseAccountId(id))).sort(),
    template: observedOnly(template),
    origin: originOfValue(document, ["spec", "organization"]),
  };
}

/** Without anything that only counts for functions that are declared in the account. */
function observedOnly(template: DesiredAccount): DesiredAccount {
  return {
    ...template,
    mode: "observe",
    writer: null,
    binder: null,
    boundary: null,
    boundaries: [],
    fences: defaultFences(template.partition),
    assumableRoles: [],
    passableRoles: [],
    controllableResources: [],
  };
}
