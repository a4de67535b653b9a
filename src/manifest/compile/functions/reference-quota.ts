import type { AccountId, Namespace, Region } from "../../../model/aws/ids.ts";
import type { Mistake } from "../../../model/diagnostic.ts";
import type { ReferenceText } from "../../../model/aws/reference.ts";

/**
 * Each reference may cost a call to AWS in every sweep. CloudFormation answers two a second, so the largest namespace takes
 * less than two minutes. A function with twenty values from AWS is one that a template generated.
 */
export const MAX_REFERENCES = { ofFunction: 20, ofNamespace: 200 } as const;

/** Where the values are read for one binding. */
export interface QuotaPlace {
  readonly namespace: Namespace;
  readonly account: { readonly id: AccountId; readonly name: string };
  readonly region: Region;
}

/** Counts the different references of a revision by namespace, account and region, in the order of its documents. */
export class ReferenceQuota {
  readonly #byPlace = new Map<string, Set<ReferenceText>>();

  /** For one binding. @returns a function that counts a reference, and answers why it does not fit, or null */
  ofBinding(place: QuotaPlace): (text: ReferenceText) => Mistake | null {
    let own: Set<ReferenceText> | null = null;
    return (text) => {
      // Few bindings name a reference.
      own ??= new Set<ReferenceText>();
      const all = this.#at(place);
      if (!own.has(text) && own.size >= MAX_REFERENCES.ofFunction) return tooManyOfFunction(text);
      if (!all.has(text) && all.size >= MAX_REFERENCES.ofNamespace) return tooManyOfNamespace(text, place);
      own.add(text);
      all.add(text);
      return null;
    };
  }

  #at({ namespace, account, region }: QuotaPlace): Set<ReferenceText> {
    const name = `${namespace} ${account.id} ${region}`;
    const known = this.#byPlace.get(name) ?? new Set();
    this.#byPlace.set(name, known);
    return known;
  }
}

function tooManyOfFunction(text: ReferenceText): Mistake {
  return {
    message: `\${${text}} is not read: the function names more than ${MAX_REFERENCES.ofFunction} values in AWS`,
    fix: `name at most ${MAX_REFERENCES.ofFunction} different ones, or write the values`,
  };
}

function tooManyOfNamespace(text: ReferenceText, { namespace, account, region }: QuotaPlace): Mistake {
  const where = `account ${account.name}, ${region}`;
  return {
    message: `\${${text}} is not read: namespace ${namespace} names more than ${MAX_REFERENCES.ofNamespace} values in ${where}`,
    fix: `name at most ${MAX_REFERENCES.ofNamespace} different ones there, or write the values`,
  };
}
