import { describe, expect, it } from 'vitest';
import { chartLocator } from '../../../shared/manifest/chart-locator.ts';

const SHA = '4f1d0c2a9b8e7d6c5f4e3d2c1b0a99887766554f';

function problem(name: string, repository?: string, version?: string): string {
  try {
    chartLocator({ name, ...(repository && { repository }), ...(version && { version }) });
    return 'none';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('a chart', () => {
  it('of a repository or a registry is where, what and which version', () => {
    const chart = { repository: 'https://charts.example.com', name: 'web', version: '^1.2' };
    expect(chartLocator(chart)).toEqual(chart);
    const inRegistry = { repository: 'oci://registry.example.com/charts', name: 'web', version: '1.2.0' };
    expect(chartLocator(inRegistry)).toEqual(inRegistry);
    expect(chartLocator({ name: 'oci://registry.example.com/charts/web', version: '1.2.0' })).toEqual(
      inRegistry,
    );
  });

  it.each([
    [`https://git.example.com/o/r.git?sha=${SHA}&path=/charts/web/`, 'charts/web', `sha=${SHA}`],
    ['https://git.example.com/o/r.git?tag=v1.0.0&path=charts/web', 'charts/web', 'tag=v1.0.0'],
    ['https://git.example.com/o/r.git?branch=feature/x', '.', 'branch=feature/x'],
  ])('from git is read from %s', (address, name, version) => {
    const repository = 'git+https://git.example.com/o/r.git';
    expect(chartLocator({ name: address })).toEqual({ repository, name, version });
  });

  it.each([
    'https://git.example.com/o/r.git?path=/x',
    `https://git.example.com/o/r.git?sha=${SHA}&tag=v1`,
    'https://git.example.com/o/r.git?sha=4f1d0c2',
    'https://git.example.com/o/r.git?tag=v1&depth=1',
    'https://git.example.com/o/r.git?tag=-v1',
    'https://git.example.com/o/r.git?branch=a..b',
    'https://git.example.com/o/r.git?branch=a&path=/../x',
    'git@git.example.com:o/r.git?tag=v1',
    'ssh://git@git.example.com/o/r.git?tag=v1',
    'file:///etc',
    './chart',
  ])('is not taken from %s', (address) => {
    expect(problem(address)).toMatch(/^the manifest can't be released: chart\.name: /);
  });

  it('from git needs no repository, every other a repository and a version', () => {
    expect(problem('https://git.example.com/o/r.git?tag=v1', 'https://charts.example.com')).toContain(
      'chart.repository: a chart from git needs none',
    );
    expect(problem('web')).toContain('chart.repository: is missing');
    expect(problem('web', 'https://charts.example.com')).toContain('chart.version: is missing');
  });
});
