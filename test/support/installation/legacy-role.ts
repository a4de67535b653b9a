import { desiredOf, type Files } from "../../../demo/manifests.ts";
import { compiledText } from "../../../src/diff/documents/compiled-texts.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { KeyRecord } from "../../../src/model/keys/key-record.ts";
import { addRole } from "../../../src/simulator/world.ts";
import { INSTANCE } from "./compose.ts";
import { PROD, READ_ORDERS, type Estate } from "./estate.ts";
import type { Installation } from "./installation.ts";
import { allKeys } from "../record/all-keys.ts";

/** A role that someone made by hand for a function, and that its manifest takes over in place. */
export const LEGACY_ROLE = `arn:aws:iam::${PROD}:role/service-role/legacy`;
export const LEGACY_SPEC = `${READ_ORDERS}  role: {name: legacy, path: /service-role/, adopt: reviewed}\n`;
export const LEGACY_DESCRIPTION = "made by hand";
export const LEGACY_LISTED = `  adoptableRoles: ["${LEGACY_ROLE}"]\n`;

const DAY_MS = 86_400_000;

interface Legacy {
  readonly files: Files;
  readonly key: Key;
  /** Default: it has none. */
  readonly boundaryArn?: string;
}

/** Makes the role with the permissions that the manifest of the key declares, in two policies of other names. */
export function addLegacyRole({ world }: Estate, { files, key, boundaryArn }: Legacy): void {
  const binding = desiredOf(files, INSTANCE).bindings.get(key);
  const text = binding === undefined ? null : compiledText(binding.role.inline);
  const { Statement: statements } = JSON.parse(text ?? "{}") as { readonly Statement: readonly object[] };
  const half = Math.ceil(statements.length / 2);
  const documentOf = (part: readonly object[]): string =>
    JSON.stringify({ Version: "2012-10-17", Statement: part });
  addRole(world, {
    accountId: PROD,
    name: "legacy",
    path: "/service-role/",
    description: LEGACY_DESCRIPTION,
    inline: { first: documentOf(statements.slice(0, half)), rest: documentOf(statements.slice(half)) },
    ...(boundaryArn !== undefined && { boundaryArn }),
  });
}

export function legacyRole({ world }: Pick<Installation, "world">): ReturnType<typeof addRole> {
  const found = world.accounts[PROD]?.iam.roles["legacy"];
  if (found === undefined) throw new Error("the role is gone");
  return found;
}

export async function recordOf({ store }: Pick<Installation, "store">, key: Key): Promise<KeyRecord> {
  const found = (await allKeys(store)).find((record) => record.key === key);
  if (found === undefined) throw new Error("there is no record");
  return found;
}

/** As if the first complete sweep without a difference had been a day earlier. */
export async function aDayLater(installation: Installation, key: Key): Promise<void> {
  const found = await recordOf(installation, key);
  const { adoption } = found;
  const before = adoption?.proof ?? null;
  if (adoption === undefined || before === null) throw new Error("there is no proof");
  const proof = { ...before, sinceMs: before.sinceMs - DAY_MS };
  await installation.store.commit({ keys: [{ ...found, adoption: { ...adoption, proof } }] });
  await installation.settled();
  await installation.look();
}
