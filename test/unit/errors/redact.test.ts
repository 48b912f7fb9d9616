import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnSecret, redact } from '../../../shared/errors/redact.ts';

/** Long enough to be a secret, and of characters that nothing else here has. */
const secret = fc.stringMatching(/^[Q-Z2-9=/+:]{8,60}$/);
const PEM = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----';

describe('a secret that was learnt', () => {
  it('is masked in every form in which it may be said again, whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 5 }),
        fc.string(),
        fc.string(),
        (secrets, a, b) => {
          for (const one of secrets) learnSecret(one);
          for (const one of secrets) {
            const base64 = Buffer.from(one).toString('base64');
            for (const form of [one, base64, encodeURIComponent(one)])
              expect(redact(`${a}${form}${b}`)).not.toContain(form);
          }
        },
      ),
    );
  });

  it('is too short to be one below 8 characters', () => {
    learnSecret('main');
    expect(redact('branch main')).toBe('branch main');
  });
});

describe('the shape of a credential', () => {
  it.each([
    ['our tokens', 'as gmt_abc123_0123456789abcdef_00ff', 'as ***'],
    ['tokens of GitHub', 'ghs_16C7e42F292c6912E7710c838347Ae178B4a and more', '*** and more'],
    ['tokens of GitHub, fine-grained', 'github_pat_11ABCDEFG0abcdefghijkl_mnop', '***'],
    ['tokens of GitLab', 'glpat-xxxxxxxxxxxxxxxxxxxx', '***'],
    ['a JWT', 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl', '***'],
    ['a JWT that is not signed', 'got eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.', 'got ***'],
    ['a header', 'authorization: Basic eC1hY2Nlc3M6dG9rZW4=', 'authorization: Basic ***'],
    [
      'a password in a URL',
      'fatal: https://bot:hunter2@git.example.com/r',
      'fatal: https://***@git.example.com/r',
    ],
    [
      'a webhook of Slack',
      'https://hooks.slack.com/services/T0/B0/xyz',
      'https://hooks.slack.com/services/***',
    ],
    ['the key of a webhook', 'bad key whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'bad key ***'],
    ['an access key of AWS', 'AKIAIOSFODNN7EXAMPLE', '***'],
    ['a private key', PEM, '***'],
    ['a private key that was cut off', PEM.slice(0, 45), '***'],
  ])('masks %s', (_, text, masked) => {
    expect(redact(text)).toBe(masked);
  });

  it('in JSON leaves JSON', () => {
    const document = {
      key: PEM,
      token: 'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
      n: [1, 'Bearer abcdefgh"'],
    };
    expect(JSON.parse(redact(JSON.stringify(document)))).toEqual({
      key: '***',
      token: '***',
      n: [1, 'Bearer ***"'],
    });
  });

  it.each([
    'commit 48bef102de7c1d2a9f0e4b5c6d7e8f9a0b1c2d3e',
    'https://git.example.com/acme/gitops.git',
    'jane@example.com released acme/webapp-48bef102-7619a0b4-1042-1',
    'rel-7e32cbc5065c7e688c05e97c',
    'the basic idea; a bearer of news',
    'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  ])('is not seen in %s', (text) => {
    expect(redact(text)).toBe(text);
  });
});
