import type { Waiver } from "../model/desired.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { parseKey, type Key } from "../model/key.ts";
import type { KnownAccount } from "./accounts.ts";
import { errorAt, warningAt } from "./diagnostics.ts";
import { originOfValue } from "./located.ts";
import { didYouMean } from "../iam/nearest.ts";
import { instantForIam } from "./schema/field.ts";
import type { WaiverManifest } from "./parsed.ts";

export interface CompiledWaivers {
  readonly waivers: readonly Waiver[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Whether a waiver still counts is for the guard, which knows the time; here it is only said that it ended. */
export function compileWaivers(
  manifests: readonly WaiverManifest[],
  accounts: ReadonlyMap<string, KnownAccount>,
  isBinding: (key: Key) => boolean,
  nowMs: number,
): CompiledWaivers {
  const waivers: Waiver[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const manifest of manifests) {
    const origin = originOfValue(manifest.located, manifest.file, ["spec", "binding"]);
    const { account, region, owner } = bindingParts(manifest.spec.binding);
    const known = accounts.get(account);
    const key = known === undefined ? undefined : parseKey(`function/${known.id}/${region}/${owner}`);
    if (key === undefined) {
      const message = `no binding ${manifest.spec.binding}: unknown account ${account}${didYouMean(account, [...accounts.keys()])}`;
      diagnostics.push(errorAt(origin, "unknown-account", message, "write NAMESPACE/NAME@ACCOUNT/REGION"));
      continue;
    }
    if (!isBinding(key)) {
      const message = `the waiver is for ${manifest.spec.binding}, which no manifest declares`;
      diagnostics.push(
        warningAt(origin, "waiver-without-binding", message, "remove the waiver, or correct its binding"),
      );
    }
    if (Date.parse(manifest.spec.until) <= nowMs) {
      const at = originOfValue(manifest.located, manifest.file, ["spec", "until"]);
      const message = `the waiver ended on ${manifest.spec.until}: ${manifest.spec.rule} holds again`;
      diagnostics.push(
        warningAt(at, "expired-waiver", message, "remove it, or give it a new end and a new reason"),
      );
    }
    waivers.push(waiverOf(manifest, key));
  }
  return { waivers, diagnostics };
}

function waiverOf(manifest: WaiverManifest, binding: Key): Waiver {
  const { rule, reason, owner, until } = manifest.spec;
  const origin = originOfValue(manifest.located, manifest.file, []);
  return { name: manifest.name, rule, binding, reason, owner, until: instantForIam(until), origin };
}

interface BindingParts {
  /** `namespace/name`. */
  readonly owner: string;
  readonly account: string;
  readonly region: string;
}

/** Of `orders/orders-api@prod/eu-west-1`, whose form the schema has checked. */
function bindingParts(text: string): BindingParts {
  const at = text.indexOf("@");
  const slash = text.lastIndexOf("/");
  return { owner: text.slice(0, at), account: text.slice(at + 1, slash), region: text.slice(slash + 1) };
}
