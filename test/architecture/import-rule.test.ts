import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The domain, each folder allowed to import those before it. */
const DOMAIN = [
  'errors',
  'concurrency',
  'audit',
  'messages',
  'manifest',
  'access',
  'notification',
  'artifact',
  'policy',
  'release',
  'gitops',
];
const PURE_NODE = ['node:crypto', 'node:zlib', 'node:buffer', 'node:path'];
const PURE_LIBRARIES = ['diff', 'zod', 're2js', 'yaml'];
const IMPURE_GLOBALS = /\b(process\.env|Date\.now\(|Math\.random\(|new Date\(\))/;

interface Import {
  readonly file: string;
  /** Path from the root, or the name of a package. */
  readonly to: string;
  readonly isTypeOnly: boolean;
}

const IMPORT =
  /^(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm;

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(([, type, from, bare, lazy]) => {
    const name = from ?? bare ?? lazy ?? '';
    const to = name.startsWith('.') ? relative(ROOT, normalize(join(ROOT, dirname(file), name))) : name;
    return { file, to, isTypeOnly: type !== undefined };
  });
}

/** Imports below a folder that no prefix or package allows, as `file → import`. */
function strays(folder: string, isAllowed: (imported: Import) => boolean): string[] {
  return filesBelow(folder)
    .flatMap(importsOf)
    .filter((imported) => !isAllowed(imported))
    .map(({ file, to }) => `${file} → ${to}`);
}

/** What whoever may write to the table anyway makes the first admin's token with. */
const FIRST_ADMIN = 'shared/adapters/dynamodb/first-admin-token.ts';

const isOurs = (to: string) => /^(shared|functions|local|cli|infra|web|bench|test)\//.test(to);
const below =
  (...folders: string[]) =>
  (to: string) =>
    folders.some((folder) => to.startsWith(`${folder}/`));

describe('the import rule', () => {
  it.each(DOMAIN)('lets shared/%s see only the domain to its left, and nothing impure', (folder) => {
    const left = DOMAIN.slice(0, DOMAIN.indexOf(folder) + 1).map((name) => `shared/${name}`);
    const found = strays(`shared/${folder}`, ({ to }) =>
      isOurs(to) ? below(...left)(to) : [...PURE_NODE, ...PURE_LIBRARIES].includes(to),
    );
    expect(found).toEqual([]);
  });

  it('keeps time, chance and the environment out of the domain', () => {
    const impure = DOMAIN.flatMap((folder) => filesBelow(`shared/${folder}`)).filter((file) =>
      IMPURE_GLOBALS.test(withoutComments(readFileSync(join(ROOT, file), 'utf8'))),
    );
    expect(impure).toEqual([]);
  });

  it('lets no adapter see another, nor a function, but outbound’s guard; git’s codecs read charts', () => {
    const codecs =
      /^shared\/adapters\/git\/(commit-codec|malformed-error|object-id|pack-reader|tree-codec|upload-pack)\.ts$/;
    const found = strays('shared/adapters', ({ file, to }) => {
      const own = file.split('/').slice(0, 3).join('/');
      if (own === 'shared/adapters/charts' && codecs.test(to)) return true;
      const guarded = /^shared\/adapters\/(charts|notify)$/.test(own);
      if (guarded && to.startsWith('shared/adapters/outbound/')) return true;
      return !isOurs(to) || below(own, 'shared/contract', ...DOMAIN.map((name) => `shared/${name}`))(to);
    });
    expect(found).toEqual([]);
  });

  it('lets the runtime see errors, messages, the audit trail, who calls and the routes', () => {
    const allowed = below(
      'shared/runtime',
      'shared/errors',
      'shared/audit',
      'shared/messages',
      'shared/access',
      'shared/concurrency',
    );
    const found = strays('shared/runtime', ({ to }) => {
      return !isOurs(to) || allowed(to) || to === 'shared/contract/routes.ts';
    });
    expect(found).toEqual([]);
  });

  it('lets the contract see the domain, which it shows to the world', () => {
    const allowed = below('shared/contract', ...DOMAIN.map((name) => `shared/${name}`));
    const found = strays('shared/contract', ({ file, to }) => {
      if (isOurs(to)) return allowed(to);
      return isPure(to) || (file.startsWith('shared/contract/openapi/') && to === 'zod-openapi');
    });
    expect(found).toEqual([]);
  });

  it('keeps what only describes the API out of whatever answers it or calls it', () => {
    const describing = below('shared/contract/openapi');
    const found = ['functions', 'cli', 'local', 'shared'].flatMap((folder) =>
      strays(
        folder,
        ({ file, to }) => !describing(to) || describing(file) || file.startsWith('functions/docs/'),
      ),
    );
    expect(found).toEqual([]);
  });

  it('lets only a function’s handler.ts see adapters, and no function another', () => {
    const found = strays('functions', ({ file, to }) => {
      const own = file.split('/').slice(0, 2).join('/');
      if (!isOurs(to)) return true;
      if (to.startsWith('shared/adapters/')) return file.endsWith('/handler.ts');
      return below(own, 'shared')(to);
    });
    expect(found).toEqual([]);
  });

  it('lets the CLI see the contract only, and the adapters of rendering where it renders by itself', () => {
    const renderer = 'cli/render/local-renderer.ts';
    const found = strays('cli', ({ file, to }) => {
      if (!isOurs(to) || below('cli', 'shared/contract')(to)) return true;
      return file === renderer && below('shared/adapters/helm', 'shared/adapters/charts')(to);
    });
    expect(found).toEqual([]);
  });

  it('lets the infrastructure see the contract and the types of each function’s environment', () => {
    const found = strays('infra', ({ file, to, isTypeOnly }) => {
      if (file === 'infra/admin-token.ts' && to === FIRST_ADMIN) return true;
      if (!isOurs(to) || below('infra', 'shared/contract')(to)) return true;
      return isTypeOnly && (/^functions\/\w+\/env\.ts$/.test(to) || to.startsWith('shared/'));
    });
    expect(found).toEqual([]);
  });

  it('lets the local host see the contract, and of the functions the types of their environments', () => {
    const found = strays('local', ({ file, to, isTypeOnly }) => {
      if (file === 'local/admin-token.ts' && to === FIRST_ADMIN) return true;
      if (!isOurs(to) || below('local', 'shared/contract', 'shared/errors')(to)) return true;
      return isTypeOnly && (/^functions\/\w+\/env\.ts$/.test(to) || to.startsWith('shared/messages/'));
    });
    expect(found).toEqual([]);
  });

  it('lets the references see the CLI, the contract and what reads schemas for the page of the API', () => {
    const allowed = below('docs/reference', 'cli', 'shared/contract', 'functions/docs/page');
    expect(strays('docs', ({ to }) => !isOurs(to) || allowed(to))).toEqual([]);
  });

  it('has zod imported as a namespace, or bundles grow by a third of a megabyte', () => {
    const folders = ['shared', 'functions', 'cli', 'infra'];
    const named = folders
      .flatMap(filesBelow)
      .filter((file) => /import (type )?\{[^}]*\} from 'zod'/.test(readFileSync(join(ROOT, file), 'utf8')));
    expect(named).toEqual([]);
  });
});

function isPure(to: string): boolean {
  return [...PURE_NODE, ...PURE_LIBRARIES].includes(to);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
