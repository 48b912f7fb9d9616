import type { Candidate, Candidates, Place } from './places.ts';

/** A script for fish 3.1 and newer. */
export function fishCompletion(places: readonly Place[]): string {
  const commands = places.filter(({ path }) => path !== '').map(({ path }) => fishWord(path));
  return `# Completion of gimlet for fish, made by: gimlet completion fish

# Whether these words are a command.
function __gimlet_is_command
    contains -- "$argv" ${commands.join(' \\\n        ')}
end

# What may come first after a command.
function __gimlet_words
    switch "$argv"
${places.map(({ path, first }) => fishCase([path], first)).join('')}    end
end

# The flags of a command.
function __gimlet_flags
    switch "$argv"
${places.map(({ path, flags }) => fishCase([path], flags)).join('')}    end
end

# The values of a flag of a command; fails where the flag takes none.
function __gimlet_values
    switch "$argv"
${places.flatMap(valueCases).join('')}        case '*'
            return 1
    end
end

${WALK}`;
}

function valueCases({ path, values }: Place): string[] {
  return values.map(({ names, candidates }) =>
    fishCase(
      names.map((name) => `${path} ${name}`.trim()),
      candidates,
    ),
  );
}

function fishCase(words: readonly string[], candidates: Candidates): string {
  if (candidates.length === 0) return '';
  const told = typeof candidates === 'string' ? `echo @${candidates}` : listed(candidates);
  return `        case ${words.map(fishWord).join(' ')}\n            ${told}\n`;
}

/** A line each, as fish reads it: the word, a tab, what it means. */
function listed(candidates: readonly Candidate[]): string {
  const pairs = candidates.map(({ word, summary = '' }) => `${fishWord(word)} ${fishWord(summary)}`);
  return `printf '%s\\t%s\\n' ${pairs.join(' ')}`;
}

/** A text as one word of fish, whose single quotes know two escapes. */
function fishWord(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** Finds the command that is typed, then offers what may stand where the cursor is. */
const WALK = `function __gimlet_complete
    set -l at
    set -l flag
    set -l operands 0
    for word in (commandline -opc)[2..-1]
        if test -n "$flag"
            set flag
        else if string match -q -- '-*=*' $word
            continue
        else if string match -q -- '-*' $word
            __gimlet_values $at $word >/dev/null; and set flag $word
        else if __gimlet_is_command $at $word
            set -a at $word
        else if test "$at$word" != help
            set operands (math $operands + 1)
        end
    end
    set -l cur (commandline -ct)
    set -l before
    if test -z "$flag"; and string match -q -- '--*=*' "$cur"
        set flag (string split -m 1 = -- $cur)[1]
        set before $flag=
    end
    set -l found
    if test -n "$flag"
        set found (__gimlet_values $at $flag)
    else if string match -q -- '-*' "$cur"
        set found (__gimlet_flags $at)
    else
        test $operands = 0; and set found (__gimlet_words $at)
        test -z "$found"; and set found (__gimlet_flags $at)
    end
    switch (string split -m 1 \\t -- "$found[1]")[1]
        case @anything ''
        case @files
            printf '%s\\n' "$before"(__fish_complete_path (string replace -- "$before" '' "$cur"))
        case '*'
            printf '%s\\n' "$before"$found
    end
end

complete -c gimlet -f -a '(__gimlet_complete)'
`;
