import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseEnvironmentFile } from '../../../cli/artifact/environment-file.ts';
import { CliError } from '../../../cli/cli-error.ts';

function problemsOf(text: string): readonly string[] {
  try {
    parseEnvironmentFile('env.yaml', text);
  } catch (error) {
    if (error instanceof CliError) return error.details;
    throw error;
  }
  return [];
}

describe('a Gimlet environment file', () => {
  it('may hold several environments', () => {
    const text = 'app: a\nenv: staging\n---\napp: a\nenv: production\n---\n';
    expect(parseEnvironmentFile('env.yaml', text)).toEqual([
      { app: 'a', env: 'staging' },
      { app: 'a', env: 'production' },
    ]);
  });

  it('is YAML 1.2: yes, on and 0777 mean what they look like', () => {
    const [environment] = parseEnvironmentFile(
      'env.yaml',
      'app: a\nvalues: {a: yes, b: on, c: 0777, d: 22:30}\n',
    );
    expect(environment?.['values']).toEqual({ a: 'yes', b: 'on', c: 777, d: '22:30' });
  });

  it('may use anchors and merge keys', () => {
    const text = 'app: a\nvalues:\n  x: &x {cpu: 1}\n  y: {<<: *x, memory: 2}\n';
    expect(parseEnvironmentFile('env.yaml', text)[0]?.['values']).toEqual({
      x: { cpu: 1 },
      y: { cpu: 1, memory: 2 },
    });
  });

  it('says to quote a branch that YAML takes for a tag', () => {
    expect(problemsOf('app: a\ndeploy:\n  branch: !main\n  event: push\n')).toEqual([
      'line 3: branch: in YAML !main is a tag, not a text: quote it, "!main"',
    ]);
  });

  it('says so too where YAML can’t even be parsed for it', () => {
    const [problem] = problemsOf('app: a\ndeploy:\n  branch: !{main,master}\n');
    expect(problem).toMatch(/^line 3: .*quote the value/);
  });

  it('says to quote a template that YAML takes for a map', () => {
    expect(problemsOf('app: a\nvalues:\n  tag: {{ .SHA }}\n')).toEqual([
      'line 3: tag: a template must be quoted: "{{ … }}"',
    ]);
  });

  it.each(['12345678901234567890', '.inf', '.nan'])(
    'says to quote the number %s, which JSON can’t carry',
    (number) => {
      expect(problemsOf(`app: a\nvalues: {tag: ${number}}\n`)[0]).toContain('quote it');
    },
  );

  it('names what is wrong in which of its environments, all at once', () => {
    const problems = problemsOf('app: Bad\nenv: staging\n---\napp: b\ndeploy: {event: psh, branch: "[a"}\n');
    expect(problems).toHaveLength(3);
    expect(problems[0]).toMatch(/^environment 1: app: must be/);
    expect(problems[1]).toMatch(/^environment 2: deploy\.event: /);
    expect(problems[2]).toMatch(/^environment 2: deploy\.branch: /);
  });

  it.each([
    ['', 'no environment'],
    ['# only a comment\n', 'no environment'],
    ['- app: a\n', 'object'],
    ['app: a\napp: b\n', 'line 2'],
    ['app: *nothing\n', 'nothing'],
    ['app: "a\n', 'line'],
  ])('refuses %j', (text, reason) => {
    expect(problemsOf(text).join()).toContain(reason);
  });

  it('refuses aliases that would unfold without end', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `  l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`);
    expect(problemsOf(`app: a\nvalues:\n  l0: &l0 [x]\n${levels.join('\n')}\n`)[0]).toMatch(/alias/i);
  });

  it('reads back whatever values were written as YAML', () => {
    const value = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie('node'), { maxKeys: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), value, { maxKeys: 4 }), (values) => {
        const manifest = { app: 'a', env: 'staging', values };
        expect(parseEnvironmentFile('env.yaml', stringify(manifest))).toEqual([manifest]);
      }),
    );
  });
});
