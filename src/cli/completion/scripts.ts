/** The shells that `completion` writes a script for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof SHELLS)[number];

/** The word by which the scripts ask for candidates; the words of the command line follow it. */
export const COMPLETE = "__complete";

/**
 * Bash breaks words at `@` and `:` too, which targets contain: the words are read from the line itself, and what lies
 * before the last break is taken off the candidates, since bash replaces only what follows it. No `mapfile`: macOS has bash 3.2.
 */
const BASH = `_grantkeeper() {
  local line="\${COMP_LINE:0:COMP_POINT}" words word current breaks before
  read -ra words <<< "$line"
  [[ "$line" == *[[:space:]] ]] && words+=("")
  current="\${words[\${#words[@]}-1]}"
  COMPREPLY=()
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <("\${words[0]}" ${COMPLETE} "\${words[@]:1}" 2>/dev/null)
  breaks="\${COMP_WORDBREAKS//[^@:=]/}"
  if [[ -n "$breaks" ]]; then
    before="\${current%"\${current##*[$breaks]}"}"
    COMPREPLY=("\${COMPREPLY[@]#"$before"}")
  fi
}
complete -o default -F _grantkeeper grantkeeper
`;

const ZSH = `#compdef grantkeeper
_grantkeeper() {
  local -a candidates
  candidates=(\${(f)"$(grantkeeper ${COMPLETE} "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#candidates} )); then compadd -a candidates; else _files; fi
}
compdef _grantkeeper grantkeeper
`;

/** Files only where there is nothing else, as in the other shells: fish alone would offer them with every candidate. */
const FISH = `function __grantkeeper_complete
  set -l candidates (grantkeeper ${COMPLETE} (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
  if test (count $candidates) -gt 0
    printf '%s\\n' $candidates
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c grantkeeper -f -a '(__grantkeeper_complete)'
`;

export const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH } as const satisfies Record<Shell, string>;
