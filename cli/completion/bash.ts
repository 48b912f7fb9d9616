import type { Candidates, Place } from './places.ts';
import { posixLookups, shellWord } from './posix-lookups.ts';

/** A script for bash 3.2 (that of macOS) and newer. */
export function bashCompletion(places: readonly Place[]): string {
  return `# Completion of gimlet for bash, made by: gimlet completion bash

${posixLookups(places, reply)}
${WALK}`;
}

function reply(candidates: Candidates): string {
  if (typeof candidates === 'string') return `REPLY=@${candidates}`;
  return `REPLY=${shellWord(candidates.map(({ word }) => word).join(' '))}`;
}

/** Finds the command that is typed, then offers what may stand where the cursor is. */
const WALK = `_gimlet() {
  local cur=\${COMP_WORDS[COMP_CWORD]} at= flag= operands=0 word i REPLY=
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == = ]]; then
      continue
    elif [[ -n $flag ]]; then
      flag=
    elif [[ $word == -* ]]; then
      __gimlet_values "$at $word" && flag=$word
    elif __gimlet_is_command "\${at:+$at }$word"; then
      at="\${at:+$at }$word"
    elif [[ $at$word != help ]]; then
      operands=$((operands + 1))
    fi
  done
  [[ $cur == = ]] && cur=
  if [[ -n $flag ]]; then
    __gimlet_values "$at $flag"
  elif [[ $cur == -* ]]; then
    __gimlet_flags "$at"
  else
    ((operands == 0)) && __gimlet_words "$at"
    [[ -z $REPLY ]] && __gimlet_flags "$at"
  fi
  case $REPLY in
    @anything) ;;
    @files)
      compopt -o filenames 2>/dev/null
      while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cur")
      ;;
    *) COMPREPLY=($(compgen -W "$REPLY" -- "$cur")) ;;
  esac
}

complete -F _gimlet gimlet
`;
