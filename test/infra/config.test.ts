import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStage, readStage } from '../../infra/config.ts';
import { SETTINGS } from './synthesised.ts';

const stage = (fields: Record<string, unknown> = {}) =>
  parseStage('prod', JSON.stringify({ settings: SETTINGS, ...fields }));

describe('a stage', () => {
  test('needs nothing but the settings', () => {
    expect(stage()).toMatchObject({ stage: 'prod', reserveWriterConcurrency: true, chartHosts: ['*'] });
  });

  test('of the repository, the example, is right', () => {
    expect(readStage('example').settings.gitops.repo).toMatch(/^https:/);
  });

  test('that does not exist is refused with the names of those that do', () => {
    expect(() => readStage('nowhere')).toThrow(/no infra\/stages\/nowhere\.json.*example/);
  });

  test('with a wrong, misspelt or missing field is refused with the field’s name', () => {
    expect(() => stage({ account: '123' })).toThrow(/prod\.json: account: must be 12 digits/);
    expect(() => stage({ region: 'Ireland' })).toThrow(/region: must be a region such as eu-west-1/);
    expect(() => stage({ chartHost: ['x'] })).toThrow(/chartHost/);
    expect(() => stage({ logRetentionDays: 31 })).toThrow(/logRetentionDays/);
    expect(() => stage({ maxConcurrency: { policy: 1, renderer: 5 } })).toThrow(/maxConcurrency\.policy/);
    expect(() => stage({ settings: { gitops: { repo: 'not a url' } } })).toThrow(
      /prod\.json: .*gitops\.repo/,
    );
    expect(() => stage({ heartbeat: { env: 'Staging' } })).toThrow(/heartbeat\.env: must be .*lower-case/);
    expect(() => stage({ heartbeat: { env: 'staging', everyMinutes: 1440 } })).toThrow(
      /heartbeat\.everyMinutes/,
    );
    expect(() => stage({ settings: undefined })).toThrow(/settings/);
  });

  test('whose heartbeats would wait for people is refused', () => {
    const settings = { ...SETTINGS, environments: { vault: { approvals: { required: 1 } } } };
    expect(() => stage({ settings, heartbeat: { env: 'vault' } })).toThrow(
      /prod\.json: heartbeat\.env: 'vault' asks for approvals/,
    );
    expect(stage({ settings, heartbeat: { env: 'gimletd' } }).heartbeat).toEqual({
      env: 'gimletd',
      namespace: 'default',
      everyMinutes: 60,
    });
  });

  test('that is not JSON is refused with the file’s name', () => {
    expect(() => parseStage('prod', '{')).toThrow(/infra\/stages\/prod\.json/);
  });

  test('has a name that can be part of a stack’s name, or is refused', () => {
    const legal = /^[a-z][a-z0-9-]{0,19}$/;
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (name) => {
        const parse = () => parseStage(name, JSON.stringify({ settings: SETTINGS }));
        if (legal.test(name)) expect(parse().stage).toBe(name);
        else expect(parse).toThrow(/the stage's name must be/);
      }),
    );
  });

  test('whose settings do not fit a function’s environment is refused before anything is deployed', () => {
    const names = Array.from({ length: 200 }, (_, i) => [`environment-${i}`, { kubeVersion: '1.33.0' }]);
    const settings = { ...SETTINGS, environments: Object.fromEntries(names) };
    expect(() => stage({ settings })).toThrow(/settings: at most 3500 bytes/);
  });
});
