/** The operator's settings: what the infrastructure sets and the functions read. */
export { parseSettings, type Settings } from '../release/settings.ts';
