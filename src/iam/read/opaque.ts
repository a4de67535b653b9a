/** True if content that is not understood may deny something: it mentions Deny anywhere and does not state Allow. */
export function mayBeDenial({
  text,
  effect,
}: {
  readonly text: string;
  readonly effect: "Allow" | "Deny" | null;
}): boolean {
  return effect !== "Allow" && text.includes("Deny");
}
