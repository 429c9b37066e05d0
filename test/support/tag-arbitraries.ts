import fc from 'fast-check';

/** BIO tags of three types, one of them with a `-`; orphan `I-` included. */
export const bioTag = fc.constantFrom('O', 'B-loc', 'I-loc', 'B-geo-loc', 'I-geo-loc', 'B-x', 'I-x');

/** Sequences of such tags, 0 to 12 long. */
export const bioTags = fc.array(bioTag, { maxLength: 12 });
