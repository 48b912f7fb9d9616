import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMeter, metered } from '../../../shared/runtime/meter.ts';

const UNITS = { Things: { unit: 'Count' }, Age: { unit: 'Seconds' } } as const;

/** What is written to the function's log while `act` runs, a JSON document each. */
async function written(act: () => unknown): Promise<Record<string, unknown>[]> {
  const lines: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  await act();
  vi.restoreAllMocks();
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
afterEach(() => vi.restoreAllMocks());

describe('a meter', () => {
  it('writes one document of the embedded metric format, with all that was recorded', async () => {
    const meter = createMeter('writer', 'gimletd-prod', UNITS);
    const [document, ...more] = await written(() => {
      meter.record('Things');
      meter.record('Things', 2);
      meter.record('Age', 1.5);
      meter.flush();
    });
    expect(more).toEqual([]);
    expect(document).toMatchObject({ service: 'gimletd-writer', Things: [1, 2], Age: 1.5 });
    expect(document?.['_aws']).toMatchObject({
      CloudWatchMetrics: [
        {
          Namespace: 'gimletd-prod',
          Dimensions: [['service']],
          Metrics: [
            { Name: 'Things', Unit: 'Count' },
            { Name: 'Age', Unit: 'Seconds' },
          ],
        },
      ],
    });
  });

  it('loses none of many figures, whatever fits into a document', async () => {
    const meter = createMeter('writer', 'gimletd-prod', UNITS);
    const documents = await written(() => {
      for (let n = 0; n < 250; n += 1) meter.record('Things', n);
      meter.flush();
    });
    const values = documents.flatMap((document) => document['Things'] as number[]);
    expect(values).toEqual([...Array(250).keys()]);
    for (const document of documents)
      expect((document['Things'] as number[]).length).toBeLessThanOrEqual(100);
  });

  it('is flushed when its handler ends, well or not, and says nothing when nothing was recorded', async () => {
    const meter = createMeter('writer', 'gimletd-prod', UNITS);
    const fails = metered(meter, async () => {
      meter.record('Things');
      throw new TypeError('bug');
    });
    expect(await written(() => expect(fails()).rejects.toThrow('bug'))).toHaveLength(1);
    expect(await written(metered(meter, async () => undefined))).toEqual([]);
  });
});
