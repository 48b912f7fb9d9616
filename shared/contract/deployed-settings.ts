/** The operator's settings: what the infrastructure sets and the functions read. */
export { readDeployed } from '../release/deployed-settings.ts';
export { parseSettings, type Settings } from '../release/settings.ts';
