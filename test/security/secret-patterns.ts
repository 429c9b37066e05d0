/** What secrets look like. Each has a sample, put together here so that this file is none. */
export const SECRET_PATTERNS: readonly { readonly name: string; readonly pattern: RegExp; readonly sample: string }[] =
  [
    { name: 'AWS access key', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/, sample: `AKIA${'Q'.repeat(16)}` },
    {
      name: 'AWS secret key',
      pattern: /aws_?secret_?access_?key["']?\s*[:=]\s*["']?[A-Za-z0-9/+]{40}\b/i,
      sample: `aws_secret_access_key = ${'a1'.repeat(20)}`,
    },
    {
      name: 'private key',
      pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*[A-Za-z0-9+/=]{20}/,
      sample: ['-----BEGIN PRIVATE', `KEY-----\n${'MIGH'.repeat(8)}`].join(' '),
    },
    {
      name: 'GitHub token',
      pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{50,})/,
      sample: `ghp_${'a'.repeat(36)}`,
    },
    { name: 'npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/, sample: `npm_${'a'.repeat(36)}` },
    { name: 'Hugging Face token', pattern: /\bhf_[A-Za-z0-9]{34}\b/, sample: `hf_${'a'.repeat(34)}` },
    { name: 'Slack token', pattern: /\bxox[abprs]-[A-Za-z0-9-]{20,}/, sample: `xoxb-${'1'.repeat(24)}` },
    {
      name: 'JSON web token',
      pattern: /\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}/,
      sample: ['eyJ', '.eyJ', '.'].map((part) => part + 'a'.repeat(24)).join(''),
    },
    {
      name: 'bearer of X',
      pattern: /\bAAAAAAAAAAAAAAAAAAAAA[A-Za-z0-9%]{60,}/,
      sample: `${'A'.repeat(21)}${'b%'.repeat(31)}`,
    },
  ];
