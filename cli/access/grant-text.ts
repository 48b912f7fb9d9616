import type { UserAnswer } from '../../shared/contract/tokens.ts';

/** A grant as people read it: `engineer: apps shop-*, environments staging`. */
export function grantText({
  actions,
  apps,
  environments,
  repositories,
  artifacts,
}: UserAnswer['grants'][number]) {
  const where = [
    ['apps', apps],
    ['environments', environments],
    ['repositories', repositories],
    ['artifacts', artifacts ?? ['*']],
  ] as const;
  const limits = where
    .filter(([, patterns]) => !patterns.includes('*') && !patterns.includes('**'))
    .map(([name, patterns]) => `${name} ${patterns.join(', ')}`);
  const open =
    environments.includes('*') && !environments.includes('**') ? ['environments not protected'] : [];
  const all = [...limits, ...open].join('; ');
  return `${actions.join(', ')}${all === '' ? '' : `: ${all}`}`;
}
