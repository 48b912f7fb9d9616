/** What an environment's settings say about rendering, and what holds where they say nothing. */
export { DEFAULT_RENDER, type RenderSettings } from '../manifest/render-settings.ts';
