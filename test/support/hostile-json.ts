const DEEP = 30_000;
const nested = (open: string, close: string): string => open.repeat(DEEP) + close.repeat(DEEP);

/** JSON that breaks what does not expect it, by what is in it. */
export const HOSTILE_JSON: Readonly<Record<string, string>> = {
  'arrays in arrays': nested('[', ']'),
  'objects in objects': `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  'a number beyond all': '1e999999',
  'a number of 30,000 digits': '9'.repeat(30_000),
  'the prototype as a key': '{"__proto__":{"polluted":true},"id":"1","text":"x"}',
  'the constructor as a key': '{"constructor":{"prototype":{"polluted":true}},"id":"1","text":"x"}',
  'a key twice': '{"id":"1","id":2,"text":"x"}',
  'lone surrogates': '{"id":"\\ud800","text":"\\udc00"}',
  NUL: '{"id":"\\u0000","text":"\\u0000"}',
  'toJSON as a key': '{"toJSON":1,"id":"1","text":"x"}',
  'not JSON': '{"id":',
};
