import type { BindingObject } from "../../api/bindings.ts";
import type { ApiClient } from "./client.ts";
import { matching, parseTarget } from "../toolbox/target.ts";
import { type NamedKey, parseKey } from "../../model/keys/key.ts";

/** A binding that the controller knows. */
export type KnownBinding = NamedKey & { readonly object: BindingObject };

/** The bindings of the controller that match the text. @throws CliError if there are none */
export async function knownBindings(
  text: string,
  client: ApiClient,
  namespace: string | null,
): Promise<readonly KnownBinding[]> {
  const within = parseKey(text) === undefined ? (parseTarget(text).namespace ?? namespace) : null;
  const here = await client.list("bindings", { namespace: within ?? undefined });
  // With a typing error in the namespace, the nearest name is in another one.
  const objects = here.length > 0 || within === null ? here : await client.list("bindings");
  return matching(
    text,
    objects.map((object) => ({ key: object.spec.key, account: object.status.account, object })),
    namespace,
  );
}
