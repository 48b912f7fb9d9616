import type { TrustAnswer } from '../../shared/contract/trust.ts';

/** A trust policy as a sentence. */
export function trustText(trust: TrustAnswer): string {
  const {
    provider,
    repository,
    repositoryId,
    workflow,
    refs,
    events,
    environment,
    actions,
    apps,
    environments,
  } = trust;
  const where = environment === undefined ? '' : ` in its environment ${environment}`;
  const targets = environments.length === 0 ? '' : ` in ${environments.join(', ')}`;
  return `${provider} ${repository} (${repositoryId}), ${workflow} at ${refs.join(', ')} on ${events.join(', ')}${where}: ${actions.join(', ')} of ${apps.join(', ')}${targets}`;
}
