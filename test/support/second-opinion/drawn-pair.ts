import fc from "fast-check";
import { anyPlace, identityPlace, resourcePlace, trustPlace, type DrawnPlace } from "./drawn-place.ts";
import { type Written } from "./world.ts";

/** One document and another, for one caller. */
export interface Pair {
  readonly place: DrawnPlace;
  readonly inner: string;
  readonly outer: string;
}

const NARROWINGS = ["action", "resource", "principal", "condition", "statement", "denial"] as const;

type Narrowing = (typeof NARROWINGS)[number];

/** One thing less in one Allow, a condition more, or a Deny more; undefined where the document has no place for it. */
function narrowed(
  statements: readonly Written[],
  nth: number,
  kind: Narrowing,
  other: Written,
): readonly Written[] | undefined {
  const at = statements.findIndex(
    ({ Effect }, place) => Effect === "Allow" && place >= nth % statements.length,
  );
  const chosen = statements[at];
  if (chosen === undefined) return undefined;
  if (kind === "denial") return [...statements, { ...other, Effect: "Deny" }];
  if (kind === "statement") return statements.length === 1 ? undefined : statements.toSpliced(at, 1);
  if (kind === "condition") {
    const Condition = {
      ...(chosen["Condition"] as object | undefined),
      ...(other["Condition"] as object | undefined),
    };
    const isMore = Object.keys((chosen["Condition"] as object | undefined) ?? {}).every(
      (operator) => (other["Condition"] as Written | undefined)?.[operator] === undefined,
    );
    return isMore ? statements.with(at, { ...chosen, Condition }) : undefined;
  }
  const less =
    kind === "principal" ? lessPrincipals(chosen) : lessOf(chosen, kind === "action" ? "Action" : "Resource");
  return less && statements.with(at, less);
}

function lessOf(statement: Written, name: string): Written | undefined {
  const values = statement[name];
  return Array.isArray(values) && values.length > 1 ? { ...statement, [name]: values.slice(1) } : undefined;
}

function lessPrincipals(statement: Written): Written | undefined {
  const element = statement["Principal"];
  if (typeof element !== "object" || element === null) return undefined;
  const entries = Object.entries(element);
  const [first] = entries;
  if (entries.length > 1) return { ...statement, Principal: Object.fromEntries(entries.slice(1)) };
  const less = first && lessOf({ [first[0]]: first[1] }, first[0]);
  return less && { ...statement, Principal: less };
}

function textWith(place: DrawnPlace, statements: readonly Written[]): string {
  return JSON.stringify({ ...place.document, Statement: statements });
}

/** Narrower by construction. */
export const narrowPair = (places: fc.Arbitrary<DrawnPlace>): fc.Arbitrary<Pair | undefined> =>
  fc.tuple(places, places, fc.nat(), fc.constantFrom(...NARROWINGS)).map(([place, other, nth, kind]) => {
    const { Statement: statements } = place.document;
    const fits = other.dialect === place.dialect ? other : place;
    const inner = narrowed(statements, nth, kind, fits.document.Statement[0] ?? {});
    return inner && { place, inner: textWith(place, inner), outer: textWith(place, statements) };
  });

/** One element of one statement drawn again: near, and contained or not. */
export const nearPair: fc.Arbitrary<Pair> = fc
  .tuple(fc.oneof(identityPlace, resourcePlace, trustPlace), fc.nat(), fc.nat())
  .chain(([place, nth, which]) =>
    (place.dialect === "identity"
      ? identityPlace
      : place.dialect === "resource"
        ? resourcePlace
        : trustPlace
    ).map((other): Pair => {
      const { Statement: statements } = place.document;
      const at = nth % statements.length;
      const [statement = {}, another = {}] = [statements[at], other.document.Statement[0]];
      const elements = ["Action", "Resource", "Principal", "Condition"].filter((name) => name in another);
      const name = elements[which % elements.length] ?? "Action";
      const kept = Object.fromEntries(
        Object.entries(statement).filter(([key]) => key !== name && key !== `Not${name}`),
      );
      const changed = statements.with(at, { ...kept, [name]: another[name] });
      return { place, inner: textWith(place, changed), outer: textWith(place, statements) };
    }),
  );

export const anyPair = fc
  .oneof(narrowPair(anyPlace), nearPair, nearPair)
  .filter((pair) => pair !== undefined);
