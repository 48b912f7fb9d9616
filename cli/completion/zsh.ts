import type { Candidate, Candidates, Place } from './places.ts';
import { posixLookups, shellWord } from './posix-lookups.ts';

/** A script for zsh: to be sourced after compinit, or a file `_gimlet` in a folder of $fpath. */
export function zshCompletion(places: readonly Place[]): string {
  return `#compdef gimlet
# Completion of gimlet for zsh, made by: gimlet completion zsh

${posixLookups(places, reply)}
${WALK}`;
}

function reply(candidates: Candidates): string {
  if (typeof candidates === 'string') return `reply=(@${candidates})`;
  return `reply=(${candidates.map(described).join(' ')})`;
}

/** As _describe reads it: the word, a colon, what it means. */
function described({ word, summary }: Candidate): string {
  const escaped = word.replaceAll(':', '\\:');
  return shellWord(summary === undefined ? escaped : `${escaped}:${summary}`);
}

/** Finds the command that is typed, then offers what may stand where the cursor is. */
const WALK = `_gimlet() {
  local at= flag= operands=0 word
  local -a reply
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ -n $flag ]]; then
      flag=
    elif [[ $word == -*=* ]]; then
      continue
    elif [[ $word == -* ]]; then
      __gimlet_values "$at $word" && flag=$word
    elif __gimlet_is_command "\${at:+$at }$word"; then
      at="\${at:+$at }$word"
    elif [[ $at$word != help ]]; then
      operands=$((operands + 1))
    fi
  done
  if [[ -z $flag && $PREFIX == --*=* ]]; then
    flag=\${PREFIX%%=*}
    compset -P '*='
  fi
  reply=()
  if [[ -n $flag ]]; then
    __gimlet_values "$at $flag"
  elif [[ $PREFIX == -* ]]; then
    __gimlet_flags "$at"
  else
    ((operands == 0)) && __gimlet_words "$at"
    ((\${#reply} == 0)) && __gimlet_flags "$at"
  fi
  case \${reply[1]} in
    (@anything | '') ;;
    (@files) _files ;;
    (*) _describe -t words gimlet reply ;;
  esac
}

if [[ \${funcstack[1]} == _gimlet ]]; then
  _gimlet "$@"
else
  compdef _gimlet gimlet
fi
`;
