/** Texts of tweets that break what does not expect them, by what is in them. */
export const HOSTILE_TEXTS: Readonly<Record<string, string>> = {
  nothing: '',
  '100 kB': 'Anna met Bob in Paris. '.repeat(4_400),
  '4,000 letters without a space': 'a'.repeat(4_000),
  'lone surrogates': 'Anna \ud83d met \udc00 Bob \udfff\ud800 in Paris \ud83d',
  NUL: 'Anna\u0000 met \u0000Bob\u0000',
  'bidirectional controls': '\u202eAnna\u202c \u2066met\u2069 \u200fBob\u200e \u061cin Paris',
  'U+FFFE and U+FFFF': '\ufffeAnna \uffff met\ufffe Bob',
  '10,000 combining marks on one letter': `e${'\u0301'.repeat(10_000)}`,
  '3,999 combining marks on one letter': `e${'\u0301'.repeat(3_999)}`,
  'all controls': Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('Anna'),
  'line separators': 'Anna\u2028met\u2029Bob\u0085\u000b\u000cin\rParis',
  'zero-width joiners': '👩\u200d👩\u200d👧\u200d👦'.repeat(200),
  'regional indicators': '🇦'.repeat(1_001),
  'a byte-order mark': '\ufeffAnna',
  'quotes and escapes': '"\\"\\\\u0000\\ud800{"id":"1"}\\n',
  'the names of objects': '__proto__ constructor toString hasOwnProperty',
};
