import { SITE_CALL } from "../../api/browser/site.ts";

/** Of large parts only the last ones are kept: a reader who looks at every function loads all of them. */
const MOST_KEPT = 64;

type Receive = (name: string, json: string) => void;

/** The part of trusted types that is used; older browsers have none. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (text: string) => string },
  ): { createScriptURL(text: string): string };
}

/**
 * Reads the files of `data/`. A page on disk may not fetch a file, so each one is a script that calls a function with its name and
 * its value as JSON.
 */
export class DataFiles {
  readonly #kept = new Map<string, Promise<unknown>>();
  readonly #received = new Map<string, string>();
  readonly #urlOf: (name: string) => string;

  constructor() {
    const receive: Receive = (name, json) => this.#received.set(name, json);
    Object.assign(globalThis, { [SITE_CALL]: receive });
    const { trustedTypes } = globalThis as unknown as { readonly trustedTypes?: TrustedTypes };
    const policy = trustedTypes?.createPolicy("grantkeeper-site", { createScriptURL: urlOf });
    this.#urlOf = (name) => policy?.createScriptURL(name) ?? urlOf(name);
  }

  /** The value of a file. Rejects if it is missing or damaged. */
  read<Value>(name: string): Promise<Value> {
    const value = this.#kept.get(name) ?? this.#load(name);
    // The last one that was asked for is dropped last.
    this.#kept.delete(name);
    this.#kept.set(name, value);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    value.catch(() => this.#kept.delete(name));
    return value as Promise<Value>;
  }

  async #load(name: string): Promise<unknown> {
    const script = document.createElement("script");
    script.src = this.#urlOf(name);
    await new Promise<void>((resolve, reject) => {
      script.addEventListener("load", () => resolve());
      script.addEventListener("error", () => reject(new Error(`data/${name}.js cannot be read`)));
      document.head.append(script);
    });
    script.remove();
    const json = this.#received.get(name);
    this.#received.delete(name);
    if (json === undefined) throw new Error(`data/${name}.js is damaged`);
    return JSON.parse(json) as unknown;
  }
}

function urlOf(name: string): string {
  if (!/^[a-z]+(-[a-z0-9]+)*$/.test(name)) throw new Error("this is not a name of a file of an export");
  return `data/${name}.js`;
}
