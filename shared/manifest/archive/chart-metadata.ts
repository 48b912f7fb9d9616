import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import * as z from 'zod';
import { chartRefused } from './chart-refused.ts';
import { readTar } from './read-tar.ts';

const metadata = z.object({ name: z.string().min(1), version: z.coerce.string() });
export type ChartMetadata = z.infer<typeof metadata>;

/**
 * What a chart calls itself: from the Chart.yaml of an archive that was checked before.
 * @throws UnprocessableError `chart-refused`
 */
export function chartMetadata(archive: Uint8Array): ChartMetadata {
  for (const { path, content } of readTar(gunzipSync(archive))) {
    // Below the chart's own folder; those of its subcharts are deeper.
    if (!/^(?:\.\/)?[^/]+\/Chart\.yaml$/.test(path)) continue;
    const parsed = metadata.safeParse(read(content.toString()));
    if (parsed.success) return parsed.data;
    throw chartRefused('its Chart.yaml has no name and version');
  }
  throw chartRefused('it has no Chart.yaml');
}

function read(text: string): unknown {
  try {
    return parse(text, { schema: 'failsafe', logLevel: 'error' });
  } catch {
    throw chartRefused('its Chart.yaml is not YAML');
  }
}
