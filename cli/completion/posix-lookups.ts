import type { Candidates, Place } from './places.ts';

/**
 * What bash and zsh look up, as functions that both read: whether words are a command, what may come after it, its
 * flags, and the values of a flag.
 * @param reply a statement that leaves candidates where the caller of the function finds them
 */
export function posixLookups(places: readonly Place[], reply: (candidates: Candidates) => string): string {
  const nothing = reply([]);
  const commands = places.filter(({ path }) => path !== '').map(({ path }) => shellWord(path));
  return `# Whether these words are a command.
__gimlet_is_command() {
  case $1 in
    ${commands.join(' | \\\n    ')}) return 0 ;;
  esac
  return 1
}

# What may come first after a command.
__gimlet_words() {
  case $1 in
${places.map(({ path, first }) => `    ${shellWord(path)}) ${reply(first)} ;;\n`).join('')}    *) ${nothing} ;;
  esac
}

# The flags of a command.
__gimlet_flags() {
  case $1 in
${places.map(({ path, flags }) => `    ${shellWord(path)}) ${reply(flags)} ;;\n`).join('')}    *) ${nothing} ;;
  esac
}

# The values of a flag of a command; fails where the flag takes none.
__gimlet_values() {
  case $1 in
${places.flatMap((place) => valueCases(place, reply)).join('')}    *) return 1 ;;
  esac
}
`;
}

function valueCases({ path, values }: Place, reply: (candidates: Candidates) => string): string[] {
  return values.map(({ names, candidates }) => {
    const words = names.map((name) => shellWord(`${path} ${name}`));
    return `    ${words.join(' | ')}) ${reply(candidates)} ;;\n`;
  });
}

/** A text as one word of a POSIX shell, whatever is in it. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
